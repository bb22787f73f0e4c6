package org.isthmus.wire.agent;

import java.util.Map;

/** What the controller keeps for a unit's agent: the number of its last commit, the agent's own state, that of each of its relations, the charm's state. */
public record UnitMemory(
        long sequence, String agentState, Map<Integer, String> relationStates, Map<String, String> charmState) {
    public UnitMemory {
        relationStates = relationStates == null ? Map.of() : Map.copyOf(relationStates);
        charmState = charmState == null ? Map.of() : Map.copyOf(charmState);
    }
}
