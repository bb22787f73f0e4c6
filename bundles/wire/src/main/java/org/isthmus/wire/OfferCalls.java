package org.isthmus.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.isthmus.rpc.Errors.WireError;

/** Parameters and results of ApplicationOffers, and of the methods of Application that consume offers. */
public final class OfferCalls {
    private OfferCalls() {}

    public record AddOffers(@JsonProperty("Offers") List<AddOffer> offers) {}

    /** @param endpoints name shown to consumers to the application's endpoint */
    public record AddOffer(
            String modelTag,
            String offerName,
            String applicationName,
            String applicationDescription,
            Map<String, String> endpoints,
            String ownerTag) {}

    public record OfferFilters(@JsonProperty("Filters") List<OfferFilter> filters) {}

    /** Empty fields match everything; {@code offerName} is a regular expression or a part of the name. */
    public record OfferFilter(
            String ownerName,
            String modelName,
            String offerName,
            String applicationName,
            String applicationDescription,
            String applicationUser,
            List<EndpointFilter> endpoints,
            List<String> connectedUsers,
            List<String> allowedUsers) {}

    public record EndpointFilter(String role, @JsonProperty("interface") String interfaceName, String name) {}

    public record OfferUrls(List<String> offerUrls, Integer bakeryVersion) {}

    /** What everybody who may read the offer sees; the last three are for its admins. */
    public record OfferDetails(
            String sourceModelTag,
            String offerUuid,
            String offerUrl,
            String offerName,
            String applicationDescription,
            List<FullStatus.RemoteEndpoint> endpoints,
            List<OfferUserDetails> users,
            String applicationName,
            String charmUrl,
            List<Connection> connections) {}

    public record OfferUserDetails(String user, String displayName, String access) {}

    /** @param lastSeen of a consumer that is away, not in Juju; null while it is there */
    public record Connection(
            String sourceModelTag,
            int relationId,
            String username,
            String endpoint,
            ModelCalls.EntityStatus status,
            List<String> ingressSubnets,
            Instant lastSeen) {}

    public record ConsumeDetailsArgs(OfferUrls offerUrls, String userTag) {}

    public record ConsumeDetails(
            OfferDetails offer, JsonNode macaroon, ExternalController externalController, WireError error) {}

    public record ConsumeDetailsResults(List<ConsumeDetails> results) {}

    public record ExternalController(String controllerTag, String controllerAlias, List<String> addrs, String caCert) {}

    public record DestroyOffers(List<String> offerUrls, boolean force) {}

    public record ModifyOfferAccess(List<ModifyAccess> changes) {}

    /** @param action `grant` or `revoke` */
    public record ModifyAccess(String userTag, String action, String access, String offerUrl) {}

    public record ConsumeArgs(List<ConsumeArg> args) {}

    /** The details of GetConsumeDetails, laid out beside the alias. */
    public record ConsumeArg(
            String sourceModelTag,
            String offerUuid,
            String offerUrl,
            String offerName,
            String applicationDescription,
            List<FullStatus.RemoteEndpoint> endpoints,
            JsonNode macaroon,
            ExternalController externalController,
            String applicationAlias) {}

    public record DestroyConsumed(List<DestroyConsumedItem> applications) {}

    public record DestroyConsumedItem(String applicationTag, Boolean force, Long maxWait) {}

    public record SuspendArgs(List<SuspendArg> args) {}

    public record SuspendArg(int relationId, String message, boolean suspended) {}

    public record RemoteApplicationInfoResults(List<RemoteApplicationInfoResult> results) {}

    public record RemoteApplicationInfoResult(RemoteApplicationInfo result, WireError error) {}

    public record RemoteApplicationInfo(
            String modelTag,
            String name,
            String description,
            String offerUrl,
            String sourceModelLabel,
            List<FullStatus.RemoteEndpoint> endpoints,
            @JsonProperty("icon-url-path") String iconUrlPath) {}
}
