package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;

/** Soft, offering side: whether the consumer of a relation follows it now. {@code token} is its connection's. */
@RecordBuilder
public record ConsumerPresence(String token, boolean alive, Instant since)
        implements Entity, ConsumerPresenceBuilder.With {
    @Override
    public String id() {
        return token;
    }
}
