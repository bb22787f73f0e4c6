package org.isthmus.facades;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.isthmus.api.Problem;
import org.isthmus.charm.Scalar;
import org.isthmus.charm.YamlFile;

/**
 * The `config-yaml` of deploy and config: settings by application. Values keep the text that was written, in quotes or not; the
 * charm's options say what it means, so a version `20.10` is not taken for the number 20.1.
 */
final class ConfigYaml {
    private static final int LIMIT = 3 * 1024 * 1024;
    private static final String WHAT = "cannot parse settings data";

    private ConfigYaml() {}

    /** Settings of this application, {@link Scalar}s; a null value unsets. Empty text has none. */
    static Map<String, Object> read(String application, String yaml) {
        if (yaml == null || yaml.isBlank()) {
            return Map.of();
        }
        Map<String, Object> applications = YamlFile.read(WHAT, yaml.getBytes(StandardCharsets.UTF_8), LIMIT);
        if (applications == null || applications.isEmpty()) {
            return Map.of();
        }
        Object mine = applications.get(application);
        if (mine == null) {
            throw Problem.notValid("no settings found for \"%s\"", application);
        }
        if (mine instanceof Scalar scalar && scalar.value() == null) {
            return Map.of();
        }
        if (!(mine instanceof Map<?, ?> map)) {
            throw Problem.notValid(WHAT + ": expected a map of settings");
        }
        Map<String, Object> settings = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (!(value instanceof Scalar scalar)) {
                throw Problem.notValid(WHAT + ": a setting must be a plain value");
            }
            settings.put(key.toString(), scalar.value() == null ? null : Scalar.of(scalar.text()));
        });
        return settings;
    }
}
