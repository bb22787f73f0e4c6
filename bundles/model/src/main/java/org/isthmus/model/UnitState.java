package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Map;

/** What a unit's agent must find again: the number of its last committed hook, its own durable state (but {@link UnitRelationState}), the charm's state-set values. */
@RecordBuilder
public record UnitState(String unit, long hookSequence, String agentState, Map<String, String> charmState)
        implements Entity, UnitStateBuilder.With {
    public UnitState {
        charmState = charmState == null ? Map.of() : Map.copyOf(charmState);
    }

    @Override
    public String id() {
        return unit;
    }
}
