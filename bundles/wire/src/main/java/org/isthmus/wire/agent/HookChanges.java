package org.isthmus.wire.agent;

import java.util.List;
import java.util.Map;

/**
 * All that one hook did, committed at once or not at all. A repetition of the same sequence changes nothing.
 *
 * @param sequence one more than that of the unit's last commit
 * @param agentState the agent's own state after it, without that of its relations
 * @param relationStates the agent's state of the relations for which it is another than before; empty for one that it forgot
 * @param charmState all of the charm's state, null where the hook did not touch it
 * @param relations settings by relation number; empty values delete keys
 * @param applications application settings by relation number; the unit must lead
 * @param leave the relation whose scope the unit leaves with it, or null
 * @param workload a status to set with it, or null
 * @param epoch of the model as the agent has it; only that owner may take the commit. Null from agents that know of none
 */
public record HookChanges(
        String tag,
        long sequence,
        String agentState,
        Map<Integer, String> relationStates,
        Map<String, String> charmState,
        Map<Integer, Map<String, String>> relations,
        Map<Integer, Map<String, String>> applications,
        List<Port> open,
        List<Port> close,
        String charmUrl,
        Integer leave,
        AgentStatuses.Item workload,
        Long epoch) {

    public HookChanges {
        relationStates = relationStates == null ? Map.of() : Map.copyOf(relationStates);
        relations = relations == null ? Map.of() : Map.copyOf(relations);
        applications = applications == null ? Map.of() : Map.copyOf(applications);
        open = open == null ? List.of() : List.copyOf(open);
        close = close == null ? List.of() : List.copyOf(close);
    }

    public HookChanges withEpoch(long next) {
        return new HookChanges(
                tag,
                sequence,
                agentState,
                relationStates,
                charmState,
                relations,
                applications,
                open,
                close,
                charmUrl,
                leave,
                workload,
                next);
    }

    /** @param endpoint empty for all of them; range such as `80/tcp` */
    public record Port(String endpoint, String range) {}
}
