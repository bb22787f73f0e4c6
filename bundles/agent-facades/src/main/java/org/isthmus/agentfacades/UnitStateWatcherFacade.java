package org.isthmus.agentfacades;

import java.util.Set;
import org.isthmus.model.Key;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Next;
import org.isthmus.rpc.WatchHandle;
import org.isthmus.wire.agent.UnitRemoteStateResult;

/** Tells a unit's agent what of its remote state changed. */
@Facade(name = "UnitStateWatcher", since = 1, until = 1)
public final class UnitStateWatcherFacade {
    private final Watched watched;

    UnitStateWatcherFacade(Watched watched) {
        this.watched = watched;
    }

    @Next
    public Object next(Call call, WatchHandle handle, Set<Key> changed) {
        UnitNews news = new UnitNews(
                Watched.memory(handle.state()), watched, call.controller().apiAddresses());
        // No changed keys: the first call, which is always answered.
        UnitRemoteStateResult told = changed.isEmpty()
                ? news.whole(call.model().snapshot())
                : news.since(call.model().snapshot(), changed);
        return told == null ? null : told.withTrace(call.model().trace(changed));
    }
}
