package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.Map;

/** The controller; one a document set of its own, id `controller`. */
@RecordBuilder
public record Controller(
        String uuid,
        String name,
        String cloud,
        String region,
        Map<String, Object> settings,
        String agentVersion,
        Instant created)
        implements Entity, ControllerBuilder.With {
    public static final String ID = "controller";

    public Controller {
        settings = settings == null ? Map.of() : Map.copyOf(settings);
    }

    @Override
    public String id() {
        return ID;
    }
}
