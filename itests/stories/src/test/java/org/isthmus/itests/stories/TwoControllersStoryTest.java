package org.isthmus.itests.stories;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.isthmus.itests.harness.Distribution;
import org.isthmus.itests.harness.Greeting;
import org.junit.ClassRule;
import org.junit.Test;

/** Two controllers in one container know nothing of each other; two containers do not share a folder. */
public class TwoControllersStoryTest {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    @ClassRule
    public static final Distribution isthmus = new Distribution("two");

    @Test
    public void controllersAreApart() throws Exception {
        isthmus.juju("bootstrap", "localhost", "north", "--no-default-model").ok();
        isthmus.juju("bootstrap", "localhost", "south", "--no-default-model").ok();
        isthmus.juju("add-model", "-c", "north", "reindeer").ok();
        isthmus.juju("add-model", "-c", "south", "penguin").ok();
        String north = isthmus.juju("models", "-c", "north").ok().out();
        String south = isthmus.juju("models", "-c", "south").ok().out();
        assertTrue(north, north.contains("reindeer") && !north.contains("penguin"));
        assertTrue(south, south.contains("penguin") && !south.contains("reindeer"));
        greet("north:reindeer", "hello from the north");
        greet("south:penguin", "hello from the south");

        JsonNode first = details("north");
        JsonNode second = details("south");
        assertNotEquals(uuid(first), uuid(second));
        assertNotEquals(port(first), port(second));
        assertTrue("each has a certificate authority of its own", trusts(first, first) && trusts(second, second));
        assertFalse(trusts(first, second) || trusts(second, first));
        List<String> workers = agents(second);
        assertEquals(workers.toString(), 2, workers.size());
        assertEquals(2, agents(first).size());

        isthmus.juju("kill-controller", "--no-prompt", "north").ok();

        assertFalse(isthmus.juju("controllers").ok().out().contains("north"));
        assertEquals("the machines of the other went with it", List.of(), agents(first));
        assertFalse(Files.exists(isthmus.base().resolve("controllers").resolve(uuid(first))));
        assertTrue(isthmus.juju("models", "-c", "south").ok().out().contains("penguin"));
        assertEquals("nobody here was started anew", workers, agents(second));
        say("south:penguin", "still here");
        String log = isthmus.juju("debug-log", "-m", "south:controller", "--replay", "--no-tail")
                .ok()
                .out();
        assertTrue("it has a log of its own: " + log, log.contains("juju."));
        for (String foreign : List.of("north", "reindeer", uuid(first), model(first))) {
            assertFalse(foreign + " in the log of the other:\n" + log, log.contains(foreign));
        }
        assertEquals(List.of(), isthmus.logged("ERROR"));
    }

    private static void greet(String model, String text) {
        isthmus.juju("deploy", "-m", model, Greeting.speaker(isthmus).path().toString())
                .ok();
        isthmus.juju("deploy", "-m", model, Greeting.listener(isthmus).path().toString())
                .ok();
        isthmus.juju("integrate", "-m", model, "listener", "speaker").ok();
        say(model, text);
    }

    private static void say(String model, String text) {
        isthmus.juju("config", "-m", model, "speaker", "text=" + text).ok();
        isthmus.await(
                "it is heard in " + model,
                SOON,
                () -> isthmus.juju("status", "-m", model).ok().out().contains("heard " + text));
    }

    private static JsonNode details(String controller) throws Exception {
        return JSON.readTree(isthmus.juju("show-controller", controller, "--format", "json")
                        .ok()
                        .out())
                .path(controller);
    }

    private static String uuid(JsonNode controller) {
        return controller.path("details").path("controller-uuid").asText();
    }

    private static int port(JsonNode controller) {
        String endpoint =
                controller.path("details").path("api-endpoints").path(0).asText();
        return Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
    }

    /** UUID of the hosted model. */
    private static String model(JsonNode controller) {
        for (var model : controller.path("models").properties()) {
            if (!model.getKey().endsWith("controller")) {
                return model.getValue().path("model-uuid").asText();
            }
        }
        throw new AssertionError("no hosted model: " + controller);
    }

    /** Whether who trusts the one controller's authority alone would talk to the other one. */
    private static boolean trusts(JsonNode authority, JsonNode server) throws Exception {
        String pem = authority.path("details").path("ca-cert").asText();
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null);
        store.setCertificateEntry(
                "ca",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", port(server))) {
            socket.startHandshake();
            return true;
        } catch (SSLHandshakeException untrusted) {
            return false;
        }
    }

    /** The agents of its machines: process and command line, in order. */
    private static List<String> agents(JsonNode controller) {
        String machines = "/machines/" + model(controller).substring(0, 8) + "-";
        return isthmus.processes().stream()
                .filter(process -> process.contains("supervisor.sh") && process.contains(machines))
                .sorted()
                .toList();
    }

    @Test
    public void oneFolderHasOneContainer() {
        isthmus.program("start").refused(Long.toString(isthmus.pid()));
        isthmus.program("isthmus", "server").refused(isthmus.base().toString());
        isthmus.juju("version").ok();
    }
}
