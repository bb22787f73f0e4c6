package org.isthmus.crossmodel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.isthmus.api.Base;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.api.Refused;
import org.isthmus.charm.Charm;
import org.isthmus.charm.CharmMetadata;
import org.isthmus.charm.CharmRelation;
import org.isthmus.model.Application;
import org.isthmus.model.Application.CharmOrigin;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Controller;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelEntry;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.ModelUser;
import org.isthmus.model.Offer;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.OfferUser;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationApplication;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.RemoteRelation;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;
import org.isthmus.model.User;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.engine.RelationEngine;
import org.isthmus.model.store.Documents;

/** Controllers, their models, what their operators do, and what must hold between them. */
final class Estate implements AutoCloseable {
    static final Patience QUICK = new Patience(
            Duration.ofMillis(4),
            Duration.ofMillis(60),
            Duration.ofSeconds(3),
            Duration.ofMillis(200),
            Duration.ofMillis(20));
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    /** A model somewhere. */
    record Place(Party party, String uuid, String name) {
        Snapshot now() {
            return party.store().model(uuid).map(Documents::snapshot).orElse(Snapshot.empty());
        }

        boolean exists() {
            return now().model() != null;
        }

        String url() {
            return "admin/" + name + ".mysql";
        }
    }

    final Net net;
    final List<Party> parties = new ArrayList<>();
    final List<Place> places = new ArrayList<>();

    Estate(Path folder, long seed, int controllers, int models) throws Exception {
        net = new Net(seed);
        for (int i = 0; i < controllers; i++) {
            Party party = new Party(UUID.randomUUID().toString(), "c" + i, folder.resolve("c" + i), net, QUICK);
            parties.add(party);
            Party.get(party.store().controller().submit(tx -> {
                tx.put(
                        Kinds.CONTROLLER,
                        new Controller(party.uuid, party.name, "localhost", "localhost", Map.of(), "3.6.9", NOW));
                tx.put(Kinds.USER, new User("admin", "", "#", "superuser", "", NOW, false, null));
                tx.put(Kinds.USER, new User("bob", "", "#", "login", "admin", NOW, false, null));
                return null;
            }));
        }
        for (int i = 0; i < models; i++) {
            model(parties.get(i % controllers), "m" + i);
        }
    }

    private void model(Party party, String name) throws Exception {
        String uuid = UUID.randomUUID().toString();
        Party.get(party.store().create(uuid, tx -> {
            tx.put(
                    Kinds.MODEL,
                    new ModelRecord(
                            uuid,
                            name,
                            "admin",
                            "iaas",
                            "localhost",
                            "localhost",
                            "localhost",
                            null,
                            Life.ALIVE,
                            1,
                            ModelRecord.Mode.ACTIVE,
                            false,
                            Map.of(),
                            null,
                            "3.6.9",
                            NOW,
                            new StatusValue("available", "", NOW),
                            false,
                            null));
            tx.put(Kinds.MODEL_USER, new ModelUser("admin", "", "admin", "admin", NOW));
            deploy(tx, "mysql");
            deploy(tx, "wordpress");
        }));
        Party.get(party.store().controller().submit(tx -> {
            tx.put(Kinds.MODEL_ENTRY, new ModelEntry(uuid, name, "admin", "present", NOW));
            return null;
        }));
        party.add(uuid);
        places.add(new Place(party, uuid, name));
    }

    /** mysql provides `db` and `admin`, wordpress requires `db` and `backup`, all of interface mysql. */
    static void deploy(Tx tx, String name) {
        boolean provides = name.equals("mysql");
        Map<String, CharmRelation> relations = new TreeMap<>();
        for (String endpoint : provides ? List.of("db", "admin") : List.of("db", "backup")) {
            relations.put(
                    endpoint,
                    new CharmRelation(endpoint, provides ? "provider" : "requirer", "mysql", "global", 0, false));
        }
        CharmMetadata metadata = new CharmMetadata(
                name,
                "",
                "",
                false,
                provides ? relations : null,
                provides ? null : relations,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        String url = "local:" + name + "-0";
        tx.put(
                Kinds.CHARM,
                new CharmRecord(url, name, 0, "local", "x", 1, new Charm(metadata, null, null, null, 0, ""), NOW));
        tx.put(
                Kinds.APPLICATION,
                new Application(
                        name,
                        url,
                        new CharmOrigin("local", null, null, null, 0, null, null, null, new Base("ubuntu", "22.04")),
                        Life.ALIVE,
                        false,
                        false,
                        null,
                        null,
                        false,
                        null,
                        null,
                        null,
                        UUID.randomUUID().toString(),
                        0,
                        0,
                        false,
                        null,
                        NOW));
    }

    private static void unit(Tx tx, String name) {
        tx.put(
                Kinds.UNIT,
                new Unit(
                        name,
                        Names.applicationOf(name),
                        Life.ALIVE,
                        null,
                        null,
                        "h",
                        "local:x",
                        new StatusValue("active", "", NOW),
                        new StatusValue("idle", "", NOW),
                        null,
                        null,
                        null,
                        false,
                        null,
                        null,
                        NOW));
    }

    // --- what operators do

    void offer(Place at) throws Exception {
        offer(at, "mysql", "db", "admin");
    }

    /** Whatever it is, it is offered as `mysql`. */
    void offer(Place at, String application, String... endpoints) throws Exception {
        Map<String, String> offered = new TreeMap<>();
        for (String endpoint : endpoints) {
            offered.put(endpoint, endpoint);
        }
        ask(
                at.party(),
                "admin",
                null,
                "ApplicationOffers",
                "Offer",
                Map.of(
                        "Offers",
                        List.of(Map.of(
                                "model-tag",
                                "model-" + at.uuid(),
                                "offer-name",
                                "mysql",
                                "application-name",
                                application,
                                "endpoints",
                                offered))));
    }

    void access(Place at, String action, String level) throws Exception {
        ask(
                at.party(),
                "admin",
                null,
                "ApplicationOffers",
                "ModifyOfferAccess",
                Map.of(
                        "changes",
                        List.of(Map.of(
                                "user-tag", "user-bob", "action", action, "access", level, "offer-url", at.url()))));
    }

    String alias(Place source) {
        return "far-" + source.name();
    }

    /** What bob is told and given to consume. */
    JsonNode details(Place source) throws Exception {
        return ask(
                        source.party(),
                        "bob",
                        null,
                        "ApplicationOffers",
                        "GetConsumeDetails",
                        Map.of("offer-urls", Map.of("offer-urls", List.of(source.url()), "bakery-version", 3)))
                .path("results")
                .path(0);
    }

    String proxyOf(OfferConnection connection) {
        return "remote-" + connection.applicationToken().replace("-", "");
    }

    void configure(Place at, String key, String value) throws Exception {
        submit(at, tx -> {
            Map<String, Object> config = new TreeMap<>(tx.now().model().config());
            config.put(key, value);
            tx.put(Kinds.MODEL, tx.now().model().withConfig(config));
        });
    }

    /** As a migration ends: all of the model is at the other controller, which has it under a new epoch. */
    Place move(Place from, Party to) throws Exception {
        Snapshot last = from.now();
        Party.get(to.store().create(from.uuid(), tx -> {
            for (var kind : Kinds.all()) {
                copy(tx, last, kind);
            }
            tx.put(Kinds.MODEL, last.model().withEpoch(last.model().epoch() + 1));
        }));
        for (Party party : List.of(from.party(), to)) {
            Party.get(party.store().controller().submit(tx -> {
                if (party == to) {
                    tx.put(Kinds.MODEL_ENTRY, new ModelEntry(from.uuid(), from.name(), "admin", "present", NOW));
                } else {
                    tx.remove(Kinds.MODEL_ENTRY, from.uuid());
                }
                return null;
            }));
        }
        Party.get(from.party().store().delete(from.uuid()));
        from.party().stop();
        from.party().start();
        to.add(from.uuid());
        Place moved = new Place(to, from.uuid(), from.name());
        places.set(places.indexOf(from), moved);
        return moved;
    }

    private static <E extends org.isthmus.model.Entity> void copy(
            Tx tx, Snapshot from, org.isthmus.model.Kind<E> kind) {
        if (!kind.soft()) {
            from.all(kind).forEach(entity -> tx.put(kind, entity));
        }
    }

    void consume(Place from, Place source) throws Exception {
        consume(from, source, alias(source));
    }

    void consume(Place from, Place source, String alias) throws Exception {
        JsonNode details = details(source);
        ObjectNode arg = ((ObjectNode) details.path("offer")).deepCopy();
        arg.set("macaroon", details.path("macaroon"));
        arg.set("external-controller", details.path("external-controller"));
        arg.put("application-alias", alias);
        ask(from.party(), "admin", from.uuid(), "Application", "Consume", Map.of("args", List.of(arg)));
    }

    void relate(Place from, Place source, String local, String far) throws Exception {
        relate(from, "wordpress:" + local, alias(source) + ":" + far);
    }

    void relate(Place from, String one, String other) throws Exception {
        ask(from.party(), "admin", from.uuid(), "Application", "AddRelation", Map.of("endpoints", List.of(one, other)));
    }

    void removeRelation(Place at, int number, boolean force) throws Exception {
        ask(
                at.party(),
                "admin",
                at.uuid(),
                "Application",
                "DestroyRelation",
                Map.of("relation-id", number, "force", force));
    }

    void suspend(Place at, int number, boolean suspended) throws Exception {
        ask(
                at.party(),
                "admin",
                at.uuid(),
                "Application",
                "SetRelationsSuspended",
                Map.of(
                        "args",
                        List.of(Map.of("relation-id", number, "suspended", suspended, "message", "maintenance"))));
    }

    void resumeAll(Place at) throws Exception {
        for (Relation relation : at.now().all(Kinds.RELATION)) {
            if (relation.suspended()) {
                suspend(at, relation.number(), false);
            }
        }
    }

    void removeSaas(Place from, String name, boolean force) throws Exception {
        ask(
                from.party(),
                "admin",
                from.uuid(),
                "Application",
                "DestroyConsumedApplications",
                Map.of("applications", List.of(Map.of("application-tag", "application-" + name, "force", force))));
    }

    void removeOffer(Place at, boolean force) throws Exception {
        ask(
                at.party(),
                "admin",
                null,
                "ApplicationOffers",
                "DestroyOffers",
                Map.of("offer-urls", List.of(at.url()), "force", force));
    }

    void removeApplication(Place at, String name, boolean force) throws Exception {
        ask(
                at.party(),
                "admin",
                at.uuid(),
                "Application",
                "DestroyApplication",
                Map.of("applications", List.of(Map.of("application-tag", "application-" + name, "force", force))));
    }

    void redeploy(Place at, String name) throws Exception {
        submit(at, tx -> {
            if (tx.get(Kinds.APPLICATION, name) == null) {
                deploy(tx, name);
            }
        });
    }

    void destroyModel(Place at) throws Exception {
        ask(
                at.party(),
                "admin",
                null,
                "ModelManager",
                "DestroyModels",
                Map.of("models", List.of(Map.of("model-tag", "model-" + at.uuid(), "destroy-storage", true))));
    }

    void addUnit(Place at, String application) throws Exception {
        submit(at, tx -> {
            Application to = tx.get(Kinds.APPLICATION, application);
            if (to != null && to.life() == Life.ALIVE) {
                unit(tx, application + "/" + tx.next("unit-" + application));
            }
        });
    }

    void removeUnit(Place at, String unit) throws Exception {
        with(at, (relations, applications, tx) -> applications.destroyUnit(tx, unit, Force.NONE, false, Instant.now()));
    }

    /** A leader or a unit writes. */
    void write(Place at, int relation, String unit, String value) throws Exception {
        with(at, (relations, applications, tx) -> {
            RelationUnit known = tx.get(Kinds.RELATION_UNIT, RelationUnit.idOf(relation, unit));
            Relation of = tx.get(Kinds.RELATION, Integer.toString(relation));
            if (known != null && known.inScope() && of.life() == Life.ALIVE) {
                relations.writeUnitSettings(tx, relation, unit, Map.of("value", value, "key" + value, ""));
                relations.writeApplicationSettings(tx, relation, Names.applicationOf(unit), Map.of("leader", value));
            }
        });
    }

    interface Decision {
        void decide(RelationEngine relations, ApplicationEngine applications, Tx tx);
    }

    private void with(Place at, Decision decision) throws Exception {
        if (at.exists()) {
            Party.get(at.party()
                    .context()
                    .relations()
                    .call(relations -> at.party().context().applications().call(applications -> at.party()
                            .store()
                            .model(at.uuid())
                            .orElseThrow(Estate::gone)
                            .submit(tx -> {
                                decision.decide(relations, applications, tx);
                                return null;
                            }))));
        }
    }

    private static Refused gone() {
        return org.isthmus.api.Problem.refuse(org.isthmus.api.Code.MODEL_NOT_FOUND, "no model");
    }

    private void submit(Place at, java.util.function.Consumer<Tx> decision) throws Exception {
        with(at, (relations, applications, tx) -> decision.accept(tx));
    }

    private JsonNode ask(Party party, String user, String model, String facade, String method, Object params)
            throws Exception {
        return party.ask(user, model, facade, method, params);
    }

    /** What the agents of a model do: come into their relations, and leave what ends or is suspended. */
    void agents(Place at) throws Exception {
        with(at, (relations, applications, tx) -> {
            for (Unit unit : new ArrayList<>(tx.now().all(Kinds.UNIT))) {
                for (Relation relation : tx.now().listBy(Kinds.RELATIONS_BY_APPLICATION, unit.application())) {
                    RelationUnit part = tx.get(Kinds.RELATION_UNIT, RelationUnit.idOf(relation.number(), unit.name()));
                    boolean in = part != null && part.inScope();
                    boolean stays = unit.life() == Life.ALIVE && relation.life() == Life.ALIVE && !relation.suspended();
                    if (stays && !in) {
                        relations.enterScope(
                                tx,
                                relation.number(),
                                unit.name(),
                                Map.of(
                                        "private-address",
                                        "10.0.0.1",
                                        "ingress-address",
                                        "1.2.3." + unit.number() % 250),
                                Instant.now());
                    } else if (in && !stays) {
                        relations.leaveScope(tx, relation.number(), unit.name());
                    }
                }
                if (unit.life() == Life.DYING) {
                    applications.unitDead(tx, unit.name(), Instant.now());
                }
            }
        });
    }

    // --- what must hold when nothing is under way

    /** Null when both sides are equal, else what is not. */
    String wrong() {
        for (Place place : places) {
            if (!place.exists()) {
                continue;
            }
            String wrong = inside(place);
            wrong = wrong == null ? consumed(place) : wrong;
            if (wrong != null) {
                return place.name() + ": " + wrong;
            }
        }
        for (Party party : parties) {
            String wrong = controller(party);
            if (wrong != null) {
                return party.name + ": " + wrong;
            }
        }
        return null;
    }

    private String controller(Party party) {
        Snapshot own = party.store().controller().snapshot();
        if (own.count(Kinds.OUTGOING) > 0) {
            return "outbox " + own.all(Kinds.OUTGOING);
        }
        var referred = new java.util.TreeSet<String>();
        places.stream().filter(p -> p.party() == party).forEach(p -> p.now().all(Kinds.REMOTE_APPLICATION).stream()
                .filter(r -> !r.proxy() && r.sourceController() != null)
                .forEach(r -> referred.add(r.sourceController())));
        var known = new java.util.TreeSet<String>();
        own.all(Kinds.EXTERNAL_CONTROLLER).forEach(e -> known.add(e.uuid()));
        return referred.equals(known) ? null : "external controllers " + known + " for " + referred;
    }

    private String inside(Place place) {
        Snapshot now = place.now();
        if (now.count(Kinds.RELATIONS_ENDING, Kinds.ENDING) > 0) {
            return "ending " + now.by(Kinds.RELATIONS_ENDING, Kinds.ENDING);
        }
        if (now.count(Kinds.REMOTE_APPLICATIONS_ENDING, Kinds.ENDING) > 0) {
            return "ending " + now.by(Kinds.REMOTE_APPLICATIONS_ENDING, Kinds.ENDING);
        }
        if (now.model().life() != Life.ALIVE) {
            return "the model is not gone";
        }
        for (RemoteApplication remote : now.all(Kinds.REMOTE_APPLICATION)) {
            if (remote.proxy() && now.count(Kinds.CONNECTIONS_BY_APPLICATION_TOKEN, remote.token()) == 0) {
                return "proxy without a connection " + remote.name();
            }
        }
        for (OfferConnection connection : now.all(Kinds.OFFER_CONNECTION)) {
            if (!now.has(Kinds.RELATION, Integer.toString(connection.relation()))) {
                return "connection without a relation " + connection;
            }
            Place consumer = place(connection.consumerModel());
            if (consumer == null
                    || consumer.now().all(Kinds.REMOTE_RELATION).stream()
                            .noneMatch(r -> r.token().equals(connection.token()))) {
                return "nobody is at the other end of " + connection;
            }
        }
        for (RemoteRelation record : now.all(Kinds.REMOTE_RELATION)) {
            if (!now.has(Kinds.RELATION, record.id())) {
                return "record without a relation " + record;
            }
        }
        return null;
    }

    private Place place(String uuid) {
        return places.stream()
                .filter(p -> p.uuid().equals(uuid) && p.exists())
                .findFirst()
                .orElse(null);
    }

    private String consumed(Place place) {
        Snapshot now = place.now();
        for (RemoteApplication saas : now.all(Kinds.REMOTE_APPLICATION)) {
            if (saas.proxy()) {
                continue;
            }
            Place source = place(saas.sourceModel());
            if (source == null) {
                // Whether it is gone or only away nobody can say; its last word may have been either.
                continue;
            }
            Offer offer = source.now().get(Kinds.OFFER, saas.offer());
            String status = saas.status().status();
            OfferUser rights =
                    offer == null ? null : source.now().get(Kinds.OFFER_USER, OfferUser.idOf(offer.uuid(), "bob"));
            User bob = source.party().store().controller().snapshot().get(Kinds.USER, "bob");
            boolean may = !bob.disabled()
                    && (bob.access().equals("superuser")
                            || rights != null && !rights.access().equals("read"));
            String expected = offer == null
                    ? "terminated"
                    : !may
                            ? "error"
                            : org.isthmus.model.ApplicationStatus.of(
                                            source.now(), source.now().get(Kinds.APPLICATION, offer.application()))
                                    .status();
            if (!status.equals(expected)) {
                return saas.name() + " is " + saas.status() + ", not " + expected;
            }
            for (Relation relation : now.by(Kinds.RELATIONS_BY_APPLICATION, saas.name())) {
                String wrong = offer == null
                        ? "related with what is terminated"
                        : related(now, relation, saas, source.now(), may);
                if (wrong != null) {
                    return relation.key() + " (" + relation.number() + "): " + wrong;
                }
            }
        }
        return null;
    }

    private String related(Snapshot now, Relation relation, RemoteApplication saas, Snapshot there, boolean may) {
        RemoteRelation record = now.get(Kinds.REMOTE_RELATION, relation.id());
        OfferConnection connection = record == null ? null : there.get(Kinds.OFFER_CONNECTION, record.token());
        if (connection == null) {
            boolean refused =
                    !may && relation.suspended() && "offer permission revoked".equals(relation.suspendedReason());
            return refused ? null : "not connected: " + record + " " + relation.status();
        }
        Relation other = there.need(Kinds.RELATION, Integer.toString(connection.relation()));
        String local = relation.counterpartOf(saas.name()).application();
        String proxy = "remote-" + connection.applicationToken().replace("-", "");
        if (!connection
                .applicationToken()
                .equals(now.get(Kinds.APPLICATION, local).token())) {
            return "the token is of another application";
        }
        String offered = other.counterpartOf(proxy).application();
        Map<String, Object> here = side(now, relation.number(), local);
        Map<String, Object> shown = side(there, other.number(), proxy);
        if (!here.equals(shown)) {
            return "consumer has " + here + ", the offering side sees " + shown;
        }
        Map<String, Object> theirs = side(there, other.number(), offered);
        Map<String, Object> seen = side(now, relation.number(), saas.name());
        if (!theirs.equals(seen)) {
            return "offering side has " + theirs + ", the consumer sees " + seen;
        }
        if (relation.suspended() != other.suspended()) {
            return "suspended " + relation.suspended() + " here, " + other.suspended() + " there";
        }
        boolean both = !((Map<?, ?>) here.get("units")).isEmpty() && !((Map<?, ?>) theirs.get("units")).isEmpty();
        String first = relation.status().status();
        String second = other.status().status();
        boolean right = relation.suspended()
                ? first.equals("suspended") && second.equals("suspended")
                : !both || first.equals("joined") && second.equals("joined");
        return right ? null : "status " + first + " here, " + second + " there; suspended: " + relation.suspended();
    }

    private static Map<String, Object> side(Snapshot model, int relation, String application) {
        Map<Integer, Map<String, String>> units = new TreeMap<>();
        for (RelationUnit unit : model.by(Kinds.RELATION_UNITS_IN_SCOPE, Integer.toString(relation))) {
            if (Names.applicationOf(unit.unit()).equals(application)) {
                units.put(Names.numberOf(unit.unit()), new TreeMap<>(OfferingView.reachable(unit.settings())));
            }
        }
        RelationApplication bag =
                model.get(Kinds.RELATION_APPLICATION, RelationApplication.idOf(relation, application));
        Map<String, Object> side = new HashMap<>();
        side.put("units", units);
        // While it is suspended nothing is said of the leaders.
        boolean suspended =
                model.need(Kinds.RELATION, Integer.toString(relation)).suspended();
        side.put("leader", bag == null || suspended ? Map.of() : bag.settings());
        return side;
    }

    /** Null when nothing of any relation between models is left anywhere, else what is. */
    String left() {
        for (Place place : places) {
            for (var kind : List.of(
                    Kinds.REMOTE_APPLICATION,
                    Kinds.REMOTE_RELATION,
                    Kinds.OFFER,
                    Kinds.OFFER_CONNECTION,
                    Kinds.OFFER_USER,
                    Kinds.OFFER_GRANT,
                    Kinds.RELATION,
                    Kinds.RELATION_UNIT,
                    Kinds.RELATION_APPLICATION)) {
                if (place.now().count(kind) > 0) {
                    return place.name() + " " + place.now().all(kind);
                }
            }
        }
        for (Party party : parties) {
            Snapshot own = party.store().controller().snapshot();
            if (own.count(Kinds.EXTERNAL_CONTROLLER) > 0 || own.count(Kinds.OUTGOING) > 0) {
                return party.name + " " + own.all(Kinds.EXTERNAL_CONTROLLER) + " " + own.all(Kinds.OUTGOING);
            }
        }
        return null;
    }

    /** What is asked again and again until it is answered with null. */
    interface Check {
        String wrong() throws Exception;
    }

    /** Lets agents of controllers that are up work until the check is content. */
    void await(String when, Check check) throws Exception {
        long limit = System.nanoTime() + Duration.ofSeconds(Party.LIMIT_SECONDS).toNanos();
        String wrong = "not looked";
        while (wrong != null) {
            for (Place place : places) {
                if (place.party().isUp()) {
                    agents(place);
                }
            }
            wrong = check.wrong();
            if (System.nanoTime() > limit) {
                throw new AssertionError(when + ": " + wrong);
            }
            pause(10);
        }
    }

    /** Lets agents work until everything holds. */
    void quiet(String when) throws Exception {
        long limit = System.nanoTime() + Duration.ofSeconds(Party.LIMIT_SECONDS).toNanos();
        String wrong = "not looked";
        int holds = 0;
        while (holds < 2) {
            for (Place place : places) {
                try {
                    agents(place);
                } catch (Refused | IllegalStateException | java.util.NoSuchElementException ending) {
                    wrong = ending.toString();
                }
            }
            try {
                wrong = wrong();
            } catch (RuntimeException changing) {
                wrong = changing.toString();
            }
            holds = wrong == null ? holds + 1 : 0;
            if (System.nanoTime() > limit) {
                throw new AssertionError(when + ": " + wrong);
            }
            pause(wrong == null ? 30 : 10);
        }
    }

    /** Gives the others time. */
    static void pause(long millis) {
        new java.util.concurrent.CompletableFuture<Void>()
                .completeOnTimeout(null, millis, java.util.concurrent.TimeUnit.MILLISECONDS)
                .join();
    }

    @Override
    public void close() {
        parties.forEach(Party::close);
        net.close();
    }
}
