package org.isthmus.agent.hook;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.isthmus.charm.Scalar;
import org.isthmus.charm.YamlFile;

/** The settings that are given to a tool, such as relation-set. */
final class GivenSettings {
    /** What an agent of a small heap can read and send. */
    private static final int SETTINGS_BYTES = 1 << 20;

    private GivenSettings() {}

    /** Values of `--file` (`-` is stdin), overridden by `key=value` arguments. */
    static Map<String, String> of(ToolCall call, ToolArgs args) throws IOException {
        Map<String, String> values = new TreeMap<>();
        String file = args.option("file");
        if (file != null && !file.isEmpty()) {
            values.putAll(yamlMap(
                    file.equals("-") ? call.stdin() : settingsFile(call.cwd().resolve(file))));
        }
        for (String pair : args.positional()) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw new ToolFailure(2, "expected \"key=value\", got \"" + pair + "\"");
            }
            if (equals == 0) {
                throw new ToolFailure(2, "expected \"key=value\", got \"" + pair + "\"");
            }
            values.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return values;
    }

    /** One byte more than may be, of a file that has no end too. */
    private static byte[] settingsFile(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(SETTINGS_BYTES + 1);
        }
    }

    /** Every value is the text that stands there: `1.10` and `010` are no numbers to whoever reads the relation. */
    private static Map<String, String> yamlMap(byte[] content) {
        Map<String, String> values = new TreeMap<>();
        if (content == null) {
            return values;
        }
        if (content.length > SETTINGS_BYTES) {
            throw new ToolFailure("cannot read settings: more than " + SETTINGS_BYTES + " bytes");
        }
        Map<String, Object> parsed = YamlFile.read("cannot read settings", content, SETTINGS_BYTES);
        if (parsed != null) {
            parsed.forEach((key, value) -> {
                if (!(value instanceof Scalar scalar)) {
                    throw new ToolFailure("cannot unmarshal \"" + key + "\" into string");
                }
                values.put(key, scalar.value() == null ? "" : scalar.text());
            });
        }
        return values;
    }
}
