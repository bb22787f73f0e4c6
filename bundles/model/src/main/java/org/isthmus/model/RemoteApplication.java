package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import org.isthmus.api.Life;

/** An application of another model. A SAAS on the consuming side; with {@code proxy} true the stand-in for a consumer on the offering side, named `remote-<32 hex>`. {@code sourceController} is null where it is this one. {@code url} has the controller's part only where that is another. {@code user} consumed it. {@code macaroon} is what GetConsumeDetails gave, as JSON. {@code token}: a proxy's consumer application. {@code epoch}: the highest that a controller of the source model answered with; what one of a lower says is not taken. */
@RecordBuilder
public record RemoteApplication(
        String name,
        boolean proxy,
        String offer,
        String url,
        String sourceController,
        String sourceModel,
        List<RemoteEndpoint> endpoints,
        String user,
        String macaroon,
        String token,
        int consumeVersion,
        Life life,
        StatusValue status,
        boolean forced,
        Instant forceAt,
        Instant created,
        long epoch)
        implements Entity, Forceable, RemoteApplicationBuilder.With {
    public RemoteApplication {
        endpoints = endpoints == null ? List.of() : List.copyOf(endpoints);
    }

    /** An endpoint as its consumers see it; {@code role} is the far side's own. */
    public record RemoteEndpoint(String name, String role, String interfaceName, int limit) {}

    @Override
    public String id() {
        return name;
    }
}
