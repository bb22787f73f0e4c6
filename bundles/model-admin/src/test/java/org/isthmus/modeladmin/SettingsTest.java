package org.isthmus.modeladmin;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.isthmus.api.Refused;
import org.junit.Test;

/** Whoever sets a setting gets what it promises, or is told that nothing comes of it. */
public class SettingsTest {
    /** Read under a name that is put together, for people only, or with one value alone. */
    private static final Set<String> OTHERWISE = Set.of(
            "juju-ftp-proxy",
            "juju-http-proxy",
            "juju-https-proxy",
            "juju-no-proxy",
            "extra-info",
            "object-store-type");

    @Test
    public void eachSettingIsReadSomewhereOrSaysThatItIsNot() throws IOException {
        List<String> sources = new ArrayList<>();
        try (Stream<Path> rooms = Files.walk(Path.of(".."))) {
            for (Path file : rooms.filter(SettingsTest::reads).toList()) {
                sources.add(Files.readString(file));
            }
        }
        Set<String> unread = new TreeSet<>();
        for (Schema schema : List.of(ControllerSettings.SCHEMA, ModelSettings.SCHEMA)) {
            for (Schema.Entry entry : schema.all()) {
                boolean read = sources.stream().anyMatch(text -> text.contains("\"" + entry.name() + "\""));
                if (!read && entry.readOnly() == null && entry.unused() == null && !entry.defaultOnly()) {
                    unread.add(entry.name());
                }
            }
        }
        unread.removeAll(OTHERWISE);
        assertEquals(Set.of(), unread);
    }

    private static boolean reads(Path file) {
        String name = file.toString();
        return name.endsWith(".java")
                && name.contains("/src/main/")
                && !name.endsWith("Settings.java")
                // Which options of bootstrap are settings; nothing comes of them there.
                && !name.endsWith("BootstrapCommand.java");
    }

    @Test
    public void theReadmeListsWhatHasNoEffect() throws IOException {
        Map<String, Set<String>> listed = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("README.md"))) {
            String[] cells = line.split("\\|");
            if (cells.length == 3 && cells[1].contains("`")) {
                listed.put(
                        cells[2].trim(),
                        new TreeSet<>(List.of(cells[1].replaceAll("[` ]", "").split(","))));
            }
        }
        Map<String, Set<String>> unused = new TreeMap<>();
        for (Schema schema : List.of(ControllerSettings.SCHEMA, ModelSettings.SCHEMA)) {
            for (Schema.Entry entry : schema.all()) {
                if (entry.unused() != null) {
                    unused.computeIfAbsent(entry.unused(), why -> new TreeSet<>())
                            .add(entry.name());
                }
            }
        }
        assertEquals(unused, listed);
    }

    @Test
    public void whatCannotBeKeptIsNotPromised() {
        assertEquals(
                "identity-url is not supported: there are no identity providers",
                refusal(ControllerSettings.SCHEMA, "identity-url", "https://id.example.com"));
        assertEquals(
                "secret-backend is not supported: there are no secret backends",
                refusal(ModelSettings.SCHEMA, "secret-backend", "vault"));
        assertEquals(
                Map.of("identity-url", ""), ControllerSettings.SCHEMA.checked(Map.of("identity-url", ""), Map.of()));
        assertEquals(
                "logging-config: unknown severity level \"LOUD\"",
                refusal(ModelSettings.SCHEMA, "logging-config", "<root>=LOUD"));
        assertTrue(ModelSettings.SCHEMA.show(Map.of(), Map.of(), "model").stream()
                .anyMatch(s -> s.name().equals("apt-mirror") && s.description().contains("; no effect here: ")));
    }

    private static String refusal(Schema schema, String name, Object value) {
        return assertThrows(Refused.class, () -> schema.checked(Map.of(name, value), Map.of()))
                .problem()
                .message();
    }
}
