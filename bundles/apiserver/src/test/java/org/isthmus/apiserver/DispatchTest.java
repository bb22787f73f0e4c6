package org.isthmus.apiserver;

import static org.isthmus.apiserver.World.get;
import static org.isthmus.apiserver.World.refusal;
import static org.isthmus.apiserver.World.until;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Refused;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Login;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

public class DispatchTest {
    private static final String DENIED = "permission denied|unauthorized access";
    private World world;
    private final Things things = new Things();

    @Before
    public void open() throws Exception {
        world = new World();
        world.servers.bind("things", things);
    }

    @After
    public void close() {
        world.close();
    }

    private static CompletionStage<JsonNode> call(ApiConnection c, String method, Object params) {
        return c.call("Thing", 4, "", method, params);
    }

    /** A method that touches files takes no thread of those that only decide. */
    @Test
    public void whatBlocksHasThreadsOfItsOwn() throws Exception {
        try (ApiConnection c = world.connect(World.MODEL, Login.user("reader", "secret"))) {
            String thread = get(call(c, "Where", Map.of())).path("name").asText();
            assertTrue(thread, thread.startsWith("isthmus-api-blocking-"));
            assertTrue(refusal(call(c, "Where", Map.of("name", "broken"))).startsWith("internal error"));
        }
    }

    @Test
    public void everyLevelForEveryCaller() throws Exception {
        Map<String, ApiConnection> callers = new LinkedHashMap<>();
        callers.put("anonymous", world.connect(World.MODEL, Login.anonymous()));
        for (String user : List.of("reader", "writer", "owner", "admin")) {
            callers.put(user, world.connect(World.MODEL, Login.user(user, "secret")));
        }
        callers.put("machine", world.connect(World.MODEL, World.machine0()));
        ApiConnection both = world.connect(World.MODEL, Login.agent("machine-1", "secret", "nonce"));
        get(both.login(Login.agent("unit-mysql-1", "secret", null)));
        callers.put("machine+unit", both);
        callers.put("unit", world.connect(World.MODEL, Login.agent("unit-mysql-0", "secret", null)));
        Map<String, Set<String>> allowed = Map.of(
                "Authenticated", Set.of("reader", "writer", "owner", "admin", "machine", "machine+unit", "unit"),
                "Read", Set.of("reader", "writer", "owner", "admin"),
                "Write", Set.of("writer", "owner", "admin"),
                "Admin", Set.of("owner", "admin"),
                "Superuser", Set.of("admin"),
                "Login", Set.of("reader", "writer", "owner", "admin"),
                "Checked", Set.of("reader", "writer", "owner", "admin"),
                "Machine", Set.of("machine", "machine+unit"),
                "Unit", Set.of("machine+unit", "unit"),
                "Agent", Set.of("machine", "machine+unit", "unit"));
        for (var level : allowed.entrySet()) {
            for (var caller : callers.entrySet()) {
                CompletionStage<JsonNode> answer = call(caller.getValue(), level.getKey(), Map.of("name", "n"));
                String what = caller.getKey() + " " + level.getKey();
                if (level.getValue().contains(caller.getKey())) {
                    assertTrue(what, get(answer).isObject());
                } else if (caller.getKey().equals("anonymous")) {
                    assertEquals(
                            what,
                            "facade \"Thing\" not supported for anonymous API connection|not supported",
                            refusal(answer));
                } else {
                    assertEquals(what, DENIED, refusal(answer));
                }
            }
        }
        assertTrue(get(callers.get("anonymous").call("Far", 1, "", "Hello", null))
                .path("anonymous")
                .asBoolean());
        assertEquals(DENIED, refusal(callers.get("anonymous").call("Far", 1, "", "Known", null)));
        assertFalse(get(callers.get("unit").call("Far", 1, "", "Hello", null))
                .path("anonymous")
                .asBoolean());
    }

    private void grant(String user, String access) throws Exception {
        get(world.model().submit(tx -> {
            world.engine.grantModel(tx, user, user, access, "admin", java.time.Instant.now());
            return null;
        }));
    }

    @Test
    public void kindsOfConnectionSeeTheirFacades() throws Exception {
        ApiConnection model = world.connect(World.MODEL, Login.user("admin", "secret"));
        ApiConnection controller = world.connect(null, Login.user("admin", "secret"));
        ApiConnection anonymous = world.connect(World.MODEL, Login.anonymous());
        assertEquals(
                Set.of("Pinger", "Thing", "ThingWatcher", "Far"),
                model.loginResult().facades().keySet());
        assertEquals(List.of(1, 2, 3, 4), model.loginResult().facades().get("Thing"));
        assertEquals(
                Set.of("Pinger", "Boss", "ThingWatcher", "Far"),
                controller.loginResult().facades().keySet());
        assertEquals(Set.of("Pinger", "Far"), anonymous.loginResult().facades().keySet());
        assertEquals(
                "facade \"Thing\" not supported for controller API connection|not supported",
                refusal(call(controller, "Read", null)));
        assertEquals(
                "facade \"Boss\" not supported for model API connection|not supported",
                refusal(model.call("Boss", 1, "", "Boss", null)));
        assertFalse(get(controller.call("Boss", 1, "", "Boss", null))
                .path("on-model")
                .asBoolean());
        assertEquals(
                "not supported on a controller API connection|not supported",
                refusal(controller.call("Boss", 1, "", "NeedsModel", null)));
        assertEquals(3, model.bestVersion("Thing", 2, 3, 9));
    }

    @Test
    public void versionsAndUnknownThings() throws Exception {
        ApiConnection c = world.connect(World.MODEL, Login.user("reader", "secret"));
        assertEquals(
                "old", get(c.call("Thing", 1, "", "Read", null)).path("name").asText());
        assertEquals(
                "{\"Any\":{\"a\":1}}",
                get(c.call("Thing", 3, "", "Late", Map.of("Any", Map.of("a", 1))))
                        .toString());
        assertEquals(
                "no such request - method Thing(2).Late is not implemented|not implemented",
                refusal(c.call("Thing", 2, "", "Late", null)));
        assertTrue(get(c.call("Thing", 2, "", "Early", null)).path("early").asBoolean());
        assertEquals(
                "no such request - method Thing(3).Early is not implemented|not implemented",
                refusal(c.call("Thing", 3, "", "Early", null)));
        assertEquals(
                "unknown version (9) of facade type \"Thing\"|not implemented",
                refusal(c.call("Thing", 9, "", "Read", null)));
        assertEquals("unknown facade type \"X\"|not implemented", refusal(c.call("X", 1, "", "Read", null)));
        // Keys in any case, nulls for anything optional.
        Map<String, Object> nulls = new java.util.HashMap<>();
        nulls.put("Name", "n");
        nulls.put("list", null);
        JsonNode answer = get(call(c, "Read", nulls));
        assertEquals("nread", answer.path("name").asText());
        assertFalse(answer.has("version"));
        assertEquals(
                "bad request: \"list\" must be a list|bad request",
                refusal(call(c, "Read", Map.of("list", Map.of("no", "list")))));
        assertEquals("bad request: the parameters must be an object|bad request", refusal(call(c, "Read", List.of(1))));
        // Whoever sends a megabyte as a name does not get it back.
        assertTrue(refusal(c.call("x".repeat(1 << 20), 1, "", "Read", null)).length() < 5000);
        assertTrue(refusal(call(c, "Bug", null)).startsWith("internal error, see the controller's log for trace "));
        try {
            get(call(c, "Refuse", null));
            throw new AssertionError("not refused");
        } catch (Refused refused) {
            assertEquals("not found error", refused.problem().message());
            assertEquals(List.of(1, 2), refused.problem().info().get("more"));
        }
    }

    @Test
    public void rightsThatWereTakenBackDoNotCommit() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        things.gates.put("late", gate);
        ApiConnection c = world.connect(World.MODEL, Login.user("writer", "secret"));
        CompletionStage<JsonNode> writing = call(c, "Write", Map.of("name", "late"));
        // The next one overtakes it: requests of one connection run side by side.
        get(call(c, "Write", Map.of("name", "now")));
        grant("writer", "read");
        gate.complete(null);
        assertEquals(DENIED, refusal(writing));
        assertEquals("now", world.model().snapshot().model().name());
        get(world.controller.submit(tx -> {
            world.engine.setDisabled(tx, "writer", true);
            return null;
        }));
        refusedOrClosed(call(c, "Read", Map.of()));
    }

    /** Whoever may no longer log in is sent away; the call is refused when it is faster than that. */
    private static void refusedOrClosed(CompletionStage<JsonNode> call) throws Exception {
        try {
            assertEquals(DENIED, refusal(call));
        } catch (java.io.IOException closed) {
            assertTrue(closed.getMessage(), closed.getMessage().contains("access was taken back"));
        }
    }

    @Test
    public void aModelOnItsWayTakesNoChangesOfUsers() throws Exception {
        ApiConnection c = world.connect(World.MODEL, Login.user("writer", "secret"));
        get(world.model().submit(tx -> {
            tx.put(Kinds.MODEL, tx.now().model().withMode(ModelRecord.Mode.MIGRATING));
            return null;
        }));
        assertEquals("model migration in progress|model migration in progress", refusal(call(c, "Write", Map.of())));
        get(call(c, "Read", Map.of()));
    }

    @Test
    public void changesAreAudited() throws Exception {
        ApiConnection c = world.connect(World.MODEL, Login.user("writer", "secret"));
        get(c.call("Thing", 4, "", "Write", Map.of("name", "sesame"), "trace-1"));
        ApiConnection reader = world.connect(World.MODEL, Login.user("reader", "secret"));
        assertEquals(DENIED, refusal(call(reader, "Write", Map.of("name", "b"))));
        get(call(reader, "Read", Map.of()));
        String log = Files.readString(world.base.resolve("audit.log"));
        assertTrue(log, log.contains("\"conversation\":{\"who\":\"user-writer\""));
        assertTrue(log, log.contains("\"method\":\"Write\",\"version\":4,\"who\":\"user-writer\""));
        assertTrue(log, log.contains("\"trace\":\"trace-1\""));
        assertTrue(log, log.contains("\"errors\":[null]"));
        assertTrue(log, log.contains("\"message\":\"permission denied\""));
        assertFalse(log, log.contains("\"method\":\"Read\""));
        assertFalse("parameters may be secret", log.contains("sesame"));
    }

    private String audited(Map<String, Object> settings, String method, Object params) throws Exception {
        get(world.controller.submit(tx -> {
            tx.put(Kinds.CONTROLLER, tx.now().controller().withSettings(settings));
            return null;
        }));
        String before = Files.readString(world.base.resolve("audit.log"));
        ApiConnection c = world.connect(World.MODEL, Login.user("writer", "secret"));
        get(call(c, method, params));
        String after = Files.readString(world.base.resolve("audit.log"));
        return after.startsWith(before) ? after.substring(before.length()) : after;
    }

    @Test
    public void settingsRuleTheAuditLog() throws Exception {
        Map<String, Object> params =
                Map.of("name", "sesame", "password", "opens", "inner", List.of(Map.of("api-key", "it")));
        assertEquals("", audited(Map.of("auditing-enabled", false), "Write", params));
        String shown = audited(Map.of("audit-log-capture-args", true), "Write", params);
        assertTrue(shown, shown.contains("sesame"));
        assertFalse(shown, shown.contains("opens") || shown.contains("\\\"it\\\""));
        assertFalse(audited(Map.of("audit-log-exclude-methods", "ReadOnlyMethods,Thing.Write"), "Write", params)
                .contains("\"method\""));
        String read = audited(Map.of("audit-log-exclude-methods", "Thing.Write"), "Read", Map.of());
        assertTrue(read, read.contains("\"method\":\"Read\""));
        audited(Map.of("audit-log-max-size", "0.0001M", "audit-log-max-backups", 2), "Write", params);
        audited(Map.of("audit-log-max-size", "0.0001M", "audit-log-max-backups", 2), "Write", params);
        assertTrue(Files.exists(world.base.resolve("audit.log.2")));
        assertFalse(Files.exists(world.base.resolve("audit.log.3")));
    }

    @Test
    public void watchersParkTellAndStop() throws Exception {
        ApiConnection c = world.connect(World.MODEL, Login.user("writer", "secret"));
        int before = world.model().watches();
        JsonNode made = get(call(c, "Watch", null));
        String id = made.path("watcher-id").asText();
        assertEquals("first", made.path("name").asText());
        CompletableFuture<JsonNode> next =
                c.call("ThingWatcher", 1, id, "Next", Map.of()).toCompletableFuture();
        get(call(c, "Write", Map.of("name", "quiet")));
        get(c.ping(World.LIMIT));
        assertFalse(next.isDone());
        get(call(c, "Write", Map.of("name", "loud")));
        assertEquals("loud", get(next).path("name").asText());
        // Between two calls nothing is lost, and a failure to tell loses nothing either.
        get(call(c, "Write", Map.of("name", "broken")));
        assertEquals("broken|not valid", refusal(c.call("ThingWatcher", 1, id, "Next", null)));
        get(world.model().submit(tx -> {
            tx.put(Kinds.MODEL, tx.now().model().withName("mended"));
            return null;
        }));
        assertEquals(
                "mended",
                get(c.call("ThingWatcher", 1, id, "Next", null)).path("name").asText());
        assertEquals("unknown watcher id|not found", refusal(c.call("ThingWatcher", 1, "77", "Next", null)));
        // The change that was told out of turn may be told once more; of this one there is nothing to tell.
        get(call(c, "Write", Map.of("name", "quiet")));
        CompletableFuture<JsonNode> parked =
                c.call("ThingWatcher", 1, id, "Next", null).toCompletableFuture();
        // Calls of one connection may overtake each other.
        until("the call waits", () -> world.model().parked() == world.model().watches());
        get(c.call("ThingWatcher", 1, id, "Stop", null));
        assertEquals("watcher was stopped|stopped", refusal(parked));
        assertEquals("unknown watcher id|not found", refusal(c.call("ThingWatcher", 1, id, "Next", null)));
        assertEquals(before, world.model().watches());

        JsonNode many = get(call(c, "WatchMany", null)).path("results");
        assertEquals(
                "controller",
                get(c.call("ThingWatcher", 1, many.path(1).path("id").asText(), "Next", null))
                        .path("name")
                        .asText());
        assertEquals(before + 1, world.model().watches());
        c.close();
        until("closing ends watchers", () -> world.model().watches() == 0 && world.controller.watches() == 0);
    }

    @Test
    public void aConsumerIsThereAsLongAsOneOfItsWatchersIs() throws Exception {
        ApiConnection first = world.connect(World.MODEL, Login.user("reader", "secret"));
        String id = get(call(first, "WatchAsConsumer", null)).path("watcher-id").asText();
        until("the consumer is there", this::consumerIsThere);
        ApiConnection second = world.connect(World.MODEL, Login.user("reader", "secret"));
        get(call(second, "WatchAsConsumer", null));
        get(first.call("ThingWatcher", 1, id, "Stop", null));
        get(call(second, "Read", null));
        assertTrue(consumerIsThere());
        second.close();
        until("the consumer is away", () -> !consumerIsThere());
        get(call(first, "WatchAsConsumer", null));
        until("the consumer is back", this::consumerIsThere);
        first.close();
        until("the consumer is away again", () -> !consumerIsThere());
    }

    private boolean consumerIsThere() {
        var at = world.model().snapshot().get(Kinds.CONSUMER_PRESENCE, "token");
        return at != null && at.alive();
    }

    @Test
    public void aWatcherEndsWithTheRightsOfItsMaker() throws Exception {
        ApiConnection c = world.connect(World.MODEL, Login.user("reader", "secret"));
        String id = get(call(c, "Watch", null)).path("watcher-id").asText();
        CompletionStage<JsonNode> next = c.call("ThingWatcher", 1, id, "Next", null);
        get(world.model().submit(tx -> {
            tx.remove(Kinds.MODEL_USER, "reader");
            tx.put(Kinds.MODEL, tx.now().model().withName("secret plans"));
            return null;
        }));
        refusedOrClosed(next);
    }

    @Test
    public void aClosedConnectionFailsWhatIsPending() throws Exception {
        ApiConnection c = world.connect(World.MODEL, Login.user("reader", "secret"));
        String id = get(call(c, "Watch", null)).path("watcher-id").asText();
        CompletionStage<JsonNode> next = c.call("ThingWatcher", 1, id, "Next", null);
        world.server.close();
        try {
            get(next);
            throw new AssertionError("answered");
        } catch (java.io.IOException lost) {
            assertTrue(lost.getMessage(), lost.getMessage().startsWith("connection to the controller is closed"));
        }
        assertFalse(c.isOpen());
        assertNull(c.loginResult().facades().get("nothing"));
    }

    @Test
    public void bigMessagesBothWays() throws Exception {
        ApiConnection c = world.connect(World.MODEL, Login.user("reader", "secret"));
        int size = 20 << 20;
        assertEquals(
                size,
                get(call(c, "Big", Map.of("size", size))).path("text").asText().length());
        assertEquals(
                8 << 20,
                get(c.call("Thing", 3, "", "Late", Map.of("a", "y".repeat(8 << 20))))
                        .path("a")
                        .asText()
                        .length());
    }
}
