package org.isthmus.facades;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.api.Tag;
import org.isthmus.model.Kinds;
import org.isthmus.model.User;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.HttpRoute;
import org.isthmus.rpc.Json;
import org.isthmus.rpc.SecretBox;

/**
 * `POST /register`: a user who was given a key sets the first password, and learns in return which CA the controller has. Both
 * are sealed with that key, so neither side needs to trust the connection. The key is spent with it.
 */
final class RegisterRoute implements HttpRoute {
    private static final int LIMIT = 64 << 10;
    /** Opened in place of a user's that is not there: who guesses names learns nothing from the time it takes. */
    private static final byte[] NOBODY = new byte[SecretBox.KEY_BYTES];

    private final ObjectMapper json = Json.newMapper();
    private final SecureRandom random = new SecureRandom();

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public String pattern() {
        return "/register";
    }

    @Override
    public Access access() {
        return Access.ANONYMOUS;
    }

    private static Refused denied() {
        return Problem.refuse(Code.UNAUTHORIZED, "invalid entity name or password");
    }

    private static Refused bad(String what) {
        return Problem.refuse(Code.BAD_REQUEST, "%s", what);
    }

    @Override
    public CompletionStage<HttpAnswer> handle(Call call, HttpRequest request) throws IOException {
        byte[] body = request.body().readNBytes(LIMIT + 1);
        if (body.length > LIMIT) {
            throw Problem.refuse(Code.QUOTA_LIMIT_EXCEEDED, "registration is too long");
        }
        JsonNode sent = tree(body, "not a registration");
        String name;
        byte[] nonce;
        byte[] box;
        try {
            name = Checks.user(sent.path("user").asText(""));
            nonce = Base64.getDecoder().decode(sent.path("nonce").asText(""));
            box = Base64.getDecoder().decode(sent.path("cipher-text").asText(""));
        } catch (IllegalArgumentException | Refused malformed) {
            throw bad("not a registration");
        }
        if (nonce.length != SecretBox.NONCE_BYTES) {
            throw bad("invalid nonce");
        }
        User user = call.controller().store().controller().snapshot().get(Kinds.USER, name);
        boolean expected = expects(user);
        byte[] key = expected ? Base64.getDecoder().decode(user.secretKey()) : NOBODY;
        byte[] opened = SecretBox.open(key, nonce, box);
        if (!expected || opened == null) {
            throw denied();
        }
        String password = tree(opened, "not a registration").path("password").asText("");
        if (password.isEmpty()) {
            throw bad("must specify new password");
        }
        return call.controller().access().call(engine -> {
            String hash = engine.hashPassword(password);
            return call.controller()
                    .store()
                    .controller()
                    .submit(tx -> {
                        User now = tx.get(Kinds.USER, name);
                        // Of two that come at once, one spends the key.
                        if (!expects(now) || !now.secretKey().equals(user.secretKey())) {
                            throw denied();
                        }
                        engine.setPasswordHash(tx, name, hash);
                        return null;
                    })
                    .thenApply(done -> answer(call, key));
        });
    }

    private static boolean expects(User user) {
        return user != null && !user.disabled() && user.secretKey() != null;
    }

    private JsonNode tree(byte[] bytes, String otherwise) {
        try {
            JsonNode tree = json.readTree(bytes);
            if (tree != null && tree.isObject()) {
                return tree;
            }
        } catch (IOException garbage) {
            // Said below.
        }
        throw bad(otherwise);
    }

    private HttpAnswer answer(Call call, byte[] key) {
        try {
            byte[] nonce = new byte[SecretBox.NONCE_BYTES];
            random.nextBytes(nonce);
            byte[] inside = json.writeValueAsBytes(Map.of(
                    "ca-cert", call.controller().caCert(),
                    "controller-uuid", call.controller().uuid(),
                    "controller-tag", Tag.controller(call.controller().uuid()).toString()));
            byte[] body = json.writeValueAsBytes(Map.of(
                    "nonce",
                    Base64.getEncoder().encodeToString(nonce),
                    "cipher-text",
                    Base64.getEncoder().encodeToString(SecretBox.seal(key, nonce, inside))));
            return new HttpAnswer(200, "application/json", Map.of(), new ByteArrayInputStream(body));
        } catch (JsonProcessingException bug) {
            throw new IllegalStateException(bug);
        }
    }
}
