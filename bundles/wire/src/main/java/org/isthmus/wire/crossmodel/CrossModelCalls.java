package org.isthmus.wire.crossmodel;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.isthmus.rpc.Errors.WireError;

/**
 * Parameters and results of the facade CrossModelRelations, in Juju's shapes (rpc/params/crossmodel.go) with the fields that
 * make ours safe: `offering-model-tag` finds the model, `secret` proves that a message is from who registered, `epoch` refuses
 * an owner that was replaced, `sequence` drops what was said before.
 */
public final class CrossModelCalls {
    private CrossModelCalls() {}

    public record RegisterRelations(List<RegisterRelation> relations) {}

    /**
     * @param remoteEndpoint of the consumer's application; {@code localEndpointName} as the offer names it
     * @param siblings other relations of the same application: who joins a proxy that is there proves one of its relations
     */
    public record RegisterRelation(
            String applicationToken,
            String sourceModelTag,
            String sourceControllerTag,
            String relationToken,
            WireEndpoint remoteEndpoint,
            String offerUuid,
            String localEndpointName,
            int consumeVersion,
            List<JsonNode> macaroons,
            Integer bakeryVersion,
            String offeringModelTag,
            String secret,
            List<Sibling> siblings) {}

    public record Sibling(String relationToken, String secret) {}

    public record WireEndpoint(String name, String role, @JsonProperty("interface") String interfaceName, int limit) {}

    public record RegisterResults(List<RegisterResult> results) {}

    public record RegisterResult(Registered result, WireError error) {}

    /** @param token of the offered application */
    public record Registered(String token, long epoch, long sequence) {}

    public record RelationChanges(List<RelationChange> changes) {}

    /**
     * One message about a relation. Settings are whole: what is not named in them is gone.
     *
     * @param life `alive` or `dying`
     * @param forceCleanup the sender has nothing left of it
     * @param ingressRefused why networks that the receiver told, and which were let in, are not any more; null where all are
     * @param trace of the request that it follows from; null where that is not known
     */
    public record RelationChange(
            String relationToken,
            String applicationToken,
            String offeringModelTag,
            String secret,
            long epoch,
            long sequence,
            String life,
            boolean forceCleanup,
            boolean suspended,
            String suspendedReason,
            Integer unitCount,
            Map<String, String> applicationSettings,
            List<UnitChange> changedUnits,
            List<Integer> departedUnits,
            boolean whole,
            String ingressRefused,
            String trace) {
        public RelationChange withTrace(String of) {
            return new RelationChange(
                    relationToken,
                    applicationToken,
                    offeringModelTag,
                    secret,
                    epoch,
                    sequence,
                    life,
                    forceCleanup,
                    suspended,
                    suspendedReason,
                    unitCount,
                    applicationSettings,
                    changedUnits,
                    departedUnits,
                    whole,
                    ingressRefused,
                    of);
        }
    }

    public record UnitChange(int unitId, Map<String, String> settings) {}

    public record PublishResults(List<PublishResult> results) {}

    public record PublishResult(Published result, WireError error) {}

    /** @param applied false: `sequence`, or a later one, was taken in before; send again with a higher one */
    public record Published(boolean applied, long sequence) {}

    public record IngressChanges(List<IngressChange> changes) {}

    public record IngressChange(
            String relationToken,
            String applicationToken,
            String offeringModelTag,
            String secret,
            List<String> networks,
            boolean ingressRequired) {}

    public record WatchArgs(List<WatchArg> args) {}

    /** @param token of the relation; {@code offerUuid} and {@code macaroons} where an offer is watched */
    public record WatchArg(
            String token,
            String offerUuid,
            String offeringModelTag,
            String secret,
            long epoch,
            String sourceModelTag,
            String sourceControllerTag,
            List<JsonNode> macaroons) {}

    public record WatchResults(List<WatchResult> results) {}

    public record WatchResult(String watcherId, RelationChange changes, OfferStatus status, WireError error) {}

    public record OfferStatuses(List<OfferStatus> changes) {}

    public record OfferStatus(String offerUuid, String offerName, long epoch, WireStatus status) {}

    public record WireStatus(String status, String info, Map<String, Object> data, Instant since) {}
}
