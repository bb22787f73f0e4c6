package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Map;

/** A cloud credential. Its id is `cloud/owner/name`. */
@RecordBuilder
public record Credential(
        String cloud, String owner, String name, String authType, Map<String, String> attributes, boolean revoked)
        implements Entity, CredentialBuilder.With {
    public Credential {
        attributes = attributes == null ? Map.of() : Map.copyOf(attributes);
    }

    /** Who has the credential of this id. */
    public static String ownerOf(String id) {
        return id.split("/", 3)[1];
    }

    @Override
    public String id() {
        return cloud + "/" + owner + "/" + name;
    }
}
