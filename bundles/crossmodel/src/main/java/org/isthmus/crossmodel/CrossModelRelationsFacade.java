package org.isthmus.crossmodel;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.isthmus.api.Code;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.api.Tag;
import org.isthmus.model.Controller;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Offer;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.OfferGrant;
import org.isthmus.model.OfferUser;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.RemoteApplication.RemoteEndpoint;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.OfferEngine;
import org.isthmus.model.engine.RelationEngine;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Errors;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.rpc.WatchHandle;
import org.isthmus.wire.ErrorResults;
import org.isthmus.wire.ErrorResults.ErrorResult;
import org.isthmus.wire.crossmodel.CrossModelCalls.IngressChange;
import org.isthmus.wire.crossmodel.CrossModelCalls.IngressChanges;
import org.isthmus.wire.crossmodel.CrossModelCalls.PublishResult;
import org.isthmus.wire.crossmodel.CrossModelCalls.PublishResults;
import org.isthmus.wire.crossmodel.CrossModelCalls.Published;
import org.isthmus.wire.crossmodel.CrossModelCalls.RegisterRelation;
import org.isthmus.wire.crossmodel.CrossModelCalls.RegisterRelations;
import org.isthmus.wire.crossmodel.CrossModelCalls.RegisterResult;
import org.isthmus.wire.crossmodel.CrossModelCalls.RegisterResults;
import org.isthmus.wire.crossmodel.CrossModelCalls.Registered;
import org.isthmus.wire.crossmodel.CrossModelCalls.RelationChange;
import org.isthmus.wire.crossmodel.CrossModelCalls.RelationChanges;
import org.isthmus.wire.crossmodel.CrossModelCalls.Sibling;
import org.isthmus.wire.crossmodel.CrossModelCalls.UnitChange;
import org.isthmus.wire.crossmodel.CrossModelCalls.WatchArg;
import org.isthmus.wire.crossmodel.CrossModelCalls.WatchArgs;
import org.isthmus.wire.crossmodel.CrossModelCalls.WatchResult;
import org.isthmus.wire.crossmodel.CrossModelCalls.WatchResults;

/** The offering side: what other controllers (and this one, for its own models) may say about relations with offers here. */
@Facade(name = "CrossModelRelations", since = 2, until = 3, scope = Facade.Scope.ANONYMOUS)
public final class CrossModelRelationsFacade {
    /** A secret that the consumer chose must be worth guarding. */
    private static final int SHORTEST_SECRET = 24;

    /** First word of a relation, or its repetition. */
    @Method(access = Access.ANONYMOUS, mutates = true)
    public CompletionStage<RegisterResults> registerRemoteRelations(Call call, RegisterRelations args) {
        return each(args.relations(), item -> register(call, item), RegisterResult::new)
                .thenApply(RegisterResults::new);
    }

    private static CompletionStage<Registered> register(Call call, RegisterRelation item) {
        Grammar.check(item);
        Documents model = offeringModel(call, item.offeringModelTag());
        if (item.secret() == null || item.secret().length() < SHORTEST_SECRET) {
            throw Problem.notValid("relation \"%s\" comes without a secret", item.relationToken());
        }
        Snapshot controller = call.controller().store().controller().snapshot();
        return engines(
                call.controller(),
                (offers, relations, access) -> model.submit(tx -> {
                    Authority.Consumer consumer = admit(tx, controller, access, item);
                    String token = register(tx, offers, relations, call, item, consumer);
                    OfferConnection connection = tx.need(Kinds.OFFER_CONNECTION, token);
                    return new Registered(connection.offer(), tx.now().model().epoch(), connection.sequence());
                }));
    }

    /** A known connection is admitted by its secret; a new one by a macaroon whose user may consume, now. */
    private static Authority.Consumer admit(Tx tx, Snapshot controller, AccessEngine access, RegisterRelation item) {
        OfferConnection known = tx.get(Kinds.OFFER_CONNECTION, item.relationToken());
        if (known != null) {
            Authority.connection(tx.now(), item.relationToken(), item.secret());
            return new Authority.Consumer(known.user(), null);
        }
        if (!controller.controller().hasFeature(Controller.CROSS_MODEL)) {
            // What is there goes on; nothing is added to it.
            throw Problem.refuse(Code.NOT_SUPPORTED, "feature flag \"%s\" is not enabled", Controller.CROSS_MODEL);
        }
        Authority.Consumer consumer = Authority.consumer(tx.now(), item.offerUuid(), item.macaroons());
        if (!Authority.mayConsume(controller, tx.now(), access, item.offerUuid(), consumer.user())) {
            throw Problem.denied();
        }
        needEarlier(tx, item, consumer);
        needSibling(tx, item);
        return consumer;
    }

    /**
     * A macaroon that was used is its user's only: whoever got a copy of it may name that model too. While the model has
     * relations with the offer, it proves one of them.
     */
    private static void needEarlier(Tx tx, RegisterRelation item, Authority.Consumer consumer) {
        String model = Tag.idOf("model", item.sourceModelTag());
        Authority.needOwner(tx.now(), consumer, model);
        if (tx.get(Kinds.OFFER_GRANT, consumer.nonce()) == null) {
            return;
        }
        List<OfferConnection> earlier = tx.now().listBy(Kinds.CONNECTIONS_BY_OFFER, item.offerUuid()).stream()
                .filter(known -> known.user().equals(consumer.user())
                        && known.consumerModel().equals(model))
                .toList();
        if (!earlier.isEmpty() && !isProven(earlier, item)) {
            // Not for good: the model may have forgotten one that is still to end here.
            throw Problem.refuse(Code.TRY_AGAIN, "model \"%s\" is connected here already", model);
        }
    }

    private static boolean isProven(List<OfferConnection> connections, RegisterRelation item) {
        List<Sibling> siblings = item.siblings() == null ? List.of() : item.siblings();
        return connections.stream().anyMatch(known -> siblings.stream()
                .anyMatch(sibling ->
                        known.token().equals(sibling.relationToken()) && Authority.isProven(known, sibling.secret())));
    }

    /**
     * Whoever knows the token of an application does not have its database for that: a proxy is joined by who proves a relation
     * that it has. The application itself may have to wait until what it left behind is cleaned up.
     */
    private static void needSibling(Tx tx, RegisterRelation item) {
        List<OfferConnection> connections =
                tx.now().listBy(Kinds.CONNECTIONS_BY_APPLICATION_TOKEN, item.applicationToken());
        if (!connections.isEmpty() && !isProven(connections, item)) {
            throw Problem.refuse(
                    Code.TRY_AGAIN, "application \"%s\" is connected here already", item.applicationToken());
        }
    }

    /** A consumer that removed its relation and adds it again waits until the first one has ended here: no trouble of its own. */
    private static void needPredecessorGone(Tx tx, String proxy, String its, String offered, String endpoint) {
        for (Relation relation : tx.now().listBy(Kinds.RELATIONS_BY_APPLICATION, proxy)) {
            Relation.Endpoint here = relation.endpointOf(offered);
            if (relation.life() != Life.ALIVE
                    && here != null
                    && here.name().equals(endpoint)
                    && relation.endpointOf(proxy).name().equals(its)) {
                throw Problem.refuse(Code.TRY_AGAIN, "relation %s is dying, but not yet removed", relation.key());
            }
        }
    }

    private static String register(
            Tx tx,
            OfferEngine offers,
            RelationEngine relations,
            Call call,
            RegisterRelation item,
            Authority.Consumer consumer) {
        String consumerModel = Tag.idOf("model", item.sourceModelTag());
        String consumerController =
                item.sourceControllerTag() == null ? "" : Tag.idOf("controller", item.sourceControllerTag());
        if (consumer.nonce() != null) {
            offers.pin(
                    tx,
                    new OfferGrant(
                            consumer.nonce(), item.offerUuid(), consumer.user(), consumerController, consumerModel));
        }
        String proxy = offers.register(
                tx,
                new OfferEngine.Registration(
                        item.relationToken(),
                        item.offerUuid(),
                        item.localEndpointName(),
                        consumer.user(),
                        consumerController,
                        consumerModel,
                        item.applicationToken(),
                        new RemoteEndpoint(
                                item.remoteEndpoint().name(),
                                item.remoteEndpoint().role(),
                                item.remoteEndpoint().interfaceName(),
                                item.remoteEndpoint().limit()),
                        item.consumeVersion(),
                        Authority.hash(item.secret()),
                        call.now()));
        OfferConnection connection = tx.need(Kinds.OFFER_CONNECTION, item.relationToken());
        if (connection.relation() < 0) {
            Offer offer = tx.need(Kinds.OFFER, item.offerUuid());
            String endpoint = offer.endpoints().get(item.localEndpointName());
            needPredecessorGone(tx, proxy, item.remoteEndpoint().name(), offer.application(), endpoint);
            String offered = offer.application() + ":" + endpoint;
            RelationEngine.Added added = relations.addRelation(
                    tx, List.of(offered, proxy + ":" + item.remoteEndpoint().name()), List.of(), call.now());
            offers.connected(tx, item.relationToken(), added.number());
        }
        return item.relationToken();
    }

    /** What changed at the consumer. */
    @Method(access = Access.ANONYMOUS, mutates = true)
    public CompletionStage<PublishResults> publishRelationChanges(Call call, RelationChanges args) {
        return each(args.changes(), item -> publish(call, item), PublishResult::new)
                .thenApply(PublishResults::new);
    }

    private static CompletionStage<Published> publish(Call call, RelationChange change) {
        Grammar.check(change);
        Documents model = offeringModel(call, change.offeringModelTag());
        return engines(
                call.controller(),
                (offers, relations, access) -> model.submit(tx -> {
                    Authority.needEpoch(tx.now(), change.epoch());
                    OfferConnection connection =
                            Authority.connection(tx.now(), change.relationToken(), change.secret());
                    // The last word needs no number: nothing that comes after it counts.
                    if (!change.forceCleanup() && !offers.advance(tx, connection.token(), change.sequence())) {
                        return new Published(false, connection.sequence());
                    }
                    apply(tx, offers, relations, connection, change, call);
                    return new Published(true, change.sequence());
                }));
    }

    private static void apply(
            Tx tx,
            OfferEngine offers,
            RelationEngine relations,
            OfferConnection connection,
            RelationChange change,
            Call call) {
        int number = connection.relation();
        Relation relation = tx.get(Kinds.RELATION, Integer.toString(number));
        if (relation == null) {
            offers.settle(tx, call.now());
            return;
        }
        String proxy = proxyOf(tx.now(), relation);
        boolean ends = change.forceCleanup() || !"alive".equals(change.life());
        if (ends) {
            if (relation.life() == Life.ALIVE) {
                relations.destroyRelation(tx, number, Force.NONE, call.now());
            }
            // The consumer drains its own side: what it had here is gone at once, ours depart in their own time.
            leaveOthers(tx, relations, number, proxy, Set.of());
            offers.settle(tx, call.now());
            return;
        }
        if (relation.life() != Life.ALIVE) {
            return;
        }
        List<UnitChange> changed = change.changedUnits() == null ? List.of() : change.changedUnits();
        if (relation.suspended() && (!changed.isEmpty() || change.applicationSettings() != null)) {
            // It does not know yet; when it does, and again when it is over, it says all anew.
            throw Problem.refuse(Code.TRY_AGAIN, "relation \"%s\" is suspended", connection.token());
        }
        if (change.applicationSettings() != null) {
            replaceApplication(tx, relations, number, proxy, change.applicationSettings());
        }
        Set<String> present = new HashSet<>();
        for (UnitChange unit : changed) {
            String name = proxy + "/" + unit.unitId();
            present.add(name);
            enter(tx, relations, number, name, unit.settings(), call.now());
        }
        if (change.departedUnits() != null) {
            change.departedUnits().forEach(unit -> leave(tx, relations, number, proxy + "/" + unit));
        }
        if (change.whole()) {
            leaveOthers(tx, relations, number, proxy, present);
        }
    }

    private static String proxyOf(Snapshot model, Relation relation) {
        return relation.endpoints().stream()
                .map(Relation.Endpoint::application)
                .filter(name -> model.has(Kinds.REMOTE_APPLICATION, name))
                .findFirst()
                .orElse("");
    }

    /** Units of this application that are not among those present leave. */
    static void leaveOthers(Tx tx, RelationEngine relations, int number, String application, Set<String> present) {
        for (RelationUnit unit : tx.now().listBy(Kinds.RELATION_UNITS_IN_SCOPE, Integer.toString(number))) {
            if (Names.applicationOf(unit.unit()).equals(application) && !present.contains(unit.unit())) {
                leave(tx, relations, number, unit.unit());
            }
        }
    }

    /** Whole settings: keys that are not named any more are written empty, which deletes them. */
    static void enter(
            Tx tx, RelationEngine relations, int number, String unit, Map<String, String> settings, Instant now) {
        RelationUnit before = tx.get(Kinds.RELATION_UNIT, RelationUnit.idOf(number, unit));
        Map<String, String> whole = new TreeMap<>();
        if (before != null && before.inScope()) {
            before.settings().keySet().forEach(key -> whole.put(key, ""));
        }
        whole.putAll(settings == null ? Map.of() : settings);
        if (before == null || !before.inScope()) {
            relations.enterScope(tx, number, unit, whole, now);
        } else {
            relations.writeUnitSettings(tx, number, unit, whole);
        }
    }

    static void leave(Tx tx, RelationEngine relations, int number, String unit) {
        if (tx.now().has(Kinds.RELATION, Integer.toString(number))) {
            relations.leaveScope(tx, number, unit);
        }
    }

    static void replaceApplication(
            Tx tx, RelationEngine relations, int number, String application, Map<String, String> settings) {
        var before =
                tx.get(Kinds.RELATION_APPLICATION, org.isthmus.model.RelationApplication.idOf(number, application));
        Map<String, String> whole = new TreeMap<>();
        if (before != null) {
            before.settings().keySet().forEach(key -> whole.put(key, ""));
        }
        whole.putAll(settings);
        relations.writeApplicationSettings(tx, number, application, whole);
    }

    /** From which networks the consumer dials. */
    @Method(access = Access.ANONYMOUS, mutates = true)
    public CompletionStage<ErrorResults> publishIngressNetworkChanges(Call call, IngressChanges args) {
        return each(args.changes(), item -> ingress(call, item), (done, error) -> new ErrorResult(error))
                .thenApply(ErrorResults::new);
    }

    private static CompletionStage<Void> ingress(Call call, IngressChange change) {
        Grammar.check(change);
        Documents model = offeringModel(call, change.offeringModelTag());
        return engines(
                        call.controller(),
                        (offers, relations, access) -> model.submit(tx -> {
                            OfferConnection connection =
                                    Authority.connection(tx.now(), change.relationToken(), change.secret());
                            List<String> networks = change.ingressRequired() && change.networks() != null
                                    ? change.networks()
                                    : List.of();
                            return Optional.ofNullable(offers.setIngress(tx, connection.token(), networks));
                        }))
                .thenApply(refused -> {
                    if (refused.isPresent()) {
                        throw refused.get();
                    }
                    return null;
                });
    }

    /** Follows the offering side of relations: units, settings, life, suspension. */
    @Method(access = Access.ANONYMOUS)
    public CompletionStage<WatchResults> watchRelationChanges(Call call, WatchArgs args) {
        return each(
                        args.args(),
                        item -> CompletableFuture.completedFuture(watchRelation(call, item)),
                        CrossModelRelationsFacade::watchResult)
                .thenApply(WatchResults::new);
    }

    private static WatchResult watchResult(WatchResult result, Errors.WireError error) {
        return result != null ? result : new WatchResult(null, null, null, error);
    }

    private static WatchResult watchRelation(Call call, WatchArg arg) {
        Grammar.checkRelation(arg);
        Documents model = offeringModel(call, arg.offeringModelTag());
        Snapshot now = model.snapshot();
        Authority.needEpoch(now, arg.epoch());
        OfferConnection connection = Authority.connection(now, arg.token(), arg.secret());
        String number = Integer.toString(connection.relation());
        Map<String, String> told = new TreeMap<>();
        RelationChange first = OfferingView.change(now, connection, told);
        Set<Interest> interests = Set.of(
                Interest.in(Kinds.RELATION, number),
                Interest.in(Kinds.RELATION_UNIT, Kinds.RELATION_UNITS_BY_RELATION, number),
                Interest.in(Kinds.RELATION_APPLICATION, Kinds.RELATION_APPLICATIONS_BY_RELATION, number),
                Interest.in(Kinds.OFFER_CONNECTION, connection.token()),
                Interest.in(Kinds.OFFER, connection.offer()),
                // From which networks others may dial.
                Interest.in(Kinds.MODEL));
        Map<String, Object> state = new TreeMap<>();
        state.put("token", connection.token());
        state.put("told", told);
        // Something may have changed between the snapshot and the watch: the first Next looks again.
        String id = call.watch(new WatchHandle(
                "RemoteRelationWatcher", model.id(), interests, state, null, true, connection.token(), Set.of()));
        return new WatchResult(id, first, null, null);
    }

    /** Follows the status of offers; admitted by a connection's secret or by a macaroon. */
    @Method(access = Access.ANONYMOUS)
    public CompletionStage<WatchResults> watchOfferStatus(Call call, WatchArgs args) {
        return each(args.args(), item -> watchOffer(call, item), CrossModelRelationsFacade::watchResult)
                .thenApply(WatchResults::new);
    }

    private static CompletionStage<WatchResult> watchOffer(Call call, WatchArg arg) {
        Grammar.checkOffer(arg);
        Documents model = offeringModel(call, arg.offeringModelTag());
        Snapshot now = model.snapshot();
        Snapshot controller = call.controller().store().controller().snapshot();
        Authority.needEpoch(now, arg.epoch());
        Offer offer = now.get(Kinds.OFFER, arg.offerUuid());
        if (offer == null) {
            // Whoever asks by UUID held the offer once; "it is gone" tells nothing else.
            return CompletableFuture.completedFuture(
                    new WatchResult(null, null, OfferingView.status(now, arg.offerUuid()), null));
        }
        Authority.Consumer consumer = Authority.consumer(now, arg.offerUuid(), arg.macaroons());
        Authority.needOwner(now, consumer, Tag.idOf("model", arg.sourceModelTag()));
        return call.controller().access().call(access -> {
            if (!Authority.mayConsume(controller, now, access, offer.uuid(), consumer.user())) {
                throw Problem.denied();
            }
            Set<Interest> interests = Set.of(
                    Interest.in(Kinds.OFFER, offer.uuid()),
                    Interest.in(Kinds.OFFER_USER, OfferUser.idOf(offer.uuid(), consumer.user())),
                    Interest.in(Kinds.MODEL_USER, consumer.user()),
                    Interest.in(Kinds.APPLICATION, offer.application()),
                    Interest.in(Kinds.UNIT, Kinds.UNITS_BY_APPLICATION, offer.application()));
            Map<String, Object> state = new TreeMap<>();
            state.put("offer", offer.uuid());
            state.put("user", consumer.user());
            // Who is no superuser any more, or is disabled, is told so at once.
            Set<Interest> rights = Set.of(Interest.in(Kinds.USER, consumer.user()));
            String id = call.watch(
                    new WatchHandle("OfferStatusWatcher", model.id(), interests, state, null, true, null, rights));
            return CompletableFuture.completedFuture(
                    new WatchResult(id, null, OfferingView.status(now, offer.uuid()), null));
        });
    }

    private static Documents offeringModel(Call call, String tag) {
        String uuid = Tag.idOf("model", tag);
        Documents model = call.controller().store().model(uuid).orElse(null);
        ModelRecord record = model == null ? null : model.snapshot().model();
        if (record == null || record.mode() == ModelRecord.Mode.IMPORTING) {
            throw Problem.refuse(Code.MODEL_NOT_FOUND, "unknown model: \"%s\"", uuid);
        }
        // Whoever is on the way elsewhere gives no answer that would be taken for good.
        if (record.mode() == ModelRecord.Mode.MOVED) {
            throw Problem.refuse(Code.REDIRECT, "model \"%s\" has another controller by now", uuid);
        }
        if (record.mode() == ModelRecord.Mode.MIGRATING) {
            throw Problem.refuse(Code.MIGRATION_IN_PROGRESS, "model \"%s\" is being migrated", uuid);
        }
        return model;
    }

    /** What is decided with all three engines at hand. */
    interface WithEngines<R> {
        CompletionStage<R> decide(OfferEngine offers, RelationEngine relations, AccessEngine access);
    }

    static <R> CompletionStage<R> engines(ControllerContext controller, WithEngines<R> work) {
        return controller.offers().call(offers -> controller
                .relations()
                .call(relations -> controller.access().call(access -> work.decide(offers, relations, access))));
    }

    /** Bulk calls succeed or fail item by item, in order. */
    private static <P, T, R> CompletionStage<List<R>> each(
            List<P> items,
            Function<P, CompletionStage<T>> work,
            java.util.function.BiFunction<T, Errors.WireError, R> result) {
        List<CompletableFuture<R>> answers = new ArrayList<>();
        for (P item : items == null ? List.<P>of() : items) {
            CompletionStage<T> stage;
            try {
                Grammar.need("item", item);
                stage = work.apply(item);
            } catch (Refused refused) {
                stage = CompletableFuture.failedFuture(refused);
            }
            answers.add(stage.handle((value, failure) -> {
                        if (failure == null) {
                            return result.apply(value, null);
                        }
                        Problem problem = Refused.of(failure);
                        if (problem == null) {
                            throw failure instanceof RuntimeException bug ? bug : new IllegalStateException(failure);
                        }
                        return result.apply(null, Errors.of(problem));
                    })
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
    }
}
