package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.isthmus.cli.text.Table;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju controller-config`. */
final class ControllerConfigCommand extends ControllerCommand {
    @Mixin
    Format format = new Format();

    @Option(names = "--file", paramLabel = "FILE", description = "path to yaml-formatted configuration file")
    String file;

    @Override
    int run(Session session) {
        List<String> keys = args.stream().filter(w -> !w.contains("=")).toList();
        List<String> words =
                new ArrayList<>(args.stream().filter(w -> w.contains("=")).toList());
        if (file != null) {
            words.add(file);
        }
        if (!words.isEmpty() && !keys.isEmpty()) {
            throw Failure.usage("cannot set and retrieve values simultaneously");
        }
        if (keys.size() > 1) {
            throw Failure.usage("can only retrieve a single value, or all values");
        }
        Api api = session.api(session.controller(controller));
        if (!words.isEmpty()) {
            api.call("Controller", "ConfigSet", Map.of("config", Settings.read(session, words)));
            return 0;
        }
        JsonNode config = api.call("Controller", "ControllerConfig", Map.of()).path("config");
        if (!keys.isEmpty()) {
            JsonNode value = config.path(keys.get(0));
            if (value.isMissingNode()) {
                throw Failure.of(
                        "key \"%s\" not found in \"%s\" controller",
                        keys.get(0), session.controller(controller).name());
            }
            return one(session, format, value);
        }
        return format.print(
                session,
                () -> {
                    Table table = new Table("Attribute", "Value");
                    for (String key : Session.names(config)) {
                        table.row(key, cell(config.path(key)));
                    }
                    return table.toString();
                },
                () -> config);
    }

    /** Keys that only say which model it is. */
    static boolean hidden(String key) {
        return Set.of("name", "type", "uuid", "authorized-keys", "admin-secret", "ca-private-key")
                .contains(key);
    }

    static String cell(JsonNode value) {
        if (value.isArray()) {
            List<String> items = new ArrayList<>();
            value.forEach(item -> items.add(item.asText()));
            return String.join(",", items);
        }
        String text = value.isValueNode() ? value.asText() : value.toString();
        // As a block of YAML: a certificate cannot stand in one line.
        return text.strip().contains("\n") ? "|-\n" + text.strip().indent(2).stripTrailing() : text;
    }

    static int one(Session session, Format format, JsonNode value) {
        if (format.format != null && !format.format.equals("tabular")) {
            return format.printDocument(session, value);
        }
        return format.write(session, (value.isValueNode() ? value.asText() : value.toString()) + "\n");
    }

    @Override
    List<String> complete(Session session) {
        List<String> words = new ArrayList<>();
        Session.names(session.api(session.controller(controller))
                        .call("Controller", "ControllerConfig", Map.of())
                        .path("config"))
                .forEach(key -> words.add(key + "="));
        return words;
    }
}
