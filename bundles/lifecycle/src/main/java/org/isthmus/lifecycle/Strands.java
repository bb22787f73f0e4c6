package org.isthmus.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Pieces of work that do not hold each other up: one that fails fails the whole, but only after the others had their turn. */
final class Strands {
    private final List<CompletableFuture<Duration>> all = new ArrayList<>();

    /** @param strand yields when it wants to be looked at again; null: not before something changes */
    void begin(Supplier<? extends CompletionStage<Duration>> strand) {
        try {
            all.add(strand.get().toCompletableFuture());
        } catch (RuntimeException failure) {
            all.add(CompletableFuture.failedFuture(failure));
        }
    }

    /** The soonest of what they want; fails as the first of those that failed. */
    CompletionStage<Duration> end() {
        CompletionStage<Duration> soonest = CompletableFuture.completedFuture(null);
        for (CompletableFuture<Duration> strand : all) {
            soonest = soonest.thenCombine(strand, Strands::sooner);
        }
        return soonest;
    }

    private static Duration sooner(Duration one, Duration other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.compareTo(other) < 0 ? one : other;
    }
}
