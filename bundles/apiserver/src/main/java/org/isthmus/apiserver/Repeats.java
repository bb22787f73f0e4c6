package org.isthmus.apiserver;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Changes that were asked under a `request-key`, while they are under way and for five minutes after they were answered. Who lost the
 * connection and asks again joins the first attempt, or gets its answer. This is memory only; what outlives the server is
 * {@link Once}.
 */
final class Repeats {
    private static final int MANY = 1024;
    /** Of all answers together, in characters. */
    private static final long LONG = 4 << 20;

    /** Answers may hold secrets: whoever lost one asks again at once, or as soon as the network is back. */
    private static final Duration KEPT = Duration.ofMinutes(5);

    private static final class Attempt {
        private final CompletableFuture<String> answer = new CompletableFuture<>();
        private int length;
        private boolean answered;
        private long at;

        boolean isOver(long now) {
            return answered && now - at >= KEPT.toNanos();
        }
    }

    private final LongSupplier nanos;

    private final Map<String, Attempt> attempts = new LinkedHashMap<>();
    private long length;

    Repeats() {
        this(System::nanoTime);
    }

    Repeats(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Drops what was kept long enough; that is looked for now and then, and not at each call. */
    void forget() {
        long now = nanos.getAsLong();
        synchronized (attempts) {
            Iterator<Attempt> all = attempts.values().iterator();
            while (all.hasNext()) {
                Attempt each = all.next();
                if (each.isOver(now)) {
                    length -= each.length;
                    all.remove();
                }
            }
        }
    }

    /** @param work answers the text of a JSON value; what fails is not kept, and the next one tries it anew */
    CompletionStage<String> once(String key, Supplier<CompletionStage<String>> work) {
        Attempt mine = new Attempt();
        long now = nanos.getAsLong();
        synchronized (attempts) {
            Attempt first = attempts.get(key);
            if (first != null && !first.isOver(now)) {
                return first.answer;
            }
            if (first != null) {
                length -= first.length;
                attempts.remove(key);
            }
            attempts.put(key, mine);
            shrink();
        }
        CompletionStage<String> stage;
        try {
            stage = work.get();
        } catch (RuntimeException failure) {
            stage = CompletableFuture.failedFuture(failure);
        }
        stage.whenComplete((text, failure) -> {
            synchronized (attempts) {
                if (failure != null) {
                    attempts.remove(key, mine);
                } else if (attempts.get(key) == mine) {
                    mine.length = text.length();
                    mine.answered = true;
                    mine.at = nanos.getAsLong();
                    length += mine.length;
                    shrink();
                }
            }
            if (failure != null) {
                mine.answer.completeExceptionally(failure);
            } else {
                mine.answer.complete(text);
            }
        });
        return mine.answer;
    }

    private void shrink() {
        Iterator<Attempt> oldest = attempts.values().iterator();
        while (attempts.size() > MANY || length > LONG) {
            length -= oldest.next().length;
            oldest.remove();
        }
    }
}
