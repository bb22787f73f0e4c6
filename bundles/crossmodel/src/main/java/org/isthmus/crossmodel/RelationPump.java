package org.isthmus.crossmodel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.isthmus.api.Code;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.model.Admission;
import org.isthmus.model.Application;
import org.isthmus.model.Force;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.Outgoing;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationApplication;
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
import org.isthmus.wire.crossmodel.CrossModelCalls.Sibling;
import org.isthmus.wire.crossmodel.CrossModelCalls.UnitChange;
import org.isthmus.wire.crossmodel.CrossModelCalls.WatchArg;
import org.isthmus.wire.crossmodel.CrossModelCalls.WatchArgs;
import org.isthmus.wire.crossmodel.CrossModelCalls.WireEndpoint;

/**
 * Carries one relation with a SAAS to its offering side and back, from the consuming side, until it is gone on both.
 *
 * <p>What the far side was told is known for one connection only: the first message on each is whole, and so is the one after a
 * call whose end nobody knows. Whatever was lost, said twice or overtaken before is put right by it.
 */
final class RelationPump extends Pump {
    private static final String CAUSE = "offer";
    private static final String FACADE = "CrossModelRelations";
    private static final String WATCHER = "RemoteRelationWatcher";
    /** One is enough; some may be ending there. */
    private static final int PROOFS = 8;

    /** Refusals that time heals. */
    private static final Set<Code> FOR_NOW = EnumSet.of(
            Code.TRY_AGAIN,
            Code.MODEL_NOT_FOUND,
            Code.REDIRECT,
            Code.MIGRATION_IN_PROGRESS,
            Code.UPGRADE_IN_PROGRESS,
            Code.STOPPED,
            Code.DEADLINE_EXCEEDED,
            Code.NOT_IMPLEMENTED);

    private final int number;
    private final SecureRandom random;
    private final Runnable onEnd;

    // What holds for the connection in use only.
    private volatile Peer session;
    private volatile boolean registered;
    private volatile String watcher;
    /** What the far side is known to know; null: not known. */
    private Map<String, String> told;

    private volatile long sequence;
    private String ingressTold;
    /** The far side does not let in any more what it was told: it is to be told again, and will say why. */
    private volatile boolean ingressDoubted;

    RelationPump(
            ControllerContext controller,
            Documents model,
            int number,
            Links links,
            SecureRandom random,
            Runnable onEnd) {
        super(controller, model, links);
        this.number = number;
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
            return record == null ? is(Outcome.OVER) : cleanUp(record);
        }
        RemoteApplication saas = now.get(Kinds.REMOTE_APPLICATION, saasEnd.application());
        boolean alive = relation.life() == Life.ALIVE;
        if (record == null) {
            return alive ? begin(saas) : is(Outcome.IDLE);
        }
        Target target = Target.of(record);
        if (target != null && target.gone()) {
            return is(Outcome.IDLE);
        }
        if (alive && saas.status().status().equals("terminated")) {
            return overThere();
        }
        Peer up = peer(saas.sourceController());
        if (up == null) {
            return is(Outcome.IDLE);
        }
        if (up != session) {
            session = up;
            registered = false;
            watcher = null;
            told = null;
            ingressTold = null;
        }
        Target wanted = Target.of(saas, target != null && target.confirmed());
        if (!wanted.equals(target)) {
            // Where it is registered must be known after the SAAS is gone: written before the first word.
            return save(record, wanted).thenApply(saved -> Outcome.AGAIN);
        }
        if (!registered && !target.confirmed()) {
            return alive ? register(now, relation, saasEnd, saas, record) : is(Outcome.IDLE);
        }
        registered = true;
        if (watcher == null && alive) {
            return watch(saas, record);
        }
        return publish(now, relation, saas, record);
    }

    private static CompletionStage<Outcome> is(Outcome outcome) {
        return CompletableFuture.completedFuture(outcome);
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
            boolean mine =
                    tx.get(Kinds.REMOTE_RELATION, fresh.id()) == null && tx.get(Kinds.RELATION, fresh.id()) != null;
            if (mine) {
                offers.putRemoteRelation(tx, fresh);
            }
            return Outcome.AGAIN;
        }));
    }

    private static void leaveRemote(Tx tx, RelationEngine relations, int number, String saas) {
        for (RelationUnit unit : tx.now().listBy(Kinds.RELATION_UNITS_IN_SCOPE, Integer.toString(number))) {
            if (Names.applicationOf(unit.unit()).equals(saas)) {
                CrossModelRelationsFacade.leave(tx, relations, number, unit.unit());
            }
        }
    }

    /** It is gone at the far side, for certain: it ends here, and nobody there must hear of it. */
    private CompletionStage<Outcome> overThere() {
        return engines((offers, relations) -> model.submit(tx -> {
            RemoteRelation record = tx.get(Kinds.REMOTE_RELATION, Integer.toString(number));
            Target target = record == null ? null : Target.of(record);
            if (target != null) {
                offers.putRemoteRelation(tx, target.over().in(record));
            }
            end(tx, relations);
            return Outcome.IDLE;
        }));
    }

    private void end(Tx tx, RelationEngine relations) {
        Relation relation = tx.get(Kinds.RELATION, Integer.toString(number));
        if (relation != null && relation.life() == Life.ALIVE) {
            relations.destroyRelation(tx, number, Force.NONE, Instant.now());
        }
    }

    /** The relation is gone here: what is left there is told by the controller's outbox, however long that takes. */
    private CompletionStage<Outcome> cleanUp(RemoteRelation record) {
        Target target = Target.of(record);
        if (target == null || target.gone()) {
            // Never spoke to the far side, or it spoke last.
            return forget();
        }
        RelationChange last = new RelationChange(
                record.token(),
                null,
                "model-" + target.model(),
                record.secret(),
                record.epoch(),
                0,
                "dead",
                true,
                false,
                null,
                null,
                null,
                List.of(),
                List.of(),
                true,
                null,
                null);
        Outgoing outgoing = new Outgoing(
                record.token(),
                target.controller() == null ? controller.uuid() : target.controller(),
                target.offer(),
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
        Relation.Endpoint local = relation.counterpartOf(saasEnd.application());
        Application application = now.get(Kinds.APPLICATION, local.application());
        if (application == null) {
            return is(Outcome.IDLE);
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
                record.secret(),
                siblings(now, application.name(), saas));
        return one(link().call(session, FACADE, "RegisterRemoteRelations", new RegisterRelations(List.of(item))))
                .thenCompose(result -> {
                    registered = true;
                    sequence = result.path("result").path("sequence").asLong();
                    long epoch = result.path("result").path("epoch").asLong();
                    Target confirmed = Target.of(saas, true);
                    return save(record.withEpoch(Math.max(epoch, record.epoch())), confirmed);
                })
                .thenCompose(saved -> fine(relation))
                .thenApply(done -> Outcome.AGAIN)
                .exceptionallyCompose(failure -> refused(failure, relation));
    }

    /**
     * Other relations of the application: what proves that it is the one whose proxy may be there. And some with the same offer,
     * of whichever application: what proves that the macaroon is this model's.
     */
    private List<Sibling> siblings(Snapshot now, String application, RemoteApplication saas) {
        Set<Sibling> siblings = new LinkedHashSet<>();
        for (Relation other : now.by(Kinds.RELATIONS_BY_APPLICATION, application)) {
            RemoteRelation record = now.get(Kinds.REMOTE_RELATION, other.id());
            if (record != null && other.number() != number) {
                siblings.add(new Sibling(record.token(), record.secret()));
            }
        }
        now.all(Kinds.REMOTE_RELATION).stream()
                .filter(record -> record.relation() != number && isWith(saas.offer(), Target.of(record)))
                .limit(PROOFS)
                .forEach(record -> siblings.add(new Sibling(record.token(), record.secret())));
        return List.copyOf(siblings);
    }

    private static boolean isWith(String offer, Target target) {
        return target != null
                && target.confirmed()
                && !target.gone()
                && target.offer().equals(offer);
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
        if (problem == null || FOR_NOW.contains(problem.code())) {
            return RelationPump.<Outcome>again(failure);
        }
        if (problem.code() != Code.UNAUTHORIZED) {
            return admittedAgain(relation)
                    .thenCompose(done -> trouble(relation, problem.message()))
                    .thenApply(done -> Outcome.RETRY);
        }
        return engines((offers, relations) -> model.submit(tx -> {
            mirror(tx, relations, true, Relation.REVOKED);
            return Outcome.RETRY;
        }));
    }

    /** What it hears now is not about its permission: that it had none is over, and nobody there could say so later. */
    private CompletionStage<Void> admittedAgain(Relation relation) {
        return relation.suspended()
                ? engines((offers, relations) -> model.submit(tx -> {
                    mirror(tx, relations, false, null);
                    return null;
                }))
                : CompletableFuture.completedFuture(null);
    }

    /** To be tried again, unless these documents are closed. */
    private static CompletionStage<Outcome> again(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof Stopped stopped) {
                return CompletableFuture.failedFuture(stopped);
            }
        }
        return is(Outcome.RETRY);
    }

    /** What the far side does not take stands in the relation's status, for people. */
    private CompletionStage<Void> trouble(Relation relation, String message) {
        boolean shown = relation.status().status().equals("error")
                && relation.status().message().equals(message);
        return shown
                ? CompletableFuture.completedFuture(null)
                : status(new StatusValue("error", message, Instant.now()), false);
    }

    private CompletionStage<Void> fine(Relation relation) {
        return relation.status().status().equals("error")
                ? status(
                        new StatusValue(isJoined(model.snapshot(), relation) ? "joined" : "joining", "", Instant.now()),
                        true)
                : CompletableFuture.completedFuture(null);
    }

    /** Whether units of both sides are in it. */
    private static boolean isJoined(Snapshot now, Relation relation) {
        Set<String> applications = new HashSet<>();
        now.by(Kinds.RELATION_UNITS_IN_SCOPE, relation.id())
                .forEach(unit -> applications.add(Names.applicationOf(unit.unit())));
        return applications.size() > 1;
    }

    private CompletionStage<Void> status(StatusValue status, boolean onlyAfterError) {
        return engines((offers, relations) -> model.submit(tx -> {
            Relation relation = tx.get(Kinds.RELATION, Integer.toString(number));
            if (relation != null
                    && relation.life() == Life.ALIVE
                    && !relation.suspended()
                    && (!onlyAfterError || relation.status().status().equals("error"))) {
                relations.setStatus(tx, number, status);
            }
            return null;
        }));
    }

    /** Suspension is the offering side's: taken over here, with everything of the far side leaving. */
    private void mirror(Tx tx, RelationEngine relations, boolean suspended, String reason) {
        Relation relation = tx.get(Kinds.RELATION, Integer.toString(number));
        if (relation == null || relation.life() != Life.ALIVE || !suspended && !relation.suspended()) {
            return;
        }
        boolean enters = suspended && !relation.suspended();
        relations.setSuspended(tx, number, suspended, reason, CAUSE, Instant.now());
        if (enters) {
            leaveRemote(
                    tx,
                    relations,
                    number,
                    ConsumingView.saas(tx.now(), relation).application());
        }
    }

    private CompletionStage<Outcome> publish(
            Snapshot now, Relation relation, RemoteApplication saas, RemoteRelation record) {
        Application local =
                now.get(Kinds.APPLICATION, relation.counterpartOf(saas.name()).application());
        ConsumingView.Message message = ConsumingView.message(
                now, relation, record, sequence + 1, told, saas.sourceModel(), local == null ? null : local.token());
        if (message == null) {
            return ingress(now, relation, saas, record);
        }
        told = null;
        return one(link().call(
                                session,
                                FACADE,
                                "PublishRelationChanges",
                                new RelationChanges(List.of(message.change()))))
                .thenApply(result -> {
                    JsonNode published = result.path("result");
                    sequence = published.path("sequence").asLong();
                    if (published.path("applied").asBoolean()) {
                        told = message.tells();
                    }
                    return Outcome.AGAIN;
                })
                .exceptionallyCompose(this::lostThere);
    }

    /** Not found, by a model that answers: there is no such relation any more. */
    private CompletionStage<Outcome> lostThere(Throwable failure) {
        Problem problem = Refused.of(failure);
        if (problem != null && problem.code() == Code.NOT_FOUND) {
            return overThere();
        }
        return again(failure);
    }

    private CompletionStage<Outcome> ingress(
            Snapshot now, Relation relation, RemoteApplication saas, RemoteRelation record) {
        if (relation.life() != Life.ALIVE || relation.suspended()) {
            return is(Outcome.IDLE);
        }
        if (!ConsumingView.dials(now, relation)) {
            // They dial us: the firewall leaves out what the model does not allow, people see why.
            Refused refused = Admission.of(now).refusal(Admission.said(now, relation.id(), saas.name()));
            return (refused == null ? fine(relation) : trouble(relation, refused.getMessage()))
                    .thenApply(shown -> Outcome.IDLE);
        }
        List<String> networks = ConsumingView.egress(now, relation);
        String digest = String.join(",", networks);
        if (ingressDoubted) {
            // What was taken before may be refused now; it is told until it is taken again.
            ingressDoubted = false;
            ingressTold = null;
        }
        // Also that there are none: what the far side was told on another connection may still be open.
        if (digest.equals(ingressTold)) {
            return is(Outcome.IDLE);
        }
        IngressChange change = new IngressChange(
                record.token(), null, "model-" + saas.sourceModel(), record.secret(), networks, !networks.isEmpty());
        return one(link().call(session, FACADE, "PublishIngressNetworkChanges", new IngressChanges(List.of(change))))
                .thenCompose(done -> {
                    ingressTold = digest;
                    return fine(relation).thenApply(shown -> Outcome.IDLE);
                })
                .exceptionallyCompose(failure -> {
                    Problem problem = Refused.of(failure);
                    if (problem == null || problem.code() != Code.FORBIDDEN && problem.code() != Code.NOT_VALID) {
                        return again(failure);
                    }
                    // Until the other side admits them: nobody tells when.
                    return trouble(relation, problem.message()).thenApply(shown -> Outcome.RETRY);
                });
    }

    // --- from the offering side

    private CompletionStage<Outcome> watch(RemoteApplication saas, RemoteRelation record) {
        Peer on = session;
        WatchArg arg = new WatchArg(
                record.token(), null, "model-" + saas.sourceModel(), record.secret(), record.epoch(), null, null, null);
        return one(link().call(on, FACADE, "WatchRelationChanges", new WatchArgs(List.of(arg))))
                .thenCompose(result -> {
                    String id = result.path("watcher-id").asText();
                    watcher = id;
                    sequence = Math.max(
                            sequence, result.path("changes").path("sequence").asLong());
                    return apply(on, id, result.path("changes")).thenApply(done -> {
                        follow(on, id);
                        return Outcome.AGAIN;
                    });
                })
                .exceptionallyCompose(failure -> {
                    unwatch(on);
                    return lostThere(failure);
                });
    }

    private boolean isCurrent(Peer on, String id) {
        return !isOver() && on == session && id.equals(watcher);
    }

    private void unwatch(Peer on) {
        String id = watcher;
        watcher = null;
        if (id != null && on.isOpen()) {
            on.call(WATCHER, id, "Stop", null);
        }
    }

    private void follow(Peer on, String id) {
        on.call(WATCHER, id, "Next", null).whenComplete((change, failure) -> {
            if (!isCurrent(on, id)) {
                return;
            }
            if (failure != null) {
                // Gone there, or the connection is: the next step finds out which.
                unwatch(on);
                kick();
                return;
            }
            apply(on, id, change).whenComplete((done, problem) -> {
                if (problem == null) {
                    follow(on, id);
                } else {
                    unwatch(on);
                }
                kick();
            });
        });
    }

    @Override
    Collection<Key> causes() {
        String id = Integer.toString(number);
        List<Key> keys = new ArrayList<>(List.of(new Key(Kinds.RELATION, id)));
        Snapshot now = model.snapshot();
        now.by(Kinds.RELATION_UNITS_BY_RELATION, id).forEach(unit -> keys.add(new Key(Kinds.RELATION_UNIT, unit.id())));
        Relation relation = now.get(Kinds.RELATION, id);
        if (relation != null) {
            relation.endpoints()
                    .forEach(end -> keys.add(
                            new Key(Kinds.RELATION_APPLICATION, RelationApplication.idOf(number, end.application()))));
        }
        return keys;
    }

    private CompletionStage<Void> apply(Peer on, String id, JsonNode node) {
        if (node == null || !node.isObject()) {
            return CompletableFuture.completedFuture(null);
        }
        RelationChange change;
        try {
            change = links.json().treeToValue(node, RelationChange.class);
        } catch (JsonProcessingException malformed) {
            return CompletableFuture.failedFuture(malformed);
        }
        if (change.ingressRefused() != null) {
            ingressDoubted = true;
        }
        try (Traced there = new Traced(change.trace())) {
            return engines((offers, relations) -> model.submit(tx -> {
                // What another watch told since is newer.
                if (isCurrent(on, id)) {
                    take(tx, offers, relations, change);
                }
                return null;
            }));
        }
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
            leaveRemote(tx, relations, number, saas);
            end(tx, relations);
            return;
        }
        if (relation.life() != Life.ALIVE) {
            return;
        }
        mirror(tx, relations, change.suspended(), change.suspendedReason());
        if (change.suspended()) {
            return;
        }
        if (change.applicationSettings() != null) {
            CrossModelRelationsFacade.replaceApplication(tx, relations, number, saas, change.applicationSettings());
        }
        Set<String> present = new HashSet<>();
        Instant now = Instant.now();
        for (UnitChange unit : change.changedUnits() == null ? List.<UnitChange>of() : change.changedUnits()) {
            String name = saas + "/" + unit.unitId();
            present.add(name);
            CrossModelRelationsFacade.enter(tx, relations, number, name, unit.settings(), now);
        }
        if (change.departedUnits() != null) {
            change.departedUnits()
                    .forEach(unit -> CrossModelRelationsFacade.leave(tx, relations, number, saas + "/" + unit));
        }
        if (change.whole()) {
            CrossModelRelationsFacade.leaveOthers(tx, relations, number, saas, present);
        }
    }

    // --- plumbing

    private CompletionStage<Void> save(RemoteRelation record, Target target) {
        return offers(offers -> model.submit(tx -> {
            RemoteRelation now = tx.get(Kinds.REMOTE_RELATION, record.id());
            if (now != null && now.token().equals(record.token())) {
                offers.putRemoteRelation(tx, target.in(now.withEpoch(Math.max(now.epoch(), record.epoch()))));
            }
            return null;
        }));
    }

    private <R> CompletionStage<R> offers(Function<OfferEngine, CompletionStage<R>> work) {
        return local(controller.offers().call(work));
    }

    private <R> CompletionStage<R> engines(
            java.util.function.BiFunction<OfferEngine, RelationEngine, CompletionStage<R>> work) {
        return local(controller
                .offers()
                .call(offers -> controller.relations().call(relations -> work.apply(offers, relations))));
    }

    /** The only item of a bulk answer; its error as a refusal. */
    static CompletionStage<JsonNode> one(CompletionStage<JsonNode> answer) {
        return answer.thenApply(node -> {
            JsonNode item = node.path("results").path(0);
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
