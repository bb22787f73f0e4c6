package org.isthmus.model;

/** What a unit's agent must find again of one relation; for each by itself, as one hook is about one of perhaps a thousand. */
public record UnitRelationState(String unit, int relation, String agentState) implements Entity {
    public static String idOf(String unit, int relation) {
        return unit + "#" + relation;
    }

    @Override
    public String id() {
        return idOf(unit, relation);
    }
}
