package org.isthmus.agentfacades;

import java.util.Map;
import java.util.Set;
import org.isthmus.model.Key;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Next;
import org.isthmus.rpc.WatchHandle;
import org.isthmus.wire.agent.UnitRemoteState;
import org.isthmus.wire.agent.UnitRemoteStateResult;

/** Tells a unit's agent its remote state, whole, when it changed. */
@Facade(name = "UnitStateWatcher", since = 1, until = 1)
public final class UnitStateWatcherFacade {
    private final Watched watched;

    UnitStateWatcherFacade(Watched watched) {
        this.watched = watched;
    }

    @Next
    @SuppressWarnings("unchecked")
    public Object next(Call call, WatchHandle handle, Set<Key> changed) {
        Map<String, Object> memory = Watched.memory(handle.state());
        UnitRemoteState state = UnitView.of(
                call.model().snapshot(),
                (String) memory.get(Watched.SUBJECT),
                (Set<Integer>) memory.get(Watched.RELATIONS),
                call.controller().apiAddresses(),
                watched);
        boolean news = watched.isNews(memory, state);
        return news || changed.isEmpty() ? new UnitRemoteStateResult(state) : null;
    }
}
