package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;

/** Soft: whether an agent's connection is there. {@code tag} is such as `machine-0` or `unit-mysql-0`. */
@RecordBuilder
public record AgentPresence(String tag, boolean alive, Instant since) implements Entity, AgentPresenceBuilder.With {
    @Override
    public String id() {
        return tag;
    }
}
