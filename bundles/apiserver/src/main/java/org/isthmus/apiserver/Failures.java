package org.isthmus.apiserver;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;

/**
 * Slows guessing of passwords down. Each failure of one name from one host delays the answer to it, twice as long as the one
 * before; and once there was one, passwords of that name are looked at one by one, with a pause after each wrong one. Those whose
 * answer is delayed hold nobody up: a right password waits for the few that came before it, and is never delayed itself.
 */
final class Failures {
    private static final int NAMES = 10_000;
    private static final int AT_ONCE = 8;
    private static final int WAITING = 500;
    /** Those who wait behind a failure: as long as a pause each, so none of them waits longer than about a quarter of a minute. */
    private static final int WAITING_BEHIND = 12;

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final long FORGET_NANOS = Duration.ofMinutes(5).toNanos();

    private final long firstMillis;
    private final long mostMillis;
    private final Map<String, Count> counts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
            return size() > NAMES && eldest.getValue().isIdle();
        }
    };
    private long total;

    private static final class Count {
        private int failures;
        private int running;
        private long last;
        /** Before this moment none is looked at; counts only after a failure. */
        private long next;

        private final Deque<CompletableFuture<Void>> waiting = new ArrayDeque<>();

        private boolean isIdle() {
            return running == 0 && waiting.isEmpty();
        }

        private boolean isFree() {
            return running < (failures > 0 ? 1 : AT_ONCE);
        }

        private long pause() {
            return failures == 0 ? 0 : Math.max(0, next - System.nanoTime());
        }
    }

    Failures(Duration first, Duration most) {
        firstMillis = first.toMillis();
        mostMillis = most.toMillis();
    }

    /**
     * The turn of an attempt; refuses with `try again` while too many wait. Once its password was looked at, each is ended by one of
     * {@link #right}, {@link #wrong} and {@link #neither}.
     */
    synchronized CompletionStage<Void> enter(String name, Threads threads) {
        Count count = counts.computeIfAbsent(name, n -> new Count());
        if (count.failures > 0 && System.nanoTime() - count.last > FORGET_NANOS) {
            count.failures = 0;
        }
        if (count.waiting.isEmpty() && count.isFree() && count.pause() == 0) {
            count.running++;
            return CompletableFuture.completedFuture(null);
        }
        if (count.waiting.size() >= (count.failures > 0 ? WAITING_BEHIND : WAITING)) {
            throw Problem.refuse(Code.TRY_AGAIN, "too many failed logins, try again");
        }
        CompletableFuture<Void> turn = new CompletableFuture<>();
        count.waiting.add(turn);
        if (count.waiting.size() == 1 && count.isFree()) {
            later(name, count, threads);
        }
        return turn;
    }

    private void later(String name, Count count, Threads threads) {
        threads.timer().schedule(() -> advance(name, threads), count.pause(), TimeUnit.NANOSECONDS);
    }

    private void advance(String name, Threads threads) {
        List<CompletableFuture<Void>> turns = new ArrayList<>();
        synchronized (this) {
            Count count = counts.get(name);
            if (count == null) {
                return;
            }
            while (!count.waiting.isEmpty() && count.isFree() && count.pause() == 0) {
                count.running++;
                turns.add(count.waiting.remove());
            }
            if (!count.waiting.isEmpty() && count.isFree()) {
                later(name, count, threads);
            } else if (count.isIdle() && count.failures == 0) {
                counts.remove(name);
            }
        }
        turns.forEach(turn -> threads.decide().execute(() -> turn.complete(null)));
    }

    /** Notes a failure, and says how long its answer waits. */
    Duration wrong(String name, Threads threads) {
        long delay;
        synchronized (this) {
            Count count = counts.computeIfAbsent(name, n -> new Count());
            total++;
            count.failures++;
            count.running = Math.max(0, count.running - 1);
            count.last = System.nanoTime();
            delay = Math.min(mostMillis, firstMillis << Math.min(16, count.failures - 1));
            count.next = count.last + TimeUnit.MILLISECONDS.toNanos(Math.min(delay, LONGEST_PAUSE.toMillis()));
        }
        advance(name, threads);
        return Duration.ofMillis(delay);
    }

    /** A right password forgives the wrong ones. */
    void right(String name, Threads threads) {
        end(name, true, threads);
    }

    /** It was refused for another reason. */
    void neither(String name, Threads threads) {
        end(name, false, threads);
    }

    private void end(String name, boolean right, Threads threads) {
        synchronized (this) {
            Count count = counts.get(name);
            if (count == null) {
                return;
            }
            count.running = Math.max(0, count.running - 1);
            if (right) {
                count.failures = 0;
            }
        }
        advance(name, threads);
    }

    synchronized long total() {
        return total;
    }
}
