package org.isthmus.agentfacades;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Refused;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Dialer;
import org.isthmus.client.Endpoint;
import org.isthmus.client.Login;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.Lease;
import org.isthmus.model.RelationApplication;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Unit;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.wire.agent.AgentTag;
import org.isthmus.wire.agent.RelationQuery;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Real agents over TLS against the real server and engines, with bash charms. */
public class AgentsTest {
    @Rule
    public TemporaryFolder temp = new TemporaryFolder();

    private House house;

    @Before
    public void setUp() throws Exception {
        house = new House(temp.newFolder("house").toPath());
    }

    @After
    public void tearDown() throws Exception {
        house.close();
    }

    private Path charm(String name, String metadata, Map<String, String> hooks) throws IOException {
        Path charm = temp.getRoot().toPath().resolve("charm-" + name);
        Files.createDirectories(charm.resolve("hooks"));
        Files.writeString(
                charm.resolve("metadata.yaml"),
                "name: " + name + "\nsummary: s\ndescription: d\nseries: [jammy]\n" + metadata);
        Files.writeString(
                charm.resolve("config.yaml"),
                "options:\n  title: {type: string, default: Hello}\n  count: {type: int, default: 3}\n");
        for (Map.Entry<String, String> hook : hooks.entrySet()) {
            Path file = charm.resolve("hooks").resolve(hook.getKey());
            Files.writeString(file, "#!/bin/bash\nset -eu\n" + hook.getValue() + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return charm;
    }

    private Path sql() throws IOException {
        return charm(
                "sql",
                "provides:\n  db: {interface: mysql}\n",
                Map.of(
                        "install", "status-set maintenance installing",
                        "start", "open-port 3306; status-set active serving; application-version-set 10.11",
                        "db-relation-joined", "relation-set password=secret host=$(unit-get private-address)"));
    }

    private Path wp() throws IOException {
        return charm(
                "wp",
                "requires:\n  db: {interface: mysql}\npeers:\n  cluster: {interface: wp}\n",
                Map.of(
                        "start", "status-set blocked 'needs a database'",
                        "config-changed", "juju-log \"title $(config-get title) $(config-get count)\"",
                        "leader-elected", "relation-set -r $(relation-ids cluster) --app seed=$JUJU_UNIT_NAME",
                        "db-relation-changed",
                                "p=$(relation-get password); [[ $p ]] && status-set active \"db $p at $(relation-get host)\"",
                        "db-relation-broken", "status-set blocked 'needs a database'"));
    }

    private Unit unit(String name) {
        return house.snapshot().get(Kinds.UNIT, name);
    }

    private boolean says(String unit, String status, String message) {
        Unit record = unit(unit);
        return record != null
                && record.workloadStatus() != null
                && record.workloadStatus().status().equals(status)
                && record.workloadStatus().message().equals(message);
    }

    private boolean logged(String message) {
        return !house.logs
                .read(House.MODEL, 1, false, line -> line.message().equals(message))
                .next()
                .lines()
                .isEmpty();
    }

    @Test
    public void deployRelateConfigureRemove() throws Exception {
        house.deploy("sql", sql(), 1);
        house.deploy("wp", wp(), 2);
        house.until("sql", () -> says("sql/0", "active", "serving"));
        house.until(
                "wp", () -> says("wp/0", "blocked", "needs a database") && says("wp/1", "blocked", "needs a database"));
        assertEquals("10.11", unit("sql/0").workloadVersion());
        house.until("ports", () -> unit("sql/0").ports().size() == 1);
        assertEquals("local:sql-0", unit("sql/0").charmUrl());
        assertEquals(
                "started",
                house.snapshot().get(Kinds.MACHINE, "0").agentStatus().status());
        // One leader, and what it wrote is in the peers' application settings.
        String leader = house.snapshot().get(Kinds.LEASE, "wp").holder();
        house.until("seed", () -> house.snapshot().all(Kinds.RELATION_APPLICATION).stream()
                .anyMatch(bag -> leader.equals(bag.settings().get("seed"))));
        house.until("log", () -> logged("title Hello 3"));

        house.submit(tx -> house.relations.addRelation(tx, List.of("wp", "sql"), List.of(), Instant.now()));
        String address =
                house.snapshot().get(Kinds.MACHINE, "0").addresses().get(0).value();
        house.until(
                "related",
                () -> says("wp/0", "active", "db secret at " + address)
                        && says("wp/1", "active", "db secret at " + address));
        int relation = house.relations.find(house.snapshot(), List.of("wp", "sql"));
        RelationUnit bag = house.snapshot().get(Kinds.RELATION_UNIT, RelationUnit.idOf(relation, "sql/0"));
        assertEquals(address, bag.settings().get("ingress-address"));
        assertEquals(address + "/32", bag.settings().get("egress-subnets"));

        house.submit(tx -> {
            house.applications.configure(tx, "wp", Map.of("title", "Bye"), List.of());
            return null;
        });
        house.until("config", () -> logged("title Bye 3"));

        house.submit(tx -> {
            house.relations.destroyRelation(tx, relation, Force.NONE, Instant.now());
            return null;
        });
        house.until(
                "broken",
                () -> says("wp/0", "blocked", "needs a database") && says("wp/1", "blocked", "needs a database"));
        house.until("relation gone", () -> {
            house.settle();
            return house.snapshot().get(Kinds.RELATION, Integer.toString(relation)) == null;
        });

        house.submit(tx -> house.applications.destroyApplication(tx, "wp", Force.NONE, false, Instant.now()));
        house.until("wp gone", () -> {
            house.settle();
            return house.snapshot().get(Kinds.APPLICATION, "wp") == null;
        });
        assertNull(unit("wp/0"));
        house.until("machines dead", () -> {
            house.settle();
            return house.snapshot().get(Kinds.MACHINE, "1") == null
                    || house.snapshot().get(Kinds.MACHINE, "1").life() == org.isthmus.api.Life.DEAD;
        });
        assertNotNull(unit("sql/0"));
    }

    @Test
    public void failedHookShowsErrorAndIsResolved() throws Exception {
        house.submit(tx -> {
            tx.put(Kinds.MODEL, tx.now().model().withConfig(Map.of("automatically-retry-hooks", false)));
            return null;
        });
        Path gate = temp.getRoot().toPath().resolve("gate");
        house.deploy("bad", charm("bad", "", Map.of("start", "[[ -e " + gate + " ]]; status-set active ok")), 1);
        house.until("error", () -> unit("bad/0").agentStatus().status().equals("error"));
        assertEquals("hook failed: \"start\"", unit("bad/0").agentStatus().message());
        assertEquals("start", unit("bad/0").agentStatus().data().get("hook"));
        Files.createFile(gate);
        house.submit(tx -> {
            house.applications.resolve(tx, "bad/0", true);
            return null;
        });
        house.until(
                "resolved",
                () -> says("bad/0", "active", "ok")
                        && unit("bad/0").agentStatus().status().equals("idle"));
        assertNull(unit("bad/0").resolved());
    }

    @Test
    public void whatIsAskedAgainLeavesALaterResolvedAlone() throws Exception {
        house.deploy("sql", sql(), 0);
        house.submit(tx -> {
            house.applications.addUnits(tx, new ApplicationEngine.AddUnits("sql", 1, List.of(), Instant.now()));
            house.applications.setUnitPassword(tx, "sql/0", house.access.hashAgentPassword("its password"));
            house.applications.setUnitAgentStatus(tx, "sql/0", new StatusValue("error", "failed", Instant.now()));
            house.applications.resolve(tx, "sql/0", true);
            return null;
        });
        AgentTag who = new AgentTag("unit-sql-0");
        house.ask("sql/0", "its password", "ClearResolved", who, "k");
        assertNull(unit("sql/0").resolved());
        house.submit(tx -> {
            house.applications.resolve(tx, "sql/0", false);
            return null;
        });
        String later = unit("sql/0").resolved();

        house.ask("sql/0", "its password", "ClearResolved", who, "k");
        assertEquals(later, unit("sql/0").resolved());
        house.silence();
        house.listen();
        house.ask("sql/0", "its password", "ClearResolved", who, "k");
        assertEquals(later, unit("sql/0").resolved());

        house.ask("sql/0", "its password", "ClearResolved", who, "another");
        assertNull(unit("sql/0").resolved());
    }

    @Test
    public void theLeaderReadsTheStatusThatTheApplicationShows() throws Exception {
        house.deploy("sql", sql(), 0);
        house.submit(tx -> {
            house.applications.addUnits(tx, new ApplicationEngine.AddUnits("sql", 2, List.of(), Instant.now()));
            house.applications.setUnitPassword(tx, "sql/0", house.access.hashAgentPassword("its password"));
            house.applications.setUnitStatus(tx, "sql/0", new StatusValue("active", "serving", Instant.now()));
            tx.put(Kinds.LEASE, new Lease("sql", "sql/0", 1));
            return null;
        });
        assertEquals("waiting", applicationStatus().path("status").asText());
        house.submit(tx -> {
            house.applications.setUnitAgentStatus(
                    tx, "sql/1", new StatusValue("error", "hook failed: \"start\"", Instant.now()));
            return null;
        });
        JsonNode failed = applicationStatus();
        assertEquals("error", failed.path("status").asText());
        assertEquals("hook failed: \"start\"", failed.path("info").asText());
        assertEquals("error", failed.path("units").path("sql/1").path("status").asText());
        assertEquals("active", failed.path("units").path("sql/0").path("status").asText());
        for (String[] set : new String[][] {{"blocked", "blocked"}, {"unset", "error"}}) {
            house.submit(tx -> {
                house.applications.setApplicationStatus(tx, "sql", new StatusValue(set[0], "", Instant.now()));
                return null;
            });
            assertEquals(set[1], applicationStatus().path("status").asText());
        }
    }

    private JsonNode applicationStatus() throws Exception {
        return house.ask("sql/0", "its password", "ApplicationStatus", new AgentTag("unit-sql-0"), null);
    }

    @Test
    public void aSubordinateReadsOnlyWhatItsPrincipalSays() throws Exception {
        house.deploy("wp", wp(), 0);
        house.deploy(
                "sub",
                charm(
                        "sub",
                        "subordinate: true\nrequires:\n  host: {interface: juju-info, scope: container}\n",
                        Map.of()),
                0);
        int relation = house.submit(tx -> {
            house.applications.addUnits(tx, new ApplicationEngine.AddUnits("wp", 2, List.of(), Instant.now()));
            int number = house.relations
                    .addRelation(tx, List.of("sub", "wp"), List.of(), Instant.now())
                    .number();
            for (String unit : List.of("wp/0", "wp/1")) {
                String beside = house.relations.enterScope(tx, number, unit, Map.of("of", unit));
                house.applications.ensureSubordinate(tx, beside, unit, Instant.now());
            }
            for (String unit : List.of("sub/0", "sub/1")) {
                house.relations.enterScope(tx, number, unit, Map.of("of", unit));
            }
            house.applications.setUnitPassword(tx, "sub/0", house.access.hashAgentPassword("its password"));
            house.applications.setUnitPassword(tx, "wp/1", house.access.hashAgentPassword("its password"));
            return number;
        });
        assertEquals("wp/0", unit("sub/0").principal());
        assertTrue(reads("sub/0", relation, "wp/0"));
        assertTrue(reads("sub/0", relation, "sub/0"));
        assertFalse(reads("sub/0", relation, "wp/1"));
        assertTrue(reads("wp/1", relation, "sub/1"));
        assertTrue(reads("wp/1", relation, "wp/1"));
        assertFalse(reads("wp/1", relation, "sub/0"));
    }

    private boolean reads(String unit, int relation, String of) throws Exception {
        String tag = org.isthmus.api.Tag.unit(unit).toString();
        try {
            JsonNode answer =
                    house.ask(unit, "its password", "ReadSettings", new RelationQuery(tag, relation, of), null);
            assertEquals(of, answer.path("settings").path("of").asText());
            return true;
        } catch (java.util.concurrent.ExecutionException refused) {
            assertEquals("permission denied", Refused.of(refused).message());
            return false;
        }
    }

    @Test
    public void aCommitTellsWhichApplicationSettingsItMade() throws Exception {
        house.deploy("wp", wp(), 0);
        house.submit(tx -> {
            house.applications.addUnits(tx, new ApplicationEngine.AddUnits("wp", 1, List.of(), Instant.now()));
            house.applications.setUnitPassword(tx, "wp/0", house.access.hashAgentPassword("its password"));
            tx.put(Kinds.LEASE, new Lease("wp", "wp/0", 1));
            return null;
        });
        int peers = house.relations.find(house.snapshot(), List.of("wp:cluster"));
        JsonNode first = commits(1, peers, "a");
        long version = house.snapshot()
                .get(Kinds.RELATION_APPLICATION, RelationApplication.idOf(peers, "wp"))
                .version();
        assertEquals(
                "{\"" + peers + "\":" + version + "}",
                first.path("applications").toString());
        JsonNode same = commits(2, peers, "a");
        assertTrue(same.path("fresh").asBoolean());
        assertEquals(0, same.path("applications").size());
        JsonNode repeated = commits(2, peers, "b");
        assertFalse(repeated.path("fresh").asBoolean());
        assertEquals(0, repeated.path("applications").size());
        assertEquals(
                version + 1,
                commits(3, peers, "b").path("applications").path("" + peers).asLong());
    }

    private JsonNode commits(long sequence, int peers, String value) throws Exception {
        Map<String, Object> changes =
                Map.of("tag", "unit-wp-0", "sequence", sequence, "applications", Map.of(peers, Map.of("key", value)));
        return house.ask("wp/0", "its password", "CommitHook", changes, null);
    }

    /** What `network-get` says is what stands in the relation. */
    @Test
    public void aUnitHearsHowItIsReachedInARelation() throws Exception {
        house.deploy("sql", sql(), 1);
        house.until("sql", () -> says("sql/0", "active", "serving"));
        String address =
                house.snapshot().get(Kinds.MACHINE, "0").addresses().get(0).value();
        String password = Files.readString(house.base.resolve("machine-0/agents/unit-sql-0/password"));
        Map<String, Object> plain = Map.of("tag", "unit-sql-0");
        assertEquals(
                "{\"ingress\":[\"" + address + "\"],\"egress\":[\"" + address + "/32\"]}",
                house.ask("sql/0", password, "NetworkInfo", plain, null).toString());
        house.submit(tx -> {
            tx.put(Kinds.MODEL, tx.now().model().withConfig(Map.of("egress-subnets", "192.0.2.0/24, 10.2.0.0/16")));
            return null;
        });
        assertEquals(
                "{\"ingress\":[\"" + address + "\"],\"egress\":[\"192.0.2.0/24\",\"10.2.0.0/16\"]}",
                house.ask("sql/0", password, "NetworkInfo", plain, null).toString());
    }

    @Test
    public void agentsComeBackWhenTheServerDoes() throws Exception {
        house.deploy("sql", sql(), 1);
        house.until("up", () -> says("sql/0", "active", "serving"));
        house.silence();
        house.submit(tx -> {
            house.applications.configure(tx, "sql", Map.of("count", 5L), List.of());
            return null;
        });
        house.listen();
        long before = house.snapshot().get(Kinds.UNIT_STATE, "sql/0").hookSequence();
        house.until(
                "config-changed after the return",
                () -> house.snapshot().get(Kinds.UNIT_STATE, "sql/0").hookSequence() > before);
    }

    /** The controller loses an epoch that its agents heard, as when an old copy of it comes back. */
    @Test
    public void agentsDoNotFollowAControllerThatWasReplaced() throws Exception {
        epoch(5);
        house.deploy("sql", sql(), 1);
        house.until("up", () -> says("sql/0", "active", "serving"));
        Path kept = house.base.resolve("machine-0/epoch");
        assertEquals("5", Files.readString(kept));
        house.silence();
        Files.writeString(kept, "6");
        house.restartAgents();
        house.listen();
        long before = house.snapshot().get(Kinds.UNIT_STATE, "sql/0").hookSequence();
        house.submit(tx -> {
            house.applications.configure(tx, "sql", Map.of("count", 5L), List.of());
            return null;
        });
        // It logged in, heard, and left again; a second login shows that the first was not kept.
        int logins = house.logins();
        house.until("tried", () -> house.logins() >= logins + 2);
        assertEquals(before, house.snapshot().get(Kinds.UNIT_STATE, "sql/0").hookSequence());
        epoch(7);
        house.until(
                "the owner is followed",
                () -> house.snapshot().get(Kinds.UNIT_STATE, "sql/0").hookSequence() > before);
        assertEquals("7", Files.readString(kept));
    }

    /** The agents' connection stays while the model gets another owner's epoch: the next commit finds out. */
    @Test
    public void commitsOfAnotherEpochAreRefusedAndTheAgentLogsInAgain() throws Exception {
        house.deploy("sql", sql(), 1);
        house.until("up", () -> says("sql/0", "active", "serving"));
        epoch(2);
        long before = house.snapshot().get(Kinds.UNIT_STATE, "sql/0").hookSequence();
        house.submit(tx -> {
            house.applications.configure(tx, "sql", Map.of("count", 5L), List.of());
            return null;
        });
        house.until(
                "committed",
                () -> house.snapshot().get(Kinds.UNIT_STATE, "sql/0").hookSequence() > before);
        assertEquals("2", Files.readString(house.base.resolve("machine-0/epoch")));
        Endpoint endpoint = Endpoint.model(
                List.of("127.0.0.1:" + port()), house.servers.caCert(house.base.resolve("ca")), House.MODEL);
        try (Dialer dialer = new Dialer("test");
                ApiConnection connection = House.get(
                        dialer.connect(endpoint, Login.agent("machine-0", "password-0", "nonce-0"), House.LIMIT))) {
            String password = Files.readString(house.base.resolve("machine-0/agents/unit-sql-0/password"));
            House.get(connection.login(Login.agent("unit-sql-0", password, null)));
            for (int wrong : List.of(1, 3)) {
                try {
                    House.get(connection.call(
                            "Uniter",
                            19,
                            "",
                            "CommitHook",
                            Map.of("tag", "unit-sql-0", "sequence", 1000, "epoch", wrong)));
                    throw new AssertionError("committed under epoch " + wrong);
                } catch (java.util.concurrent.ExecutionException failed) {
                    assertEquals(
                            org.isthmus.api.Code.REDIRECT, Refused.of(failed).code());
                }
            }
        }
    }

    private void epoch(long next) throws Exception {
        house.submit(tx -> {
            tx.put(Kinds.MODEL, tx.now().model().withEpoch(next));
            return null;
        });
    }

    @Test
    public void subordinateComesAndGoesWithItsPrincipal() throws Exception {
        house.deploy("wp", wp(), 1);
        house.deploy(
                "sub",
                charm(
                        "sub",
                        "subordinate: true\nrequires:\n  host: {interface: juju-info, scope: container}\n",
                        Map.of("host-relation-joined", "status-set active \"beside $JUJU_REMOTE_UNIT\"")),
                0);
        house.until("wp", () -> says("wp/0", "blocked", "needs a database"));
        house.submit(tx -> house.relations.addRelation(tx, List.of("sub", "wp"), List.of(), Instant.now()));
        house.until("subordinate", () -> says("sub/0", "active", "beside wp/0"));
        house.submit(tx -> house.applications.destroyApplication(tx, "wp", Force.NONE, false, Instant.now()));
        house.until("gone", () -> {
            house.settle();
            return unit("wp/0") == null && unit("sub/0") == null;
        });
    }

    @Test
    public void agentsSpeakForThemselvesOnly() throws Exception {
        house.deploy("wp", wp(), 2);
        house.until(
                "wp", () -> says("wp/0", "blocked", "needs a database") && says("wp/1", "blocked", "needs a database"));
        Endpoint endpoint = Endpoint.model(
                List.of("127.0.0.1:" + port()), house.servers.caCert(house.base.resolve("ca")), House.MODEL);
        try (Dialer dialer = new Dialer("test");
                ApiConnection connection = House.get(
                        dialer.connect(endpoint, Login.agent("machine-0", "password-0", "nonce-0"), House.LIMIT))) {
            assertTrue(refused(connection, "Deployer", 1, "WatchMachine", Map.of("tag", "machine-1")));
            assertFalse(refused(connection, "Deployer", 1, "WatchMachine", Map.of("tag", "machine-0")));
            // A machine is no unit, not even one of its own.
            assertTrue(refused(connection, "Uniter", 19, "Memory", Map.of("tag", "unit-wp-0")));
            String password = Files.readString(house.base.resolve("machine-0/agents/unit-wp-0/password"));
            House.get(connection.login(Login.agent("unit-wp-0", password, null)));
            assertFalse(refused(connection, "Uniter", 19, "Memory", Map.of("tag", "unit-wp-0")));
            assertTrue(refused(connection, "Uniter", 19, "Memory", Map.of("tag", "unit-wp-1")));
            assertTrue(refused(
                    connection,
                    "LeadershipService",
                    2,
                    "ClaimLeadership",
                    Map.of("application-tag", "application-sql", "unit-tag", "unit-wp-0")));
            // Another machine's unit cannot get a password from here.
            var answer = House.get(connection.call(
                    "Deployer",
                    1,
                    "",
                    "SetPasswords",
                    Map.of("changes", List.of(Map.of("tag", "unit-wp-1", "password", "stolen")))));
            assertEquals(
                    "permission denied",
                    answer.path("results").path(0).path("error").path("message").asText());
        }
    }

    @Test
    public void logLinesNeedNeitherTimeNorLevelAndOnlyThoseOfOthersAreDropped() throws Exception {
        house.deploy("wp", wp(), 1);
        house.until("wp", () -> says("wp/0", "blocked", "needs a database"));
        Endpoint endpoint = Endpoint.model(
                List.of("127.0.0.1:" + port()), house.servers.caCert(house.base.resolve("ca")), House.MODEL);
        try (Dialer dialer = new Dialer("test");
                ApiConnection connection = House.get(
                        dialer.connect(endpoint, Login.agent("machine-0", "password-0", "nonce-0"), House.LIMIT))) {
            House.get(connection.call(
                    "Logger",
                    1,
                    "",
                    "Append",
                    Map.of(
                            "lines",
                            List.of(
                                    Map.of("message", "of nobody"),
                                    Map.of("tag", "nonsense", "message", "of no tag"),
                                    Map.of("tag", "machine-7", "level", "ERROR", "message", "of another"),
                                    Map.of("tag", "machine-0", "message", "honest")))));
        }
        assertTrue(logged("honest"));
        for (String others : List.of("of nobody", "of no tag", "of another")) {
            assertFalse(others, logged(others));
        }
    }

    private int port() throws Exception {
        return Integer.parseInt(house.address().split(":")[1]);
    }

    private static boolean refused(ApiConnection connection, String facade, int version, String method, Object params)
            throws Exception {
        try {
            House.get(connection.call(facade, version, "", method, params));
            return false;
        } catch (java.util.concurrent.ExecutionException failed) {
            assertNotNull(failed.toString(), Refused.of(failed));
            assertEquals("permission denied", Refused.of(failed).message());
            return true;
        }
    }
}
