package org.isthmus.model.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.isthmus.api.Refused;
import org.isthmus.model.ExternalController;
import org.isthmus.model.Force;
import org.isthmus.model.RemoteApplication.RemoteEndpoint;
import org.isthmus.model.RemoteRelation;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;

/**
 * Decides about offers, SAAS and the records that tie relations of two models together. Owns offer, offer-connection,
 * remote-application, remote-relation in a model's documents; external-controller and outgoing in the controller's. Relations
 * themselves are the relation engine's, rights the access engine's: a caller asks all in one request.
 */
public interface OfferEngine {
    // --- offering side

    /** @param endpoints name shown to consumers to the application's endpoint */
    record Offering(
            String uuid,
            String name,
            String application,
            String description,
            Map<String, String> endpoints,
            String by,
            Instant now) {}

    /**
     * Makes or updates in place; answers the offer's UUID, which an update keeps. Refuses what is no global endpoint, and an
     * update that drops an endpoint with consumers.
     */
    String offer(Tx tx, Offering offering);

    /**
     * Refuses with `cannot delete application offer "<o>": offer has <n> relation(s)` unless forced. Forced: answers the
     * relation numbers that the relation engine must now destroy by force; the offer goes with its last connection.
     */
    List<Integer> removeOffer(Tx tx, String offerUuid, boolean force, Instant now);

    /** First or repeated message about a relation from its consuming side. */
    record Registration(
            String token,
            String offer,
            String endpoint,
            String user,
            String consumerController,
            String consumerModel,
            String applicationToken,
            RemoteEndpoint remoteEndpoint,
            int consumeVersion,
            String secretHash,
            Instant now) {}

    /**
     * The proxy and its connection. Answers the name of the proxy, to be related by the relation engine with the offered
     * endpoint; {@link #connected} then pins the relation's number. Idempotent by token.
     */
    String register(Tx tx, Registration registration);

    void connected(Tx tx, String token, int relation);

    /** The model's signing key; the fresh one (base64) is taken where there is none yet. */
    String offerKey(Tx tx, String fresh);

    /** First use of a macaroon pins it to this consumer; denied to every other. */
    void pin(Tx tx, org.isthmus.model.OfferGrant grant);

    /**
     * Networks that a connection's consumer dials from now: those before count no more, and what the model does not allow is
     * left out. Answers the refusal that the consumer is to hear once this is written, null where all are let in.
     */
    Refused setIngress(Tx tx, String token, List<String> cidrs);

    /** Takes in a message's number; false: it is not newer than the last. */
    boolean advance(Tx tx, String token, long sequence);

    /** Whether the consumer of a connection is there; forgotten with the connection. */
    void present(Tx tx, String token, boolean alive, Instant now);

    // --- consuming side

    record Consume(
            String name,
            String offer,
            String url,
            String sourceController,
            String sourceModel,
            List<RemoteEndpoint> endpoints,
            String user,
            String macaroon,
            Instant now) {}

    /** Makes a SAAS, or finds, widens, re-points or (when terminated) replaces the one of this name. Answers its name. */
    String consume(Tx tx, Consume consume);

    /** Dying; its relations are the relation engine's to destroy. Goes at once where it has none. */
    void destroySaas(Tx tx, String name, Force force, Instant now);

    /** @param epoch of the source model where the status was said; of a lower one than was heard before nothing is taken */
    void setSaasStatus(Tx tx, String name, StatusValue status, long epoch);

    void putRemoteRelation(Tx tx, RemoteRelation relation);

    /** Drops what belongs to relations, offers and proxies that are gone. Costs what is ending. */
    void settle(Tx tx, Instant now);

    /** Forgets the consuming side's record of a relation that is gone. */
    void forgetRemoteRelation(Tx tx, int relation);

    // --- the controller's documents

    void putExternalController(Tx controller, ExternalController external);

    /** @param referred UUIDs that some SAAS of this controller still refers to */
    void retainExternalControllers(Tx controller, Set<String> referred);

    void enqueue(Tx controller, org.isthmus.model.Outgoing outgoing);

    void dequeue(Tx controller, String uuid);
}
