package org.isthmus.itests.chaos;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
    private static final int MANY = 8;

    private static final String PASSWORD = "another-one";

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

    /** What happens to an answer. */
    private enum Mishap {
        LOST,
        KILLED
    }

    /** Once for each answer that the command gets, until one ran through undisturbed. */
    private void each(Mishap mishap, String what, Line line, Check check) throws Exception {
        for (int number = 1; number < MANY; number++) {
            // What is lost is to be an answer, not the making of a connection.
            asker.juju("models").ok();
            asker.juju("status").ok();
            String[] words = line.of(number);
            Result result = mishap == Mishap.LOST ? losing(number, words) : killing(number, words);
            assertEquals(what + " " + number + ": " + result, 0, result.exit());
            check.done(number);
            if (!lost.get()) {
                System.out.println(what + ": " + (number - 1) + " answers " + word(mishap) + ", one after the other");
                assertTrue(what + ": no answer was lost", number > 1);
                return;
            }
        }
        throw new AssertionError(what + " never ran through");
    }

    /** Whatever it asks for is a new password. */
    private static Result type(String... line) {
        return asker.type("echo " + PASSWORD + " | juju '" + String.join("' '", line) + "'");
    }

    private Result losing(int number, String... line) {
        lost.set(false);
        network.loseAnswer(number, () -> lost.set(true));
        Result result = type(line);
        network.loseAnswer(0, () -> {});
        return result;
    }

    /** The controller goes with its answer, and comes back. */
    private Result killing(int number, String... line) throws Exception {
        CompletableFuture<Void> gone = new CompletableFuture<>();
        lost.set(false);
        network.loseAnswer(number, () -> {
            lost.set(true);
            server.kill();
            gone.complete(null);
        });
        CompletableFuture<Result> result = CompletableFuture.supplyAsync(() -> type(line));
        CompletableFuture.anyOf(gone, result).get(60, TimeUnit.SECONDS);
        network.loseAnswer(0, () -> {});
        if (lost.get()) {
            gone.get(30, TimeUnit.SECONDS);
            server.start();
        }
        return result.get(120, TimeUnit.SECONDS);
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
        units(Mishap.LOST);
        models(Mishap.LOST);
        others(Mishap.LOST);
        password(Mishap.LOST);
    }

    /** All of them under `./isthmus chaos`. */
    @Test
    public void nothingIsDoneTwiceThoughTheControllerIsKilled() throws Exception {
        units(Mishap.KILLED);
        if (Integer.getInteger("isthmus.rounds", 5) > 5) {
            models(Mishap.KILLED);
            others(Mishap.KILLED);
            password(Mishap.KILLED);
        }
    }

    private void units(Mishap mishap) throws Exception {
        String speaker = Greeting.speaker(server).path().toString();
        String name = "speaker-" + word(mishap);
        server.juju(nowhere("deploy", speaker, name)).ok();
        each(
                mishap,
                "add-unit",
                n -> new String[] {"add-unit", name},
                n -> assertEquals(1 + n, applications().path(name).path("units").size()));
    }

    private void models(Mishap mishap) throws Exception {
        int models = json("models").path("models").size();
        each(
                mishap,
                "add-model",
                n -> new String[] {"add-model", "--no-switch", "new" + n + word(mishap)},
                n -> assertEquals(models + n, json("models").path("models").size()));
        // Empty ones are gone before anybody asks again.
        for (int n = 1; n < MANY; n++) {
            server.juju("add-model", "--no-switch", "old" + n + word(mishap)).ok();
        }
        each(
                mishap,
                "destroy-model",
                n -> new String[] {"destroy-model", "--no-prompt", "old" + n + word(mishap)},
                n -> assertFalse(json("models").toString().contains("/old" + n + word(mishap))));
    }

    private void others(Mishap mishap) throws Exception {
        String mute = Greeting.weightless(asker, "mute", "provides").path().toString();
        int before = applications().size();
        each(
                mishap,
                "deploy",
                n -> new String[] {"deploy", mute, "mute" + n + word(mishap)},
                n -> assertEquals(before + n, applications().size()));

        int machines = json("status").path("machines").size();
        each(
                mishap,
                "add-machine -n 2",
                n -> nowhere("add-machine", "-n", "2"),
                n -> assertEquals(
                        machines + 2 * n, json("status").path("machines").size()));

        for (int n = 1; n < MANY; n++) {
            server.juju("offer", "mute1" + word(mishap) + ":hello", "offer" + n).ok();
        }
        each(
                mishap,
                "remove-offer",
                n -> new String[] {"remove-offer", "admin/work.offer" + n},
                n -> assertEquals(MANY - 1 - n, json("offers").size()));
        server.juju("remove-application", "--no-prompt", "--force", "mute1" + word(mishap))
                .ok();

        each(
                mishap,
                "add-user",
                n -> new String[] {"add-user", "user" + n + word(mishap)},
                n -> assertTrue(json("users").toString().contains("\"user" + n + word(mishap) + "\"")));

        for (int n = 1; n < MANY; n++) {
            server.juju("deploy", mute, "left" + n).ok();
            server.juju("deploy", mute, "right" + n).ok();
        }
        int there = applications().size();
        each(
                mishap,
                "remove-application of two",
                n -> new String[] {"remove-application", "--no-prompt", "left" + n, "right" + n},
                n -> server.await(
                        "both are gone",
                        Duration.ofSeconds(20),
                        () -> applications().size() == there - 2 * n));
        for (int n = 1; n < MANY; n++) {
            server.juju("remove-application", "--no-prompt", "left" + n, "right" + n);
            server.juju("remove-offer", "--force", "--no-prompt", "admin/work.offer" + n);
        }
    }

    /** One's own: who asks again logs in with another one than the first time. */
    private void password(Mishap mishap) throws Exception {
        String own = new JujuData(server.clientFiles()).account("far").password();
        each(mishap, "change-user-password", n -> new String[] {"change-user-password", "--no-prompt"}, n -> {
            assertEquals(
                    PASSWORD, new JujuData(asker.clientFiles()).account("far").password());
            asker.juju("models").ok();
            asker.type("echo '" + own + "' | juju change-user-password --no-prompt")
                    .ok();
        });
    }

    private static String word(Mishap mishap) {
        return mishap.name().toLowerCase(Locale.ROOT);
    }
}
