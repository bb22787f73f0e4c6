package org.isthmus.model.store;

import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.isthmus.model.Key;

/** A standing question "what changed since I last asked?". One asker at a time. */
public interface Watch extends AutoCloseable {
    /**
     * Completes with the keys that changed since the last call (at once if there are any), never empty; fails with code
     * `stopped` when the watch is closed or its document set is removed. Completed on a bounded pool.
     */
    CompletionStage<Set<Key>> changed();

    /**
     * Once it is closed or stopped: what it had still to tell, for who goes on with another watch in its place. Empty when it
     * stopped because it held too much, and the next time.
     */
    default Set<Key> unheard() {
        return Set.of();
    }

    @Override
    void close();
}
