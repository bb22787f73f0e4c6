package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Map;

/** A unit's part in a relation. {@code inScope} false: it left, its settings stay readable until the relation goes. {@code version} rises with each change of settings. {@code container} is the principal unit whose container it shares, empty in a global relation. */
@RecordBuilder
public record RelationUnit(
        int relation, String unit, boolean inScope, Map<String, String> settings, long version, String container)
        implements Entity, RelationUnitBuilder.With {
    public RelationUnit {
        settings = settings == null ? Map.of() : Map.copyOf(settings);
        container = container == null ? "" : container;
    }

    public static String idOf(int relation, String unit) {
        return relation + "#" + unit;
    }

    @Override
    public String id() {
        return idOf(relation, unit);
    }
}
