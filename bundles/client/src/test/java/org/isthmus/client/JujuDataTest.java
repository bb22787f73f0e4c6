package org.isthmus.client;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.isthmus.client.JujuData.Account;
import org.isthmus.client.JujuData.ControllerDetails;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class JujuDataTest {
    @Rule
    public TemporaryFolder temp = new TemporaryFolder();

    private static ControllerDetails details(String uuid) {
        return new ControllerDetails(
                uuid,
                List.of("127.0.0.1:17070"),
                "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n",
                "aws",
                null,
                null,
                "3.6.9");
    }

    @Test
    public void whereTheFilesAre() {
        assertEquals(Path.of("/a"), JujuData.folder(Map.of("JUJU_DATA", "/a", "XDG_DATA_HOME", "/b", "HOME", "/c")));
        assertEquals(Path.of("/b/juju"), JujuData.folder(Map.of("XDG_DATA_HOME", "/b", "HOME", "/c")));
        assertEquals(Path.of("/c/.local/share/juju"), JujuData.folder(Map.of("HOME", "/c")));
    }

    @Test
    public void whatIsWrittenIsRead() throws Exception {
        Path folder = temp.getRoot().toPath().resolve("juju");
        JujuData data = new JujuData(folder);
        assertNull(data.currentController());
        assertTrue(data.controllers().isEmpty());
        data.putController("prod", details("u-1"));
        data.setCurrentController("prod");
        data.putModel("prod", "admin/default", "m-1");
        data.putModel("prod", "admin/other", "m-2");
        data.setCurrentModel("prod", "admin/default");
        data.setCurrentModel("prod", "admin/other");
        data.putAccount("prod", new Account("admin", "0123", "superuser"));
        JujuData again = new JujuData(folder);
        assertEquals("prod", again.currentController());
        assertEquals(details("u-1"), again.controllers().get("prod"));
        assertEquals(Map.of("admin/default", "m-1", "admin/other", "m-2"), again.models("prod"));
        assertEquals("admin/other", again.currentModel("prod"));
        assertTrue(Files.readString(folder.resolve("models.yaml")).contains("previous-model: admin/default\n"));
        assertEquals(new Account("admin", "0123", "superuser"), again.account("prod"));
        for (String file : List.of("controllers.yaml", "models.yaml", "accounts.yaml")) {
            assertEquals(
                    "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(file))));
        }
        String text = Files.readString(folder.resolve("controllers.yaml"));
        assertTrue(text, text.contains("ca-cert: |\n"));
        assertTrue(text, text.contains("api-endpoints:\n"));
        assertEquals("admin/default", again.previousModel("prod"));
        data.setModels("prod", Map.of("admin/default", "m-1"));
        assertNull("the current model is gone", again.currentModel("prod"));
        data.setModels("prod", Map.of());
        assertNull("and the one before", again.previousModel("prod"));
        data.removeController("prod");
        assertNull(again.currentController());
        assertNull(again.account("prod"));
        assertTrue(again.models("prod").isEmpty());
    }

    @Test
    public void whatOthersWroteIsKept() throws Exception {
        Path folder = temp.getRoot().toPath();
        Files.writeString(
                folder.resolve("controllers.yaml"),
                "controllers:\n  prod:\n    uuid: u-1\n    unresolved-api-endpoints: [a]\n    api-endpoints: ['h:1']\n"
                        + "    public-hostname: x\ncurrent-controller: prod\nhas-controller-changed-on-previous-switch: true\n");
        Files.writeString(
                folder.resolve("credentials.yaml"),
                "credentials:\n  aws:\n    default-region: r\n    mine:\n      auth-type: access-key\n      access-key: k\n");
        Files.writeString(folder.resolve("clouds.yaml"), "clouds:\n  aws:\n    type: localhost\n");
        JujuData data = new JujuData(folder);
        data.putController("prod", details("u-2"));
        data.putController("more", details("u-3"));
        String text = Files.readString(folder.resolve("controllers.yaml"));
        assertTrue(text, text.contains("public-hostname: x"));
        assertTrue(text, text.contains("unresolved-api-endpoints"));
        assertTrue(text, text.contains("has-controller-changed-on-previous-switch: true"));
        assertEquals("k", data.credentials("aws").get("mine").path("access-key").asText());
        assertEquals(1, data.credentials("aws").size());
        data.putCredential("aws", "other", new ObjectMapper().createObjectNode());
        assertTrue(Files.readString(folder.resolve("credentials.yaml")).contains("default-region: r\n"));
        assertEquals("localhost", data.clouds().get("aws").path("type").asText());
        data.putCloud("mine", new ObjectMapper().readTree("{\"type\":\"localhost\",\"auth-types\":[\"empty\"]}"));
        assertEquals(2, data.clouds().size());
    }

    @Test
    public void whatIsDamagedIsNamedAndNotWrittenOver() throws Exception {
        Path folder = temp.getRoot().toPath();
        Path file = folder.resolve("models.yaml");
        JujuData data = new JujuData(folder);
        for (Map.Entry<String, String> each : Map.of(
                        "- a\n- list\n", "expected a map",
                        "controllers: [a]\n", "expected a map of maps",
                        "name: \u00e9\n", "not UTF-8",
                        "a: [\n", "while parsing")
                .entrySet()) {
            byte[] before = each.getKey().getBytes(StandardCharsets.ISO_8859_1);
            Files.write(file, before);
            IOException refused =
                    assertThrows(each.getKey(), IOException.class, () -> data.setCurrentModel("prod", "admin/default"));
            String message = refused.getMessage();
            assertTrue(message, message.contains(file + ": " + each.getValue()));
            assertArrayEquals(before, Files.readAllBytes(file));
        }
        for (String nothing : List.of("", "# a comment\n", "~\n")) {
            Files.writeString(file, nothing);
            data.setCurrentModel("prod", "admin/default");
            assertEquals("admin/default", data.currentModel("prod"));
        }
    }

    @Test
    public void whatCannotBeWrittenIsSaidBeforeThereIsSomethingToWrite() throws Exception {
        for (String name : List.of("controllers.yaml", "accounts.yaml", "models.yaml")) {
            Path folder = temp.newFolder().toPath();
            Files.writeString(folder.resolve(name), "controllers: [a]\n");
            IOException refused = assertThrows(name, IOException.class, () -> new JujuData(folder).needWritable());
            assertTrue(refused.getMessage(), refused.getMessage().contains(name));
        }
        JujuData data = new JujuData(temp.newFolder().toPath());
        data.needWritable();
        data.putAccount("prod", new Account("admin", "0123", "superuser"));
        data.needWritable();
        assertEquals("admin", data.account("prod").user());
    }

    @Test
    public void writersWaitForEachOther() throws Exception {
        Path folder = temp.getRoot().toPath();
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (int n = 0; n < 8; n++) {
            String name = "c" + n;
            writers.add(CompletableFuture.runAsync(() -> {
                try {
                    JujuData data = new JujuData(folder);
                    for (int m = 0; m < 10; m++) {
                        data.putModel(name, "admin/m" + m, "uuid");
                    }
                } catch (java.io.IOException failed) {
                    throw new java.io.UncheckedIOException(failed);
                }
            }));
        }
        for (CompletableFuture<Void> writer : writers) {
            writer.join();
        }
        for (int n = 0; n < 8; n++) {
            assertEquals(10, new JujuData(folder).models("c" + n).size());
        }
    }
}
