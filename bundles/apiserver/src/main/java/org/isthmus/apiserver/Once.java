package org.isthmus.apiserver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.Kinds;
import org.isthmus.model.Tx;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.Caller;

/**
 * A call, or an item of one, that carries a `request-key`. What it commits is remembered in the same commit, with its answer: when
 * the call is repeated because its answer was lost, it gets that answer and does nothing twice. What the first attempt did not come
 * to is done then.
 */
final class Once {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_.:/-]{1,64}");
    /** In characters. Of a longer answer only is remembered that it was given. */
    private static final int LONGEST = 32 << 10;
    /** No JSON. */
    private static final String TOO_LONG = "?";

    private final ObjectMapper json;
    private final String key;
    /** Documents to which this has committed; a second commit would be taken for a repetition of the first. */
    private final Set<String> committed = ConcurrentHashMap.newKeySet();

    private Once(ObjectMapper json, String key) {
        this.json = json;
        this.key = key;
    }

    /**
     * The same for the same caller, place, method, parameters and key only: nobody gets at another's answer. The key itself is not
     * kept, so that the parameters cannot be guessed from what is.
     *
     * @param json of the facade's room: it keeps the room's classes
     * @param method without its version: whoever asks again may have got another server
     * @param params as text
     * @param model null on a connection of the controller
     * @return null without a key, and for those who cannot be told from one another
     */
    static Once of(ObjectMapper json, Caller caller, String model, String method, String params, String key) {
        if (key.isEmpty() || caller.anonymous()) {
            return null;
        }
        if (!KEY.matcher(key).matches()) {
            throw Problem.refuse(
                    Code.BAD_REQUEST, "bad request: request-key is not 1 to 64 letters, digits and any of \"_.:/-\"");
        }
        // Which of the agents of a machine are logged in differs from connection to connection. What they ask names one
        // of them,
        // and that it is logged in is checked first.
        String who = caller.isAgent() ? "agent" : caller.toString();
        byte[] digest = digest(who, String.valueOf(model), method, params, key);
        return new Once(
                json, method + "/" + Base64.getUrlEncoder().withoutPadding().encodeToString(digest));
    }

    private static byte[] digest(String... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }

    String key() {
        return key;
    }

    Once item(int number) {
        return new Once(json, key + "/" + number);
    }

    boolean done(Documents in) {
        return in.snapshot().has(Kinds.ANSWERED, key);
    }

    /** Of version 4, as all of them. */
    String newUuid() {
        ByteBuffer bytes = ByteBuffer.wrap(digest(key));
        long high = bytes.getLong() & ~0xF000L | 0x4000L;
        long low = bytes.getLong() & ~(0xC0L << 56) | 0x80L << 56;
        return new UUID(high, low).toString();
    }

    /** @param answer null for a decision that answers null */
    <R> CompletionStage<R> submit(Documents to, Class<R> answer, Function<Tx, R> decision) {
        if (!committed.add(to.id())) {
            throw new IllegalStateException("a second commit of one call to " + to.id());
        }
        CompletableFuture<R> first = new CompletableFuture<>();
        return to.submitOnce(key, tx -> {
                    R value = decision.apply(tx);
                    String text = write(answer, value);
                    first.complete(value);
                    return text;
                })
                .thenApply(told -> first.isDone() ? first.join() : read(answer, told));
    }

    private String write(Class<?> type, Object answer) {
        if (answer == null) {
            return "";
        }
        if (type == null) {
            throw new IllegalStateException("a decision that said it answers nothing answers " + answer.getClass());
        }
        try {
            String text = json.writeValueAsString(answer);
            return text.length() <= LONGEST ? text : TOO_LONG;
        } catch (JsonProcessingException opaque) {
            throw new IllegalStateException(opaque);
        }
    }

    private <R> R read(Class<R> type, String text) {
        if (text.isEmpty() || type == null) {
            return null;
        }
        if (text.equals(TOO_LONG)) {
            throw Problem.refuse(
                    Code.NONE, "this was done when it was first asked; the answer was too long to be told again");
        }
        try {
            return json.readValue(text, type);
        } catch (JsonProcessingException other) {
            throw new IllegalStateException("an answer of another version cannot be told again", other);
        }
    }
}
