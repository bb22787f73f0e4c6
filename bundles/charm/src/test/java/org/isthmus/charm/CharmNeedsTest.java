package org.isthmus.charm;

import static org.junit.Assert.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class CharmNeedsTest {
    @Rule
    public TemporaryFolder temp = new TemporaryFolder();

    private List<String> unmet(String line, boolean manifest) throws Exception {
        Path folder = temp.newFolder().toPath();
        write(folder, "metadata.yaml", "name: x\nsummary: s\ndescription: d\n" + line + "\n");
        if (manifest) {
            write(folder, "manifest.yaml", "bases: [{name: ubuntu, channel: '22.04', architectures: [amd64]}]");
        }
        return new CharmNeeds("3.6.9").unmet(CharmFolder.read(folder).metadata());
    }

    private static void write(Path folder, String name, String text) throws Exception {
        Files.write(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    public void leastVersion() throws Exception {
        assertEquals(List.of(), unmet("", false));
        assertEquals(List.of(), unmet("min-juju-version: 3.6.9", false));
        assertEquals(List.of(), unmet("min-juju-version: 2.9", false));
        assertEquals(
                List.of("charm's min version (3.6.10) is higher than this juju model's version (3.6.9)"),
                unmet("min-juju-version: 3.6.10", false));
    }

    @Test
    public void whatACharmAssumes() throws Exception {
        assertEquals(List.of(), unmet("assumes: [juju]", true));
        assertEquals(List.of(), unmet("assumes: [juju >= 3.1, juju < 4.0]", true));
        assertEquals(
                List.of("charm requires Juju version >= 4.0, model has version 3.6.9"),
                unmet("assumes: [juju >= 4.0]", true));
        assertEquals(
                List.of("charm requires Juju version < 3.0, model has version 3.6.9"),
                unmet("assumes: [juju < 3.0]", true));
        assertEquals(
                List.of("charm requires feature \"k8s-api\" but model does not support it"),
                unmet("assumes: [k8s-api]", true));
        assertEquals(List.of(), unmet("assumes: [any-of: [k8s-api, juju >= 3.0]]", true));
        assertEquals(
                List.of(
                        "charm requires feature \"k8s-api\" but model does not support it",
                        "charm requires Juju version >= 9, model has version 3.6.9"),
                unmet("assumes: [{any-of: [k8s-api, juju >= 9]}]", true));
        assertEquals(
                List.of("charm requires Juju version >= 9, model has version 3.6.9"),
                unmet("assumes: [{all-of: [juju, juju >= 9]}]", true));
    }
}
