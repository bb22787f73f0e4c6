package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;

/** A user of the controller. {@code access} is `login`, `superuser` or empty; {@code secretKey} (base64) is there until the user registers. */
@RecordBuilder
public record User(
        String name,
        String displayName,
        String passwordHash,
        String access,
        String createdBy,
        Instant created,
        boolean disabled,
        String secretKey)
        implements Entity, UserBuilder.With {
    @Override
    public String id() {
        return name;
    }
}
