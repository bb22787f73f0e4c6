package org.isthmus.facades;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.isthmus.api.Address;
import org.isthmus.api.Base;
import org.isthmus.api.Life;
import org.isthmus.api.PortRange;
import org.isthmus.model.Application;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Relation;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;
import org.isthmus.rpc.Json;
import org.isthmus.wire.FullStatus;
import org.junit.Test;

/** The status of a large model: all of it is there, and its cost grows with the model and not with its square. */
public class StatusCostTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    static Snapshot model(int applications, int unitsEach, int machines) {
        Tx tx = Tx.on(Snapshot.empty());
        StatusValue active = new StatusValue("active", "ready", NOW);
        tx.put(
                Kinds.MODEL,
                new ModelRecord(
                        "aaaaaaaa-0000-4000-8000-000000000001",
                        "m",
                        "admin",
                        "iaas",
                        "c",
                        "localhost",
                        "r",
                        null,
                        Life.ALIVE,
                        1,
                        ModelRecord.Mode.ACTIVE,
                        false,
                        Map.of(),
                        null,
                        "3.6.9",
                        NOW,
                        active,
                        false,
                        null));
        for (int m = 0; m < machines; m++) {
            tx.put(
                    Kinds.MACHINE,
                    new Machine(
                            Integer.toString(m),
                            Life.ALIVE,
                            new Base("ubuntu", "22.04"),
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            "i-" + m,
                            "",
                            "h" + m,
                            null,
                            List.of(new Address("10.0.0." + m, "ipv4", "local-cloud")),
                            new StatusValue("running", "", NOW),
                            new StatusValue("started", "", NOW),
                            "3.6.9",
                            false,
                            false,
                            null,
                            NOW));
        }
        for (int a = 0; a < applications; a++) {
            String name = "app" + (char) ('a' + a % 26) + "x".repeat(a / 26 + 1);
            tx.put(
                    Kinds.APPLICATION,
                    new Application(
                            name,
                            "local:c-0",
                            null,
                            Life.ALIVE,
                            false,
                            false,
                            Map.of(),
                            Map.of(),
                            false,
                            null,
                            Map.of(),
                            null,
                            "t",
                            1,
                            1,
                            false,
                            null,
                            NOW));
            tx.put(
                    Kinds.RELATION,
                    new Relation(
                            a,
                            name + ":peer",
                            List.of(new Relation.Endpoint(name, "peer", "peer", "p", "global", 0, false)),
                            Life.ALIVE,
                            new StatusValue("joined", "", NOW),
                            false,
                            "",
                            "",
                            List.of(),
                            false,
                            null,
                            NOW));
            for (int u = 0; u < unitsEach; u++) {
                tx.put(
                        Kinds.UNIT,
                        new Unit(
                                name + "/" + u,
                                name,
                                Life.ALIVE,
                                Integer.toString((a * unitsEach + u) % machines),
                                null,
                                null,
                                "local:c-0",
                                active,
                                new StatusValue("idle", "", NOW),
                                "1.0",
                                List.of(new Unit.UnitPort("", new PortRange(80, 80, "tcp"))),
                                null,
                                false,
                                null,
                                "3.6.9",
                                NOW));
            }
        }
        return tx.now();
    }

    private static long best(Snapshot model, ObjectMapper json) throws Exception {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 8; i++) {
            long start = System.nanoTime();
            json.writeValueAsBytes(new StatusReport(model, List.of()).render(NOW));
            best = Math.min(best, System.nanoTime() - start);
        }
        return best;
    }

    @Test
    public void aLargeModelIsRenderedInOneWalk() throws Exception {
        ObjectMapper json = Json.newMapper();
        Snapshot large = model(50, 50, 300);
        FullStatus status = new StatusReport(large, List.of()).render(NOW);
        assertEquals(50, status.applications().size());
        assertEquals(300, status.machines().size());
        assertEquals(
                2500,
                status.applications().values().stream()
                        .mapToInt(a -> a.units().size())
                        .sum());
        long small = best(model(5, 50, 30), json);
        long big = best(large, json);
        int bytes = json.writeValueAsBytes(status).length;
        System.out.printf(
                "FullStatus of 2500 units: %d ms, %d bytes; of 250: %d ms%n",
                big / 1_000_000, bytes, small / 1_000_000);
        // Ten times the model; a square would be a hundred times.
        assertTrue(big + " against " + small, big < 40 * small);
        assertTrue("one message must fit in 4 MiB", bytes < 4 * 1024 * 1024);
    }

    /** Whatever the selectors, a unit never stands without its application and machine. */
    @Test
    public void whatIsLeftIsWhole() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Snapshot model = model(6, 5, 7);
        List<String> words =
                List.of("appax", "app*", "appbx/1", "3", "active", "idle", "nothing", "80/tcp", "10.0.0.2", "appcx/*");
        for (int i = 0; i < 200; i++) {
            List<String> patterns = random.ints(1 + random.nextInt(3), 0, words.size())
                    .mapToObj(words::get)
                    .toList();
            FullStatus status = new StatusReport(model, patterns).render(NOW);
            status.applications()
                    .forEach((name, application) -> application.units().forEach((unit, shown) -> {
                        assertTrue(patterns + " " + unit, unit.startsWith(name + "/"));
                        assertTrue(patterns + " " + unit, status.machines().containsKey(shown.machine()));
                    }));
            status.relations().forEach(r -> r.endpoints()
                    .forEach(e -> assertTrue(
                            patterns.toString(), status.applications().containsKey(e.application()))));
        }
    }
}
