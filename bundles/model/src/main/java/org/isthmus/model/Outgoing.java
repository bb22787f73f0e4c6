package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;

/** Clean-up that the far side of a gone relation must still hear of. It lives with the controller: it outlives relation, SAAS and model. {@code message} is the JSON of a shrinking message. */
@RecordBuilder
public record Outgoing(
        String uuid, String controller, String offer, String token, String secret, String message, Instant created)
        implements Entity, OutgoingBuilder.With {
    @Override
    public String id() {
        return uuid;
    }
}
