package org.isthmus.itests.interop;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.isthmus.itests.harness.Distribution;
import org.isthmus.itests.harness.Result;
import org.junit.ClassRule;
import org.junit.Test;

/** Canonical's JavaScript client, the one of the dashboard, as it is published. Needs node and npm. */
public class JujulibTest {
    @ClassRule
    public static final Distribution isthmus = new Distribution("jujulib");

    @Test
    public void logsInMakesAModelAndReadsItsStatus() throws Exception {
        isthmus.juju("bootstrap", "localhost", "web", "--no-default-model").ok();
        ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
        JsonNode controller = yaml.readTree(
                        isthmus.clientFiles().resolve("controllers.yaml").toFile())
                .at("/controllers/web");
        JsonNode account = yaml.readTree(
                        isthmus.clientFiles().resolve("accounts.yaml").toFile())
                .at("/controllers/web");
        Path scripts = isthmus.folder("js");
        Files.writeString(scripts.resolve("ca.pem"), controller.path("ca-cert").asText());
        for (String file : new String[] {"package.json", "client.mjs"}) {
            Files.copy(Path.of("src/test/js", file), scripts.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        isthmus.type("cd js && npm install --no-audit --no-fund --ignore-scripts --no-package-lock")
                .ok();
        Result result = isthmus.type("cd js && NODE_EXTRA_CA_CERTS=ca.pem timeout 60 node client.mjs "
                        + controller.at("/api-endpoints/0").asText() + " "
                        + account.path("user").asText() + " '"
                        + account.path("password").asText() + "' painted")
                .ok();
        JsonNode seen = new ObjectMapper()
                .readTree(result.out().lines().reduce((first, last) -> last).orElseThrow());
        assertTrue(result.toString(), seen.path("server").asText().startsWith("3.6."));
        assertEquals("user-admin", seen.path("identity").asText());
        assertEquals("painted", seen.path("made").asText());
        assertTrue(result.toString(), seen.path("models").toString().contains("\"painted\""));
        assertEquals("painted", seen.path("status").asText());
        assertEquals("[]", seen.path("applications").toString());
        // Its own words for our "invalid entity name or password"; for "permission denied" it has others.
        assertTrue(result.toString(), seen.path("refused").asText().contains("Have you been granted permission"));
        assertTrue(isthmus.juju("models").ok().out().contains("painted"));
    }
}
