package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;

/** A cloud that the controller knows. {@code type} names the provider. */
@RecordBuilder
public record CloudRecord(
        String name,
        String type,
        List<String> authTypes,
        String endpoint,
        List<Region> regions,
        Map<String, Object> config)
        implements Entity, CloudRecordBuilder.With {
    public CloudRecord {
        authTypes = authTypes == null ? List.of() : List.copyOf(authTypes);
        regions = regions == null ? List.of() : List.copyOf(regions);
        config = config == null ? Map.of() : Map.copyOf(config);
    }

    public record Region(String name, String endpoint) {}

    @Override
    public String id() {
        return name;
    }
}
