package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;

/** When a user was last seen in this model or controller; of one without, nobody knows that he ever came. */
@RecordBuilder
public record LastConnection(String user, Instant when) implements Entity, LastConnectionBuilder.With {
    @Override
    public String id() {
        return user;
    }
}
