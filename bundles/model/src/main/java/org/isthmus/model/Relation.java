package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import org.isthmus.api.Life;

/** A relation. {@code key} is Juju's: endpoints sorted requirer, provider, peer. {@code suspendedCause} is `admin` or `revoke` where the offer is, and `offer` at its consumer, who only mirrors it. {@code egress} holds the CIDRs of --via. */
@RecordBuilder
public record Relation(
        int number,
        String key,
        List<Endpoint> endpoints,
        Life life,
        StatusValue status,
        boolean suspended,
        String suspendedReason,
        String suspendedCause,
        List<String> egress,
        boolean forced,
        Instant forceAt,
        Instant created)
        implements Entity, Forceable, RelationBuilder.With {
    /** {@code suspendedCause} of one whose user may not consume the offer any more, and the reason that both sides show. */
    public static final String REVOKE = "revoke";

    public static final String REVOKED = "offer permission revoked";

    public Relation {
        endpoints = List.copyOf(endpoints);
        egress = egress == null ? List.of() : List.copyOf(egress);
    }

    /** One side of it. {@code role} is `provider`, `requirer` or `peer`; {@code scope} `global` or `container`. */
    public record Endpoint(
            String application,
            String name,
            String role,
            String interfaceName,
            String scope,
            int limit,
            boolean optional) {
        @Override
        public String toString() {
            return application + ":" + name;
        }
    }

    @Override
    public String id() {
        return Integer.toString(number);
    }

    public boolean isPeer() {
        return endpoints.size() == 1;
    }

    /** Container if either side says so. */
    public String scope() {
        return endpoints.stream().anyMatch(e -> "container".equals(e.scope())) ? "container" : "global";
    }

    /** The endpoint of this application, or null. */
    public Endpoint endpointOf(String application) {
        return endpoints.stream()
                .filter(e -> e.application().equals(application))
                .findFirst()
                .orElse(null);
    }

    /** The endpoint that this application's units see: the other one, or for a peer relation its own. Null if not a part. */
    public Endpoint counterpartOf(String application) {
        if (endpointOf(application) == null) {
            return null;
        }
        return isPeer()
                ? endpoints.get(0)
                : endpoints.stream()
                        .filter(e -> !e.application().equals(application))
                        .findFirst()
                        .orElse(null);
    }
}
