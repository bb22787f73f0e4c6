package org.isthmus.model;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.isthmus.api.Hardware;
import org.isthmus.api.Life;
import org.junit.Test;

public class SummariesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static ModelRecord model(String name) {
        return new ModelRecord(
                "uuid",
                name,
                "admin",
                "iaas",
                "localhost",
                "localhost",
                "localhost",
                null,
                Life.ALIVE,
                1,
                ModelRecord.Mode.ACTIVE,
                false,
                Map.of(),
                null,
                "3.6.0",
                NOW,
                null,
                false,
                null);
    }

    private static Machine machine(int id, Long cores) {
        Hardware hardware = cores == null ? null : new Hardware("amd64", cores, null, null, null, null, null);
        return new Machine(
                Integer.toString(id),
                Life.ALIVE,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                hardware,
                null,
                null,
                null,
                null,
                false,
                false,
                null,
                NOW);
    }

    private static Unit unit(int number) {
        return new Unit(
                "a/" + number,
                "a",
                Life.ALIVE,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                null,
                NOW);
    }

    /** Whatever happens, what is kept step by step is what counting anew gives. */
    @Test
    public void keptIsCounted() {
        long seed = Long.getLong("isthmus.seed", System.nanoTime());
        System.out.println("keptIsCounted: -Disthmus.seed=" + seed);
        Random random = new Random(seed);
        Snapshot at = Snapshot.empty();
        Summary kept = Summaries.of(at);
        assertNull(kept);
        for (int step = 0; step < 3000; step++) {
            Tx tx = Tx.on(at);
            int changes = 1 + random.nextInt(4);
            for (int i = 0; i < changes; i++) {
                change(tx, random);
            }
            at = tx.now();
            kept = Summaries.next(kept, at, tx.changes());
            assertEquals(Summaries.of(at), kept);
        }
    }

    private static void change(Tx tx, Random random) {
        int id = random.nextInt(10);
        switch (random.nextInt(6)) {
            case 0 -> tx.put(Kinds.MODEL, model("m" + random.nextInt(3)));
            case 1 -> tx.put(Kinds.MACHINE, machine(id, random.nextBoolean() ? null : (long) random.nextInt(8)));
            case 2 -> tx.remove(Kinds.MACHINE, Integer.toString(id));
            case 3 -> tx.put(Kinds.UNIT, unit(id));
            case 4 ->
                tx.put(
                        Kinds.MODEL_USER,
                        new ModelUser("u" + id, "", random.nextBoolean() ? "read" : "write", "a", NOW));
            default -> tx.remove(Kinds.MODEL_USER, "u" + id);
        }
    }

    @Test
    public void whatDoesNotShowLeavesTheVeryRow() {
        Tx tx = Tx.on(Snapshot.empty());
        tx.put(Kinds.MODEL, model("m"));
        tx.put(Kinds.UNIT, unit(1));
        Summary before = Summaries.next(null, tx.now(), tx.changes());
        Tx next = Tx.on(tx.now());
        next.put(Kinds.UNIT, unit(1).withWorkloadVersion("8.0"));
        next.put(Kinds.SEQUENCE, new Sequence("s", 1));
        assertSame(before, Summaries.next(before, next.now(), next.changes()));
        assertSame(before, Summaries.next(before, next.now(), List.of()));
    }
}
