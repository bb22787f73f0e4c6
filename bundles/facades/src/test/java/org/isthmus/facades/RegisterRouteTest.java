package org.isthmus.facades;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.isthmus.api.Code;
import org.isthmus.api.Refused;
import org.isthmus.model.Kinds;
import org.isthmus.model.User;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.HttpRoute;
import org.isthmus.rpc.SecretBox;
import org.junit.After;
import org.junit.Test;

public class RegisterRouteTest {
    private static final byte[] NONCE = new byte[SecretBox.NONCE_BYTES];

    private final World world;
    private final byte[] key;

    public RegisterRouteTest() throws Exception {
        world = new World();
        key = addUser("carol");
    }

    @After
    public void close() {
        world.close();
    }

    private byte[] addUser(String name) throws Exception {
        return Base64.getDecoder()
                .decode(world.call(
                                "admin",
                                null,
                                "UserManager",
                                "AddUser",
                                "{\"users\":[{\"username\":\"" + name + "\"}]}")
                        .get("results")
                        .get(0)
                        .get("secret-key")
                        .asText());
    }

    private JsonNode register(String user, byte[] with, String inside) throws Exception {
        String body = "{\"user\":\"" + user + "\",\"nonce\":\""
                + Base64.getEncoder().encodeToString(NONCE) + "\",\"cipher-text\":\""
                + Base64.getEncoder()
                        .encodeToString(SecretBox.seal(with, NONCE, inside.getBytes(StandardCharsets.UTF_8)))
                + "\"}";
        return post(body);
    }

    private JsonNode post(String body) throws Exception {
        HttpRoute route = world.set.routes().stream()
                .filter(r -> r.pattern().equals("/register"))
                .findFirst()
                .orElseThrow();
        assertEquals(Access.ANONYMOUS, route.access());
        HttpRoute.HttpAnswer answer = World.get(route.handle(
                new World.TestCall(world, null, null, route.access(), 0),
                new HttpRoute.HttpRequest(
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)))));
        try (InputStream in = answer.body()) {
            return world.json.readTree(in.readAllBytes());
        }
    }

    private User carol() {
        return world.store.controller().snapshot().get(Kinds.USER, "carol");
    }

    @Test
    public void theKeySetsThePasswordAndTellsTheCa() throws Exception {
        JsonNode answer = register("user-carol", key, "{\"password\":\"hunter2\"}");
        byte[] nonce = Base64.getDecoder().decode(answer.get("nonce").asText());
        byte[] box = Base64.getDecoder().decode(answer.get("cipher-text").asText());
        JsonNode opened = world.json.readTree(SecretBox.open(key, nonce, box));
        assertEquals("PEM", opened.get("ca-cert").asText());
        assertEquals(World.CONTROLLER, opened.get("controller-uuid").asText());
        assertNull(carol().secretKey());
        assertTrue(World.get(world.access()
                .call(engine -> java.util.concurrent.CompletableFuture.completedFuture(
                        engine.passwordMatches(carol(), "hunter2")))));
    }

    @Test
    public void aKeyIsGoodOnce() throws Exception {
        register("user-carol", key, "{\"password\":\"hunter2\"}");
        String hash = carol().passwordHash();
        refused(Code.UNAUTHORIZED, "user-carol", key, "{\"password\":\"other\"}");
        assertEquals(hash, carol().passwordHash());
    }

    @Test
    public void wrongKeyUnknownUserAndOneWithPasswordLookTheSame() throws Exception {
        byte[] wrong = new byte[SecretBox.KEY_BYTES];
        String a = refused(Code.UNAUTHORIZED, "user-carol", wrong, "{\"password\":\"x\"}");
        assertEquals(a, refused(Code.UNAUTHORIZED, "user-nobody", wrong, "{\"password\":\"x\"}"));
        assertEquals(a, refused(Code.UNAUTHORIZED, "user-admin", wrong, "{\"password\":\"x\"}"));
        assertFalse(carol().secretKey().isEmpty());
    }

    @Test
    public void aDisabledUserDoesNotRegister() throws Exception {
        world.call("admin", null, "UserManager", "DisableUser", "{\"entities\":[{\"tag\":\"user-carol\"}]}");
        refused(Code.UNAUTHORIZED, "user-carol", key, "{\"password\":\"x\"}");
    }

    @Test
    public void anotherResetMakesTheOldKeyWorthless() throws Exception {
        JsonNode reset = world.call(
                        "admin", null, "UserManager", "ResetPassword", "{\"entities\":[{\"tag\":\"user-carol\"}]}")
                .get("results")
                .get(0);
        refused(Code.UNAUTHORIZED, "user-carol", key, "{\"password\":\"x\"}");
        register(
                "user-carol", Base64.getDecoder().decode(reset.get("secret-key").asText()), "{\"password\":\"y\"}");
    }

    @Test
    public void garbageIsNamedAsSuch() {
        refused(Code.BAD_REQUEST, "user-carol", key, "{\"password\":\"\"}");
        refused(Code.BAD_REQUEST, "user-carol", key, "[]");
        refused(Code.BAD_REQUEST, "machine-0", key, "{}");
        for (String body :
                new String[] {"", "[]", "{}", "{\"user\":\"user-carol\",\"nonce\":\"AA==\",\"cipher-text\":\"!\"}"}) {
            assertEquals(
                    body,
                    Code.BAD_REQUEST,
                    assertThrows(body, Refused.class, () -> post(body))
                            .problem()
                            .code());
        }
    }

    private String refused(Code code, String user, byte[] with, String inside) {
        Refused refused = assertThrows(Refused.class, () -> register(user, with, inside));
        assertEquals(code, refused.problem().code());
        return refused.problem().message();
    }
}
