package org.isthmus.itests.interop;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.isthmus.itests.harness.Distribution;
import org.isthmus.itests.harness.Result;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;

/**
 * Other people's clients, as they are published, through a whole day's work. They come from npm and PyPI: where those, or the
 * programs that fetch from them, are not at hand, these tests are left out, and say so; with ISTHMUS_INTEROP=required they fail.
 */
public class ClientsTest {
    @ClassRule
    public static final Distribution isthmus = new Distribution("clients");

    private static final Path CHARMS = Path.of("src/test/charms").toAbsolutePath();
    private static final ObjectMapper JSON = new ObjectMapper();

    private static String api;
    private static String user;
    private static String password;

    @BeforeClass
    public static void bootstrap() throws IOException {
        isthmus.juju("bootstrap", "localhost", "web", "--no-default-model").ok();
        ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
        JsonNode controller = yaml.readTree(
                        isthmus.clientFiles().resolve("controllers.yaml").toFile())
                .at("/controllers/web");
        JsonNode account = yaml.readTree(
                        isthmus.clientFiles().resolve("accounts.yaml").toFile())
                .at("/controllers/web");
        api = controller.at("/api-endpoints/0").asText();
        user = account.path("user").asText();
        password = account.path("password").asText();
        Files.writeString(
                isthmus.folder("clients").resolve("ca.pem"),
                controller.path("ca-cert").asText());
    }

    /** Goes on where this worked; leaves the test out where it did not, unless it is required. */
    private static void need(String what, Result result) {
        if (result.exit() == 0 || "required".equals(System.getenv("ISTHMUS_INTEROP"))) {
            result.ok();
            return;
        }
        System.out.println(
                "left out: " + what + " is not at hand: " + result.err().strip());
        assumeTrue(what, false);
    }

    private static JsonNode lastLine(Result result) throws IOException {
        return JSON.readTree(result.out().lines().reduce((first, last) -> last).orElseThrow());
    }

    /** With the modes of the files: hooks are executable. */
    private static void zip(Path folder, Path to) throws IOException {
        Files.deleteIfExists(to);
        try (FileSystem zip = FileSystems.newFileSystem(
                        URI.create("jar:" + to.toUri()),
                        Map.of("create", "true", "enablePosixFileAttributes", "true"));
                Stream<Path> files = Files.walk(folder)) {
            for (Path each : files.filter(f -> !f.equals(folder)).sorted().toList()) {
                Path there = zip.getPath("/").resolve(folder.relativize(each).toString());
                Files.copy(each, there);
                Files.setPosixFilePermissions(there, Files.getPosixFilePermissions(each));
            }
        }
    }

    /** The library of Canonical's dashboard, npm `@canonical/jujulib`. */
    @Test
    public void jujulib() throws IOException {
        Path scripts = isthmus.folder("clients");
        for (String file : new String[] {"package.json", "client.mjs"}) {
            Files.copy(Path.of("src/test/js", file), scripts.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        for (String charm : List.of("source", "sink")) {
            zip(CHARMS.resolve(charm), scripts.resolve(charm + ".zip"));
        }
        need(
                "npm",
                isthmus.type(
                        "cd clients && timeout 120 npm install --no-audit --no-fund --ignore-scripts --no-package-lock"));
        Result result = isthmus.type("cd clients && NODE_EXTRA_CA_CERTS=ca.pem timeout 170 node client.mjs " + api + " "
                        + user + " '" + password + "' painted source.zip sink.zip")
                .ok();
        JsonNode seen = lastLine(result);
        assertTrue(result.toString(), seen.path("server").asText().startsWith("3.6."));
        assertEquals("user-admin", seen.path("identity").asText());
        assertEquals("[\"cloud-localhost\"]", seen.path("clouds").toString());
        assertEquals("painted", seen.path("made").asText());
        assertTrue(result.toString(), seen.path("models").toString().contains("\"painted\""));
        assertEquals("painted", seen.path("status").asText());
        assertEquals("word", seen.path("charm").asText());
        assertEquals("[\"sink\",\"source\"]", seen.path("related").toString());
        assertEquals("[\"sink\",\"source\"]", seen.path("applications").toString());
        assertEquals("[\"sink/0\",\"source/0\"]", seen.path("units").toString());
        assertEquals("[\"sink:link source:link\"]", seen.path("relations").toString());
        assertEquals(
                "[[\"admin/painted.shared\",\"source\",[\"provider\"]]]",
                seen.path("found").toString());
        assertEquals(
                "[\"admin/painted.shared\",\"active\",[\"link\"]]",
                seen.path("saas").toString());
        assertTrue(result.toString(), seen.path("unknown").asText().contains("not found"));
        // Its own words for our "invalid entity name or password"; for "permission denied" it has others.
        assertTrue(result.toString(), seen.path("refused").asText().contains("Have you been granted permission"));
        assertTrue(isthmus.juju("models").ok().out().contains("painted"));
    }

    /** PyPI `juju`, python-libjuju: what tests of charms are written with. */
    @Test
    public void libjuju() throws IOException {
        Path venv = Path.of("target/venv").toAbsolutePath();
        Path requirements = Path.of("src/test/python/requirements.txt").toAbsolutePath();
        // Fetched once: it is the same for every run of this clone.
        need(
                "python3 with venv and pip",
                isthmus.run(
                        List.of(
                                "bash",
                                "-c",
                                "cmp -s " + requirements + " " + venv + "/installed || { rm -rf " + venv
                                        + " && python3 -m venv " + venv + " && timeout 180 " + venv
                                        + "/bin/pip install -q --disable-pip-version-check -r " + requirements
                                        + " && cp " + requirements + " " + venv + "/installed; }"),
                        Duration.ofMinutes(4)));
        // The client gives new models this key, and the real `juju` has made it.
        isthmus.type("mkdir -p $JUJU_DATA/ssh && ssh-keygen -q -t rsa -b 2048 -N '' -f $JUJU_DATA/ssh/juju_id_rsa")
                .ok();
        Result result = isthmus.type("timeout 170 " + venv + "/bin/python "
                        + Path.of("src/test/python/client.py").toAbsolutePath() + " " + api + " " + user + " '"
                        + password
                        + "' clients/ca.pem " + CHARMS + " snakes")
                .ok();
        JsonNode seen = lastLine(result);
        assertEquals("localhost", seen.path("cloud").asText());
        // As objects: the client lists units in the order in which it heard of them.
        assertEquals(
                JSON.readTree(
                        "{\"source/0\":[\"active\",\"idle\",\"talking\"],\"sink/0\":[\"active\",\"idle\",\"hi ping\"],"
                                + "\"sink/1\":[\"active\",\"idle\",\"hi ping\"]}"),
                seen.path("units"));
        assertEquals(JSON.readTree("{\"0\":\"started\",\"1\":\"started\",\"2\":\"started\"}"), seen.path("machines"));
        assertEquals("[\"sink:link source:link\"]", seen.path("relations").toString());
        assertTrue(result.toString(), seen.path("twice").asText().contains("already exists"));
        assertEquals("hello", seen.path("config").asText());
        assertEquals("hey", seen.path("reset").asText());
        assertTrue(seen.path("exposed").asBoolean());
        assertEquals("<root>=INFO", seen.path("model config").asText());
        assertEquals(256, seen.path("constraints").asInt());
        assertEquals("{\"x\":\"10\"}", seen.path("annotations").toString());
        assertEquals(
                "[[\"shared\",\"admin/snakes.shared\",\"source\"]]",
                seen.path("offers").toString());
        assertEquals("[\"admin/snakes.shared\",\"active\"]", seen.path("far").toString());
        assertEquals("hey ping", seen.path("far message").asText());
        assertEquals("[\"active\",[\"source\"]]", seen.path("in the stream").toString());
        assertEquals("[\"admin\",\"reader\"]", seen.path("users").toString());
        assertFalse(result.toString(), seen.path("left").toString().contains("snakes"));
        assertEquals("invalid entity name or password", seen.path("refused").asText());
    }
}
