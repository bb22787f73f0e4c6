package org.isthmus.offer;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.isthmus.api.Code;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.charm.CharmRelation;
import org.isthmus.model.Admission;
import org.isthmus.model.Application;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.ConsumerPresence;
import org.isthmus.model.ExternalController;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.Offer;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.OfferGrant;
import org.isthmus.model.OfferKey;
import org.isthmus.model.Outgoing;
import org.isthmus.model.Relation;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.RemoteApplication.RemoteEndpoint;
import org.isthmus.model.RemoteRelation;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.OfferEngine;
import org.osgi.service.component.annotations.Component;

/** Pure decisions; see {@link OfferEngine}. */
@Component(service = OfferEngine.class)
public final class OfferRegistry implements OfferEngine {
    private static final String ROOM = "offer";

    /** Every application has this endpoint without saying so in its charm. */
    private static final CharmRelation JUJU_INFO =
            new CharmRelation("juju-info", "provider", "juju-info", "global", 0, false);

    // --- offering side

    @Override
    public String offer(Tx outer, Offering offering) {
        Tx tx = outer.as(ROOM);
        if (!Names.isApplication(offering.name())) {
            throw Problem.notValid("offer name \"%s\" not valid", offering.name());
        }
        Application application = tx.get(Kinds.APPLICATION, offering.application());
        if (application == null) {
            throw Problem.notFound("application", offering.application());
        }
        if (application.life() != Life.ALIVE) {
            throw Problem.refuse(
                    Code.NONE,
                    "cannot add application offer \"%s\": application \"%s\" is not alive",
                    offering.name(),
                    application.name());
        }
        if (offering.endpoints().isEmpty()) {
            throw Problem.notValid("offer \"%s\" must name at least one endpoint", offering.name());
        }
        offering.endpoints().values().forEach(endpoint -> checkOffered(tx.now(), application, endpoint));
        Offer existing = named(tx.now(), offering.name());
        if (existing != null) {
            checkUpdate(tx.now(), existing, offering);
        }
        Offer offer = new Offer(
                existing == null ? offering.uuid() : existing.uuid(),
                offering.name(),
                offering.application(),
                offering.description() == null || offering.description().isBlank()
                        ? description(tx.now(), application)
                        : offering.description(),
                offering.endpoints(),
                existing == null ? offering.by() : existing.createdBy(),
                existing == null ? offering.now() : existing.created());
        tx.put(Kinds.OFFER, offer);
        return offer.uuid();
    }

    private static String description(Snapshot model, Application application) {
        CharmRecord charm = model.get(Kinds.CHARM, application.charmUrl());
        String text = charm == null ? null : charm.charm().metadata().description();
        return text == null ? "" : text.strip();
    }

    private static void checkOffered(Snapshot model, Application application, String endpoint) {
        CharmRelation declared = declared(model, application, endpoint);
        if (declared == null) {
            throw Problem.refuse(
                    Code.NOT_FOUND, "application \"%s\" has no \"%s\" relation", application.name(), endpoint);
        }
        if ("peer".equals(declared.role())) {
            throw Problem.notValid("peer endpoint \"%s:%s\" cannot be offered", application.name(), endpoint);
        }
        if (!"global".equals(declared.scope())) {
            throw Problem.notValid(
                    "endpoint \"%s:%s\" has \"%s\" scope: only endpoints with global scope may be offered",
                    application.name(), endpoint, declared.scope());
        }
    }

    private static CharmRelation declared(Snapshot model, Application application, String endpoint) {
        CharmRecord charm = model.get(Kinds.CHARM, application.charmUrl());
        CharmRelation declared = charm == null ? null : charm.charm().metadata().endpoint(endpoint);
        return declared == null && endpoint.equals(JUJU_INFO.name()) ? JUJU_INFO : declared;
    }

    private static Offer named(Snapshot model, String name) {
        return model.by(Kinds.OFFERS_BY_NAME, name).stream().findFirst().orElse(null);
    }

    /** Consumers must find what they use under the name they use. */
    private static void checkUpdate(Snapshot model, Offer existing, Offering offering) {
        Set<String> used = new TreeSet<>();
        for (OfferConnection connection : model.by(Kinds.CONNECTIONS_BY_OFFER, existing.uuid())) {
            Relation relation = model.get(Kinds.RELATION, Integer.toString(connection.relation()));
            Relation.Endpoint mine = relation == null ? null : relation.endpointOf(existing.application());
            if (mine != null) {
                used.add(mine.name());
            }
        }
        boolean moved = !existing.application().equals(offering.application());
        for (String endpoint : used) {
            if (moved || !offering.endpoints().containsValue(endpoint)) {
                throw Problem.refuse(
                        Code.NONE,
                        "updating offer %s:%s would remove endpoint \"%s\" which has active consumers",
                        existing.application(),
                        String.join(",", new TreeSet<>(offering.endpoints().values())),
                        endpoint);
            }
        }
    }

    @Override
    public List<Integer> removeOffer(Tx outer, String offerUuid, boolean force, Instant now) {
        Tx tx = outer.as(ROOM);
        Offer offer = tx.need(Kinds.OFFER, offerUuid);
        List<Integer> relations = relations(tx.now(), offerUuid);
        if (!relations.isEmpty() && !force) {
            throw Problem.refuse(
                    Code.NONE,
                    "cannot delete application offer \"%s\": offer has %d relation%s",
                    offer.name(),
                    relations.size(),
                    relations.size() == 1 ? "" : "s");
        }
        for (OfferGrant grant : tx.now().listBy(Kinds.OFFER_GRANTS_BY_OFFER, offerUuid)) {
            tx.remove(Kinds.OFFER_GRANT, grant.nonce());
        }
        tx.remove(Kinds.OFFER, offerUuid);
        return relations;
    }

    @Override
    public String register(Tx outer, Registration registration) {
        Tx tx = outer.as(ROOM);
        OfferConnection known = tx.get(Kinds.OFFER_CONNECTION, registration.token());
        String proxy = proxyName(registration.applicationToken());
        if (known != null) {
            checkSame(known, registration);
            return proxy;
        }
        Offer offer = tx.get(Kinds.OFFER, registration.offer());
        if (offer == null) {
            throw Problem.refuse(Code.NOT_FOUND, "offer \"%s\" not found", registration.offer());
        }
        if (!offer.endpoints().containsKey(registration.endpoint())) {
            throw Problem.refuse(
                    Code.NOT_FOUND, "offer \"%s\" has no \"%s\" endpoint", offer.name(), registration.endpoint());
        }
        putProxy(tx, proxy, registration);
        tx.put(
                Kinds.OFFER_CONNECTION,
                new OfferConnection(
                        registration.token(),
                        registration.offer(),
                        registration.user(),
                        registration.consumerController(),
                        registration.consumerModel(),
                        registration.applicationToken(),
                        -1,
                        registration.secretHash(),
                        List.of(),
                        0,
                        registration.now()));
        return proxy;
    }

    /** The first registration decides who is connected; the same token from anybody else is refused as if it were unknown. */
    private static void checkSame(OfferConnection known, Registration again) {
        boolean same = known.offer().equals(again.offer())
                && known.user().equals(again.user())
                && known.consumerModel().equals(again.consumerModel())
                && known.applicationToken().equals(again.applicationToken());
        if (!same) {
            throw Problem.denied();
        }
    }

    static String proxyName(String applicationToken) {
        return "remote-" + applicationToken.replace("-", "");
    }

    /** One proxy an application: more endpoints of it join the same one, so that it gets the same database. */
    private static void putProxy(Tx tx, String name, Registration registration) {
        RemoteApplication existing = tx.get(Kinds.REMOTE_APPLICATION, name);
        if (existing != null && existing.life() != Life.ALIVE) {
            throw Problem.refuse(
                    Code.TRY_AGAIN, "application \"%s\" is still being removed here", registration.applicationToken());
        }
        if (existing != null && !existing.sourceModel().equals(registration.consumerModel())) {
            throw Problem.denied();
        }
        Map<String, RemoteEndpoint> endpoints = new TreeMap<>();
        if (existing != null) {
            existing.endpoints().forEach(e -> endpoints.put(e.name(), e));
        }
        endpoints.put(registration.remoteEndpoint().name(), registration.remoteEndpoint());
        tx.put(
                Kinds.REMOTE_APPLICATION,
                new RemoteApplication(
                        name,
                        true,
                        null,
                        null,
                        registration.consumerController(),
                        registration.consumerModel(),
                        new ArrayList<>(endpoints.values()),
                        registration.user(),
                        null,
                        registration.applicationToken(),
                        registration.consumeVersion(),
                        Life.ALIVE,
                        new StatusValue("active", "", registration.now()),
                        false,
                        null,
                        existing == null ? registration.now() : existing.created(),
                        0));
    }

    @Override
    public void connected(Tx outer, String token, int relation) {
        Tx tx = outer.as(ROOM);
        OfferConnection connection = tx.need(Kinds.OFFER_CONNECTION, token);
        tx.put(Kinds.OFFER_CONNECTION, connection.withRelation(relation));
    }

    @Override
    public String offerKey(Tx outer, String fresh) {
        Tx tx = outer.as(ROOM);
        OfferKey key = tx.get(Kinds.OFFER_KEY, OfferKey.ID);
        if (key == null) {
            key = new OfferKey(fresh);
            tx.put(Kinds.OFFER_KEY, key);
        }
        return key.key();
    }

    @Override
    public void pin(Tx outer, OfferGrant grant) {
        Tx tx = outer.as(ROOM);
        OfferGrant known = tx.get(Kinds.OFFER_GRANT, grant.nonce());
        boolean same = known == null
                || known.offer().equals(grant.offer())
                        && known.user().equals(grant.user())
                        && known.consumerModel().equals(grant.consumerModel());
        if (!same) {
            throw Problem.denied();
        }
        // The model may have moved to another controller: it is the model that is pinned.
        tx.put(Kinds.OFFER_GRANT, grant);
    }

    @Override
    public Refused setIngress(Tx outer, String token, List<String> cidrs) {
        Tx tx = outer.as(ROOM);
        OfferConnection connection = tx.need(Kinds.OFFER_CONNECTION, token);
        Admission admission = Admission.of(tx.now());
        tx.put(Kinds.OFFER_CONNECTION, connection.withIngress(admission.admitted(cidrs)));
        return admission.refusal(cidrs);
    }

    @Override
    public boolean advance(Tx outer, String token, long sequence) {
        Tx tx = outer.as(ROOM);
        OfferConnection connection = tx.need(Kinds.OFFER_CONNECTION, token);
        if (sequence <= connection.sequence()) {
            return false;
        }
        tx.put(Kinds.OFFER_CONNECTION, connection.withSequence(sequence));
        return true;
    }

    @Override
    public void present(Tx outer, String token, boolean alive, Instant now) {
        Tx tx = outer.as(ROOM);
        ConsumerPresence before = tx.get(Kinds.CONSUMER_PRESENCE, token);
        if (tx.get(Kinds.OFFER_CONNECTION, token) != null && (before == null || before.alive() != alive)) {
            tx.put(Kinds.CONSUMER_PRESENCE, new ConsumerPresence(token, alive, now));
        }
    }

    private static List<Integer> relations(Snapshot model, String offer) {
        return model.by(Kinds.CONNECTIONS_BY_OFFER, offer).stream()
                .map(OfferConnection::relation)
                .filter(number -> number >= 0)
                .sorted()
                .toList();
    }

    // --- consuming side

    @Override
    public String consume(Tx outer, Consume consume) {
        Tx tx = outer.as(ROOM);
        if (!Names.isApplication(consume.name())) {
            throw Problem.notValid("application name \"%s\" not valid", consume.name());
        }
        if (tx.get(Kinds.APPLICATION, consume.name()) != null) {
            throw Problem.refuse(
                    Code.ALREADY_EXISTS,
                    "cannot add saas application \"%s\": local application already exists",
                    consume.name());
        }
        RemoteApplication existing = tx.get(Kinds.REMOTE_APPLICATION, consume.name());
        if (existing == null) {
            tx.put(Kinds.REMOTE_APPLICATION, fresh(consume, 1));
            return consume.name();
        }
        boolean terminated = "terminated".equals(existing.status().status());
        if (terminated) {
            // What it was is gone at the far side; its relations end, and a new one takes the name meanwhile.
            tx.put(Kinds.REMOTE_APPLICATION, fresh(consume, existing.consumeVersion() + 1));
            return consume.name();
        }
        if (existing.proxy() || !existing.offer().equals(consume.offer()) && !mayReplace(tx.now(), existing, consume)) {
            throw Problem.refuse(
                    Code.ALREADY_EXISTS,
                    "cannot add saas application \"%s\": saas application already exists",
                    consume.name());
        }
        if (existing.life() != Life.ALIVE) {
            throw Problem.refuse(
                    Code.NONE, "cannot add saas application \"%s\": saas application is not alive", consume.name());
        }
        // Another offer has endpoints of its own: nothing of the one before it counts.
        tx.put(
                Kinds.REMOTE_APPLICATION,
                existing.offer().equals(consume.offer())
                        ? merged(existing, consume)
                        : fresh(consume, existing.consumeVersion() + 1));
        return consume.name();
    }

    /** Another offer of the same model takes the place of one that nobody uses here. */
    private static boolean mayReplace(Snapshot model, RemoteApplication existing, Consume consume) {
        return existing.sourceModel().equals(consume.sourceModel())
                && model.count(Kinds.RELATIONS_BY_APPLICATION, existing.name()) == 0;
    }

    private static RemoteApplication fresh(Consume consume, int version) {
        return new RemoteApplication(
                consume.name(),
                false,
                consume.offer(),
                consume.url(),
                consume.sourceController(),
                consume.sourceModel(),
                consume.endpoints(),
                consume.user(),
                consume.macaroon(),
                null,
                version,
                Life.ALIVE,
                new StatusValue("unknown", "", consume.now()),
                false,
                null,
                consume.now(),
                0);
    }

    /** Adds new endpoints, refuses ones that changed; an offer that moved keeps its UUID and is re-pointed. */
    private static RemoteApplication merged(RemoteApplication existing, Consume consume) {
        Map<String, RemoteEndpoint> endpoints = new TreeMap<>();
        existing.endpoints().forEach(e -> endpoints.put(e.name(), e));
        for (RemoteEndpoint endpoint : consume.endpoints()) {
            RemoteEndpoint before = endpoints.put(endpoint.name(), endpoint);
            if (before != null
                    && !(before.role().equals(endpoint.role())
                            && before.interfaceName().equals(endpoint.interfaceName()))) {
                throw Problem.refuse(
                        Code.NONE,
                        "cannot update saas application \"%s\": conflicting endpoint \"%s\"",
                        existing.name(),
                        endpoint.name());
            }
        }
        return existing.with(b -> b.url(consume.url())
                .sourceController(consume.sourceController())
                .sourceModel(consume.sourceModel())
                .user(consume.user())
                .macaroon(consume.macaroon())
                .endpoints(new ArrayList<>(endpoints.values())));
    }

    @Override
    public void destroySaas(Tx outer, String name, Force force, Instant now) {
        Tx tx = outer.as(ROOM);
        RemoteApplication saas = tx.get(Kinds.REMOTE_APPLICATION, name);
        if (saas == null || saas.proxy()) {
            throw Problem.refuse(Code.NOT_FOUND, "saas application \"%s\" not found", name);
        }
        if (tx.now().count(Kinds.RELATIONS_BY_APPLICATION, name) == 0) {
            tx.remove(Kinds.REMOTE_APPLICATION, name);
        } else {
            Force first = saas.force().or(force);
            tx.put(
                    Kinds.REMOTE_APPLICATION,
                    saas.with(b -> b.life(Life.DYING).forced(first.isAsked()).forceAt(first.at())));
        }
    }

    @Override
    public void setSaasStatus(Tx outer, String name, StatusValue status, long epoch) {
        Tx tx = outer.as(ROOM);
        RemoteApplication saas = tx.get(Kinds.REMOTE_APPLICATION, name);
        if (saas == null || saas.life() != Life.ALIVE || epoch < saas.epoch()) {
            return;
        }
        boolean same = saas.status().status().equals(status.status())
                && saas.status().message().equals(status.message());
        RemoteApplication after =
                saas.with(b -> b.status(same ? saas.status() : status).epoch(epoch));
        if (!after.equals(saas)) {
            tx.put(Kinds.REMOTE_APPLICATION, after);
        }
    }

    @Override
    public void putRemoteRelation(Tx outer, RemoteRelation relation) {
        outer.as(ROOM).put(Kinds.REMOTE_RELATION, relation);
    }

    @Override
    public void forgetRemoteRelation(Tx outer, int relation) {
        outer.as(ROOM).remove(Kinds.REMOTE_RELATION, Integer.toString(relation));
    }

    @Override
    public void settle(Tx outer, Instant now) {
        Tx tx = outer.as(ROOM);
        for (Relation relation : tx.now().listBy(Kinds.RELATIONS_ENDING, Kinds.ENDING)) {
            if (relation.life() == Life.DEAD) {
                disconnect(tx, relation.id());
            }
        }
        for (RemoteApplication remote : tx.now().listBy(Kinds.REMOTE_APPLICATIONS_ENDING, Kinds.ENDING)) {
            if (tx.now().count(Kinds.RELATIONS_BY_APPLICATION, remote.name()) == 0) {
                tx.remove(Kinds.REMOTE_APPLICATION, remote.name());
            }
        }
    }

    /** A proxy ends with its last connection, and so does what macaroons its consumer used. */
    private static void disconnect(Tx tx, String relation) {
        for (OfferConnection connection : tx.now().listBy(Kinds.CONNECTIONS_BY_RELATION, relation)) {
            tx.remove(Kinds.OFFER_CONNECTION, connection.token());
            tx.remove(Kinds.CONSUMER_PRESENCE, connection.token());
            String consumer = connection.consumer();
            if (tx.now().count(Kinds.CONNECTIONS_BY_CONSUMER, consumer) == 0) {
                tx.now()
                        .listBy(Kinds.OFFER_GRANTS_BY_CONSUMER, consumer)
                        .forEach(grant -> tx.remove(Kinds.OFFER_GRANT, grant.nonce()));
            }
            RemoteApplication proxy = tx.get(Kinds.REMOTE_APPLICATION, proxyName(connection.applicationToken()));
            if (proxy != null
                    && tx.now().count(Kinds.CONNECTIONS_BY_APPLICATION_TOKEN, connection.applicationToken()) == 0) {
                tx.put(Kinds.REMOTE_APPLICATION, proxy.withLife(Life.DYING));
            }
        }
    }

    // --- the controller's documents

    @Override
    public void putExternalController(Tx controller, ExternalController external) {
        controller.as(ROOM).put(Kinds.EXTERNAL_CONTROLLER, external);
    }

    @Override
    public void retainExternalControllers(Tx controller, Set<String> referred) {
        Tx tx = controller.as(ROOM);
        for (ExternalController external : new ArrayList<>(tx.now().all(Kinds.EXTERNAL_CONTROLLER))) {
            boolean owed = tx.now().count(Kinds.OUTGOING_BY_CONTROLLER, external.uuid()) > 0;
            if (!referred.contains(external.uuid()) && !owed) {
                tx.remove(Kinds.EXTERNAL_CONTROLLER, external.uuid());
            }
        }
    }

    @Override
    public void enqueue(Tx controller, Outgoing outgoing) {
        controller.as(ROOM).put(Kinds.OUTGOING, outgoing);
    }

    @Override
    public void dequeue(Tx controller, String uuid) {
        controller.as(ROOM).remove(Kinds.OUTGOING, uuid);
    }
}
