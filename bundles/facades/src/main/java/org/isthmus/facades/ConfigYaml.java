package org.isthmus.facades;

import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.Map;
import org.isthmus.api.Problem;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * The `config-yaml` of deploy and config: settings by application. Values stay the text that was written; the charm's options say
 * what it means, so a version `20.10` is not taken for the number 20.1.
 */
final class ConfigYaml {
    private static final int LIMIT = 3 * 1024 * 1024;

    private ConfigYaml() {}

    /** Settings of this application; a null value unsets. Empty text has none. */
    static Map<String, Object> read(String application, String yaml) {
        if (yaml == null || yaml.isBlank()) {
            return Map.of();
        }
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(50);
        options.setCodePointLimit(LIMIT);
        options.setAllowDuplicateKeys(false);
        Node root;
        try {
            root = new Yaml(new SafeConstructor(options)).compose(new StringReader(yaml));
        } catch (YAMLException malformed) {
            throw Problem.notValid("cannot parse settings data: %s", firstLine(malformed.getMessage()));
        }
        if (!(root instanceof MappingNode applications)) {
            throw Problem.notValid("cannot parse settings data: expected a map of applications");
        }
        for (NodeTuple each : applications.getValue()) {
            if (text(each.getKeyNode()).equals(application)) {
                return settings(each.getValueNode());
            }
        }
        if (applications.getValue().isEmpty()) {
            return Map.of();
        }
        throw Problem.notValid("no settings found for \"%s\"", application);
    }

    private static Map<String, Object> settings(Node node) {
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL)) {
            return Map.of();
        }
        if (!(node instanceof MappingNode map)) {
            throw Problem.notValid("cannot parse settings data: expected a map of settings");
        }
        Map<String, Object> settings = new LinkedHashMap<>();
        for (NodeTuple each : map.getValue()) {
            Node value = each.getValueNode();
            boolean none = value instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
            settings.put(text(each.getKeyNode()), none ? null : text(value));
        }
        return settings;
    }

    private static String text(Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw Problem.notValid("cannot parse settings data: a setting must be a plain value");
    }

    private static String firstLine(String message) {
        int end = message == null ? -1 : message.indexOf('\n');
        return end < 0 ? String.valueOf(message) : message.substring(0, end);
    }
}
