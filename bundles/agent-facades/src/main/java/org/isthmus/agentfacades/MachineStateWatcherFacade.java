package org.isthmus.agentfacades;

import java.util.Map;
import java.util.Set;
import org.isthmus.model.Key;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Next;
import org.isthmus.rpc.WatchHandle;
import org.isthmus.wire.agent.MachineState;
import org.isthmus.wire.agent.MachineStateResult;

/** Tells a machine's agent its machine's state, whole, when it changed. */
@Facade(name = "MachineStateWatcher", since = 1, until = 1)
public final class MachineStateWatcherFacade {
    private final Watched watched;

    MachineStateWatcherFacade(Watched watched) {
        this.watched = watched;
    }

    @Next
    @SuppressWarnings("unchecked")
    public Object next(Call call, WatchHandle handle, Set<Key> changed) {
        Map<String, Object> memory = Watched.memory(handle.state());
        MachineState state = MachineView.of(call.model().snapshot(), (String) memory.get(Watched.SUBJECT), (Set<String>)
                memory.get(Watched.PRINCIPALS));
        MachineStateResult result = new MachineStateResult(state, call.model().trace(changed));
        // No changed keys: the first call, which is always answered.
        return watched.isNews(memory, state) || changed.isEmpty() ? result : null;
    }
}
