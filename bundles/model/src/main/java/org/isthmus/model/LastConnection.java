package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;

/** Soft: when a user was last seen in this model or controller. */
@RecordBuilder
public record LastConnection(String user, Instant when) implements Entity, LastConnectionBuilder.With {
    @Override
    public String id() {
        return user;
    }
}
