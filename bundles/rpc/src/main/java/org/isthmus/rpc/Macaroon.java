package org.isthmus.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A bearer token whose caveats anybody can add and nobody take away: a chain of HMAC-SHA256 from a key that only the issuer has
 * (Birgisson et al., 2014). First-party caveats only, each `declared <key> <value>` as Juju writes them.
 *
 * @param signature of the chain's end
 */
public record Macaroon(String location, String identifier, List<String> caveats, byte[] signature) {
    private static final byte[] GENERATOR = "macaroons-key-generator".getBytes(StandardCharsets.UTF_8);

    public Macaroon {
        caveats = List.copyOf(caveats);
    }

    public static Macaroon mint(byte[] key, String location, String identifier, Map<String, String> declared) {
        List<String> caveats = new ArrayList<>();
        new TreeMap<>(declared).forEach((name, value) -> caveats.add("declared " + name + " " + value));
        return new Macaroon(location, identifier, caveats, sign(key, identifier, caveats));
    }

    /** Whether this key issued it, with exactly these caveats. */
    public boolean isFrom(byte[] key) {
        return MessageDigest.isEqual(signature, sign(key, identifier, caveats));
    }

    /** What its issuer, and whoever narrowed it since, declared. A name that is declared twice differently holds no value. */
    public Map<String, String> declared() {
        Map<String, String> declared = new TreeMap<>();
        for (String caveat : caveats) {
            String[] words = caveat.split(" ", 3);
            if (words.length == 3 && words[0].equals("declared")) {
                declared.merge(words[1], words[2], (a, b) -> a.equals(b) ? a : "");
            }
        }
        return declared;
    }

    private static byte[] sign(byte[] key, String identifier, List<String> caveats) {
        byte[] at = hmac(hmac(GENERATOR, key), identifier.getBytes(StandardCharsets.UTF_8));
        for (String caveat : caveats) {
            at = hmac(at, caveat.getBytes(StandardCharsets.UTF_8));
        }
        return at;
    }

    private static byte[] hmac(byte[] key, byte[] text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text);
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    /** Version 1 of the JSON form: {caveats[{cid}], identifier, location, signature in hex}. */
    public ObjectNode toV1(ObjectMapper json) {
        ObjectNode node = json.createObjectNode();
        ArrayNode list = node.putArray("caveats");
        caveats.forEach(caveat -> list.addObject().put("cid", caveat));
        node.put("location", location);
        node.put("identifier", identifier);
        node.put("signature", HexFormat.of().formatHex(signature));
        return node;
    }

    /** Version 2 of the JSON form: {c[{i}], l, i, s64}. */
    public ObjectNode toV2(ObjectMapper json) {
        ObjectNode node = json.createObjectNode();
        ArrayNode list = node.putArray("c");
        caveats.forEach(caveat -> list.addObject().put("i", caveat));
        node.put("l", location);
        node.put("i", identifier);
        node.put("s64", Base64.getUrlEncoder().withoutPadding().encodeToString(signature));
        node.put("v", 2);
        return node;
    }

    /** Reads either form; null for what is no macaroon. */
    public static Macaroon read(JsonNode node) {
        try {
            if (node == null || !node.isObject()) {
                return null;
            }
            List<String> caveats = new ArrayList<>();
            if (node.has("signature")) {
                node.path("caveats").forEach(c -> caveats.add(c.path("cid").asText()));
                return new Macaroon(
                        node.path("location").asText(""),
                        node.path("identifier").asText(""),
                        caveats,
                        HexFormat.of().parseHex(node.path("signature").asText()));
            }
            if (node.has("s64")) {
                node.path("c").forEach(c -> caveats.add(c.path("i").asText()));
                return new Macaroon(
                        node.path("l").asText(""),
                        node.path("i").asText(""),
                        caveats,
                        Base64.getUrlDecoder().decode(node.path("s64").asText()));
            }
            return null;
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}
