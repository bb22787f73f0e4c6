package org.isthmus.model.store;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.isthmus.model.Key;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;

/** One document set, of a model or of the controller itself: read without a lock, written through one writer. */
public interface Documents {
    /** The model's UUID; the controller's UUID for its own set. */
    String id();

    /** The newest durable state. */
    Snapshot snapshot();

    /**
     * Decides on the head and makes it durable. The stage completes after the journal's sync and after the snapshot is
     * published; it fails with {@link org.isthmus.api.Refused} when the decision refuses, and then nothing was changed.
     *
     * <p>The decision runs once, on the writer's thread; it must not block, and must take every outer input (time, fresh ids,
     * hashes) from its closure.
     */
    <R> CompletionStage<R> submit(Function<Tx, R> decision);

    /**
     * As {@link #submit}, but a repetition under the same key returns the first answer and decides nothing. The answer is
     * stored in the same commit; of a decision that changes nothing durable nothing is remembered.
     *
     * @param key chosen by the caller, such as `unit-mysql-0:17`; null for a call without one
     */
    CompletionStage<String> submitOnce(String key, Function<Tx, String> decision);

    /**
     * Tells when something of interest changed. A watch that is not asked costs nothing but its own size: changes are
     * coalesced and the last state is never lost.
     */
    Watch watch(Set<Interest> interests);

    /**
     * The trace of the request that last changed one of these, so that what follows from it can bear the same. For display: only
     * the newest changes are remembered, in memory; null where nothing is known.
     */
    default String trace(Collection<Key> keys) {
        return null;
    }
}
