package org.isthmus.apiserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.isthmus.apiserver.World.get;
import static org.isthmus.apiserver.World.refusal;
import static org.isthmus.apiserver.World.until;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.isthmus.api.Refused;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Login;
import org.isthmus.client.LoginResult;
import org.isthmus.model.Kinds;
import org.isthmus.model.User;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

public class LoginTest {
    private World world;

    @Before
    public void open() throws Exception {
        world = new World();
    }

    @After
    public void close() {
        world.close();
    }

    @Test
    public void aUserLogsInToTheController() throws Exception {
        try (ApiConnection c = world.connect(null, Login.user("admin", "secret"))) {
            LoginResult result = c.loginResult();
            assertEquals(World.CONTROLLER, result.controllerUuid());
            assertEquals("3.6.9", result.serverVersion());
            assertEquals("admin", result.user());
            assertEquals("superuser", result.controllerAccess());
            assertEquals(List.of("127.0.0.1:" + world.server.port()), result.servers());
            assertEquals(List.of(1), result.facades().get("Pinger"));
            assertFalse(result.raw().has("model-tag"));
            get(c.ping(World.LIMIT));
        }
    }

    @Test
    public void aUserLogsInToAModel() throws Exception {
        try (ApiConnection c = world.connect(World.MODEL, Login.user("reader@local", "secret"))) {
            assertEquals(World.MODEL, c.loginResult().modelUuid());
            assertEquals("read", c.loginResult().modelAccess());
            assertEquals("login", c.loginResult().controllerAccess());
        }
        until("connection noted", () -> world.model().snapshot().has(Kinds.LAST_CONNECTION, "reader"));
    }

    /** A session that only waits ends too: nobody has to ask first. */
    @Test
    public void aDisabledUsersSessionsEnd() throws Exception {
        try (ApiConnection there = world.connect(null, Login.user("reader", "secret"));
                ApiConnection here = world.connect(World.MODEL, Login.user("reader", "secret"));
                ApiConnection other = world.connect(World.MODEL, Login.user("writer", "secret"))) {
            get(world.controller.submit(tx -> {
                tx.put(Kinds.USER, tx.need(Kinds.USER, "reader").withDisabled(true));
                return null;
            }));
            until("both ended", () -> !there.isOpen() && !here.isOpen());
            get(other.ping(World.LIMIT));
        }
    }

    @Test
    public void revokingTheModelEndsSessionsOnItAndNoOther() throws Exception {
        try (ApiConnection there = world.connect(null, Login.user("reader", "secret"));
                ApiConnection here = world.connect(World.MODEL, Login.user("reader", "secret"))) {
            get(world.model().submit(tx -> {
                tx.remove(Kinds.MODEL_USER, "reader");
                return null;
            }));
            until("ended", () -> !here.isOpen());
            get(there.ping(World.LIMIT));
        }
    }

    @Test
    public void whoMayNotEnterTheControllerMayEnterNoModelUnlessItSaysSo() throws Exception {
        try (ApiConnection here = world.connect(World.MODEL, Login.user("reader", "secret"))) {
            get(world.controller.submit(tx -> {
                tx.put(Kinds.USER, tx.need(Kinds.USER, "reader").withAccess(""));
                return null;
            }));
            until("ended", () -> !here.isOpen());
        }
        assertEquals(
                "permission denied|unauthorized access",
                refusal(world.connect(World.MODEL).login(Login.user("reader", "secret"))));
        get(world.controller.submit(tx -> {
            tx.put(Kinds.CONTROLLER, tx.now().controller().withSettings(Map.of("allow-model-access", true)));
            return null;
        }));
        get(world.connect(World.MODEL, Login.user("reader", "secret")).ping(World.LIMIT));
        assertEquals(
                "permission denied|unauthorized access",
                refusal(world.connect(null).login(Login.user("reader", "secret"))));
    }

    @Test
    public void anotherLevelEndsNothing() throws Exception {
        try (ApiConnection here = world.connect(World.MODEL, Login.user("writer", "secret"))) {
            get(world.model().submit(tx -> {
                tx.put(Kinds.MODEL_USER, tx.need(Kinds.MODEL_USER, "writer").withAccess("read"));
                return null;
            }));
            get(here.ping(World.LIMIT));
            assertTrue(here.isOpen());
        }
    }

    @Test
    public void badLoginsAreRefused() throws Exception {
        String bad = "invalid entity name or password|unauthorized access";
        try (ApiConnection c = world.connect(null)) {
            assertEquals(bad, refusal(c.login(Login.user("admin", "wrong"))));
            assertEquals(bad, refusal(c.login(Login.user("ghost", "secret"))));
            assertEquals(bad, refusal(c.login(Login.user("gone", "secret"))));
            assertEquals(bad, refusal(c.login(new Login("nonsense", "x", null))));
            assertEquals(bad, refusal(c.login(new Login("machine-0", "secret", "nonce"))));
            assertEquals("no credentials provided|no credentials provided", refusal(c.login(Login.user("admin", ""))));
            assertEquals(
                    "no such request - method Admin(4).Login is not implemented|not implemented",
                    refusal(c.call("Admin", 4, "", "Login", Map.of())));
            assertEquals("not redirected|", refusal(c.call("Admin", 3, "", "RedirectInfo", null)));
            assertEquals(
                    "no such request - method Client(6).FullStatus is not implemented|not implemented",
                    refusal(c.call("Client", 6, "", "FullStatus", null)));
            get(c.login(Login.user("admin", "secret")));
            assertEquals("already logged in|", refusal(c.login(Login.user("admin", "secret"))));
        }
    }

    @Test
    public void modelsAreGuarded() throws Exception {
        try (ApiConnection c = world.connect(World.OTHER)) {
            assertEquals("permission denied|unauthorized access", refusal(c.login(Login.user("reader", "secret"))));
        }
        String uuid = "dddddddd-0000-4000-8000-000000000009";
        try (ApiConnection c = world.connect(uuid)) {
            assertEquals(
                    "unknown model: \"" + uuid + "\"|model not found", refusal(c.login(Login.user("admin", "secret"))));
        }
    }

    @Test
    public void agentsLogInAndBringTheirUnits() throws Exception {
        ApiConnection c = world.connect(World.MODEL, World.machine0());
        until("machine present", () -> alive("machine-0"));
        get(c.login(Login.agent("unit-mysql-0", "secret", null)));
        until("unit present", () -> alive("unit-mysql-0"));
        assertEquals(
                "permission denied|unauthorized access", refusal(c.login(Login.agent("unit-mysql-1", "secret", null))));
        assertEquals(
                "permission denied|unauthorized access", refusal(c.login(Login.agent("machine-1", "secret", "nonce"))));
        assertEquals("already logged in|", refusal(c.login(Login.user("admin", "secret"))));
        // A second connection comes before the first is known to be gone: still alive afterwards.
        ApiConnection again = world.connect(World.MODEL, World.machine0());
        c.close();
        until("unit absent", () -> !alive("unit-mysql-0"));
        assertTrue(alive("machine-0"));
        again.close();
        until("machine absent", () -> !alive("machine-0"));
    }

    /** So an agent knows a controller that was replaced by another. */
    @Test
    public void agentsHearWhichOwnerOfTheModelAnswers() throws Exception {
        get(world.model().submit(tx -> {
            tx.put(Kinds.MODEL, tx.now().model().withEpoch(3));
            return null;
        }));
        try (ApiConnection c = world.connect(World.MODEL, World.machine0())) {
            assertEquals(3, c.loginResult().raw().path("epoch").asLong());
            assertEquals(
                    3,
                    get(c.login(Login.agent("unit-mysql-0", "secret", null)))
                            .raw()
                            .path("epoch")
                            .asLong());
        }
    }

    private boolean alive(String tag) {
        var at = world.model().snapshot().get(Kinds.PRESENCE, tag);
        return at != null && at.alive();
    }

    @Test
    public void agentsOfOtherModelsAndOtherInstancesAreRefused() throws Exception {
        try (ApiConnection c = world.connect(World.OTHER)) {
            assertEquals("invalid entity name or password|unauthorized access", refusal(c.login(World.machine0())));
            assertEquals(
                    "machine 0 not provisioned|not provisioned",
                    refusal(c.login(Login.agent("machine-0", "other", "stale"))));
        }
    }

    @Test
    public void aProvedPasswordIsNotHashedAgainUntilItChanges() throws Exception {
        world.connect(null, Login.user("admin", "secret")).close();
        int hashes = world.engine.hashes.get();
        world.connect(null, Login.user("admin", "secret")).close();
        assertEquals(hashes, world.engine.hashes.get());
        get(world.controller.submit(tx -> {
            world.engine.setPasswordHash(tx, "admin", "#new");
            return null;
        }));
        try (ApiConnection c = world.connect(null)) {
            assertEquals(
                    "invalid entity name or password|unauthorized access",
                    refusal(c.login(Login.user("admin", "secret"))));
            get(c.login(Login.user("admin", "new")));
        }
    }

    /** What a stranger sends while its login waits for its turn costs nothing yet. */
    @Test
    public void oneMessageAtATimeIsHeardBeforeTheLogin() throws Exception {
        RawSocket raw = RawSocket.open(world, "/api");
        raw.send("{\"request-id\":1,\"type\":\"Admin\",\"request\":\"Login\",\"version\":3,\"params\":"
                + "{\"auth-tag\":\"user-reader\",\"credentials\":\"wrong\"}}");
        raw.send("{\"request-id\":2,\"type\":\"Admin\",\"request\":\"RedirectInfo\",\"version\":3}");
        assertEquals("invalid entity name or password", raw.next().path("error").asText());
        assertEquals(2, raw.next().path("request-id").asInt());
        raw.close();
    }

    /** Nobody can tell whom to answer, or what was meant. */
    @Test
    public void messagesThatAreNoRequestsEndTheConnection() throws Exception {
        for (String message : List.of(
                "[]",
                "\"x\"",
                "{",
                "{\"request-id\":\"1\"}",
                "{\"request-id\":1.5}",
                "{\"request-id\":-1}",
                "{\"RequestId\":[1]}",
                "{\"request-id\":1,\"type\":7}",
                "{\"request-id\":1,\"request\":{}}",
                "{\"request-id\":1,\"version\":\"3\"}",
                "{\"request-id\":1,\"version\":99999999999}",
                "{\"request-id\":1,\"id\":5}",
                "{\"request-id\":1,\"trace-id\":false}")) {
            RawSocket raw = RawSocket.open(world, "/api");
            raw.send(message);
            assertEquals(message, 1007, (int) raw.closed.get(20, TimeUnit.SECONDS));
            assertTrue(message, raw.messages.isEmpty());
        }
        // An absent value is none.
        RawSocket raw = RawSocket.open(world, "/api");
        assertEquals(
                0,
                raw.ask("{\"request-id\":null,\"type\":null,\"id\":null,\"version\":null,\"trace-id\":null}")
                        .path("request-id")
                        .asInt());
        // What a method is given is its own affair: the request is refused, and the connection goes on.
        assertEquals(
                "no credentials provided",
                raw.ask("{\"request-id\":2,\"type\":\"Admin\",\"request\":\"Login\",\"version\":3,\"params\":[7]}")
                        .path("error")
                        .asText());
        raw.close();
    }

    private void let(String name, String password) throws Exception {
        get(world.controller.submit(tx -> {
            tx.put(Kinds.USER, new User(name, "", "#" + password, "login", "admin", Instant.now(), false, null));
            return null;
        }));
    }

    /** Who asks may be anybody, and what waits is kept. */
    @Test
    public void namesAndPasswordsAreNotTooLong() throws Exception {
        // With "user-" before it 300 characters.
        String name = "n".repeat(295);
        String password = "p".repeat(1024);
        let(name, password);
        let(name + "n", password);
        let("long", password + "p");
        assertEquals("in", socket(name, password));
        // Known, and denied.
        assertEquals("403", http(name, password));
        for (Login each : List.of(Login.user(name + "n", password), Login.user("long", password + "p"))) {
            int hashes = world.engine.hashes.get();
            assertEquals("out", socket(each.tag().substring(5), each.password()));
            assertEquals("401", http(each.tag().substring(5), each.password()));
            assertEquals("refused without a look", hashes, world.engine.hashes.get());
        }
    }

    private String socket(String name, String password) throws Exception {
        try {
            world.connect(null, Login.user(name, password)).close();
            return "in";
        } catch (Refused refused) {
            assertEquals("invalid entity name or password", refused.problem().message());
            return "out";
        }
    }

    private String http(String name, String password) throws Exception {
        String basic = Base64.getEncoder().encodeToString(("user-" + name + ":" + password).getBytes(UTF_8));
        int status = RawSocket.http(world)
                .send(
                        HttpRequest.newBuilder(URI.create("https://localhost:" + world.server.port() + "/metrics"))
                                .header("Authorization", "Basic " + basic)
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
        return Integer.toString(status);
    }

    @Test
    public void errorsStillCarryAResponse() throws Exception {
        RawSocket raw = RawSocket.open(world, "/api");
        JsonNode answer = raw.ask("{\"RequestId\":7,\"Type\":\"Admin\",\"Version\":3,\"Request\":\"Login\",\"Params\":"
                + "{\"Auth-Tag\":\"user-admin\",\"Credentials\":\"no\",\"macaroons\":null}}");
        assertEquals(7, answer.path("RequestId").asInt());
        assertTrue(answer.has("Response"));
        answer = raw.ask("{\"type\":\"Admin\",\"request\":\"Login\",\"version\":3,\"params\":null,\"Request-ID\":8}");
        assertEquals(8, answer.path("request-id").asInt());
        assertTrue(answer.path("response").isObject());
        assertEquals("no credentials provided", answer.path("error").asText());
        answer = raw.ask(
                "{\"type\":\"Admin\",\"request\":\"Login\",\"version\":3,\"params\":{\"auth-tag\":\"user-admin\","
                        + "\"client-version\":\"4.0.12\",\"credentials\":\"secret\",\"macaroons\":[],\"nonce\":\"\",\"user-data\":\"\"},"
                        + "\"request-id\":1}");
        assertFalse(answer.has("error"));
        assertEquals(
                "user-admin",
                answer.path("response").path("user-info").path("identity").asText());
        raw.close();
    }
}
