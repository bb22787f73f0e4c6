package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.Map;

/** Consuming side: what is known of a relation with a SAAS at its offering side. {@code token} stands for the relation, {@code secret} came from registering it, null before. {@code published} is the digest of each unit's settings (and of `app`, `life`, `ingress`) that the offering side has answered for. */
@RecordBuilder
public record RemoteRelation(
        int relation,
        String token,
        String saas,
        String secret,
        long epoch,
        long sequence,
        Map<String, String> published,
        Instant created)
        implements Entity, RemoteRelationBuilder.With {
    public RemoteRelation {
        published = published == null ? Map.of() : Map.copyOf(published);
    }

    @Override
    public String id() {
        return Integer.toString(relation);
    }
}
