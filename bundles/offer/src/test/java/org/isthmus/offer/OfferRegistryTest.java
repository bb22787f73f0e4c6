package org.isthmus.offer;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.isthmus.api.Code;
import org.isthmus.api.Life;
import org.isthmus.api.Refused;
import org.isthmus.charm.Charm;
import org.isthmus.charm.CharmMetadata;
import org.isthmus.charm.CharmRelation;
import org.isthmus.model.Application;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.ConsumerPresence;
import org.isthmus.model.ExternalController;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Offer;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.OfferGrant;
import org.isthmus.model.Outgoing;
import org.isthmus.model.Relation;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.RemoteApplication.RemoteEndpoint;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.OfferEngine;
import org.junit.Before;
import org.junit.Test;

public final class OfferRegistryTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String TOKEN = "0000000a-0000-4000-8000-000000000000";
    private static final String APPLICATION = "0000000b-0000-4000-8000-000000000000";
    private static final String PROXY = "remote-0000000b000040008000000000000000";

    private final OfferRegistry engine = new OfferRegistry();
    private Snapshot now = Snapshot.empty();

    @Before
    public void applications() {
        Map<String, CharmRelation> provides = new TreeMap<>();
        provides.put("db", new CharmRelation("db", "provider", "mysql", "global", 0, false));
        provides.put("admin", new CharmRelation("admin", "provider", "mysql", "global", 0, false));
        provides.put("logs", new CharmRelation("logs", "provider", "logs", "container", 0, false));
        CharmMetadata metadata = new CharmMetadata(
                "mysql",
                "",
                " a database \n",
                false,
                provides,
                Map.of("mon", new CharmRelation("mon", "requirer", "monitors", "global", 0, false)),
                Map.of("cluster", new CharmRelation("cluster", "peer", "ha", "global", 0, false)),
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
        now = now.with(
                Kinds.CHARM,
                new CharmRecord(
                        "local:mysql-0",
                        "mysql",
                        0,
                        "local",
                        "x",
                        1,
                        new Charm(metadata, null, null, null, 0, ""),
                        NOW));
        now = now.with(Kinds.APPLICATION, application("mysql")).with(Kinds.APPLICATION, application("other"));
    }

    private static Application application(String name) {
        return new Application(
                name,
                "local:mysql-0",
                null,
                Life.ALIVE,
                false,
                false,
                null,
                null,
                false,
                null,
                null,
                null,
                "t",
                0,
                0,
                false,
                null,
                NOW);
    }

    private void does(Consumer<Tx> decision) {
        Tx tx = Tx.on(now);
        decision.accept(tx);
        now = now.applied(tx.changes());
    }

    private void refuses(Code code, String message, Consumer<Tx> decision) {
        try {
            decision.accept(Tx.on(now));
        } catch (Refused refused) {
            assertEquals(message, refused.getMessage());
            assertEquals(code, refused.problem().code());
            return;
        }
        fail("not refused: " + message);
    }

    private static OfferEngine.Offering offering(String uuid, String name, String application, String... endpoints) {
        Map<String, String> map = new TreeMap<>();
        for (String endpoint : endpoints) {
            map.put(endpoint, endpoint);
        }
        return new OfferEngine.Offering(uuid, name, application, "", map, "admin", NOW);
    }

    private void offer(String uuid, String name, String... endpoints) {
        does(tx -> engine.offer(tx, offering(uuid, name, "mysql", endpoints)));
    }

    @Test
    public void offersAreMadeAndUpdatedInPlace() {
        offer("u1", "mysqlservice", "db");
        Offer offer = now.get(Kinds.OFFER, "u1");
        assertEquals("a database", offer.description());
        does(tx -> assertEquals("u1", engine.offer(tx, offering("u2", "mysqlservice", "mysql", "db", "admin", "mon"))));
        assertEquals(
                Set.of("db", "admin", "mon"),
                now.get(Kinds.OFFER, "u1").endpoints().keySet());
        assertEquals(1, now.count(Kinds.OFFER));
        offer("u3", "second", "db");
        assertEquals(2, now.count(Kinds.OFFERS_BY_APPLICATION, "mysql"));
        offer("u4", "info", "juju-info");
    }

    @Test
    public void refusesWhatCannotBeOffered() {
        refuses(
                Code.NOT_VALID,
                "offer name \"A b\" not valid",
                tx -> engine.offer(tx, offering("u", "A b", "mysql", "db")));
        refuses(
                Code.NOT_FOUND,
                "application \"none\" not found",
                tx -> engine.offer(tx, offering("u", "o", "none", "db")));
        refuses(
                Code.NOT_FOUND,
                "application \"mysql\" has no \"nope\" relation",
                tx -> engine.offer(tx, offering("u", "o", "mysql", "nope")));
        refuses(
                Code.NOT_VALID,
                "peer endpoint \"mysql:cluster\" cannot be offered",
                tx -> engine.offer(tx, offering("u", "o", "mysql", "cluster")));
        refuses(
                Code.NOT_VALID,
                "endpoint \"mysql:logs\" has \"container\" scope: only endpoints with global scope may be offered",
                tx -> engine.offer(tx, offering("u", "o", "mysql", "logs")));
        refuses(
                Code.NOT_VALID,
                "offer \"o\" must name at least one endpoint",
                tx -> engine.offer(tx, offering("u", "o", "mysql")));
        now = now.with(Kinds.APPLICATION, application("mysql").withLife(Life.DYING));
        refuses(
                Code.NONE,
                "cannot add application offer \"o\": application \"mysql\" is not alive",
                tx -> engine.offer(tx, offering("u", "o", "mysql", "db")));
    }

    private static OfferEngine.Registration registration(String token, String application, String model, String user) {
        return new OfferEngine.Registration(
                token,
                "u1",
                "db",
                user,
                "c",
                model,
                application,
                new RemoteEndpoint("db", "requirer", "mysql", 0),
                1,
                "hash",
                NOW);
    }

    private void relation(int number, Life life) {
        now = now.with(
                Kinds.RELATION,
                new Relation(
                        number,
                        PROXY + ":db mysql:db",
                        List.of(
                                new Relation.Endpoint(PROXY, "db", "requirer", "mysql", "global", 0, false),
                                new Relation.Endpoint("mysql", "db", "provider", "mysql", "global", 0, false)),
                        life,
                        new StatusValue("joining", "", NOW),
                        false,
                        null,
                        null,
                        null,
                        false,
                        null,
                        NOW));
    }

    private void connect() {
        offer("u1", "mysqlservice", "db", "admin");
        does(tx -> assertEquals(PROXY, engine.register(tx, registration(TOKEN, APPLICATION, "m", "bob"))));
        relation(7, Life.ALIVE);
        does(tx -> engine.connected(tx, TOKEN, 7));
    }

    @Test
    public void registrationIsIdempotentAndPinned() {
        connect();
        Snapshot before = now;
        does(tx -> engine.register(tx, registration(TOKEN, APPLICATION, "m", "bob")));
        assertEquals(before.get(Kinds.OFFER_CONNECTION, TOKEN), now.get(Kinds.OFFER_CONNECTION, TOKEN));
        for (OfferEngine.Registration other : List.of(
                registration(TOKEN, APPLICATION, "m2", "bob"),
                registration(TOKEN, APPLICATION, "m", "eve"),
                registration(TOKEN, "0000000c-0000-4000-8000-000000000000", "m", "bob"),
                // Another model that knows the application's token gets no part in its database.
                registration("0000000d-0000-4000-8000-000000000000", APPLICATION, "m2", "bob"))) {
            refuses(Code.UNAUTHORIZED, "permission denied", tx -> engine.register(tx, other));
        }
        refuses(
                Code.NOT_FOUND,
                "offer \"gone\" not found",
                tx -> engine.register(
                        tx,
                        new OfferEngine.Registration(
                                "x", "gone", "db", "bob", "c", "m", APPLICATION, null, 1, "h", NOW)));
    }

    @Test
    public void twoEndpointsShareAProxyTwoApplicationsDoNot() {
        connect();
        does(tx -> assertEquals(
                PROXY,
                engine.register(tx, registration("0000000d-0000-4000-8000-000000000000", APPLICATION, "m", "bob"))));
        assertEquals(1, now.count(Kinds.REMOTE_APPLICATION));
        does(tx -> engine.register(
                tx,
                registration(
                        "0000000e-0000-4000-8000-000000000000", "0000000f-0000-4000-8000-000000000000", "m", "bob")));
        assertEquals(2, now.count(Kinds.REMOTE_APPLICATION));
    }

    @Test
    public void anEndpointInUseStaysOffered() {
        connect();
        refuses(
                Code.NONE,
                "updating offer mysql:admin would remove endpoint \"db\" which has active consumers",
                tx -> engine.offer(tx, offering("x", "mysqlservice", "mysql", "admin")));
        does(tx -> engine.offer(tx, offering("x", "mysqlservice", "mysql", "db")));
    }

    @Test
    public void removalIsRefusedWhileInUseUnlessForced() {
        connect();
        does(tx -> engine.pin(tx, new OfferGrant("n", "u1", "bob", "c", "m")));
        refuses(
                Code.NONE,
                "cannot delete application offer \"mysqlservice\": offer has 1 relation",
                tx -> engine.removeOffer(tx, "u1", false, NOW));
        does(tx -> assertEquals(List.of(7), engine.removeOffer(tx, "u1", true, NOW)));
        assertFalse(now.has(Kinds.OFFER, "u1"));
        assertEquals(0, now.count(Kinds.OFFER_GRANT));
        assertTrue(now.has(Kinds.OFFER_CONNECTION, TOKEN));
    }

    @Test
    public void presenceOfAConsumerGoesWithItsConnection() {
        connect();
        does(tx -> engine.present(tx, TOKEN, true, NOW));
        does(tx -> engine.present(tx, TOKEN, false, NOW.plusSeconds(5)));
        does(tx -> engine.present(tx, TOKEN, false, NOW.plusSeconds(9)));
        ConsumerPresence away = now.get(Kinds.CONSUMER_PRESENCE, TOKEN);
        assertFalse(away.alive());
        assertEquals(NOW.plusSeconds(5), away.since());
        relation(7, Life.DEAD);
        does(tx -> engine.settle(tx, NOW));
        assertFalse(now.has(Kinds.CONSUMER_PRESENCE, TOKEN));
        does(tx -> engine.present(tx, TOKEN, false, NOW));
        assertFalse(now.has(Kinds.CONSUMER_PRESENCE, TOKEN));
    }

    @Test
    public void settlingDropsWhatBelongsToTheDeadAndNothingElse() {
        connect();
        does(tx -> engine.settle(tx, NOW));
        assertEquals(1, now.count(Kinds.OFFER_CONNECTION));
        relation(7, Life.DYING);
        does(tx -> engine.settle(tx, NOW));
        assertEquals(1, now.count(Kinds.OFFER_CONNECTION));
        relation(7, Life.DEAD);
        does(tx -> engine.settle(tx, NOW));
        assertEquals(0, now.count(Kinds.OFFER_CONNECTION));
        refuses(
                Code.TRY_AGAIN,
                "application \"" + APPLICATION + "\" is still being removed here",
                tx -> engine.register(tx, registration(TOKEN, APPLICATION, "m", "bob")));
        now = now.without(Kinds.RELATION, "7");
        does(tx -> engine.settle(tx, NOW));
        assertEquals(0, now.count(Kinds.REMOTE_APPLICATION));
    }

    @Test
    public void aMacaroonIsPinnedToAModel() {
        does(tx -> engine.pin(tx, new OfferGrant("n", "u1", "bob", "c", "m")));
        does(tx -> engine.pin(tx, new OfferGrant("n", "u1", "bob", "c2", "m")));
        for (OfferGrant copy : List.of(
                new OfferGrant("n", "u1", "bob", "c", "m2"),
                new OfferGrant("n", "u2", "bob", "c", "m"),
                new OfferGrant("n", "u1", "eve", "c", "m"))) {
            refuses(Code.UNAUTHORIZED, "permission denied", tx -> engine.pin(tx, copy));
        }
    }

    @Test
    public void aPinGoesWithTheLastConnectionOfItsConsumer() {
        connect();
        OfferConnection connection = now.get(Kinds.OFFER_CONNECTION, TOKEN);
        OfferConnection second = connection.withToken("second").withRelation(8);
        now = now.with(Kinds.OFFER_CONNECTION, connection.withRelation(7)).with(Kinds.OFFER_CONNECTION, second);
        for (String nonce : List.of("first", "consumed again")) {
            does(tx -> engine.pin(
                    tx, new OfferGrant(nonce, connection.offer(), connection.user(), "c", connection.consumerModel())));
        }
        does(tx -> engine.pin(tx, new OfferGrant("other", connection.offer(), connection.user(), "c", "elsewhere")));
        ends(7);
        assertEquals(3, now.count(Kinds.OFFER_GRANT));
        ends(8);
        assertEquals(1, now.count(Kinds.OFFER_GRANT));
        assertTrue(now.has(Kinds.OFFER_GRANT, "other"));
    }

    private void ends(int number) {
        Relation.Endpoint db = new Relation.Endpoint("mysql", "db", "provider", "mysql", "global", 0, false);
        StatusValue broken = new StatusValue("broken", "", NOW);
        now = now.with(
                Kinds.RELATION,
                new Relation(number, "k", List.of(db), Life.DEAD, broken, false, null, null, null, false, null, NOW));
        does(tx -> engine.settle(tx, NOW));
        now = now.without(Kinds.RELATION, Integer.toString(number));
    }

    @Test
    public void messagesCountOnce() {
        connect();
        does(tx -> assertTrue(engine.advance(tx, TOKEN, 3)));
        does(tx -> assertFalse(engine.advance(tx, TOKEN, 3)));
        does(tx -> assertFalse(engine.advance(tx, TOKEN, 2)));
        does(tx -> assertTrue(engine.advance(tx, TOKEN, 4)));
    }

    private Refused ingress(String... networks) {
        Refused[] refused = new Refused[1];
        does(tx -> refused[0] = engine.setIngress(tx, TOKEN, List.of(networks)));
        return refused[0];
    }

    private void allow(String networks) {
        StatusValue available = new StatusValue("available", "", NOW);
        Map<String, Object> config = Map.of("saas-ingress-allow", networks);
        now = now.with(
                Kinds.MODEL,
                new ModelRecord(
                        "m",
                        "m",
                        "admin",
                        "iaas",
                        "c",
                        "r",
                        "localhost",
                        null,
                        Life.ALIVE,
                        1,
                        null,
                        false,
                        config,
                        null,
                        "3.6.9",
                        NOW,
                        available,
                        false,
                        null));
    }

    @Test
    public void whatIsRefusedLeavesNothingOfBeforeOpen() {
        connect();
        assertNull(ingress("10.0.0.2/32", "10.0.0.1/32"));
        assertEquals(List.of("10.0.0.1/32", "10.0.0.2/32"), opened());
        allow("10.0.0.0/8, fd00::/8");
        Refused refused = ingress("11.0.0.1/32", "10.0.0.3/32");
        assertEquals(Code.FORBIDDEN, refused.problem().code());
        assertEquals("subnet 11.0.0.1/32 not in firewall allowlist", refused.getMessage());
        assertEquals(List.of("10.0.0.3/32"), opened());
        assertEquals("invalid CIDR address: 10.0.0.3/99", ingress("10.0.0.3/99").getMessage());
        assertEquals(List.of(), opened());
        assertNull(ingress("10.0.0.3/32"));
        assertNull(ingress());
        assertEquals(List.of(), opened());
    }

    private List<String> opened() {
        OfferConnection connection = now.get(Kinds.OFFER_CONNECTION, TOKEN);
        return connection.ingress();
    }

    // --- consuming side

    private static OfferEngine.Consume consume(
            String name, String offer, String controller, String model, String role) {
        return new OfferEngine.Consume(
                name,
                offer,
                "admin/" + model + ".o",
                controller,
                model,
                List.of(new RemoteEndpoint("db", role, "mysql", 0)),
                "admin",
                "{}",
                NOW);
    }

    private RemoteApplication saas(String name) {
        return now.get(Kinds.REMOTE_APPLICATION, name);
    }

    @Test
    public void consumingAgainFindsWidensAndRepoints() {
        does(tx -> engine.consume(tx, consume("far", "o1", null, "m", "provider")));
        assertEquals("unknown", saas("far").status().status());
        assertEquals(1, saas("far").consumeVersion());
        does(tx -> engine.consume(tx, consume("far", "o1", "c2", "m", "provider")));
        assertEquals("c2", saas("far").sourceController());
        assertEquals(1, saas("far").consumeVersion());
        refuses(
                Code.NONE,
                "cannot update saas application \"far\": conflicting endpoint \"db\"",
                tx -> engine.consume(tx, consume("far", "o1", null, "m", "requirer")));
        refuses(
                Code.ALREADY_EXISTS,
                "cannot add saas application \"far\": saas application already exists",
                tx -> engine.consume(tx, consume("far", "o2", null, "m2", "provider")));
        refuses(
                Code.ALREADY_EXISTS,
                "cannot add saas application \"mysql\": local application already exists",
                tx -> engine.consume(tx, consume("mysql", "o1", null, "m", "provider")));
    }

    @Test
    public void anotherOfferTakesNoRelationsOver() {
        does(tx -> engine.consume(tx, consume("far", "o1", null, "m", "provider")));
        OfferEngine.Consume other = consume("far", "o2", null, "m", "provider");
        List<RemoteEndpoint> endpoints = List.of(new RemoteEndpoint("website", "provider", "http", 0));
        does(tx -> engine.consume(
                tx,
                new OfferEngine.Consume(
                        other.name(),
                        other.offer(),
                        other.url(),
                        other.sourceController(),
                        other.sourceModel(),
                        endpoints,
                        other.user(),
                        other.macaroon(),
                        other.now())));
        assertEquals("o2", saas("far").offer());
        assertEquals(endpoints, saas("far").endpoints());
        assertEquals(2, saas("far").consumeVersion());
        related();
        refuses(
                Code.ALREADY_EXISTS,
                "cannot add saas application \"far\": saas application already exists",
                tx -> engine.consume(tx, consume("far", "o3", null, "m", "provider")));
    }

    private void related() {
        now = now.with(
                Kinds.RELATION,
                new Relation(
                        3,
                        "other:mon far:db",
                        List.of(
                                new Relation.Endpoint("other", "mon", "requirer", "mysql", "global", 0, false),
                                new Relation.Endpoint("far", "db", "provider", "mysql", "global", 0, false)),
                        Life.ALIVE,
                        new StatusValue("joining", "", NOW),
                        false,
                        null,
                        null,
                        null,
                        false,
                        null,
                        NOW));
    }

    @Test
    public void whatIsTerminatedIsReplaced() {
        does(tx -> engine.consume(tx, consume("far", "o1", null, "m", "provider")));
        related();
        does(tx -> engine.setSaasStatus(tx, "far", new StatusValue("terminated", "offer has been removed", NOW), 2));
        does(tx -> engine.consume(tx, consume("far", "o9", null, "m9", "requirer")));
        assertEquals("o9", saas("far").offer());
        assertEquals(2, saas("far").consumeVersion());
        assertEquals("unknown", saas("far").status().status());
    }

    @Test
    public void removalWaitsForRelations() {
        does(tx -> engine.consume(tx, consume("far", "o1", null, "m", "provider")));
        related();
        does(tx -> engine.destroySaas(tx, "far", Force.NONE, NOW));
        assertEquals(Life.DYING, saas("far").life());
        does(tx -> engine.setSaasStatus(tx, "far", new StatusValue("active", "", NOW), 2));
        assertEquals("unknown", saas("far").status().status());
        does(tx -> engine.settle(tx, NOW));
        assertEquals(Life.DYING, saas("far").life());
        now = now.without(Kinds.RELATION, "3");
        does(tx -> engine.settle(tx, NOW));
        assertNull(saas("far"));
        refuses(
                Code.NOT_FOUND,
                "saas application \"far\" not found",
                tx -> engine.destroySaas(tx, "far", Force.NONE, NOW));
    }

    @Test
    public void controllersAreKeptWhileSomethingIsOwed() {
        does(tx -> engine.putExternalController(tx, new ExternalController("c1", "a", List.of("h:1"), "")));
        does(tx -> engine.putExternalController(tx, new ExternalController("c2", "b", List.of("h:1"), "")));
        does(tx -> engine.enqueue(tx, new Outgoing("t", "c1", "o", "t", "s", "{}", NOW)));
        does(tx -> engine.retainExternalControllers(tx, Set.of("c2")));
        assertEquals(2, now.count(Kinds.EXTERNAL_CONTROLLER));
        does(tx -> engine.dequeue(tx, "t"));
        does(tx -> engine.retainExternalControllers(tx, Set.of()));
        assertEquals(0, now.count(Kinds.EXTERNAL_CONTROLLER));
    }
}
