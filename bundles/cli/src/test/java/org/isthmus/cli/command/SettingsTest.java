package org.isthmus.cli.command;

import static org.junit.Assert.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.isthmus.charm.Scalar;
import org.isthmus.charm.YamlFile;
import org.isthmus.cli.text.Document;
import org.junit.Test;

public class SettingsTest {
    /** From the file of `deploy --config` to the YAML that the controller reads. */
    @Test
    public void settingsOfAFileArriveAsTheyWereWritten() {
        Map<String, Object> written = Settings.written(
                "app.yaml",
                """
                app:
                  version: 1.10
                  octal: 010
                  yes: yes
                  thousand: 1_000
                  hex: 0x1F
                  word: "null"
                  tilde: "~"
                  blank: ""
                  lines: "a\\n  b\\n"
                  unset: ~
                """);
        String sent = new Document().yaml(written);
        Map<String, Object> arrived = new LinkedHashMap<>();
        ((Map<?, ?>) YamlFile.read("sent", sent.getBytes(StandardCharsets.UTF_8), 10_000)
                        .get("app"))
                .forEach((key, value) -> arrived.put(
                        key.toString(),
                        value instanceof Scalar scalar && scalar.value() != null ? scalar.text() : null));
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("version", "1.10");
        expected.put("octal", "010");
        expected.put("yes", "yes");
        expected.put("thousand", "1_000");
        expected.put("hex", "0x1F");
        expected.put("word", "null");
        expected.put("tilde", "~");
        expected.put("blank", "");
        expected.put("lines", "a\n  b\n");
        expected.put("unset", null);
        assertEquals(expected, arrived);
    }
}
