package org.isthmus.facades;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.isthmus.api.Life;
import org.isthmus.api.Refused;
import org.isthmus.model.AgentPresence;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.Lease;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationBuilder;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.StatusValue;
import org.isthmus.model.UnitAgent;
import org.isthmus.rpc.HttpRoute;
import org.isthmus.rpc.Telling;
import org.isthmus.rpc.WatchHandle;
import org.isthmus.spi.CharmSource;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** What a client does from upload to status. */
public class ApplicationFlowTest {
    private World world;
    private String model;

    @Before
    public void open() throws Exception {
        world = new World();
        model = world.newModel("m");
    }

    @After
    public void close() {
        world.close();
    }

    private JsonNode call(String facade, String method, String params) throws Exception {
        return world.call("admin", model, facade, method, params);
    }

    private void deployBoth() throws Exception {
        String sql = world.upload(model, World.charm("mysql", "provides: {db: {interface: mysql}}\n"));
        String blog = world.upload(model, World.charm("wordpress", "requires: {db: {interface: mysql}}\n"));
        for (String each : List.of(sql, blog)) {
            JsonNode answer = call(
                    "Application",
                    "Deploy",
                    "{\"applications\":[{\"application\":\"" + (each.equals(sql) ? "mysql" : "wordpress")
                            + "\",\"charm-url\":\"" + each + "\",\"num-units\":1,\"config\":null,\"channel\":null,"
                            + "\"constraints\":{\"mem\":1024,\"arch\":null},\"charm-origin\":{\"source\":\"local\","
                            + "\"base\":{\"name\":\"ubuntu\",\"channel\":\"22.04\"}},\"Force\":false,"
                            + "\"config-yaml\":\"" + (each.equals(sql) ? "mysql" : "wordpress") + ": {}\\n\"}]}");
            assertEquals("{\"results\":[{}]}", answer.toString());
        }
    }

    private static Set<String> names(JsonNode node) {
        Set<String> names = new TreeSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    public void uploadsDeploysRelatesAndShows() throws Exception {
        deployBoth();
        assertEquals(
                "[\"mysql/1\",\"mysql/2\"]",
                call("Application", "AddUnits", "{\"application\":\"mysql\",\"num-units\":2,\"placement\":null}")
                        .get("units")
                        .toString());
        JsonNode related =
                call("Application", "AddRelation", "{\"endpoints\":[\"wordpress\",\"mysql\"],\"via-cidrs\":null}");
        assertEquals("provider", related.at("/endpoints/mysql/role").asText());
        assertEquals("mysql", related.at("/endpoints/wordpress/interface").asText());
        assertTrue(assertThrows(
                        Refused.class,
                        () -> call("Application", "AddRelation", "{\"endpoints\":[\"wordpress\",\"mysql\"]}"))
                .problem()
                .message()
                .contains("already exists"));

        JsonNode status = call("Client", "FullStatus", "{\"patterns\":null}");
        assertEquals(
                new TreeSet<>(List.of(
                        "model",
                        "machines",
                        "applications",
                        "remote-applications",
                        "offers",
                        "relations",
                        "controller-timestamp",
                        "branches",
                        "storage",
                        "filesystems",
                        "volumes")),
                names(status));
        assertTrue(names(status.at("/applications/mysql"))
                .containsAll(List.of(
                        "charm",
                        "charm-version",
                        "charm-profile",
                        "charm-channel",
                        "charm-rev",
                        "base",
                        "exposed",
                        "life",
                        "relations",
                        "can-upgrade-to",
                        "subordinate-to",
                        "units",
                        "meter-statuses",
                        "status",
                        "workload-version",
                        "endpoint-bindings",
                        "int",
                        "public-address")));
        assertTrue(names(status.at("/machines/0"))
                .containsAll(List.of(
                        "agent-status",
                        "instance-status",
                        "modification-status",
                        "dns-name",
                        "ip-addresses",
                        "instance-id",
                        "display-name",
                        "base",
                        "id",
                        "containers",
                        "constraints",
                        "hardware",
                        "jobs",
                        "has-vote",
                        "wants-vote",
                        "lxd-profiles")));
        assertTrue(names(status.at("/applications/mysql/units/mysql~10"))
                .containsAll(List.of(
                        "agent-status",
                        "workload-status",
                        "workload-version",
                        "machine",
                        "opened-ports",
                        "public-address",
                        "charm",
                        "subordinates",
                        "leader")));
        assertEquals(
                new TreeSet<>(List.of("status", "info", "data", "since", "kind", "version", "life")),
                names(status.at("/applications/mysql/units/mysql~10/workload-status")));
        assertEquals("waiting", status.at("/applications/mysql/status/status").asText());
        assertEquals(
                "22.04/stable", status.at("/applications/mysql/base/channel").asText());
        assertEquals(
                "[\"mysql\"]", status.at("/applications/wordpress/relations/db").toString());
        assertEquals("wordpress:db mysql:db", status.at("/relations/0/key").asText());
        assertEquals("of k8s alone", 0, status.at("/applications/mysql/int").asInt());
        assertEquals(4, status.get("machines").size());
    }

    @Test
    public void derivesStatusesFromSoftFacts() throws Exception {
        deployBoth();
        call("Application", "AddUnits", "{\"application\":\"mysql\",\"num-units\":1}");
        var documents = world.store.models.get(model);
        World.get(documents.submit(tx -> {
            var zero = tx.need(Kinds.UNIT, "mysql/0");
            tx.put(
                    Kinds.UNIT,
                    zero.withAgentStatus(new StatusValue("idle", "", World.NOW))
                            .withWorkloadStatus(new StatusValue("active", "ready", World.NOW)));
            var one = tx.need(Kinds.UNIT, "mysql/1");
            tx.put(
                    Kinds.UNIT,
                    one.withAgentStatus(new StatusValue("error", "hook failed: \"install\"", World.NOW))
                            .withWorkloadStatus(new StatusValue("maintenance", "", World.NOW)));
            tx.put(
                    Kinds.UNIT_AGENT,
                    new UnitAgent("mysql/0", new StatusValue("executing", "running start hook", World.NOW)));
            tx.put(Kinds.LEASE, new Lease("mysql", "mysql/0", 1));
            tx.put(
                    Kinds.RELATION,
                    RelationBuilder.builder()
                            .number(0)
                            .key("mysql:cluster")
                            .endpoints(List.of(
                                    new Relation.Endpoint("mysql", "cluster", "peer", "mysql-ha", "global", 0, false)))
                            .life(Life.ALIVE)
                            .status(new StatusValue("joined", "", World.NOW))
                            .created(World.NOW)
                            .build());
            return null;
        }));
        JsonNode status = call("Client", "FullStatus", "{\"patterns\":[]}");
        assertEquals("error", status.at("/applications/mysql/status/status").asText());
        assertEquals(
                "hook failed: \"install\"",
                status.at("/applications/mysql/units/mysql~11/workload-status/info")
                        .asText());
        assertEquals(
                "idle",
                status.at("/applications/mysql/units/mysql~11/agent-status/status")
                        .asText());
        assertEquals(
                "executing",
                status.at("/applications/mysql/units/mysql~10/agent-status/status")
                        .asText());
        assertTrue(status.at("/applications/mysql/units/mysql~10/leader").asBoolean());

        World.get(documents.submit(tx -> {
            tx.put(Kinds.PRESENCE, new AgentPresence("unit-mysql-0", false, World.NOW));
            tx.put(
                    Kinds.MACHINE,
                    tx.need(Kinds.MACHINE, "0").withAgentStatus(new StatusValue("started", "", World.NOW)));
            tx.put(Kinds.PRESENCE, new AgentPresence("machine-0", false, World.NOW));
            return null;
        }));
        status = call("Client", "FullStatus", "{}");
        assertEquals(
                "lost",
                status.at("/applications/mysql/units/mysql~10/agent-status/status")
                        .asText());
        assertEquals(
                "unknown",
                status.at("/applications/mysql/units/mysql~10/workload-status/status")
                        .asText());
        assertEquals("down", status.at("/machines/0/agent-status/status").asText());
        assertEquals("pending", status.at("/machines/1/agent-status/status").asText());

        World.get(documents.submit(tx -> {
            tx.put(
                    Kinds.MACHINE,
                    tx.need(Kinds.MACHINE, "1")
                            .withInstanceStatus(new StatusValue("provisioning error", "no room", World.NOW)));
            return null;
        }));
        status = call("Client", "FullStatus", "{}");
        assertEquals("down", status.at("/machines/1/agent-status/status").asText());
        assertEquals(
                "agent is not communicating with the server",
                status.at("/machines/1/agent-status/info").asText());
        assertEquals(
                "provisioning error",
                status.at("/machines/1/instance-status/status").asText());
        assertEquals("no room", status.at("/machines/1/instance-status/info").asText());

        JsonNode filtered = call("Client", "FullStatus", "{\"patterns\":[\"mysql/1\"]}");
        assertEquals("not its peers", Set.of("mysql/1"), names(filtered.at("/applications/mysql/units")));
        assertFalse(filtered.get("applications").has("wordpress"));
        assertEquals(1, filtered.get("machines").size());
        assertEquals(
                0,
                call("Client", "FullStatus", "{\"patterns\":[\"nothing\"]}")
                        .get("applications")
                        .size());
        assertEquals(
                Set.of("mysql"),
                names(call("Client", "FullStatus", "{\"patterns\":[\"my*\"]}").get("applications")));
        assertEquals(
                Set.of("mysql/0"),
                names(call("Client", "FullStatus", "{\"patterns\":[\"lost\"]}").at("/applications/mysql/units")));
        assertEquals(
                Set.of("wordpress"),
                names(call("Client", "FullStatus", "{\"patterns\":[\"1\"]}").get("applications")));
    }

    @Test
    public void settingsAreTypedShownAndReset() throws Exception {
        deployBoth();
        assertEquals(
                "{\"results\":[{}]}",
                call(
                                "Application",
                                "SetConfigs",
                                "{\"Args\":[{\"application\":\"mysql\",\"config\":{\"port\":\"81\"},"
                                        + "\"config-yaml\":\"mysql: {title: 20.10}\"}]}")
                        .toString());
        JsonNode got = call("Application", "Get", "{\"application\":\"mysql\"}");
        assertEquals(81, got.at("/config/port/value").asInt());
        assertEquals("20.10", got.at("/config/title/value").asText());
        assertEquals("user", got.at("/config/port/source").asText());
        assertFalse(got.at("/application-config/trust/value").asBoolean());
        assertTrue(got.at("/constraints/mem").isNumber());
        for (String[] each :
                new String[][] {{"010", "0x1F"}, {"1_000", "\\\"31\\\""}, {"yes", "3_1"}, {"1e3", "037"}}) {
            call(
                    "Application",
                    "SetConfigs",
                    "{\"Args\":[{\"application\":\"mysql\",\"config\":{},\"config-yaml\":\"mysql: {title: " + each[0]
                            + ", port: " + each[1] + ", trust: yes}\"}]}");
            got = call("Application", "Get", "{\"application\":\"mysql\"}");
            assertEquals(each[0], got.at("/config/title/value").asText());
            assertEquals(31, got.at("/config/port/value").asInt());
            assertTrue(got.at("/application-config/trust/value").asBoolean());
        }
        call(
                "Application",
                "UnsetApplicationsConfig",
                "{\"Args\":[{\"application\":\"mysql\",\"options\":[\"port\"]}]}");
        assertEquals(
                "default",
                call("Application", "Get", "{\"application\":\"mysql\"}")
                        .at("/config/port/source")
                        .asText());
        assertNotNull(call(
                        "Application",
                        "SetConfigs",
                        "{\"Args\":[{\"application\":\"mysql\",\"config\":{\"nonsense\":\"1\"}}]}")
                .at("/results/0/error/message")
                .textValue());
    }

    @Test
    public void allWatcherTellsEverythingThenChanges() throws Exception {
        deployBoth();
        var documents = world.store.models.get(model);
        documents.take();
        WatchHandle handle = (WatchHandle) world.raw("admin", model, "Client", "WatchAll", null);
        assertEquals("AllWatcher", handle.facade());
        assertTrue(handle.ready());
        Telling told = new Telling();
        JsonNode first =
                world.json.valueToTree(AllWatcherFacade.deltas(documents.snapshot(), World.CONTROLLER, told, Set.of()));
        Set<String> kinds = new TreeSet<>();
        first.get("deltas")
                .forEach(d -> kinds.add(d.get(0).asText() + " " + d.get(1).asText()));
        assertEquals(
                new TreeSet<>(
                        List.of("application change", "charm change", "machine change", "model change", "unit change")),
                kinds);

        call("Application", "AddRelation", "{\"endpoints\":[\"wordpress\",\"mysql\"]}");
        JsonNode second = world.json.valueToTree(
                AllWatcherFacade.deltas(documents.snapshot(), World.CONTROLLER, told, documents.take()));
        JsonNode relation = null;
        for (JsonNode delta : second.get("deltas")) {
            relation = delta.get(0).asText().equals("relation") ? delta : relation;
        }
        assertEquals("wordpress:db mysql:db", relation.get(2).get("key").asText());
        assertTrue(relation.get(2).get("id").isNumber());

        call("Application", "DestroyRelation", "{\"endpoints\":[\"wordpress\",\"mysql\"]}");
        JsonNode third = world.json.valueToTree(
                AllWatcherFacade.deltas(documents.snapshot(), World.CONTROLLER, told, documents.take()));
        assertEquals("relation", third.at("/deltas/0/0").asText());
        assertEquals("remove", third.at("/deltas/0/1").asText());
        assertEquals("wordpress:db mysql:db", third.at("/deltas/0/2/key").asText());

        // What came and went between two looks is not told, and nothing to tell is nothing.
        assertEquals(
                null,
                AllWatcherFacade.deltas(
                        documents.snapshot(), World.CONTROLLER, told, Set.of(new Key(Kinds.UNIT, "ghost/0"))));
        // Soft changes are told as changes of what they are about.
        JsonNode soft = world.json.valueToTree(AllWatcherFacade.deltas(
                documents.snapshot(), World.CONTROLLER, told, Set.of(new Key(Kinds.UNIT_AGENT, "mysql/0"))));
        assertEquals("mysql/0", soft.at("/deltas/0/2/name").asText());
        assertTrue(soft.at("/deltas/0/2/agent-status").has("current"));
    }

    @Test
    public void charmsComeAndGoByHttp() throws Exception {
        byte[] archive = World.charm("mysql", "");
        String sha = World.sha(archive);
        var put = new HttpRoute.HttpRequest(
                Map.of("model", model, "object", "mysql-" + sha.substring(0, 7)),
                Map.of(),
                Map.of("juju-curl", "local:mysql-0"),
                new ByteArrayInputStream(archive));
        String pattern = "/model-{model}/charms/{object}";
        assertEquals("{\"charm-url\":\"local:mysql-0\"}", world.http("admin", model, "PUT", pattern, put));
        assertEquals("local:mysql-1", world.upload(model, archive));
        assertArrayEquals(archive, world.bytes("admin", model, "GET", pattern, put));
        var whole = new HttpRoute.HttpRequest(
                Map.of("model", model),
                Map.of("url", "local:mysql-1", "file", "*"),
                Map.of(),
                InputStream.nullInputStream());
        assertArrayEquals(archive, world.bytes("admin", model, "GET", "/model/{model}/charms", whole));
        var one = new HttpRoute.HttpRequest(
                Map.of("model", model),
                Map.of("url", "local:mysql-1", "file", "hooks/install"),
                Map.of(),
                InputStream.nullInputStream());
        assertEquals("#!/bin/sh\n", world.http("admin", model, "GET", "/model/{model}/charms", one));

        var wrong = new HttpRoute.HttpRequest(
                Map.of("model", model, "object", "mysql-0000000"),
                Map.of(),
                Map.of("juju-curl", "local:mysql-0"),
                new ByteArrayInputStream(archive));
        assertThrows(Refused.class, () -> world.http("admin", model, "PUT", pattern, wrong));
        assertThrows(Refused.class, () -> world.upload(model, World.zip(Map.of("../evil", "x"))));
        assertThrows(Refused.class, () -> world.upload(model, "no zip".getBytes()));
        assertThrows(Refused.class, () -> world.http("bob", model, "PUT", pattern, put));
        JsonNode info = call("Charms", "CharmInfo", "{\"url\":\"local:mysql-1\"}");
        assertEquals(1, info.get("revision").asInt());
        assertEquals("hello", info.at("/config/title/default").asText());
        assertEquals("mysql", info.at("/meta/name").asText());
    }

    /** `mysql` in revision 58, and nothing else. */
    private void source(byte[] archive) {
        world.sources.add(new CharmSource() {
            @Override
            public String name() {
                return "test";
            }

            @Override
            public int order() {
                return 1;
            }

            @Override
            public Optional<Found> find(String charm, String channel, int revision, List<String> folders) {
                return charm.equals("mysql")
                        ? Optional.of(new Found("mysql", 58, "stable", "charm-hub", "x"))
                        : Optional.empty();
            }

            @Override
            public InputStream open(Found found) {
                return new ByteArrayInputStream(archive);
            }
        });
    }

    @Test
    public void aCharmThatIsForgottenWhileItIsAskedForIsFetchedAnew() throws Exception {
        byte[] archive = World.charm("mysql", "provides: {db: {interface: mysql}}\n");
        source(archive);
        String url = "ch:amd64/mysql-58";
        World.MemoryDocuments documents = world.store.models.get(model);
        // The collector of unused charms, or the end of the last application that used it, and the collector after
        // that.
        Runnable forget = () -> {
            documents.submit(tx -> {
                tx.remove(Kinds.CHARM, url);
                return null;
            });
            world.blobs.remove(World.sha(archive));
        };
        String add = "{\"url\":\"ch:mysql\",\"charm-origin\":{\"source\":\"charm-hub\",\"base\":{}}}";
        call("Charms", "AddCharm", add);
        documents.meanwhile = forget;
        call("Charms", "AddCharm", add);
        assertTrue(documents.snapshot().has(Kinds.CHARM, url));
        assertTrue(world.blobs.containsKey(World.sha(archive)));

        documents.meanwhile = forget;
        JsonNode deployed =
                call("Application", "DeployFromRepository", "{\"Args\":[{\"CharmName\":\"mysql\",\"num-units\":1}]}");
        assertEquals(deployed.toString(), 0, deployed.at("/Results/0/Errors").size());
        assertTrue(documents.snapshot().has(Kinds.CHARM, url));
        assertTrue(world.blobs.containsKey(World.sha(archive)));
    }

    @Test
    public void deploysByNameFromASource() throws Exception {
        byte[] archive = World.charm("mysql", "provides: {db: {interface: mysql}}\n");
        source(archive);
        JsonNode deployed = call(
                "Application",
                "DeployFromRepository",
                "{\"Args\":[{\"CharmName\":\"mysql\",\"ApplicationName\":\"\",\"num-units\":2,\"Trust\":true,"
                        + "\"ConfigYAML\":\"\",\"Cons\":{},\"Placement\":null,\"revision\":null}]}");
        JsonNode info = deployed.at("/Results/0/Info");
        assertEquals(0, deployed.at("/Results/0/Errors").size());
        assertEquals(58, info.get("revision").asInt());
        assertEquals("stable", info.get("effective-channel").asText());
        JsonNode status = call("Client", "FullStatus", "{}");
        assertEquals("ch:amd64/mysql-58", status.at("/applications/mysql/charm").asText());
        assertEquals("stable", status.at("/applications/mysql/charm-channel").asText());
        assertEquals(2, status.at("/applications/mysql/units").size());
        assertTrue(call("Application", "Get", "{\"application\":\"mysql\"}")
                .at("/application-config/trust/value")
                .asBoolean());
        JsonNode missing =
                call("Application", "DeployFromRepository", "{\"Args\":[{\"CharmName\":\"nosuch\",\"num-units\":1}]}");
        assertEquals("not found", missing.at("/Results/0/Errors/0/code").asText());
        JsonNode resolved = call("Charms", "ResolveCharms", "{\"resolve\":[{\"reference\":\"mysql\"}]}");
        assertEquals("ch:amd64/mysql-58", resolved.at("/results/0/url").asText());
    }

    @Test
    public void aUnitIsShownWithWhatItSaysAndWhatItHears() throws Exception {
        deployBoth();
        call("Application", "AddRelation", "{\"endpoints\":[\"wordpress\",\"mysql\"]}");
        World.get(world.store.models.get(model).submit(tx -> {
            tx.put(Kinds.RELATION_UNIT, new RelationUnit(0, "mysql/0", true, Map.of("host", "h"), 1, ""));
            tx.put(Kinds.RELATION_UNIT, new RelationUnit(0, "wordpress/0", false, Map.of("name", "n"), 1, ""));
            return null;
        }));
        JsonNode relation = call("Application", "UnitsInfo", "{\"entities\":[{\"tag\":\"unit-mysql-0\"}]}")
                .at("/results/0/result/relation-data/0");
        assertFalse(relation.path("cross-model").asBoolean());
        JsonNode own = relation.path("unit-relation-data").path("mysql/0");
        assertEquals("{\"in-scope\":true,\"data\":{\"host\":\"h\"}}", own.toString());
        JsonNode other = relation.path("unit-relation-data").path("wordpress/0");
        assertEquals("n", other.at("/data/name").asText());
        assertFalse(other.path("in-scope").asBoolean());
    }

    @Test
    public void removesWithWhatBelongsToIt() throws Exception {
        deployBoth();
        call("Application", "AddRelation", "{\"endpoints\":[\"wordpress\",\"mysql\"]}");
        JsonNode dry = call(
                "Application",
                "DestroyApplication",
                "{\"applications\":[{\"application-tag\":\"application-mysql\",\"dry-run\":true}]}");
        assertEquals(
                "unit-mysql-0", dry.at("/results/0/info/destroyed-units/0/tag").asText());
        assertEquals(1, call("Client", "FullStatus", "{}").get("relations").size());
        call("Application", "DestroyApplication", "{\"applications\":[{\"application-tag\":\"application-mysql\"}]}");
        JsonNode status = call("Client", "FullStatus", "{}");
        assertEquals(0, status.get("relations").size());
        JsonNode gone = status.at("/applications/mysql");
        assertTrue(gone.isMissingNode() || gone.get("life").asText().equals("dying"));
        JsonNode error = call(
                "Application",
                "DestroyUnit",
                "{\"units\":[{\"unit-tag\":\"unit-nosuch-9\"},{\"unit-tag\":\"unit-wordpress-0\"}]}");
        assertEquals("not found", error.at("/results/0/error/code").asText());
        assertFalse(error.get("results").get(1).has("error"));
    }

    @Test
    public void smallFacadesAnswer() throws Exception {
        deployBoth();
        call(
                "Annotations",
                "Set",
                "{\"annotations\":[{\"entity\":\"application-mysql\",\"annotations\":{\"gui-x\":\"1\"}}]}");
        assertEquals(
                "1",
                call("Annotations", "Get", "{\"entities\":[{\"tag\":\"application-mysql\"}]}")
                        .at("/results/0/annotations/gui-x")
                        .asText());
        assertEquals(
                "alpha",
                call("Spaces", "ListSpaces", null).at("/results/0/name").asText());
        assertEquals(
                "m",
                call("ModelConfig", "ModelGet", "{}").at("/config/name/value").asText());
        call("ModelConfig", "SetModelConstraints", "{\"constraints\":{\"mem\":2048}}");
        assertEquals(
                2048,
                call("ModelConfig", "GetModelConstraints", null)
                        .at("/constraints/mem")
                        .asInt());
        assertEquals(
                "mysql",
                call("Application", "ApplicationsInfo", "{\"entities\":[{\"tag\":\"application-mysql\"}]}")
                        .at("/results/0/result/charm")
                        .asText());
        assertEquals(
                "unit-mysql-0",
                call("Application", "UnitsInfo", "{\"entities\":[{\"tag\":\"application-mysql\"}]}")
                        .at("/results/0/result/tag")
                        .asText());
        call("Application", "Expose", "{\"application\":\"mysql\",\"exposed-endpoints\":null}");
        assertTrue(call("Client", "FullStatus", "{}")
                .at("/applications/mysql/exposed")
                .asBoolean());
        assertEquals(
                "2",
                call("MachineManager", "AddMachines", "{\"params\":[{}]}")
                        .at("/machines/0/machine")
                        .asText());
        assertEquals(
                2,
                call(
                                "Client",
                                "StatusHistory",
                                "{\"requests\":[{\"historyKind\":\"unit\",\"tag\":\"unit-mysql-0\",\"size\":20}]}")
                        .at("/results/0/history/statuses")
                        .size());
    }

    @Test
    public void usersAndClouds() throws Exception {
        assertEquals(
                "user-eve",
                world.call("admin", null, "UserManager", "AddUser", "{\"users\":[{\"username\":\"eve\"}]}")
                        .at("/results/0/tag")
                        .asText());
        assertFalse(world.store
                .controller()
                .snapshot()
                .get(Kinds.USER, "eve")
                .secretKey()
                .isEmpty());
        assertEquals(
                3,
                world.call("admin", null, "UserManager", "UserInfo", "{}")
                        .get("results")
                        .size());
        assertEquals(
                1,
                world.call("bob", null, "UserManager", "UserInfo", "{}")
                        .get("results")
                        .size());
        assertThrows(
                Refused.class,
                () -> world.call("bob", null, "UserManager", "AddUser", "{\"users\":[{\"username\":\"x\"}]}"));
        assertEquals(
                "{\"results\":[{}]}",
                world.call(
                                "bob",
                                null,
                                "UserManager",
                                "SetPassword",
                                "{\"changes\":[{\"tag\":\"user-bob\",\"password\":\"new\"}]}")
                        .toString());
        assertTrue(world.call("admin", null, "Cloud", "Clouds", null)
                .at("/clouds/cloud-localhost")
                .isObject());
        String credential = "{\"credentials\":[{\"tag\":\"cloudcred-localhost_bob_default\",\"credential\":"
                + "{\"auth-type\":\"empty\",\"attrs\":{\"token\":\"secret\"}}}]}";
        assertFalse(world.call("bob", null, "Cloud", "UpdateCredentialsCheckModels", credential)
                .at("/results/0")
                .has("error"));
        assertEquals(
                "[\"cloudcred-localhost_bob_default\"]",
                world.call(
                                "bob",
                                null,
                                "Cloud",
                                "UserCredentials",
                                "{\"user-clouds\":[{\"user-tag\":\"user-bob\",\"cloud-tag\":\"cloud-localhost\"}]}")
                        .at("/results/0/result")
                        .toString());
        JsonNode shown = world.call(
                "bob", null, "Cloud", "Credential", "{\"entities\":[{\"tag\":\"cloudcred-localhost_bob_default\"}]}");
        assertFalse(shown.toString().contains("secret"));
        assertEquals("token", shown.at("/results/0/result/redacted/0").asText());
        assertEquals(
                World.CONTROLLER,
                world.call("bob", null, "Controller", "ControllerConfig", null)
                        .at("/config/controller-uuid")
                        .asText());
        assertEquals(
                "PEM",
                world.call(
                                "admin",
                                null,
                                "Controller",
                                "ControllerAPIInfoForModels",
                                "{\"entities\":[{\"tag\":\"model-" + model + "\"}]}")
                        .at("/results/0/cacert")
                        .asText());
    }
}
