package org.isthmus.apiserver;

import static org.isthmus.apiserver.World.get;
import static org.isthmus.apiserver.World.until;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Refused;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Endpoint;
import org.isthmus.client.Login;
import org.isthmus.model.Kinds;
import org.isthmus.rpc.Caller;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** Calls that carry a key, and whose answer is lost: with the connection, or with the server. */
public class OnceTest {
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

    private static CompletionStage<JsonNode> count(ApiConnection c, String name, String key) {
        return call(c, "Count", Map.of("name", name), key);
    }

    private static CompletionStage<JsonNode> call(ApiConnection c, String method, Object params, String key) {
        return c.call("Thing", 4, "", method, params, null, key);
    }

    private ApiConnection connect(String user) throws Exception {
        return world.connect(World.MODEL, Login.user(user, "secret"));
    }

    /** At a server that knows only what is in the documents: the one before it is gone. */
    private ApiConnection later() throws Exception {
        Server next = world.servers.start(world, world.base.resolve("ca"), "127.0.0.1", 0);
        return get(world.dialer.connect(
                new Endpoint(List.of("127.0.0.1:" + next.port()), world.caCert(), World.MODEL),
                Login.user("writer", "secret"),
                World.LIMIT));
    }

    private String counted() {
        return world.models.get(World.MODEL).snapshot().model().name();
    }

    @Test
    public void whoComesAgainJoinsTheFirstAttempt() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        things.gates.put("slow", gate);
        ApiConnection lost = connect("writer");
        count(lost, "slow", "k");
        until("the commit is done", () -> counted().equals("1"));
        lost.close();

        CompletionStage<JsonNode> again = count(connect("writer"), "slow", "k");
        gate.complete(null);

        assertEquals("{\"name\":\"slow\",\"version\":1}", get(again).toString());
        // And whoever comes after it gets its answer.
        assertEquals(get(again), get(count(connect("writer"), "slow", "k")));
        assertEquals(1, things.entered.get());
        assertEquals("1", counted());
    }

    @Test
    public void whatFailedIsTriedAnew() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        things.gates.put("slow", gate);
        CompletionStage<JsonNode> first = count(connect("writer"), "slow", "k");
        until("the commit is done", () -> counted().equals("1"));
        gate.completeExceptionally(new IllegalStateException("broken after the commit"));
        assertThrows(Refused.class, () -> get(first));
        things.gates.remove("slow");

        assertEquals(
                "{\"name\":\"slow\",\"version\":1}",
                get(count(connect("writer"), "slow", "k")).toString());
        assertEquals(2, things.entered.get());
        assertEquals("1", counted());
    }

    @Test
    public void anotherServerAnswersFromWhatWasCommitted() throws Exception {
        JsonNode first = get(count(connect("writer"), "n", "k"));
        assertEquals(first, get(count(later(), "n", "k")));
        assertEquals(2, things.entered.get());
        assertEquals("1", counted());
    }

    @Test
    public void eachItemIsRememberedByItself() throws Exception {
        List<String> names = List.of("bad", "a", "a");
        assertEquals(
                "[\"refused\",\"1\",\"2\"]",
                get(call(connect("writer"), "CountEach", names, "k")).toString());
        // What was refused before its commit, when nothing had been counted, takes nobody's answer now.
        assertEquals(
                "[\"3\",\"1\",\"2\"]",
                get(call(later(), "CountEach", names, "k")).toString());
        assertEquals("3", counted());
    }

    @Test
    public void aLongAnswerIsNotKeptButNothingIsDoneTwice() throws Exception {
        String name = "x".repeat(40_000);
        get(count(connect("writer"), name, "k"));
        ApiConnection later = later();
        assertEquals(
                "this was done when it was first asked; the answer was too long to be told again",
                assertThrows(Refused.class, () -> get(count(later, name, "k"))).getMessage());
        assertEquals("1", counted());
    }

    @Test
    public void whatIsMadeHasTheSameUuidEachTime() throws Exception {
        JsonNode first = get(call(connect("writer"), "Uuids", Map.of(), "k"));
        assertEquals(first, get(call(later(), "Uuids", Map.of(), "k")));
        Set<String> all = Set.of(
                first.get(0).asText(),
                first.get(1).asText(),
                first.get(2).asText(),
                get(call(connect("writer"), "Uuids", Map.of(), "k2")).get(0).asText(),
                get(call(connect("writer"), "Uuids", Map.of(), null)).get(0).asText());
        all.forEach(uuid -> assertTrue(uuid, org.isthmus.api.Names.isUuid(uuid)));
    }

    @Test
    public void aKeyIsOfOneCallerAndOneRequest() throws Exception {
        get(count(connect("writer"), "n", "k"));
        assertEquals(2, get(count(connect("reader"), "n", "k")).path("version").asInt());
        assertEquals(
                3, get(count(connect("writer"), "other", "k")).path("version").asInt());
        assertEquals(4, get(count(connect("writer"), "n", "k2")).path("version").asInt());
        assertEquals(5, get(count(connect("writer"), "n", null)).path("version").asInt());
        assertEquals(6, get(count(connect("writer"), "n", null)).path("version").asInt());
        ApiConnection elsewhere = world.connect(World.OTHER, Login.user("admin", "secret"));
        ApiConnection here = world.connect(World.MODEL, Login.user("admin", "secret"));
        assertEquals(1, get(count(elsewhere, "n", "k")).path("version").asInt());
        assertEquals(7, get(count(here, "n", "k")).path("version").asInt());
    }

    @Test
    public void whoMayNotAnyMoreIsNotAnswered() throws Exception {
        get(count(connect("reader"), "n", "k"));
        get(world.models.get(World.MODEL).submit(tx -> {
            tx.remove(Kinds.MODEL_USER, "reader");
            return null;
        }));
        ApiConnection admin = world.connect(World.MODEL, Login.user("admin", "secret"));
        assertThrows(Refused.class, () -> get(count(connect("reader"), "n", "k")));
        assertEquals(2, get(count(admin, "n", "k")).path("version").asInt());
    }

    @Test
    public void aKeyThatIsNoneIsRefused() throws Exception {
        for (String key : List.of("two words", "x".repeat(65), "\u00e4", "a\nb")) {
            ApiConnection writer = connect("writer");
            assertEquals(
                    "bad request: request-key is not 1 to 64 letters, digits and any of \"_.:/-\"",
                    assertThrows(Refused.class, () -> get(count(writer, "n", key)))
                            .getMessage());
        }
        assertEquals("m", counted());
    }

    @Test
    public void strangersCannotBeToldApart() {
        ObjectMapper json = world.server.json();
        Caller admin = new Caller("admin", Set.of(), false, 1, "here");
        assertNull(Once.of(json, new Caller(null, Set.of(), true, 1, "here"), World.MODEL, "Thing.Count", "{}", "k"));
        assertNull(Once.of(json, admin, World.MODEL, "Thing.Count", "{}", ""));
        assertNotNull(Once.of(json, admin, World.MODEL, "Thing.Count", "{}", "k"));
    }
}
