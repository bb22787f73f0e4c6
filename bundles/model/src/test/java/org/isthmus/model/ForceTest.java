package org.isthmus.model;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.Test;

/** How long what is forced waits, and that stores made before there was a wait mean what they meant. */
public final class ForceTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    public void theUsualWaitIsAMinuteAndNoneIsNow() {
        assertEquals(NOW.plusSeconds(60), Force.asked(true, null, NOW).at());
        assertTrue(Force.asked(true, Duration.ZERO, NOW).isDue(NOW));
        assertTrue(Force.asked(true, Duration.ofSeconds(-1), NOW).isDue(NOW));
        assertFalse(Force.asked(false, Duration.ZERO, NOW).isDue(Instant.MAX));
        assertFalse(Force.asked(true, Duration.ofNanos(1), NOW).isDue(NOW));
        // As long as a client can say.
        assertFalse(Force.asked(true, Duration.ofNanos(Long.MAX_VALUE), NOW).isDue(NOW));
    }

    @Test
    public void theFirstCounts() {
        Force early = new Force(NOW);
        Force late = new Force(NOW.plusSeconds(1));
        assertEquals(early, early.or(late));
        assertEquals(early, late.or(early));
        assertEquals(late, late.or(Force.NONE));
        assertEquals(late, Force.NONE.or(late));
        assertEquals(Force.NONE, Force.NONE.or(Force.NONE));
    }

    @Test
    public void olderStoresAreRead() throws IOException {
        String relation =
                "{\"number\":3,\"key\":\"a:x b:x\",\"endpoints\":[],\"life\":\"DYING\",\"suspended\":false,\"forced\":%s}";
        assertEquals(Force.NONE, read(relation, "false").force());
        assertTrue(read(relation, "true").force().isDue(NOW));
        Relation later = read(relation, "true").withForceAt(NOW.plusSeconds(5));
        byte[] stored = Codec.encode(later);
        assertEquals(later, Codec.decode(Kinds.RELATION, Kinds.RELATION.schema(), stored));
        assertFalse(later.force().isDue(NOW));
    }

    private static Relation read(String json, String forced) throws IOException {
        byte[] bytes = String.format(json, forced).getBytes(StandardCharsets.UTF_8);
        return Codec.decode(Kinds.RELATION, Kinds.RELATION.schema(), bytes);
    }
}
