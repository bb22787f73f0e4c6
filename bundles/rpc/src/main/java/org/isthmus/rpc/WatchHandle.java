package org.isthmus.rpc;

import java.util.Set;
import org.isthmus.model.store.Interest;

/**
 * What a method returns to start a watcher. The server keeps it, with a number as the client's watcher-id, and parks `Next`
 * calls on it without holding any facade: when something of interest changed, the facade named here is asked, by its method
 * {@code Object next(Call, WatchHandle, Set<Key> changed)} marked with {@link Next}, for the result of `Next`. A null result
 * means "nothing to tell": it parks again.
 *
 * @param facade name of the watcher facade, such as `AllWatcher` or `NotifyWatcher`
 * @param model UUID whose documents are watched; null for the controller's own
 * @param state what the watcher must remember between calls: a class of floor 0 or the JDK, never of a plug-in. Mutable by its
 *     owner, used by one call at a time
 * @param initial merged into the answer beside `watcher-id`; null for nothing
 * @param ready true: the first `Next` is answered at once, with no changed keys
 * @param consumer token of a relation with another model, whose consumer is there as long as this watcher is; null for none
 * @param onController what wakes it besides, of the controller's own documents; empty where that is what it watches anyway
 */
public record WatchHandle(
        String facade,
        String model,
        Set<Interest> interests,
        Object state,
        Object initial,
        boolean ready,
        String consumer,
        Set<Interest> onController) {
    public WatchHandle(
            String facade, String model, Set<Interest> interests, Object state, Object initial, boolean ready) {
        this(facade, model, interests, state, initial, ready, null, Set.of());
    }
}
