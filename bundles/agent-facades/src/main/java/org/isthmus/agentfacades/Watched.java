package org.isthmus.agentfacades;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.isthmus.rpc.Json;

/**
 * What a watcher remembers between two calls: whom it watches, and a digest of what it told last, so that a change that means
 * nothing to the agent tells nothing. The memory is a plain map: watchers outlive this bundle's classes.
 */
final class Watched {
    static final String SUBJECT = "subject";
    static final String RELATIONS = "relations";
    static final String PRINCIPALS = "principals";
    private static final String DIGEST = "digest";

    private final ObjectMapper json = Json.newMapper();

    boolean isNews(Map<String, Object> memory, Object state) {
        String digest = digest(state);
        return !digest.equals(memory.put(DIGEST, digest));
    }

    String digest(Object value) {
        try {
            byte[] bytes = json.writeValueAsString(value).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (JsonProcessingException | NoSuchAlgorithmException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> memory(Object state) {
        return (Map<String, Object>) state;
    }
}
