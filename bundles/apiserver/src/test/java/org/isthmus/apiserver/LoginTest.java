package org.isthmus.apiserver;

import static org.isthmus.apiserver.World.get;
import static org.isthmus.apiserver.World.refusal;
import static org.isthmus.apiserver.World.until;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Login;
import org.isthmus.client.LoginResult;
import org.isthmus.model.Kinds;
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
