package org.isthmus.agentfacades;

import java.util.concurrent.CompletionStage;
import org.isthmus.api.Tag;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.wire.ErrorResults;
import org.isthmus.wire.agent.AgentPasswords;

/** What every agent may do for itself. */
@Facade(name = "Agent", since = 3, until = 3)
public final class AgentFacade {

    @Method(access = Access.AGENT)
    public CompletionStage<ErrorResults> setPasswords(Call call, AgentPasswords passwords) {
        return Items.each(call, passwords.changes(), (each, change) -> call.controller()
                .access()
                .call(access -> {
                    boolean unit = Tag.parse(change.tag()).kind().equals("unit");
                    String id = unit ? Callers.unit(call, change.tag()) : Callers.machine(call, change.tag());
                    String hash = access.hashAgentPassword(change.password());
                    return Submit.applications(each, (applications, tx) -> {
                        if (unit) {
                            applications.setUnitPassword(tx, id, hash);
                        } else {
                            applications.setMachinePassword(tx, id, hash);
                        }
                        return null;
                    });
                }));
    }
}
