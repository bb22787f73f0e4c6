package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;

/** Soft: what a unit's agent does now; `executing` or `idle`. */
@RecordBuilder
public record UnitAgent(String unit, StatusValue status) implements Entity, UnitAgentBuilder.With {
    @Override
    public String id() {
        return unit;
    }
}
