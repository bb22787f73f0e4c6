package org.isthmus.agentfacades;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.rpc.WatchHandle;
import org.isthmus.wire.ErrorResults;
import org.isthmus.wire.agent.AgentPasswords;
import org.isthmus.wire.agent.AgentTag;
import org.isthmus.wire.agent.MachineState;
import org.isthmus.wire.agent.MachineStateResult;

/** Which units a machine's agent has to run, and their passwords. */
@Facade(name = "Deployer", since = 1, until = 1)
public final class DeployerFacade {
    private final Watched watched;

    DeployerFacade(Watched watched) {
        this.watched = watched;
    }

    @Method(access = Access.MACHINE_AGENT)
    public WatchHandle watchMachine(Call call, AgentTag who) {
        String machine = Callers.machine(call, who.tag());
        Snapshot model = call.model().snapshot();
        Map<String, Object> memory = new ConcurrentHashMap<>();
        memory.put(Watched.SUBJECT, machine);
        Set<String> principals = MachineView.principals(model, machine);
        memory.put(Watched.PRINCIPALS, principals);
        MachineState state = MachineView.of(model, machine, principals);
        watched.isNews(memory, state);
        return new WatchHandle(
                "MachineStateWatcher",
                call.model().id(),
                MachineView.interests(machine, principals),
                memory,
                new MachineStateResult(state, call.model().trace(List.of(new Key(Kinds.MACHINE, machine)))),
                true);
    }

    @Method(access = Access.MACHINE_AGENT)
    public CompletionStage<ErrorResults> setPasswords(Call call, AgentPasswords passwords) {
        return Items.each(call, passwords.changes(), (each, change) -> call.controller()
                .access()
                .call(access -> {
                    String unit = Callers.unitOfMachine(call, change.tag());
                    String hash = access.hashAgentPassword(change.password());
                    return Submit.applications(each, (applications, tx) -> {
                        applications.setUnitPassword(tx, unit, hash);
                        return null;
                    });
                }));
    }
}
