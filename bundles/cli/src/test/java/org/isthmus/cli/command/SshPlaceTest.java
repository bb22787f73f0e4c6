package org.isthmus.cli.command;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Who gets into a machine that is a folder here, and into which. */
public class SshPlaceTest {
    private static final String MODEL = "0e3f7a52-1111-4222-8333-444455556666";

    @Rule
    public TemporaryFolder temp = new TemporaryFolder();

    private final ObjectMapper json = new ObjectMapper();
    private Path base;
    private String instance = "0e3f7a52-0-abcdef01";
    private boolean admin = true;

    @Before
    public void makeMachine() throws IOException {
        base = temp.newFolder("base").toPath();
        machine(base.resolve("machines").resolve(instance), MODEL);
    }

    private static void machine(Path folder, String model) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("machine.json"), "{\"modelUuid\": \"" + model + "\"}");
    }

    private JsonNode call(String facade, String method, Object params) {
        try {
            if (method.equals("FullStatus")) {
                return json.readTree(
                        """
                        {"machines": {"0": {"instance-id": "%s"}},
                         "applications": {"mysql": {"units": {"mysql/0": {"machine": "0", "leader": true}}}}}"""
                                .formatted(instance));
            }
            if (!admin) {
                throw Problem.refuse(Code.UNAUTHORIZED, "permission denied");
            }
            return json.readTree("{\"results\": [{\"address\": \"10.0.0.1\"}]}");
        } catch (IOException broken) {
            throw new java.io.UncheckedIOException(broken);
        }
    }

    private SshCommand.Place place(String name) throws IOException {
        return SshCommand.Place.of(this::call, new SshCommand.Machines(List.of(base), MODEL, json), name);
    }

    @Test
    public void administratorEntersTheFolder() throws IOException {
        Path folder = base.resolve("machines").resolve(instance);
        for (String name : List.of("0", "mysql/0", "mysql/leader")) {
            assertEquals(new SshCommand.Place("10.0.0.1", folder), place(name));
        }
    }

    @Test
    public void whoMayOnlyReadStaysOutside() {
        admin = false;
        for (String name : List.of("0", "mysql/0", "mysql/leader")) {
            assertEquals(
                    "permission denied",
                    assertThrows(Refused.class, () -> place(name)).getMessage());
        }
    }

    @Test
    public void controllerCannotNameAFolderOfSomebodyElse() throws IOException {
        machine(base.resolve("else"), MODEL);
        machine(base.resolve("machines/9d1b0c11-0-abcdef01"), "9d1b0c11-1111-4222-8333-444455556666");
        for (String hostile : List.of("../else", "..", ".", "", "9d1b0c11-0-abcdef01", base.resolve("else") + "")) {
            instance = hostile;
            assertNull(hostile, place("0").folder());
        }
    }
}
