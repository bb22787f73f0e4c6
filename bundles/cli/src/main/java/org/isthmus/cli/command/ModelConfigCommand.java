package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.cli.text.Table;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju model-config`. */
final class ModelConfigCommand extends ModelCommand {
    @Mixin
    Format format = new Format();

    @Option(names = "--file", paramLabel = "FILE", description = "path to yaml-formatted configuration file")
    String file;

    @Option(names = "--reset", paramLabel = "KEYS", description = "Reset the provided comma delimited keys")
    List<String> reset = new ArrayList<>();

    @Option(
            names = "--ignore-read-only-fields",
            description =
                    "Ignore read only fields that might cause errors to be emitted while processing yaml documents")
    boolean ignoreReadOnly;

    @Override
    int run(Session session) {
        List<String> keys = args.stream().filter(w -> !w.contains("=")).toList();
        List<String> words =
                new ArrayList<>(args.stream().filter(w -> w.contains("=")).toList());
        List<String> resets = new ArrayList<>();
        reset.forEach(r -> resets.addAll(List.of(r.split(","))));
        if (file != null) {
            words.add(file);
        }
        if ((!words.isEmpty() || !resets.isEmpty()) && !keys.isEmpty()) {
            throw Failure.usage("cannot set and retrieve values simultaneously");
        }
        if (keys.size() > 1) {
            throw Failure.usage("can only retrieve a single value, or all values");
        }
        Api api = session.api(session.target(model));
        if (!words.isEmpty() || !resets.isEmpty()) {
            Map<String, Object> values = Settings.read(session, words);
            for (String key : resets) {
                if (values.containsKey(key)) {
                    throw Failure.usage("key \"%s\" cannot be both set and reset in the same command", key);
                }
            }
            if (!resets.isEmpty()) {
                api.call("ModelConfig", "ModelUnset", Map.of("keys", resets));
            }
            if (!values.isEmpty()) {
                api.call("ModelConfig", "ModelSet", Map.of("config", values));
            }
            return 0;
        }
        JsonNode config = api.call("ModelConfig", "ModelGet", Map.of()).path("config");
        if (!keys.isEmpty()) {
            JsonNode setting = config.path(keys.get(0));
            if (setting.isMissingNode()) {
                throw Failure.of(
                        "key \"%s\" not found in \"%s\" model.",
                        keys.get(0), session.target(model).shortName());
            }
            return ControllerConfigCommand.one(session, format, setting.path("value"));
        }
        return format.print(session, () -> table(config), () -> document(config));
    }

    private static String table(JsonNode config) {
        Table table = new Table("Attribute", "From", "Value");
        for (String key : Session.names(config)) {
            if (!ControllerConfigCommand.hidden(key)) {
                JsonNode setting = config.path(key);
                table.row(key, setting.path("source").asText(), ControllerConfigCommand.cell(setting.path("value")));
            }
        }
        return table.toString();
    }

    private static Map<String, Object> document(JsonNode config) {
        Map<String, Object> document = new LinkedHashMap<>();
        for (String key : Session.names(config)) {
            if (!ControllerConfigCommand.hidden(key)) {
                Map<String, Object> at = new LinkedHashMap<>();
                at.put("Value", config.path(key).path("value"));
                at.put("Source", config.path(key).path("source"));
                document.put(key, at);
            }
        }
        return document;
    }

    @Override
    List<String> complete(Session session) {
        List<String> words = new ArrayList<>();
        Session.names(session.api(session.target(model))
                        .call("ModelConfig", "ModelGet", Map.of())
                        .path("config"))
                .forEach(key -> words.add(key + "="));
        return words;
    }
}
