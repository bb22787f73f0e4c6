package org.isthmus.itests.chaos;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.isthmus.itests.harness.Distribution;
import org.isthmus.itests.harness.Greeting;
import org.junit.ClassRule;
import org.junit.Test;

/**
 * The container is killed at random moments while somebody deploys and removes: all that was answered is there, what was not is
 * there whole or not at all, and the agents come back.
 */
public class KillTest {
    /** How often; 100 under `./isthmus chaos`. */
    private static final int ROUNDS = Integer.getInteger("isthmus.rounds", 5);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_WEIGHTLESS = 40;
    private static final int MOST_WITH_A_UNIT = 4;

    @ClassRule
    public static final Distribution isthmus = new Distribution("kill");

    private enum Wanted {
        THERE,
        GONE
    }

    /** What the last answer about an application was. One whose last request got none is in neither. */
    private final Map<String, Wanted> answered = new LinkedHashMap<>();

    private final Set<String> asked = new HashSet<>();
    private final List<String> weightless = new ArrayList<>();
    private final List<String> withUnit = new ArrayList<>();
    private long seed;
    private int deployed;
    private int removed;

    @Test
    public void whatWasAnsweredIsThere() throws Exception {
        seed = Long.getLong("isthmus.seed", System.nanoTime());
        System.out.println("seed " + seed + " (-Disthmus.seed)");
        Random random = new Random(seed);
        isthmus.juju("bootstrap", "localhost", "kill").ok();
        String light = Greeting.weightless(isthmus, "mute", "provides").path().toString();
        String heavy = Greeting.speaker(isthmus).path().toString();
        // Its machine is the one that all others share.
        deploy(heavy, "ground");
        withUnit.remove("ground");
        isthmus.awaitUnit("ground/0", "active", Duration.ofMinutes(2));
        int number = 0;
        for (int round = 0; round < ROUNDS; round++) {
            AtomicBoolean killed = new AtomicBoolean();
            Thread killer = killIn(50 + random.nextInt(5000), killed);
            while (!killed.get()) {
                number++;
                if (number % 4 == 0) {
                    deploy(heavy, "solo" + number, "--to", "0");
                } else {
                    deploy(light, "mute" + number);
                }
                thin(weightless, MOST_WEIGHTLESS, killed);
                thin(withUnit, MOST_WITH_A_UNIT, killed);
            }
            killer.join(TimeUnit.SECONDS.toMillis(30));
            isthmus.start();
            isthmus.await(
                    "the controller answers",
                    Duration.ofSeconds(60),
                    () -> isthmus.juju("status").exit() == 0);
            check(status());
            System.out.println(
                    "kill " + (round + 1) + ": " + deployed + " deployed, " + removed + " removed, all as answered");
        }
        assertTrue("nothing was answered", deployed > ROUNDS);
        settle();
        System.out.println(ROUNDS + " kills, " + deployed + " deployments and " + removed
                + " removals answered, all there, none doubled or half done; agents are back; seed " + seed);
    }

    /** Kills the container after that many milliseconds. */
    private static Thread killIn(int delay, AtomicBoolean killed) {
        CountDownLatch never = new CountDownLatch(1);
        Thread killer = new Thread(() -> {
            try {
                // The moment is the point of the test; nothing is waited for.
                never.await(delay, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                return;
            }
            killed.set(true);
            isthmus.kill();
        });
        killer.start();
        return killer;
    }

    private void deploy(String charm, String name, String... more) {
        List<String> line = new ArrayList<>(List.of("deploy", charm, name));
        line.addAll(List.of(more));
        asked.add(name);
        if (isthmus.juju(line.toArray(new String[0])).exit() == 0) {
            answered.put(name, Wanted.THERE);
            (charm.endsWith("mute") ? weightless : withUnit).add(name);
            deployed++;
        }
    }

    /** Removes the oldest when there are too many. */
    private void thin(List<String> names, int most, AtomicBoolean killed) {
        if (names.size() > most && !killed.get()) {
            String name = names.remove(0);
            answered.remove(name);
            if (isthmus.juju("remove-application", "--no-prompt", name).exit() == 0) {
                answered.put(name, Wanted.GONE);
                removed++;
            }
        }
    }

    private static JsonNode status() throws Exception {
        return JSON.readTree(isthmus.juju("status", "--format", "json").ok().out());
    }

    private void check(JsonNode status) {
        JsonNode applications = status.path("applications");
        answered.forEach((name, wanted) -> {
            boolean alive = applications.has(name)
                    && !applications.path(name).path("life").asText().equals("dying");
            assertEquals(name + ", seed " + seed + ": " + applications.path(name), wanted == Wanted.THERE, alive);
        });
        applications.properties().forEach(application -> {
            String name = application.getKey();
            JsonNode what = application.getValue();
            assertTrue(name + " was never asked for, seed " + seed, asked.contains(name));
            if (!name.startsWith("mute") && !what.path("life").asText().equals("dying")) {
                assertEquals(
                        "its unit comes with it, seed " + seed + ": " + what,
                        Set.of(name + "/0"),
                        names(what.path("units")));
                assertEquals(
                        what.toString(),
                        "0",
                        what.path("units").path(name + "/0").path("machine").asText());
            }
        });
        assertEquals("one machine, seed " + seed, Set.of("0"), names(status.path("machines")));
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new HashSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Every agent is back and has nothing left to do; what was removed is gone. */
    private void settle() throws Exception {
        isthmus.await("the agents are back and everything is settled", Duration.ofMinutes(4), () -> {
            JsonNode status = status();
            check(status);
            return status.path("machines")
                            .path("0")
                            .path("juju-status")
                            .path("current")
                            .asText()
                            .equals("started")
                    && status.path("applications").properties().stream().allMatch(this::isSettled);
        });
        List<String> agents = isthmus.processes().stream()
                .filter(process -> process.contains("isthmus.agent"))
                .toList();
        assertEquals("one agent for one machine: " + agents, 1, agents.size());
    }

    private boolean isSettled(Map.Entry<String, JsonNode> application) {
        if (answered.get(application.getKey()) == Wanted.GONE) {
            return false;
        }
        for (JsonNode unit : application.getValue().path("units")) {
            if (!unit.path("workload-status").path("current").asText().equals("active")
                    || !unit.path("juju-status").path("current").asText().equals("idle")) {
                return false;
            }
        }
        return true;
    }
}
