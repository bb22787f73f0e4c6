package org.isthmus.wire.agent;

import java.util.List;
import java.util.Map;

/** Statuses to set, as Juju's SetStatus. */
public record AgentStatuses(List<Item> entities) {

    public AgentStatuses {
        entities = entities == null ? List.of() : List.copyOf(entities);
    }

    /** @param info the message */
    public record Item(String tag, String status, String info, Map<String, Object> data) {}
}
