package org.isthmus.relation;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.isthmus.api.Address;
import org.isthmus.api.Base;
import org.isthmus.api.Code;
import org.isthmus.api.Life;
import org.isthmus.api.Refused;
import org.isthmus.charm.Charm;
import org.isthmus.charm.CharmMetadata;
import org.isthmus.charm.CharmRelation;
import org.isthmus.model.Application;
import org.isthmus.model.Application.CharmOrigin;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationApplication;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;
import org.isthmus.model.engine.RelationEngine.Added;
import org.junit.Before;
import org.junit.Test;

public final class RelationsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Relations engine = new Relations();
    private Snapshot now = Snapshot.empty();
    private Added added;

    @Before
    public void applications() {
        application(
                "mysql", false, "22.04", relation("db", "provider", "mysql", 0), relation("cluster", "peer", "ha", 0));
        application(
                "wordpress",
                false,
                "22.04",
                relation("db", "requirer", "mysql", 1),
                relation("website", "provider", "http", 0));
        application(
                "two",
                false,
                "22.04",
                relation("one", "provider", "mysql", 0),
                relation("other", "provider", "mysql", 0));
        application(
                "logging",
                true,
                "22.04",
                new CharmRelation("info", "requirer", "juju-info", "container", 0, false),
                new CharmRelation("logs", "requirer", "logs", "container", 0, false));
        application("old", false, "20.04", relation("db", "provider", "mysql", 0));
        application("syslog", false, "22.04", relation("logs", "provider", "logs", 0));
        for (String unit : List.of("mysql/0", "mysql/1", "wordpress/0", "wordpress/1", "two/0")) {
            unit(unit, null);
        }
    }

    private static CharmRelation relation(String name, String role, String interfaceName, int limit) {
        return new CharmRelation(name, role, interfaceName, "global", limit, false);
    }

    private void application(String name, boolean subordinate, String channel, CharmRelation... relations) {
        Map<String, Map<String, CharmRelation>> roles = new TreeMap<>();
        for (CharmRelation r : relations) {
            roles.computeIfAbsent(r.role(), x -> new TreeMap<>()).put(r.name(), r);
        }
        CharmMetadata metadata = new CharmMetadata(
                name,
                "",
                "",
                subordinate,
                roles.get("provider"),
                roles.get("requirer"),
                roles.get("peer"),
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
        now = now.with(
                        Kinds.CHARM,
                        new CharmRecord(
                                url, name, 0, "local", "x", 1, new Charm(metadata, null, null, null, 0, ""), NOW))
                .with(
                        Kinds.APPLICATION,
                        new Application(
                                name,
                                url,
                                new CharmOrigin(
                                        "local", null, null, null, 0, null, null, null, new Base("ubuntu", channel)),
                                Life.ALIVE,
                                subordinate,
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
                                NOW));
    }

    private void unit(String name, String principal) {
        now = now.with(
                Kinds.UNIT,
                new Unit(
                        name,
                        name.substring(0, name.indexOf('/')),
                        Life.ALIVE,
                        principal == null ? "0" : null,
                        principal,
                        "h",
                        null,
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

    private void does(Consumer<Tx> decision) {
        Tx tx = Tx.on(now);
        decision.accept(tx);
        now = now.applied(tx.changes());
    }

    private int relate(String... words) {
        does(tx -> added = engine.addRelation(tx, List.of(words), null, NOW));
        return added.number();
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

    private void refusesToRelate(Code code, String message, String... words) {
        refuses(code, message, tx -> engine.addRelation(tx, List.of(words), null, NOW));
    }

    @Test
    public void infersTheOnePairThatFits() {
        assertEquals(0, relate("mysql", "wordpress"));
        assertEquals("wordpress:db mysql:db", added.key());
        assertEquals("requirer", added.endpoints().get("wordpress").role());
        assertEquals("joining", now.get(Kinds.RELATION, "0").status().status());
        refusesToRelate(Code.NONE, "no relations found", "mysql", "two");
        refusesToRelate(Code.NOT_FOUND, "application \"nope\" not found", "mysql", "nope");
        refusesToRelate(Code.NOT_FOUND, "application \"mysql\" has no \"x\" relation", "mysql:x", "wordpress");
        refusesToRelate(
                Code.NONE,
                "ambiguous relation: \"wordpress two\" could refer to \"wordpress:db two:one\";"
                        + " \"wordpress:db two:other\"",
                "wordpress",
                "two");
        refusesToRelate(
                Code.ALREADY_EXISTS,
                "cannot add relation \"wordpress:db mysql:db\": relation wordpress:db mysql:db already exists",
                "wordpress",
                "mysql:db");
        refusesToRelate(
                Code.QUOTA_LIMIT_EXCEEDED,
                "cannot add relation \"wordpress:db two:one\": establishing a new relation for wordpress:db would"
                        + " exceed its maximum relation limit of 1",
                "wordpress",
                "two:one");
    }

    @Test
    public void implicitEndpointOnlyWhereNothingElseFits() {
        relate("logging", "syslog");
        assertEquals("logging:logs syslog:logs", added.key());
        relate("logging", "mysql");
        assertEquals("logging:info mysql:juju-info", added.key());
        assertEquals("container", now.get(Kinds.RELATION, "1").scope());
        refusesToRelate(
                Code.NONE,
                "cannot add relation \"logging:info old:juju-info\": principal and subordinate applications' bases"
                        + " must match",
                "logging",
                "old");
    }

    @Test
    public void dyingThingsDoNotRelate() {
        int number = relate("mysql", "wordpress");
        does(tx -> engine.enterScope(tx, number, "mysql/0", Map.of()));
        does(tx -> engine.destroyRelation(tx, number, Force.NONE, NOW));
        assertEquals(Life.DYING, now.get(Kinds.RELATION, "0").life());
        refusesToRelate(
                Code.ALREADY_EXISTS,
                "cannot add relation \"wordpress:db mysql:db\": relation wordpress:db mysql:db is dying, but not yet"
                        + " removed",
                "wordpress",
                "mysql");
        refuses(
                Code.CANNOT_ENTER_SCOPE,
                "cannot enter scope: unit or relation is not alive",
                tx -> engine.enterScope(tx, number, "wordpress/0", Map.of()));
        does(tx -> assertNull(engine.enterScope(tx, number, "mysql/0", Map.of())));
        does(tx -> engine.writeApplicationSettings(tx, number, "mysql", Map.of("a", "b")));
        does(tx -> engine.leaveScope(tx, number, "mysql/0"));
        assertEquals(
                0, now.count(Kinds.RELATION) + now.count(Kinds.RELATION_UNIT) + now.count(Kinds.RELATION_APPLICATION));
        assertEquals("numbers are not reused", 1, relate("mysql", "wordpress"));
        now = now.with(Kinds.APPLICATION, now.get(Kinds.APPLICATION, "two").withLife(Life.DYING));
        does(tx -> engine.destroyRelation(tx, 1, Force.NONE, NOW));
        refusesToRelate(
                Code.NONE,
                "cannot add relation \"wordpress:db two:one\": application \"two\" is not alive",
                "wordpress",
                "two:one");
    }

    @Test
    public void membersSeeTheOtherSide() {
        int number = relate("mysql", "wordpress");
        for (String unit : List.of("mysql/0", "mysql/1", "wordpress/0")) {
            does(tx -> assertNull(engine.enterScope(tx, number, unit, Map.of("private-address", unit))));
        }
        assertEquals(List.of("wordpress/0"), engine.members(now, number, "mysql/0"));
        assertEquals(List.of("mysql/0", "mysql/1"), engine.members(now, number, "wordpress/0"));
        does(tx -> engine.leaveScope(tx, number, "mysql/0"));
        does(tx -> engine.leaveScope(tx, number, "mysql/0"));
        assertEquals(List.of("mysql/1"), engine.members(now, number, "wordpress/0"));
        assertEquals(
                "mysql/0",
                now.get(Kinds.RELATION_UNIT, RelationUnit.idOf(number, "mysql/0"))
                        .settings()
                        .get("private-address"));
        does(tx -> engine.addPeers(tx, "mysql", NOW));
        does(tx -> engine.addPeers(tx, "mysql", NOW));
        int peers = engine.find(now, List.of("mysql:cluster"));
        assertEquals(2, now.count(Kinds.RELATION));
        does(tx -> engine.enterScope(tx, peers, "mysql/0", Map.of()));
        does(tx -> engine.enterScope(tx, peers, "mysql/1", Map.of()));
        assertEquals(List.of("mysql/1"), engine.members(now, peers, "mysql/0"));
        refuses(
                Code.NONE,
                "cannot destroy relation \"mysql:cluster\": is a peer relation",
                tx -> engine.destroyRelation(tx, peers, new Force(NOW), NOW));
        refuses(
                Code.NOT_FOUND,
                "unit \"two/0\" is not a member of \"wordpress:db mysql:db\"",
                tx -> engine.enterScope(tx, number, "two/0", Map.of()));
    }

    @Test
    public void settingsRiseOnlyWhenTheyChange() {
        int number = relate("mysql", "wordpress");
        refuses(
                Code.NOT_FOUND,
                "cannot write settings for unit \"mysql/0\" in relation \"wordpress:db mysql:db\": settings not found",
                tx -> engine.writeUnitSettings(tx, number, "mysql/0", Map.of("a", "1")));
        does(tx -> engine.enterScope(tx, number, "mysql/0", Map.of("private-address", "127.0.0.1")));
        does(tx -> engine.writeUnitSettings(tx, number, "mysql/0", Map.of("a", "1", "b", "")));
        does(tx -> engine.writeUnitSettings(tx, number, "mysql/0", Map.of("a", "1")));
        RelationUnit part = now.get(Kinds.RELATION_UNIT, RelationUnit.idOf(number, "mysql/0"));
        assertEquals(Map.of("private-address", "127.0.0.1", "a", "1"), part.settings());
        assertEquals(1, part.version());
        does(tx -> engine.updateAddresses(tx, "mysql/0", Map.of("private-address", "127.0.0.2")));
        does(tx -> engine.writeUnitSettings(tx, number, "mysql/0", Map.of("a", "")));
        part = now.get(Kinds.RELATION_UNIT, RelationUnit.idOf(number, "mysql/0"));
        assertEquals(Map.of("private-address", "127.0.0.2"), part.settings());
        assertEquals(3, part.version());
        does(tx -> engine.writeApplicationSettings(tx, number, "mysql", Map.of("k", "v")));
        does(tx -> engine.writeApplicationSettings(tx, number, "mysql", Map.of("k", "v")));
        assertEquals(
                1,
                now.get(Kinds.RELATION_APPLICATION, RelationApplication.idOf(number, "mysql"))
                        .version());
        refuses(
                Code.NOT_FOUND,
                "application \"two\" is not a member of \"wordpress:db mysql:db\"",
                tx -> engine.writeApplicationSettings(tx, number, "two", Map.of()));
    }

    @Test
    public void containersKeepPairsApart() {
        int number = relate("logging", "mysql");
        does(tx -> assertEquals("logging", engine.enterScope(tx, number, "mysql/0", Map.of())));
        does(tx -> assertEquals("logging", engine.enterScope(tx, number, "mysql/1", Map.of())));
        unit("logging/0", "mysql/0");
        unit("logging/1", "mysql/1");
        does(tx -> assertNull("it is there", engine.enterScope(tx, number, "mysql/0", Map.of())));
        does(tx -> engine.enterScope(tx, number, "logging/0", Map.of()));
        does(tx -> engine.enterScope(tx, number, "logging/1", Map.of()));
        assertEquals(List.of("logging/0"), engine.members(now, number, "mysql/0"));
        assertEquals(List.of("mysql/1"), engine.members(now, number, "logging/1"));
        now = now.with(Kinds.UNIT, now.get(Kinds.UNIT, "logging/0").withLife(Life.DYING));
        does(tx -> engine.leaveScope(tx, number, "mysql/0"));
        refuses(
                Code.CANNOT_ENTER_SCOPE_YET,
                "cannot enter scope yet: non-alive subordinate unit has not been removed",
                tx -> engine.enterScope(tx, number, "mysql/0", Map.of()));
    }

    @Test
    public void findsByWords() {
        relate("mysql", "wordpress");
        assertEquals(0, engine.find(now, List.of("wordpress", "mysql")));
        assertEquals(0, engine.find(now, List.of("mysql:db", "wordpress")));
        refuses(
                Code.NOT_FOUND,
                "relation \"wordpress:db two:one\" not found",
                tx -> engine.find(tx.now(), List.of("wordpress:db", "two:one")));
        refuses(Code.NOT_FOUND, "relation 9 not found", tx -> engine.destroyRelation(tx, 9, Force.NONE, NOW));
        assertEquals(
                List.of("mysql:cluster", "mysql:db", "mysql:juju-info"),
                engine.endpoints(now, "mysql").stream()
                        .map(Object::toString)
                        .sorted()
                        .toList());
    }

    @Test
    public void forceAndSettle() {
        int number = relate("mysql", "wordpress");
        does(tx -> engine.enterScope(tx, number, "mysql/0", Map.of()));
        does(tx -> engine.destroyRelation(tx, number, Force.NONE, NOW));
        does(tx -> engine.settle(tx, NOW));
        assertTrue(now.has(Kinds.RELATION, "0"));
        does(tx -> engine.destroyRelation(tx, number, new Force(NOW), NOW));
        does(tx -> engine.settle(tx, NOW));
        assertFalse(now.has(Kinds.RELATION, "0"));
        int second = relate("mysql", "wordpress");
        does(tx -> engine.enterScope(tx, second, "mysql/0", Map.of()));
        does(tx -> engine.enterScope(tx, second, "wordpress/0", Map.of()));
        now = now.with(Kinds.UNIT, now.get(Kinds.UNIT, "mysql/0").withLife(Life.DEAD));
        does(tx -> engine.settle(tx, NOW));
        assertEquals(List.of(), engine.members(now, second, "wordpress/0"));
        now = now.with(Kinds.APPLICATION, now.get(Kinds.APPLICATION, "mysql").withLife(Life.DYING));
        does(tx -> engine.settle(tx, NOW));
        assertEquals(Life.DYING, now.get(Kinds.RELATION, "1").life());
        does(tx -> engine.forceOut(tx, "wordpress/0"));
        assertFalse(now.has(Kinds.RELATION, "1"));
    }

    private String status() {
        return now.get(Kinds.RELATION, "0").status().status();
    }

    @Test
    public void statusesAndSuspension() {
        int number = relate("mysql", "wordpress");
        does(tx -> engine.enterScope(tx, number, "mysql/0", Map.of(), NOW));
        assertEquals("joining", status());
        does(tx -> engine.enterScope(tx, number, "wordpress/0", Map.of(), NOW.plusSeconds(1)));
        assertEquals("joined", status());
        assertEquals(NOW.plusSeconds(1), now.get(Kinds.RELATION, "0").status().since());
        refuses(
                Code.NOT_VALID,
                "cannot set status \"joining\" when relation has status \"joined\"",
                tx -> engine.setStatus(tx, number, new StatusValue("joining", "", NOW)));
        refuses(
                Code.NOT_VALID,
                "cannot set status \"error\" without info",
                tx -> engine.setStatus(tx, number, new StatusValue("error", "", NOW)));
        refuses(
                Code.NOT_VALID,
                "cannot set invalid status \"fine\"",
                tx -> engine.setStatus(tx, number, new StatusValue("fine", "", NOW)));
        does(tx -> engine.setSuspended(tx, number, true, "audit", "admin", NOW));
        assertEquals("suspending", status());
        refuses(
                Code.CANNOT_ENTER_SCOPE,
                "cannot enter scope: relation is suspended",
                tx -> engine.enterScope(tx, number, "mysql/1", Map.of()));
        does(tx -> engine.leaveScope(tx, number, "mysql/0"));
        assertEquals("suspending", status());
        does(tx -> engine.setSuspended(tx, number, false, null, null, NOW));
        assertEquals("joining", status());
        does(tx -> engine.enterScope(tx, number, "mysql/0", Map.of()));
        assertEquals("joined", status());
        does(tx -> engine.setSuspended(tx, number, true, "audit", "admin", NOW));
        does(tx -> engine.leaveScope(tx, number, "mysql/0"));
        does(tx -> engine.leaveScope(tx, number, "wordpress/0"));
        assertEquals("suspended", status());
        does(tx -> engine.setSuspended(tx, number, false, null, null, NOW));
        does(tx -> engine.setSuspended(tx, number, true, "again", "admin", NOW));
        assertEquals("nobody is left to leave", "suspended", status());
        does(tx -> engine.setSuspended(tx, number, false, null, null, NOW));
        assertEquals("joining", status());
        assertNull(now.get(Kinds.RELATION, "0").suspendedReason());
        refuses(
                Code.NOT_VALID,
                "CIDR \"0.0.0.0/0\" not allowed",
                tx -> engine.addRelation(tx, List.of("logging", "two"), List.of("0.0.0.0/0"), NOW));
    }

    private void remote(String name, boolean proxy, String status, String role) {
        now = now.with(
                Kinds.REMOTE_APPLICATION,
                new RemoteApplication(
                        name,
                        proxy,
                        "offer",
                        null,
                        null,
                        "model",
                        List.of(new RemoteApplication.RemoteEndpoint("db", role, "mysql", 0)),
                        "bob",
                        null,
                        "token",
                        0,
                        Life.ALIVE,
                        new StatusValue(status, "", NOW),
                        false,
                        null,
                        NOW,
                        0));
    }

    @Test
    public void relatesWhatIsInAnotherModel() {
        remote("prod-db", false, "active", "provider");
        remote("gone-db", false, "terminated", "provider");
        remote("remote-0a1b", true, "active", "requirer");
        int number = relate("wordpress", "prod-db");
        assertEquals("wordpress:db prod-db:db", added.key());
        assertEquals(number, engine.find(now, List.of("prod-db", "wordpress")));
        does(tx -> engine.enterScope(tx, number, "prod-db/0", Map.of("host", "db.example")));
        does(tx -> engine.enterScope(tx, number, "wordpress/0", Map.of()));
        assertEquals(List.of("prod-db/0"), engine.members(now, number, "wordpress/0"));
        int offered = relate("mysql:db", "remote-0a1b:db");
        assertEquals(
                "remote-0a1b:db mysql:db",
                now.get(Kinds.RELATION, Integer.toString(offered)).key());
        application("blog", false, "22.04", relation("db", "requirer", "mysql", 0));
        refusesToRelate(
                Code.NONE,
                "cannot add relation \"blog:db gone-db:db\": remote offer gone-db is terminated",
                "blog",
                "gone-db");
        refusesToRelate(
                Code.NONE,
                "cannot add relation \"remote-0a1b:db prod-db:db\": cannot relate two remote applications",
                "prod-db",
                "remote-0a1b");
        application("side", true, "22.04", new CharmRelation("db", "requirer", "mysql", "container", 0, false));
        refusesToRelate(
                Code.NONE,
                "cannot add relation \"side:db prod-db:db\": both endpoints must be globally scoped for remote"
                        + " relations",
                "side",
                "prod-db");
        now = now.with(
                Kinds.REMOTE_APPLICATION,
                now.get(Kinds.REMOTE_APPLICATION, "prod-db").withLife(Life.DYING));
        does(tx -> engine.settle(tx, NOW));
        assertEquals(
                Life.DYING, now.get(Kinds.RELATION, Integer.toString(number)).life());
        now = now.with(
                Kinds.REMOTE_APPLICATION,
                now.get(Kinds.REMOTE_APPLICATION, "prod-db").withForced(true));
        does(tx -> engine.settle(tx, NOW));
        assertFalse(now.has(Kinds.RELATION, Integer.toString(number)));
    }

    private void machine(String publicAddress) {
        now = now.with(
                Kinds.MACHINE,
                new Machine(
                        "0",
                        Life.ALIVE,
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
                        null,
                        List.of(
                                new Address("10.0.0.1", "ipv4", "local-cloud"),
                                new Address(publicAddress, "ipv4", "public")),
                        null,
                        null,
                        null,
                        false,
                        false,
                        null,
                        NOW));
    }

    private Map<String, String> said(int relation, String unit) {
        RelationUnit part = now.get(Kinds.RELATION_UNIT, RelationUnit.idOf(relation, unit));
        return part.settings();
    }

    private void isSuspended(int number, String cause, String reason) {
        Relation at = now.get(Kinds.RELATION, Integer.toString(number));
        assertTrue(at.suspended());
        assertEquals(cause, at.suspendedCause());
        assertEquals(reason, at.suspendedReason());
        assertEquals(new StatusValue("suspended", reason, at.status().since()), at.status());
    }

    @Test
    public void aRevocationShowsThoughAnAdminSuspendedBeforeOrAfter() {
        int number = relate("mysql", "wordpress");
        does(tx -> engine.setSuspended(tx, number, true, "audit", "admin", NOW));
        isSuspended(number, "admin", "audit");
        does(tx -> engine.setSuspended(tx, number, true, "longer audit", "admin", NOW));
        isSuspended(number, "admin", "longer audit");
        does(tx -> engine.setSuspended(tx, number, true, "revoked", "revoke", NOW));
        isSuspended(number, "revoke", "revoked");
        does(tx -> engine.setSuspended(tx, number, true, "audit", "admin", NOW));
        isSuspended(number, "revoke", "revoked");
        does(tx -> engine.setSuspended(tx, number, false, null, "admin", NOW));
        does(tx -> engine.setSuspended(tx, number, true, "audit", "admin", NOW));
        isSuspended(number, "admin", "audit");
    }

    @Test
    public void viaIsParsedAndNeverEverything() {
        List<String> pair = List.of("mysql", "wordpress");
        for (String everything : List.of("0.0.0.0/0", "::/0", "1.2.3.4/0", "fd00::1/0")) {
            refuses(
                    Code.NOT_VALID,
                    "CIDR \"" + everything + "\" not allowed",
                    tx -> engine.addRelation(tx, pair, List.of("10.0.0.0/8", everything), NOW));
        }
        for (String none : List.of("999.1.1.1/999", "10.0.0.1", "::::/12", "10.0.0.0/33")) {
            refuses(
                    Code.NOT_VALID,
                    "invalid CIDR address: " + none,
                    tx -> engine.addRelation(tx, pair, List.of(none), NOW));
        }
        does(tx -> engine.addRelation(tx, pair, List.of("10.1.2.3/8", "FD00::1/16", "10.0.0.0/8"), NOW));
        assertEquals(
                List.of("10.0.0.0/8", "fd00::/16"), now.get(Kinds.RELATION, "0").egress());
    }

    private void model(Map<String, Object> config) {
        now = now.with(
                Kinds.MODEL,
                new ModelRecord(
                        "m",
                        "m",
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
                        config,
                        null,
                        "3.6.9",
                        NOW,
                        null,
                        false,
                        null));
    }

    @Test
    public void anotherModelIsToldThePublicAddress() {
        remote("remote-0a1b", true, "active", "requirer");
        machine("203.0.113.7");
        int across = relate("mysql:db", "remote-0a1b:db");
        int within = relate("mysql", "wordpress");
        Map<String, String> own =
                Map.of("private-address", "10.0.0.1", "ingress-address", "10.0.0.1", "egress-subnets", "10.0.0.1/32");
        does(tx -> engine.enterScope(tx, across, "mysql/0", own));
        does(tx -> engine.enterScope(tx, within, "mysql/0", own));
        assertEquals(own, said(within, "mysql/0"));
        assertEquals(
                Map.of(
                        "private-address",
                        "10.0.0.1",
                        "ingress-address",
                        "203.0.113.7",
                        "egress-subnets",
                        "203.0.113.7/32"),
                said(across, "mysql/0"));
        machine("203.0.113.8");
        does(tx -> engine.updateAddresses(tx, "mysql/0", own));
        assertEquals(own, said(within, "mysql/0"));
        assertEquals("203.0.113.8", said(across, "mysql/0").get("ingress-address"));
        assertEquals("203.0.113.8/32", said(across, "mysql/0").get("egress-subnets"));
        assertEquals(networks("203.0.113.8", "203.0.113.8/32"), engine.networks(now, across, "mysql/0", "10.0.0.1"));
        assertEquals(networks("10.0.0.1", "10.0.0.1/32"), engine.networks(now, within, "mysql/0", "10.0.0.1"));
        assertEquals(networks("10.0.0.1", "10.0.0.1/32"), engine.networks(now, null, "mysql/0", "10.0.0.1"));
        assertEquals(networks("10.0.0.2", "10.0.0.2/32"), engine.networks(now, across, "wordpress/0", "10.0.0.2"));
        model(Map.of("egress-subnets", "192.0.2.0/24, 10.2.0.0/16"));
        assertEquals(
                networks("203.0.113.8", "192.0.2.0/24,10.2.0.0/16"),
                engine.networks(now, across, "mysql/0", "10.0.0.1"));
        assertEquals(
                networks("10.0.0.1", "192.0.2.0/24,10.2.0.0/16"), engine.networks(now, null, "mysql/0", "10.0.0.1"));
        does(tx -> engine.writeUnitSettings(tx, across, "mysql/0", Map.of("mine", "stays")));
        does(engine::showNetworks);
        assertEquals(
                Map.of(
                        "private-address",
                        "10.0.0.1",
                        "ingress-address",
                        "203.0.113.8",
                        "egress-subnets",
                        "192.0.2.0/24,10.2.0.0/16",
                        "mine",
                        "stays"),
                said(across, "mysql/0"));
        assertEquals(own, said(within, "mysql/0"));
        model(Map.of());
        does(engine::showNetworks);
        assertEquals("203.0.113.8/32", said(across, "mysql/0").get("egress-subnets"));
        now = now.with(
                Kinds.RELATION,
                now.get(Kinds.RELATION, Integer.toString(across))
                        .withEgress(List.of("198.51.100.0/24", "10.1.0.0/16")));
        does(tx -> engine.updateAddresses(tx, "mysql/0", own));
        assertEquals("198.51.100.0/24,10.1.0.0/16", said(across, "mysql/0").get("egress-subnets"));
    }

    private static Map<String, String> networks(String ingress, String egress) {
        return Map.of("ingress-address", ingress, "egress-subnets", egress);
    }

    @Test
    public void oneApplicationNamedTwiceIsItsPeerRelationAndNoOther() {
        does(tx -> engine.addPeers(tx, "mysql", NOW));
        does(tx -> added = engine.addRelation(tx, List.of("mysql", "wordpress"), List.of(), NOW));
        int peers = engine.find(now, List.of("mysql:cluster"));
        assertEquals(peers, engine.find(now, List.of("mysql", "mysql")));
        assertEquals(peers, engine.find(now, List.of("mysql:cluster", "mysql:cluster")));
        assertEquals(added.number(), engine.find(now, List.of("wordpress", "mysql")));
        refuses(
                Code.NOT_FOUND,
                "relation \"wordpress wordpress\" not found",
                tx -> engine.find(now, List.of("wordpress", "wordpress")));
    }
}
