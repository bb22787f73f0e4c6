package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;

/** Another controller whose offers are consumed here. Kept while a SAAS refers to it. {@code epoch} of each of its models as last heard, by model UUID. */
@RecordBuilder
public record ExternalController(
        String uuid, String alias, List<String> addresses, String caCert, Map<String, Long> epochs)
        implements Entity, ExternalControllerBuilder.With {
    public ExternalController {
        addresses = addresses == null ? List.of() : List.copyOf(addresses);
        epochs = epochs == null ? Map.of() : Map.copyOf(epochs);
    }

    @Override
    public String id() {
        return uuid;
    }
}
