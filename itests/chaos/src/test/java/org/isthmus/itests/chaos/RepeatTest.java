package org.isthmus.itests.chaos;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.isthmus.client.JujuData;
import org.isthmus.itests.harness.Distribution;
import org.isthmus.itests.harness.Greeting;
import org.isthmus.itests.harness.Result;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.RuleChain;

/**
 * Commands typed at another container than the controller's, over a network that swallows what the controller answers: each answer
 * of a command in turn. What is asked is done once, and the command ends as if nothing had happened.
 */
public class RepeatTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** No command has that many answers. */
    private static final int MANY = 12;

    private static final Distribution server = new Distribution("answering");
    private static final Distribution asker = new Distribution("asking");

    @ClassRule
    public static final RuleChain both = RuleChain.outerRule(server).around(asker);

    private static TcpRelay network;
    private final AtomicBoolean lost = new AtomicBoolean();

    @Before
    public void dialThroughTheNetwork() throws Exception {
        if (network != null) {
            return;
        }
        server.juju("bootstrap", "localhost", "far", "--no-default-model").ok();
        server.juju("add-model", "work").ok();
        try (Stream<Path> files = Files.list(server.clientFiles())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, asker.clientFiles().resolve(file.getFileName()));
            }
        }
        JujuData data = new JujuData(asker.clientFiles());
        JujuData.ControllerDetails far = data.controllers().get("far");
        String address = far.addresses().get(0);
        int colon = address.lastIndexOf(':');
        network = new TcpRelay(
                new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))));
        data.putController(
                "far",
                new JujuData.ControllerDetails(
                        far.uuid(),
                        List.of(network.address()),
                        far.caCert(),
                        far.cloud(),
                        far.region(),
                        far.type(),
                        far.agentVersion()));
    }

    @After
    public void mend() {
        network.loseAnswer(0, () -> {});
    }

    private interface Line {
        /** @param number from 1 on */
        String[] of(int number);
    }

    private interface Check {
        void done(int number) throws Exception;
    }

    /** Once for each answer that the command gets, until one ran through undisturbed. */
    private void loseEach(String what, Line line, Check check) throws Exception {
        for (int number = 1; number < MANY; number++) {
            // What is lost is to be an answer, not the making of a connection.
            asker.juju("models").ok();
            asker.juju("status").ok();
            lost.set(false);
            network.loseAnswer(number, () -> lost.set(true));
            Result result = asker.juju(line.of(number));
            network.loseAnswer(0, () -> {});
            assertEquals(what + " " + number + ": " + result, 0, result.exit());
            check.done(number);
            if (!lost.get()) {
                System.out.println(what + ": " + (number - 1) + " answers lost, one after the other");
                assertTrue(what + ": no answer was lost", number > 1);
                return;
            }
        }
        throw new AssertionError(what + " never ran through");
    }

    private static JsonNode json(String... line) throws Exception {
        List<String> all = new ArrayList<>(List.of(line));
        all.addAll(List.of("--format", "json"));
        return JSON.readTree(server.juju(all.toArray(new String[0])).ok().out());
    }

    private static JsonNode applications() throws Exception {
        return json("status").path("applications");
    }

    /** No machine of this host has it: nothing is started for it. */
    private static String[] nowhere(String... line) {
        List<String> all = new ArrayList<>(List.of(line));
        all.addAll(List.of("--constraints", "arch=s390x"));
        return all.toArray(new String[0]);
    }

    @Test
    public void nothingIsDoneTwiceThoughItsAnswerIsLost() throws Exception {
        String mute = Greeting.weightless(asker, "mute", "provides").path().toString();
        String speaker = Greeting.speaker(server).path().toString();
        int before = applications().size();
        loseEach(
                "deploy",
                n -> new String[] {"deploy", mute, "mute" + n},
                n -> assertEquals(before + n, applications().size()));

        server.juju(nowhere("deploy", speaker, "speaker")).ok();
        loseEach(
                "add-unit",
                n -> new String[] {"add-unit", "speaker"},
                n -> assertEquals(
                        1 + n, applications().path("speaker").path("units").size()));

        int machines = json("status").path("machines").size();
        loseEach(
                "add-machine -n 2",
                n -> nowhere("add-machine", "-n", "2"),
                n -> assertEquals(
                        machines + 2 * n, json("status").path("machines").size()));

        int models = json("models").path("models").size();
        loseEach(
                "add-model",
                n -> new String[] {"add-model", "--no-switch", "model" + n},
                n -> assertEquals(models + n, json("models").path("models").size()));

        for (int n = 1; n < MANY; n++) {
            server.juju("offer", "mute1:hello", "offer" + n).ok();
        }
        loseEach(
                "remove-offer",
                n -> new String[] {"remove-offer", "admin/work.offer" + n},
                n -> assertEquals(MANY - 1 - n, json("offers").size()));

        loseEach(
                "add-user",
                n -> new String[] {"add-user", "user" + n},
                n -> assertTrue(json("users").toString().contains("\"user" + n + "\"")));

        for (int n = 1; n < MANY; n++) {
            server.juju("deploy", mute, "left" + n).ok();
            server.juju("deploy", mute, "right" + n).ok();
        }
        int there = applications().size();
        loseEach(
                "remove-application of two",
                n -> new String[] {"remove-application", "--no-prompt", "left" + n, "right" + n},
                n -> server.await(
                        "both are gone",
                        Duration.ofSeconds(20),
                        () -> applications().size() == there - 2 * n));

        for (int n = 1; n < MANY; n++) {
            server.juju("add-model", "--no-switch", "gone" + n).ok();
        }
        loseEach(
                "destroy-model",
                n -> new String[] {"destroy-model", "--no-prompt", "gone" + n},
                n -> assertTrue(!json("models").toString().contains("/gone" + n + "\"")));
    }

    /** As above, but the controller goes with its answer, and comes back. */
    @Test
    public void nothingIsDoneTwiceThoughTheControllerIsKilled() throws Exception {
        String speaker = Greeting.speaker(server).path().toString();
        server.juju(nowhere("deploy", speaker, "killed")).ok();
        for (int number = 1; number < MANY; number++) {
            asker.juju("status").ok();
            CompletableFuture<Void> gone = new CompletableFuture<>();
            lost.set(false);
            network.loseAnswer(number, () -> {
                lost.set(true);
                server.kill();
                gone.complete(null);
            });
            CompletableFuture<Result> result = CompletableFuture.supplyAsync(() -> asker.juju("add-unit", "killed"));
            CompletableFuture.anyOf(gone, result).get(60, TimeUnit.SECONDS);
            if (lost.get()) {
                gone.get(30, TimeUnit.SECONDS);
                server.start();
            }
            Result ended = result.get(120, TimeUnit.SECONDS);
            assertEquals("kill " + number + ": " + ended, 0, ended.exit());
            assertEquals(1 + number, applications().path("killed").path("units").size());
            if (!lost.get()) {
                System.out.println("add-unit: killed at each of its " + (number - 1) + " answers");
                assertTrue("the controller was not killed", number > 1);
                return;
            }
        }
        throw new AssertionError("add-unit never ran through");
    }
}
