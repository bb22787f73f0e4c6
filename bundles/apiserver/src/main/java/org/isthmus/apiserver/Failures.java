package org.isthmus.apiserver;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;

/**
 * Slows guessing of passwords down: each failure of one name from one host delays the answer to it, twice as long as the one
 * before, and only a few attempts of it run at a time. A right password is never delayed.
 */
final class Failures {
    private static final int NAMES = 10_000;
    private static final int AT_ONCE = 8;
    private static final long FORGET_NANOS = Duration.ofMinutes(5).toNanos();

    private final long firstMillis;
    private final long mostMillis;
    private final Map<String, Count> counts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
            return size() > NAMES && eldest.getValue().running == 0;
        }
    };
    private long total;

    private static final class Count {
        private int failures;
        private int running;
        private long last;
    }

    Failures(Duration first, Duration most) {
        firstMillis = first.toMillis();
        mostMillis = most.toMillis();
    }

    /** Begins an attempt; refuses with `try again` while too many run. Each is ended by {@link #leave}, once it is answered. */
    synchronized void enter(String name) {
        Count count = counts.computeIfAbsent(name, n -> new Count());
        if (count.failures > 0 && System.nanoTime() - count.last > FORGET_NANOS) {
            count.failures = 0;
        }
        // Many right logins at a time are fine: agents share a host, and so do the commands of a script.
        if (count.failures > 0 && count.running >= AT_ONCE) {
            throw Problem.refuse(Code.TRY_AGAIN, "too many failed logins, try again");
        }
        count.running++;
    }

    /** Notes a failure, and says how long its answer waits. */
    synchronized Duration failed(String name) {
        Count count = counts.computeIfAbsent(name, n -> new Count());
        total++;
        count.failures++;
        count.last = System.nanoTime();
        return Duration.ofMillis(Math.min(mostMillis, firstMillis << Math.min(16, count.failures - 1)));
    }

    /** Ends an attempt. A right password forgives the wrong ones. */
    synchronized void leave(String name, boolean right) {
        Count count = counts.get(name);
        if (count == null) {
            return;
        }
        count.running = Math.max(0, count.running - 1);
        if (right) {
            count.failures = 0;
        }
        if (count.running == 0 && count.failures == 0) {
            counts.remove(name);
        }
    }

    synchronized long total() {
        return total;
    }
}
