package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;

/** The controller's record of a model: there before the model is made, gone after it is. {@code state} is `creating`, `present` or `removing`. */
@RecordBuilder
public record ModelEntry(String uuid, String name, String owner, String state, Instant created)
        implements Entity, ModelEntryBuilder.With {
    @Override
    public String id() {
        return uuid;
    }
}
