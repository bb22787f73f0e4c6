package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Map;

/** An application's settings in a relation, written by its leader. */
@RecordBuilder
public record RelationApplication(int relation, String application, Map<String, String> settings, long version)
        implements Entity, RelationApplicationBuilder.With {
    public RelationApplication {
        settings = settings == null ? Map.of() : Map.copyOf(settings);
    }

    public static String idOf(int relation, String application) {
        return relation + "#" + application;
    }

    @Override
    public String id() {
        return idOf(relation, application);
    }
}
