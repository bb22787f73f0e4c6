package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/** Another controller whose offers are consumed here. Kept while a SAAS refers to it. */
@RecordBuilder
public record ExternalController(String uuid, String alias, List<String> addresses, String caCert)
        implements Entity, ExternalControllerBuilder.With {
    public ExternalController {
        addresses = addresses == null ? List.of() : List.copyOf(addresses);
    }

    @Override
    public String id() {
        return uuid;
    }
}
