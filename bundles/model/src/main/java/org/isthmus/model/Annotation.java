package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Map;

/** What people noted on a thing of the model; {@code tag} names the thing, such as `application-mysql`. */
@RecordBuilder
public record Annotation(String tag, Map<String, String> values) implements Entity, AnnotationBuilder.With {
    public Annotation {
        values = values == null ? Map.of() : Map.copyOf(values);
    }

    @Override
    public String id() {
        return tag;
    }
}
