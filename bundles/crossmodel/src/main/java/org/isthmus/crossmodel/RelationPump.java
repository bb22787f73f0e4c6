package org.isthmus.crossmodel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.isthmus.api.Code;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.client.ApiConnection;
import org.isthmus.model.Application;
import org.isthmus.model.Kinds;
import org.isthmus.model.Outgoing;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.RemoteRelation;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.OfferEngine;
import org.isthmus.model.engine.RelationEngine;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.wire.crossmodel.CrossModelCalls.IngressChange;
import org.isthmus.wire.crossmodel.CrossModelCalls.IngressChanges;
import org.isthmus.wire.crossmodel.CrossModelCalls.RegisterRelation;
import org.isthmus.wire.crossmodel.CrossModelCalls.RegisterRelations;
import org.isthmus.wire.crossmodel.CrossModelCalls.RelationChange;
import org.isthmus.wire.crossmodel.CrossModelCalls.RelationChanges;
import org.isthmus.wire.crossmodel.CrossModelCalls.UnitChange;
import org.isthmus.wire.crossmodel.CrossModelCalls.WatchArg;
import org.isthmus.wire.crossmodel.CrossModelCalls.WatchArgs;
import org.isthmus.wire.crossmodel.CrossModelCalls.WireEndpoint;

/** Carries one relation with a SAAS to its offering side and back, from the consuming side, until it is gone on both. */
final class RelationPump extends Pump {
    private static final String CAUSE = "offer";
    private static final String FACADE = "CrossModelRelations";

    private final ControllerContext controller;
    private final Documents model;
    private final int number;
    private final Links links;
    private final SecureRandom random;
    private final Runnable onEnd;

    // What holds for the connection in use only.
    private ApiConnection session;
    private boolean registered;
    private boolean watching;
    private String ingressTold;

    RelationPump(
            ControllerContext controller,
            Documents model,
            int number,
            Links links,
            SecureRandom random,
            Runnable onEnd) {
        super(links.threads());
        this.controller = controller;
        this.model = model;
        this.number = number;
        this.links = links;
        this.random = random;
        this.onEnd = onEnd;
    }

    @Override
    String name() {
        return "relation " + number + " of model " + model.id();
    }

    @Override
    void ended() {
        onEnd.run();
    }

    @Override
    CompletionStage<Outcome> step() {
        Snapshot now = model.snapshot();
        Relation relation = now.get(Kinds.RELATION, Integer.toString(number));
        RemoteRelation record = now.get(Kinds.REMOTE_RELATION, Integer.toString(number));
        Relation.Endpoint saasEnd = relation == null ? null : ConsumingView.saas(now, relation);
        if (saasEnd == null) {
            return record == null ? CompletableFuture.completedFuture(Outcome.OVER) : cleanUp(now, record);
        }
        RemoteApplication saas = now.get(Kinds.REMOTE_APPLICATION, saasEnd.application());
        if (record == null) {
            return relation.life() == Life.ALIVE ? begin(saas) : drained(now, relation, saasEnd);
        }
        boolean ending = relation.life() != Life.ALIVE || saas.life() != Life.ALIVE;
        if (ending && hasRemoteUnits(now, saasEnd.application())) {
            return drained(now, relation, saasEnd);
        }
        Link link = links.to(controller, saas.sourceController());
        ApiConnection up = link.connection(kicker());
        if (up == null) {
            return CompletableFuture.completedFuture(Outcome.IDLE);
        }
        if (up != session) {
            session = up;
            registered = false;
            watching = false;
            ingressTold = null;
        }
        if (!registered) {
            return register(now, relation, saasEnd, saas, record);
        }
        if (!watching && !ending) {
            return watch(saas, record);
        }
        return publish(now, relation, saas, record);
    }

    private boolean hasRemoteUnits(Snapshot now, String saas) {
        return now.by(Kinds.RELATION_UNITS_IN_SCOPE, Integer.toString(number)).stream()
                .anyMatch(unit -> Names.applicationOf(unit.unit()).equals(saas));
    }

    /** Durable before it is told: a token for the relation, and the secret that proves later messages. */
    private CompletionStage<Outcome> begin(RemoteApplication saas) {
        byte[] bytes = new byte[24];
        random.nextBytes(bytes);
        RemoteRelation fresh = new RemoteRelation(
                number,
                UUID.randomUUID().toString(),
                saas.name(),
                Base64.getEncoder().encodeToString(bytes),
                0,
                0,
                Map.of(),
                Instant.now());
        return offers(offers -> model.submit(tx -> {
                    boolean mine = tx.get(Kinds.REMOTE_RELATION, fresh.id()) == null
                            && tx.get(Kinds.RELATION, fresh.id()) != null;
                    if (mine) {
                        offers.putRemoteRelation(tx, fresh);
                    }
                    return Outcome.AGAIN;
                }))
                .thenApply(done -> done);
    }

    /** The far side's units leave here at once: a dead offering side blocks nothing. */
    private CompletionStage<Outcome> drained(Snapshot now, Relation relation, Relation.Endpoint saas) {
        if (!hasRemoteUnits(now, saas.application())) {
            return CompletableFuture.completedFuture(Outcome.IDLE);
        }
        return relations(relations -> model.submit(tx -> {
            leaveRemote(tx, relations, saas.application());
            return Outcome.AGAIN;
        }));
    }

    private void leaveRemote(Tx tx, RelationEngine relations, String saas) {
        for (RelationUnit unit : tx.now().listBy(Kinds.RELATION_UNITS_IN_SCOPE, Integer.toString(number))) {
            if (Names.applicationOf(unit.unit()).equals(saas)) {
                CrossModelRelationsFacade.leave(tx, relations, number, unit.unit());
            }
        }
    }

    /** The relation is gone here: what is left there is told by the controller's outbox, however long that takes. */
    private CompletionStage<Outcome> cleanUp(Snapshot now, RemoteRelation record) {
        RemoteApplication saas = now.get(Kinds.REMOTE_APPLICATION, record.saas());
        String target = saas == null ? null : saas.sourceController();
        String offering = saas == null ? null : saas.sourceModel();
        String known = record.published().getOrDefault("target", "");
        String[] words = known.split(" ", 2);
        String controllerUuid = target != null ? target : words[0].equals("-") ? null : words[0];
        String offeringModel = offering != null ? offering : words.length > 1 ? words[1] : null;
        if (offeringModel == null) {
            // Never spoke to the far side: nothing is there.
            return forget();
        }
        RelationChange last = new RelationChange(
                record.token(),
                null,
                "model-" + offeringModel,
                record.secret(),
                record.epoch(),
                Long.MAX_VALUE,
                "dead",
                true,
                false,
                null,
                null,
                null,
                List.of(),
                List.of(),
                false);
        Outgoing outgoing = new Outgoing(
                record.token(),
                controllerUuid == null || controllerUuid.isEmpty() ? controller.uuid() : controllerUuid,
                saas == null ? "" : saas.offer(),
                record.token(),
                record.secret(),
                text(last),
                Instant.now());
        return offers(offers -> controller.store().controller().submit(tx -> {
                    offers.enqueue(tx, outgoing);
                    return null;
                }))
                .thenCompose(queued -> forget());
    }

    private CompletionStage<Outcome> forget() {
        return offers(offers -> model.submit(tx -> {
            offers.forgetRemoteRelation(tx, number);
            return Outcome.OVER;
        }));
    }

    private String text(RelationChange change) {
        try {
            return links.json().writeValueAsString(change);
        } catch (JsonProcessingException recordsEncode) {
            throw new IllegalStateException(recordsEncode);
        }
    }

    // --- towards the offering side

    private CompletionStage<Outcome> register(
            Snapshot now, Relation relation, Relation.Endpoint saasEnd, RemoteApplication saas, RemoteRelation record) {
        String target = (saas.sourceController() == null ? "-" : saas.sourceController()) + " " + saas.sourceModel();
        if (!target.equals(record.published().get("target"))) {
            // Where it is registered must be known after the SAAS is gone: written before the first word.
            Map<String, String> published = new TreeMap<>(record.published());
            published.put("target", target);
            return save(record.withPublished(published)).thenApply(saved -> Outcome.AGAIN);
        }
        if (relation.life() != Life.ALIVE) {
            registered = true;
            return CompletableFuture.completedFuture(Outcome.AGAIN);
        }
        Relation.Endpoint local = relation.counterpartOf(saasEnd.application());
        Application application = now.get(Kinds.APPLICATION, local.application());
        if (application == null) {
            return CompletableFuture.completedFuture(Outcome.IDLE);
        }
        RegisterRelation item = new RegisterRelation(
                application.token(),
                "model-" + model.id(),
                "controller-" + controller.uuid(),
                record.token(),
                new WireEndpoint(local.name(), local.role(), local.interfaceName(), local.limit()),
                saas.offer(),
                saasEnd.name(),
                saas.consumeVersion(),
                macaroons(saas.macaroon(), links.json()),
                2,
                "model-" + saas.sourceModel(),
                record.secret());
        return one(session.call(FACADE, "RegisterRemoteRelations", new RegisterRelations(List.of(item))), "results")
                .thenCompose(result -> {
                    registered = true;
                    long epoch = result.path("result").path("epoch").asLong();
                    long sequence = result.path("result").path("sequence").asLong();
                    boolean same = record.epoch() == epoch && record.sequence() >= sequence;
                    return (same
                                    ? CompletableFuture.<Void>completedFuture(null)
                                    : save(record.withEpoch(Math.max(epoch, record.epoch()))
                                            .withSequence(Math.max(sequence, record.sequence()))))
                            .thenCompose(saved -> clearRefusal(relation));
                })
                .exceptionallyCompose(failure -> refused(failure, relation));
    }

    static List<JsonNode> macaroons(String macaroon, ObjectMapper json) {
        try {
            return macaroon == null ? List.of() : List.of(json.readTree(macaroon));
        } catch (JsonProcessingException damaged) {
            return List.of();
        }
    }

    /** Refused is not gone: the relation waits, and asks again. */
    private CompletionStage<Outcome> refused(Throwable failure, Relation relation) {
        Problem problem = Refused.of(failure);
        if (problem == null || problem.code() == Code.STOPPED) {
            return CompletableFuture.completedFuture(Outcome.RETRY);
        }
        if (problem.code() == Code.TRY_AGAIN || problem.code() == Code.MODEL_NOT_FOUND) {
            return CompletableFuture.completedFuture(Outcome.RETRY);
        }
        String reason = problem.code() == Code.UNAUTHORIZED ? "offer permission revoked" : problem.message();
        return suspend(true, reason, relation).thenApply(done -> Outcome.RETRY);
    }

    private CompletionStage<Outcome> clearRefusal(Relation relation) {
        // The watch that follows tells the offering side's own view; it lifts the suspension where that is over.
        return CompletableFuture.completedFuture(Outcome.AGAIN);
    }

    private CompletionStage<Void> suspend(boolean suspended, String reason, Relation relation) {
        if (relation.suspended() == suspended || relation.life() != Life.ALIVE) {
            return CompletableFuture.completedFuture(null);
        }
        return CrossModelRelationsFacade.engines(
                controller,
                (offers, relations, access) -> model.submit(tx -> {
                    mirror(tx, offers, relations, suspended, reason);
                    return null;
                }));
    }

    /** Suspension is the offering side's: taken over here, with everything of the far side leaving. */
    private void mirror(Tx tx, OfferEngine offers, RelationEngine relations, boolean suspended, String reason) {
        Relation relation = tx.get(Kinds.RELATION, Integer.toString(number));
        RemoteRelation record = tx.get(Kinds.REMOTE_RELATION, Integer.toString(number));
        if (relation == null || relation.life() != Life.ALIVE || relation.suspended() == suspended) {
            return;
        }
        relations.setSuspended(tx, number, suspended, reason, CAUSE, Instant.now());
        if (suspended) {
            leaveRemote(tx, relations, ConsumingView.saas(tx.now(), relation).application());
        }
        if (record != null) {
            // What was said before counts for nothing after a resume: it is said again.
            Map<String, String> kept = new TreeMap<>();
            if (record.published().containsKey("target")) {
                kept.put("target", record.published().get("target"));
            }
            offers.putRemoteRelation(tx, record.withPublished(kept));
        }
    }

    private CompletionStage<Outcome> publish(
            Snapshot now, Relation relation, RemoteApplication saas, RemoteRelation record) {
        Map<String, String> said = new TreeMap<>(record.published());
        String target = said.remove("target");
        RemoteRelation bare = record.withPublished(said);
        Application local =
                now.get(Kinds.APPLICATION, relation.counterpartOf(saas.name()).application());
        ConsumingView.Message message = ConsumingView.message(
                now, relation, bare, saas.sourceModel(), local == null ? null : local.token(), links.json());
        if (message == null) {
            return ingress(now, relation, saas, record);
        }
        return one(
                        session.call(FACADE, "PublishRelationChanges", new RelationChanges(List.of(message.change()))),
                        "results")
                .thenCompose(result -> {
                    JsonNode published = result.path("result");
                    if (!published.path("applied").asBoolean()) {
                        return save(
                                record.withSequence(published.path("sequence").asLong()));
                    }
                    Map<String, String> after = new TreeMap<>(message.published());
                    after.put("target", target);
                    return save(record.withSequence(message.change().sequence()).withPublished(after));
                })
                .thenApply(saved -> Outcome.AGAIN)
                .exceptionallyCompose(failure -> lostThere(failure));
    }

    /** Where the far side does not know the relation any more, its watch or the next registration tells what that means. */
    private CompletionStage<Outcome> lostThere(Throwable failure) {
        registered = false;
        watching = false;
        return CompletableFuture.completedFuture(Outcome.RETRY);
    }

    private CompletionStage<Outcome> ingress(
            Snapshot now, Relation relation, RemoteApplication saas, RemoteRelation record) {
        if (relation.life() != Life.ALIVE || relation.suspended()) {
            return CompletableFuture.completedFuture(Outcome.IDLE);
        }
        List<String> networks = ConsumingView.egress(now, relation);
        String digest = String.join(",", networks);
        if (networks.isEmpty() || digest.equals(ingressTold)) {
            return CompletableFuture.completedFuture(Outcome.IDLE);
        }
        IngressChange change =
                new IngressChange(record.token(), null, "model-" + saas.sourceModel(), record.secret(), networks, true);
        return one(session.call(FACADE, "PublishIngressNetworkChanges", new IngressChanges(List.of(change))), "results")
                .thenApply(done -> {
                    ingressTold = digest;
                    return Outcome.IDLE;
                })
                .exceptionallyCompose(failure -> {
                    Problem problem = Refused.of(failure);
                    if (problem == null || problem.code() != Code.FORBIDDEN) {
                        return CompletableFuture.completedFuture(Outcome.RETRY);
                    }
                    ingressTold = digest;
                    return relations(relations -> model.submit(tx -> {
                        relations.setStatus(tx, number, new StatusValue("error", problem.message(), Instant.now()));
                        return Outcome.IDLE;
                    }));
                });
    }

    // --- from the offering side

    private CompletionStage<Outcome> watch(RemoteApplication saas, RemoteRelation record) {
        ApiConnection on = session;
        WatchArg arg = new WatchArg(
                record.token(), null, "model-" + saas.sourceModel(), record.secret(), record.epoch(), null, null, null);
        return one(on.call(FACADE, "WatchRelationChanges", new WatchArgs(List.of(arg))), "results")
                .thenCompose(result -> {
                    watching = true;
                    return apply(result.path("changes")).thenApply(done -> {
                        follow(on, result.path("watcher-id").asText());
                        return Outcome.AGAIN;
                    });
                })
                .exceptionallyCompose(this::lostThere);
    }

    private void follow(ApiConnection on, String watcher) {
        on.call("RemoteRelationWatcher", 1, watcher, "Next", null).whenComplete((change, failure) -> {
            if (on != session) {
                return;
            }
            if (failure != null) {
                // Gone there, or the connection is: the next step finds out which.
                watching = false;
                registered = false;
                kick();
                return;
            }
            apply(change).whenComplete((done, problem) -> {
                if (problem != null) {
                    watching = false;
                }
                kick();
                if (problem == null) {
                    follow(on, watcher);
                }
            });
        });
    }

    private CompletionStage<Void> apply(JsonNode node) {
        if (node == null || !node.isObject()) {
            return CompletableFuture.completedFuture(null);
        }
        RelationChange change;
        try {
            change = links.json().treeToValue(node, RelationChange.class);
        } catch (JsonProcessingException malformed) {
            return CompletableFuture.failedFuture(malformed);
        }
        return CrossModelRelationsFacade.engines(
                controller,
                (offers, relations, access) -> model.submit(tx -> {
                    take(tx, offers, relations, change);
                    return null;
                }));
    }

    private void take(Tx tx, OfferEngine offers, RelationEngine relations, RelationChange change) {
        Relation relation = tx.get(Kinds.RELATION, Integer.toString(number));
        RemoteRelation record = tx.get(Kinds.REMOTE_RELATION, Integer.toString(number));
        Relation.Endpoint saasEnd = relation == null ? null : ConsumingView.saas(tx.now(), relation);
        if (saasEnd == null || record == null || change.epoch() < record.epoch()) {
            return;
        }
        if (change.epoch() > record.epoch()) {
            offers.putRemoteRelation(tx, record.withEpoch(change.epoch()));
        }
        String saas = saasEnd.application();
        if (!"alive".equals(change.life())) {
            leaveRemote(tx, relations, saas);
            if (tx.now().has(Kinds.RELATION, Integer.toString(number)) && relation.life() == Life.ALIVE) {
                relations.destroyRelation(tx, number, false, Instant.now());
            }
            return;
        }
        if (relation.life() != Life.ALIVE) {
            return;
        }
        mirror(tx, offers, relations, change.suspended(), change.suspendedReason());
        if (change.suspended()) {
            return;
        }
        if (change.applicationSettings() != null) {
            CrossModelRelationsFacade.replaceApplication(tx, relations, number, saas, change.applicationSettings());
        }
        Set<String> present = new HashSet<>();
        for (UnitChange unit : change.changedUnits() == null ? List.<UnitChange>of() : change.changedUnits()) {
            String name = saas + "/" + unit.unitId();
            present.add(name);
            CrossModelRelationsFacade.enter(tx, relations, number, name, unit.settings());
        }
        if (change.departedUnits() != null) {
            change.departedUnits()
                    .forEach(unit -> CrossModelRelationsFacade.leave(tx, relations, number, saas + "/" + unit));
        }
        if (change.whole()) {
            for (RelationUnit unit : tx.now().listBy(Kinds.RELATION_UNITS_IN_SCOPE, Integer.toString(number))) {
                if (Names.applicationOf(unit.unit()).equals(saas) && !present.contains(unit.unit())) {
                    CrossModelRelationsFacade.leave(tx, relations, number, unit.unit());
                }
            }
        }
    }

    // --- plumbing

    private CompletionStage<Void> save(RemoteRelation record) {
        return offers(offers -> model.submit(tx -> {
            RemoteRelation now = tx.get(Kinds.REMOTE_RELATION, record.id());
            if (now != null && now.token().equals(record.token())) {
                offers.putRemoteRelation(tx, record.withEpoch(Math.max(now.epoch(), record.epoch())));
            }
            return null;
        }));
    }

    private <R> CompletionStage<R> offers(Function<OfferEngine, CompletionStage<R>> work) {
        return controller.offers().call(work);
    }

    private <R> CompletionStage<R> relations(Function<RelationEngine, CompletionStage<R>> work) {
        return controller.relations().call(work);
    }

    /** The only item of a bulk answer; its error as a refusal. */
    static CompletionStage<JsonNode> one(CompletionStage<JsonNode> answer, String list) {
        return answer.thenApply(node -> {
            JsonNode item = node.path(list).path(0);
            JsonNode error = item.path("error");
            if (error.isObject()) {
                throw new Refused(new Problem(
                        Code.ofWire(error.path("code").asText("")),
                        error.path("message").asText("")));
            }
            return item;
        });
    }
}
