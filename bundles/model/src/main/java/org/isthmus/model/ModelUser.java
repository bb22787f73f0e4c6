package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;

/** Who may do what with the model, and who let them in. Access is `read`, `write` or `admin`. */
@RecordBuilder
public record ModelUser(String user, String displayName, String access, String createdBy, Instant created)
        implements Entity, ModelUserBuilder.With {
    @Override
    public String id() {
        return user;
    }
}
