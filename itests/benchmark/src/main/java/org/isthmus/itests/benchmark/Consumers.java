package org.isthmus.itests.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.isthmus.agentfacades.AgentFacadeSet;
import org.isthmus.api.Tag;
import org.isthmus.crossmodel.CrossModelFacades;
import org.isthmus.lifecycle.LifecycleReconciler;
import org.isthmus.model.Cause;
import org.isthmus.model.Codec;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.ApplicationEngine.AddUnits;
import org.isthmus.model.engine.OfferEngine.Offering;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.Caller;
import org.isthmus.rpc.Json;
import org.isthmus.rpc.Macaroon;
import org.isthmus.rpc.WatchHandle;
import org.isthmus.wire.agent.AgentTag;
import org.isthmus.wire.crossmodel.CrossModelCalls.PublishResults;
import org.isthmus.wire.crossmodel.CrossModelCalls.RegisterRelation;
import org.isthmus.wire.crossmodel.CrossModelCalls.RegisterRelations;
import org.isthmus.wire.crossmodel.CrossModelCalls.RegisterResults;
import org.isthmus.wire.crossmodel.CrossModelCalls.RelationChange;
import org.isthmus.wire.crossmodel.CrossModelCalls.RelationChanges;
import org.isthmus.wire.crossmodel.CrossModelCalls.UnitChange;
import org.isthmus.wire.crossmodel.CrossModelCalls.WatchArg;
import org.isthmus.wire.crossmodel.CrossModelCalls.WatchArgs;
import org.isthmus.wire.crossmodel.CrossModelCalls.WireEndpoint;

/** One offer with 1000 consumer applications of other controllers, as its own side sees them: the protocol without its sockets. */
final class Consumers implements Figure {
    private static final int FEW = 100;
    private static final int MANY = 1000;
    private static final int ROUNDS = 21;
    private static final int AT_ONCE = 50;
    private static final int CONNECTS = 5;
    private static final String SECRET = "a secret of thirty-two characters";

    private final LifecycleReconciler lifecycle = new LifecycleReconciler();
    private final ObjectMapper json = Json.newMapper();
    private final CrossModelFacades facades = new CrossModelFacades();
    private final AgentFacadeSet agents = new AgentFacadeSet();
    private final SiteCall.Asked watchUnit = SiteCall.find(agents, "Uniter", "WatchUnit");
    private final SiteCall.AskedNext nextOfUnit = SiteCall.findNext(agents, "UnitStateWatcher");
    private final SiteCall.Asked register = SiteCall.find(facades, "CrossModelRelations", "RegisterRemoteRelations");
    private final SiteCall.Asked publish = SiteCall.find(facades, "CrossModelRelations", "PublishRelationChanges");
    private final SiteCall.Asked watch = SiteCall.find(facades, "CrossModelRelations", "WatchRelationChanges");

    /** A model with an offer, and those connected to it. */
    private static final class Hub {
        private WatchHandle unit;
        private final Documents model;
        private final SiteCall call;
        private final String offer = UUID.randomUUID().toString();
        private final byte[] key = new byte[32];
        private final List<String> relations = new ArrayList<>();
        private final AtomicLong sequence = new AtomicLong();
        private int next;

        Hub(Site site, String name) throws Exception {
            model = site.newModel(name);
            call = new SiteCall(site, model);
            Site.get(model.submit(tx -> {
                FullStatuses.deploy(site, tx, "app");
                site.applicationEngine.addUnits(tx, new AddUnits("app", 1, List.of(), Site.NOW));
                site.offerEngine.offer(
                        tx, new Offering(offer, "shared", "app", "", Map.of("back", "back"), Site.ADMIN, Site.NOW));
                site.offerEngine.offerKey(tx, Base64.getEncoder().encodeToString(key));
                return null;
            }));
        }

        private SiteCall agent(Site site) {
            return new SiteCall(site, model, new Caller(null, Set.of(Tag.unit("app/0")), false, 1, "127.0.0.1:1"));
        }
    }

    @Override
    public void measure(Report report) throws Exception {
        try (Site site = new Site("consumers")) {
            Hub warm = new Hub(site, "warm");
            connect(warm, FEW);
            Hub few = new Hub(site, "few");
            connect(few, FEW);
            Hub many = null;
            double[] seconds = new double[CONNECTS];
            double[] floor = new double[CONNECTS];
            double[] heap = new double[CONNECTS];
            for (int i = 0; i < CONNECTS; i++) {
                Hub hub = new Hub(site, "many" + i);
                long before = Heap.used();
                seconds[i] = Rounds.seconds(() -> connect(hub, MANY)).once();
                heap[i] = (double) (Heap.used() - before) / MANY;
                String name = "floor" + i;
                floor[i] = Rounds.seconds(() -> commits(site, name, 2 * MANY)).once();
                many = hub;
            }
            measure(report, site, few, many, seconds, floor, heap);
        }
    }

    private void measure(Report report, Site site, Hub few, Hub many, double[] seconds, double[] floor, double[] heap)
            throws Exception {
        report.compare(
                "connect 1000 consumer applications to one offer",
                "%.2f s",
                1,
                new Rounds(seconds),
                "as many commits of two small documents",
                new Rounds(floor));
        report.compare(
                "heap of a consumer with its watcher",
                "%.1f KiB",
                1.0 / 1024,
                new Rounds(heap),
                "its documents as they are stored",
                stored(many));

        Rounds.Measure changeFew = () -> change(few) / AT_ONCE;
        Rounds.Measure changeMany = () -> change(many) / AT_ONCE;
        Rounds.inTurns(ROUNDS, changeFew, changeMany);
        Rounds[] change = Rounds.inTurns(ROUNDS, changeFew, changeMany);
        report.compare("one consumer's change, of 1000", "%.0f us", 1e6, change[1], "of 100", change[0]);

        Rounds.Measure answerFew = () -> answer(site, few) / AT_ONCE;
        Rounds.Measure answerMany = () -> answer(site, many) / AT_ONCE;
        Rounds.inTurns(ROUNDS, answerFew, answerMany);
        Rounds[] answer = Rounds.inTurns(ROUNDS, answerFew, answerMany);
        report.compare(
                "a change for one consumer, of 1000, until told", "%.0f us", 1e6, answer[1], "of 100", answer[0]);

        Rounds.Measure hearsFew = () -> hears(site, few);
        Rounds.Measure hearsMany = () -> hears(site, many);
        Rounds.inTurns(ROUNDS, hearsFew, hearsMany);
        Rounds[] hears = Rounds.inTurns(ROUNDS, hearsFew, hearsMany);
        report.compare(
                "what the offered unit hears of one change, of 1000", "%.0f us", 1e6, hears[1], "of 100", hears[0]);

        Rounds.Measure turnFew = () -> comeAndGo(site, few) / AT_ONCE;
        Rounds.Measure turnMany = () -> comeAndGo(site, many) / AT_ONCE;
        Rounds.inTurns(ROUNDS / 2, turnFew, turnMany);
        Rounds[] turn = Rounds.inTurns(ROUNDS, turnFew, turnMany);
        report.compare("one consumer leaves, another comes, of 1000", "%.0f us", 1e6, turn[1], "of 100", turn[0]);
    }

    private void connect(Hub hub, int consumers) throws Exception {
        List<RegisterRelation> all = new ArrayList<>();
        String model = "model-" + hub.model.id();
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < consumers; i++) {
            JsonNode macaroon = Macaroon.mint(
                            hub.key,
                            "here",
                            "nonce-" + hub.next++,
                            Map.of("username", Site.ADMIN, "offer-uuid", hub.offer))
                    .toV2(json);
            String token = UUID.randomUUID().toString();
            tokens.add(token);
            all.add(new RegisterRelation(
                    UUID.randomUUID().toString(),
                    "model-" + UUID.randomUUID(),
                    "controller-" + UUID.randomUUID(),
                    token,
                    new WireEndpoint("front", "requirer", "talk", 0),
                    hub.offer,
                    "back",
                    0,
                    List.of(macaroon),
                    2,
                    model,
                    SECRET,
                    List.of()));
        }
        RegisterResults registered = (RegisterResults) register.ask(hub.call, new RegisterRelations(all));
        registered.results().forEach(result -> {
            if (result.error() != null) {
                throw new AssertionError(result.error());
            }
        });
        hub.relations.addAll(tokens);
        send(hub, tokens, "alive");
        List<WatchArg> watches = tokens.stream()
                .map(token -> new WatchArg(token, null, model, SECRET, 1, null, null, List.of()))
                .toList();
        watch.ask(hub.call, new WatchArgs(watches));
    }

    private void send(Hub hub, List<String> tokens, String life) throws Exception {
        long sequence = hub.sequence.incrementAndGet();
        List<RelationChange> changes = tokens.stream()
                .map(token -> new RelationChange(
                        token,
                        null,
                        "model-" + hub.model.id(),
                        SECRET,
                        1,
                        sequence,
                        life,
                        false,
                        false,
                        null,
                        1,
                        null,
                        List.of(new UnitChange(0, Map.of("ingress-address", "10.0.0.1", "text", "number " + sequence))),
                        List.of(),
                        true,
                        null,
                        null))
                .toList();
        PublishResults results = (PublishResults) publish.ask(hub.call, new RelationChanges(changes));
        results.results().forEach(result -> {
            if (result.error() != null || !result.result().applied()) {
                throw new AssertionError(result);
            }
        });
    }

    private double change(Hub hub) throws Exception {
        List<String> some = some(hub);
        return Rounds.seconds(() -> send(hub, some, "alive")).once();
    }

    private static List<String> some(Hub hub) {
        int step = hub.relations.size() / AT_ONCE;
        List<String> some = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            some.add(hub.relations.get(i * step));
        }
        return some;
    }

    /** The offered application's unit tells some of its consumers something; each watcher must hear it. */
    private static double answer(Site site, Hub hub) throws Exception {
        Snapshot now = hub.model.snapshot();
        List<Integer> numbers = some(hub).stream()
                .map(token -> now.need(Kinds.OFFER_CONNECTION, token).relation())
                .toList();
        String text = "answer " + hub.sequence.incrementAndGet();
        hub.call.forget();
        return Rounds.seconds(() -> {
                    List<CompletableFuture<?>> done = new ArrayList<>();
                    for (int number : numbers) {
                        done.add(hub.model
                                .submit(tx -> write(site, tx, number, text))
                                .toCompletableFuture());
                    }
                    Site.get(CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)));
                    hub.call.awaitTold(AT_ONCE);
                })
                .once();
    }

    /** A consumer says something; its part that is measured is what the agent of the offered unit is told of it. */
    private double hears(Site site, Hub hub) throws Exception {
        if (hub.unit == null) {
            hub.unit = (WatchHandle) watchUnit.ask(hub.agent(site), new AgentTag("unit-app-0"));
        }
        List<String> some = some(hub);
        double seconds = 0;
        for (String token : some) {
            send(hub, List.of(token), "alive");
            OfferConnection connection = hub.model.snapshot().need(Kinds.OFFER_CONNECTION, token);
            String proxy = hub.model
                    .snapshot()
                    .by(Kinds.REMOTE_APPLICATIONS_BY_TOKEN, connection.applicationToken())
                    .iterator()
                    .next()
                    .name();
            Key key = new Key(Kinds.RELATION_UNIT, RelationUnit.idOf(connection.relation(), proxy + "/0"));
            if (!hub.model.snapshot().has(Kinds.RELATION_UNIT, key.id())) {
                throw new AssertionError(key);
            }
            seconds += Rounds.seconds(() -> {
                        Object told = nextOfUnit.ask(hub.agent(site), hub.unit, Set.of(key));
                        if (told == null) {
                            throw new AssertionError("nothing was told");
                        }
                        json.writeValueAsBytes(told);
                    })
                    .once();
        }
        return seconds / AT_ONCE;
    }

    private static Object write(Site site, Tx tx, int number, String text) {
        site.relationEngine.enterScope(tx, number, "app/0", Map.of());
        site.relationEngine.writeUnitSettings(tx, number, "app/0", Map.of("text", text));
        return null;
    }

    /** What ended is carried on by the life-cycle reconciler, as in a container. */
    private double comeAndGo(Site site, Hub hub) throws Exception {
        List<String> leaving = some(hub);
        return Rounds.seconds(() -> {
                    send(hub, leaving, "dying");
                    Site.get(lifecycle.reconcile(site, hub.model, new Cause(Set.of(), false)));
                    hub.relations.removeAll(leaving);
                    connect(hub, AT_ONCE);
                })
                .once();
    }

    /** The floor of connecting: a registration and a first message, each a commit of two small documents of one model. */
    private static void commits(Site site, String name, int count) throws Exception {
        Documents model = site.newModel(name);
        List<CompletableFuture<?>> done = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String id = "entity-" + i;
            done.add(model.submit(tx -> {
                        tx.put(Kinds.ANNOTATION, new org.isthmus.model.Annotation(id, Map.of("text", "x".repeat(200))));
                        tx.put(
                                Kinds.ANNOTATION,
                                new org.isthmus.model.Annotation(id + "b", Map.of("text", "x".repeat(200))));
                        return null;
                    })
                    .toCompletableFuture());
        }
        Site.get(CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)));
    }

    /** Bytes of the documents that one consumer has here. */
    private static Rounds stored(Hub hub) throws Exception {
        Snapshot now = hub.model.snapshot();
        OfferConnection connection = now.need(Kinds.OFFER_CONNECTION, hub.relations.get(0));
        String number = Integer.toString(connection.relation());
        long bytes = Codec.encode(connection).length + Codec.encode(now.need(Kinds.RELATION, number)).length;
        for (var unit : now.by(Kinds.RELATION_UNITS_BY_RELATION, number)) {
            bytes += Codec.encode(unit).length;
        }
        for (var remote : now.by(Kinds.REMOTE_APPLICATIONS_BY_TOKEN, connection.applicationToken())) {
            bytes += Codec.encode(remote).length;
        }
        for (var grant : now.by(Kinds.OFFER_GRANTS_BY_OFFER, connection.offer())) {
            bytes += Codec.encode(grant).length;
            break;
        }
        double[] each = new double[CONNECTS];
        Arrays.fill(each, bytes);
        return new Rounds(each);
    }
}
