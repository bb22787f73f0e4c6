package org.isthmus.wire.agent;

import java.util.Map;

/** What the controller keeps for a unit's agent: the number of its last commit, the agent's own state, the charm's state. */
public record UnitMemory(long sequence, String agentState, Map<String, String> charmState) {
    public UnitMemory {
        charmState = charmState == null ? Map.of() : Map.copyOf(charmState);
    }
}
