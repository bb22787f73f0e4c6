package org.isthmus.agentfacades;

import java.util.concurrent.CompletionStage;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.StatusValue;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.wire.ErrorResults;
import org.isthmus.wire.agent.AgentStatuses;
import org.isthmus.wire.agent.AgentTag;
import org.isthmus.wire.agent.MachineFacts;

/** What a machine's agent tells of its machine. */
@Facade(name = "Machiner", since = 5, until = 5)
public final class MachinerFacade {

    /** Addresses always; hostname, hardware and base only where the provider did not know them: it knows better. */
    @Method(access = Access.MACHINE_AGENT)
    public CompletionStage<Void> report(Call call, MachineFacts facts) {
        String id = Callers.machine(call, facts.tag());
        return Submit.applications(call, (applications, tx) -> {
            Machine machine = tx.need(Kinds.MACHINE, id);
            boolean unknown = machine.hostname() == null || machine.hardware() == null || machine.base() == null;
            if (machine.instanceId() != null && unknown) {
                applications.provisioned(
                        tx,
                        id,
                        machine.instanceId(),
                        machine.displayName(),
                        machine.hardware() == null ? facts.hardware() : machine.hardware(),
                        machine.addresses().isEmpty() && facts.addresses() != null
                                ? facts.addresses()
                                : machine.addresses(),
                        machine.base() == null ? facts.base() : machine.base(),
                        machine.hostname() == null ? facts.hostname() : machine.hostname());
            } else if (machine.addresses().isEmpty()
                    && facts.addresses() != null
                    && !facts.addresses().isEmpty()) {
                applications.setMachineAddresses(tx, id, facts.addresses());
            }
            return null;
        });
    }

    @Method(access = Access.MACHINE_AGENT)
    public CompletionStage<ErrorResults> setStatus(Call call, AgentStatuses statuses) {
        return Items.each(call, statuses.entities(), (each, item) -> {
            String id = Callers.machine(call, item.tag());
            StatusValue status = Statuses.of(call, item);
            return Submit.applications(each, (applications, tx) -> {
                        applications.setMachineStatus(tx, id, status);
                        return null;
                    })
                    .thenRun(() -> Statuses.remember(call, "machine:" + id, "machine", status));
        });
    }

    /** The agent is done with a dying machine that has no units any more. */
    @Method(access = Access.MACHINE_AGENT)
    public CompletionStage<Void> ensureDead(Call call, AgentTag who) {
        String id = Callers.machine(call, who.tag());
        return Submit.applications(call, (applications, tx) -> {
            if (tx.get(Kinds.MACHINE, id) != null) {
                applications.machineDead(tx, id);
            }
            return null;
        });
    }
}
