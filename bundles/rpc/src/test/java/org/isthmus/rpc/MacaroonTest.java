package org.isthmus.rpc;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.Test;

public final class MacaroonTest {
    private static final byte[] KEY = key(1);

    private final ObjectMapper json = Json.newMapper();
    private final Macaroon macaroon = Macaroon.mint(
            KEY, "isthmus model m", "nonce", Map.of("username", "bob", "offer-uuid", "o", "source-model-uuid", "m"));

    private static byte[] key(int seed) {
        byte[] key = new byte[32];
        new Random(seed).nextBytes(key);
        return key;
    }

    @Test
    public void bothFormsSayTheSame() throws Exception {
        for (ObjectNode form : List.of(macaroon.toV1(json), macaroon.toV2(json))) {
            Macaroon read = Macaroon.read(json.readTree(form.toString()));
            assertEquals(macaroon.location(), read.location());
            assertEquals(macaroon.identifier(), read.identifier());
            assertEquals(macaroon.caveats(), read.caveats());
            assertArrayEquals(macaroon.signature(), read.signature());
            assertTrue(read.isFrom(KEY));
            assertEquals(Map.of("username", "bob", "offer-uuid", "o", "source-model-uuid", "m"), read.declared());
        }
        assertEquals(64, macaroon.toV1(json).path("signature").asText().length());
        assertEquals(2, macaroon.toV2(json).path("v").asInt());
    }

    /** Vector of the reference implementations: README of libmacaroons. */
    @Test
    public void signaturesAreThoseOfOthers() {
        byte[] secret = "this is our super secret key; only we should know it".getBytes();
        Macaroon plain = Macaroon.mint(secret, "http://mybank/", "we used our secret key", Map.of());
        assertEquals(
                "e3d9e02908526c4c0039ae15114115d97fdd68bf2ba379b342aaf0f617d0552f",
                plain.toV1(json).path("signature").asText());
    }

    @Test
    public void anotherKeyAndAnyAlterationAreRefused() throws Exception {
        assertFalse(macaroon.isFrom(key(2)));
        long seed = System.nanoTime();
        System.out.println("macaroons, seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            ObjectNode form = random.nextBoolean() ? macaroon.toV1(json) : macaroon.toV2(json);
            String text = form.toString();
            int at = random.nextInt(text.length());
            char other = (char) (' ' + random.nextInt(95));
            String altered = text.substring(0, at) + other + text.substring(at + 1);
            JsonNode node;
            try {
                node = json.readTree(altered);
            } catch (com.fasterxml.jackson.core.JsonProcessingException noJson) {
                continue;
            }
            Macaroon read = Macaroon.read(node);
            boolean same = read != null
                    && read.identifier().equals(macaroon.identifier())
                    && read.caveats().equals(macaroon.caveats())
                    && java.util.Arrays.equals(read.signature(), macaroon.signature());
            assertTrue(altered, read == null || same || !read.isFrom(KEY));
        }
    }

    @Test
    public void caveatsAreNotTakenAwayAddedOrReordered() {
        List<String> caveats = new ArrayList<>(macaroon.caveats());
        caveats.remove(0);
        assertFalse(with(caveats).isFrom(KEY));
        caveats.add(macaroon.caveats().get(0));
        assertFalse(with(caveats).isFrom(KEY));
        List<String> more = new ArrayList<>(macaroon.caveats());
        more.add("declared username admin");
        assertFalse(with(more).isFrom(KEY));
    }

    private Macaroon with(List<String> caveats) {
        return new Macaroon(macaroon.location(), macaroon.identifier(), caveats, macaroon.signature());
    }

    @Test
    public void whatIsDeclaredTwiceDifferentlyHoldsNothing() {
        Macaroon twice = new Macaroon(
                "", "", List.of("declared username bob", "declared username admin", "other x y"), new byte[0]);
        assertEquals(Map.of("username", ""), twice.declared());
    }

    @Test
    public void whatIsNoMacaroonIsNone() throws Exception {
        for (String text : List.of(
                "null", "1", "[]", "{}", "{\"signature\":\"xyz\"}", "{\"s64\":\"***\"}", "{\"identifier\":\"a\"}")) {
            assertNull(text, Macaroon.read(json.readTree(text)));
        }
        assertNull(Macaroon.read(null));
        ObjectNode third = macaroon.toV1(json);
        ((ArrayNode) third.get("caveats"))
                .addObject()
                .put("cid", "x")
                .put("vid", "y")
                .put("cl", "elsewhere");
        assertFalse(Macaroon.read(third).isFrom(KEY));
    }
}
