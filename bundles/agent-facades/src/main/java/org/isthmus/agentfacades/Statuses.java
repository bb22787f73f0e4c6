package org.isthmus.agentfacades;

import org.isthmus.model.StatusValue;
import org.isthmus.rpc.Call;
import org.isthmus.wire.agent.AgentStatuses;

/** Statuses of the wire as the model has them, and their history. */
final class Statuses {
    private Statuses() {}

    static StatusValue of(Call call, AgentStatuses.Item item) {
        return new StatusValue(item.status(), item.info(), item.data(), call.now());
    }

    /** @param entity such as `unit:mysql/0`
     * @param type `workload`, `juju-unit`, `machine`, `application` */
    static void remember(Call call, String entity, String type, StatusValue status) {
        call.controller().logs().history(call.model().id(), entity, type, status);
    }
}
