package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;
import picocli.CommandLine.Mixin;

/** `juju show-application`. */
final class ShowApplicationCommand extends ModelCommand {
    @Mixin
    Format format = new Format();

    @Override
    int run(Session session) {
        if (args.isEmpty()) {
            throw Failure.usage("an application name must be supplied");
        }
        List<Object> entities = new ArrayList<>();
        for (String application : args) {
            if (!Names.isApplication(application)) {
                throw Failure.usage("invalid application name \"%s\"", application);
            }
            entities.add(Map.of("tag", "application-" + application));
        }
        JsonNode results = session.api(session.target(model))
                .call("Application", "ApplicationsInfo", Map.of("entities", entities))
                .path("results");
        Map<String, Object> all = new LinkedHashMap<>();
        for (int i = 0; i < args.size(); i++) {
            Api.refuseIfError(results.path(i));
            JsonNode info = results.path(i).path("result");
            Map<String, Object> shown = new LinkedHashMap<>();
            ModelDocument.put(shown, "charm", info.path("charm").asText(""));
            String base = info.path("base").path("name").asText("");
            if (!base.isEmpty()) {
                shown.put(
                        "base",
                        base + "@"
                                + info.path("base").path("channel").asText("").replaceAll("/stable$", ""));
            }
            ModelDocument.put(shown, "channel", info.path("channel").asText(""));
            if (!info.path("constraints").isEmpty()) {
                shown.put("constraints", info.path("constraints"));
            }
            for (String flag : List.of("principal", "exposed", "remote")) {
                shown.put(flag, info.path(flag).asBoolean());
            }
            ModelDocument.put(shown, "life", info.path("life").asText(""));
            if (!info.path("exposed-endpoints").isEmpty()) {
                shown.put("exposed-endpoints", info.path("exposed-endpoints"));
            }
            if (!info.path("endpoint-bindings").isEmpty()) {
                shown.put("endpoint-bindings", info.path("endpoint-bindings"));
            }
            all.put(args.get(i), shown);
        }
        return format.printDocument(session, all);
    }

    @Override
    List<String> complete(Session session) {
        return Candidates.applications(session, model);
    }
}
