package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.Map;

/** Endpoints of an application that other models may relate to. The UUID stays the same through updates; the name is unique in its model. {@code endpoints} maps the name consumers see to the application's own. */
@RecordBuilder
public record Offer(
        String uuid,
        String name,
        String application,
        String description,
        Map<String, String> endpoints,
        String createdBy,
        Instant created)
        implements Entity, OfferBuilder.With {
    public Offer {
        endpoints = Map.copyOf(endpoints);
    }

    @Override
    public String id() {
        return uuid;
    }
}
