package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju config`. */
final class ConfigCommand extends ModelCommand {
    @Mixin
    Format format = new Format();

    @Option(names = "--file", paramLabel = "FILE", description = "path to yaml-formatted configuration file")
    String file;

    @Option(names = "--reset", paramLabel = "KEYS", description = "Reset the provided comma delimited keys")
    List<String> reset = new ArrayList<>();

    @Override
    int run(Session session) {
        if (args.isEmpty()) {
            throw Failure.usage("no application name specified");
        }
        String application = args.get(0);
        if (!Names.isApplication(application)) {
            throw Failure.usage("invalid application name \"%s\"", application);
        }
        List<String> words = args.subList(1, args.size());
        List<String> keys = words.stream().filter(w -> !w.contains("=")).toList();
        List<String> values = words.stream().filter(w -> w.contains("=")).toList();
        List<String> resets = new ArrayList<>();
        reset.forEach(r -> resets.addAll(List.of(r.split(","))));
        boolean changes = !values.isEmpty() || !resets.isEmpty() || file != null;
        if (changes && !keys.isEmpty()) {
            throw Failure.usage("cannot set and retrieve values simultaneously");
        }
        Api api = session.api(session.target(model));
        if (changes) {
            change(session, api, application, values, resets);
            return 0;
        }
        if (keys.size() > 1) {
            throw Failure.usage("can only retrieve a single value, or all values");
        }
        JsonNode got = api.call("Application", "Get", Map.of("application", application));
        return keys.isEmpty() ? all(session, got) : one(session, got, keys.get(0));
    }

    private void change(Session session, Api api, String application, List<String> values, List<String> resets) {
        Map<String, String> pairs = new LinkedHashMap<>();
        Session.pairs(values).forEach((key, value) -> pairs.put(key, Settings.value(session, value)));
        for (String key : resets) {
            if (pairs.containsKey(key)) {
                throw Failure.usage("key \"%s\" cannot be both set and reset in the same command", key);
            }
        }
        if (!resets.isEmpty()) {
            api.one(
                    "Application",
                    "UnsetApplicationsConfig",
                    Map.of("Args", List.of(Map.of("application", application, "options", resets))));
        }
        if (file != null || !pairs.isEmpty()) {
            Map<String, Object> arg = new LinkedHashMap<>();
            arg.put("application", application);
            arg.put("generation", "master");
            arg.put("config", pairs);
            arg.put("config-yaml", "");
            if (file != null) {
                String text = Settings.fileText(session, file);
                if (!(Settings.written(file, text).get(application) instanceof Map)) {
                    throw Failure.of("expected a top-level \"%s\" key in the configuration file", application);
                }
                arg.put("config-yaml", text);
            }
            api.one("Application", "SetConfigs", Map.of("Args", List.of(arg)));
        }
    }

    private int all(Session session, JsonNode got) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("application", got.path("application"));
        if (!got.path("application-config").isEmpty()) {
            document.put("application-config", got.path("application-config"));
        }
        document.put("charm", got.path("charm"));
        document.put("settings", got.path("config"));
        return format.printDocument(session, document);
    }

    private int one(Session session, JsonNode got, String key) {
        JsonNode setting = got.path("config").path(key);
        if (setting.isMissingNode()) {
            setting = got.path("application-config").path(key);
        }
        if (setting.isMissingNode()) {
            throw Failure.of(
                    "key \"%s\" not found in %s", key, got.path("application").asText() + " config or charm settings");
        }
        JsonNode value = setting.has("value") ? setting.path("value") : setting.path("default");
        if (format.format != null && !format.format.equals("yaml")) {
            return format.printDocument(session, value);
        }
        return format.write(session, value.isMissingNode() || value.isNull() ? "\n" : value.asText() + "\n");
    }

    @Override
    List<String> complete(Session session) {
        if (args.isEmpty()) {
            return Candidates.applications(session, model);
        }
        JsonNode got =
                session.api(session.target(model)).call("Application", "Get", Map.of("application", args.get(0)));
        List<String> keys = new ArrayList<>();
        Session.names(got.path("config")).forEach(key -> keys.add(key + "="));
        return keys;
    }
}
