package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;
import org.isthmus.cli.text.Times;
import picocli.CommandLine.Mixin;

/** `juju show-model`. */
final class ShowModelCommand extends ModelCommand {
    @Mixin
    Format format = new Format();

    @Override
    int run(Session session) {
        String named = optional();
        Target target = session.target(named == null ? model : named);
        Data.Controller controller = session.controller(target.controller());
        JsonNode info = session.api(controller)
                .one("ModelManager", "ModelInfo", Map.of("entities", List.of(Map.of("tag", "model-" + target.uuid()))))
                .path("result");
        Map<String, Object> at = ModelDocument.head(session, controller, info);
        Object credential = at.remove("credential");
        Map<String, Object> users = new LinkedHashMap<>();
        for (JsonNode user : info.path("users")) {
            Map<String, Object> shown = new LinkedHashMap<>();
            ModelDocument.put(shown, "display-name", user.path("display-name").asText(""));
            shown.put("access", user.path("access").asText());
            Instant last = Times.parse(user.path("last-connection").asText(""));
            shown.put("last-connection", last == null ? "never connected" : Times.ago(last, Instant.now()));
            users.put(user.path("user").asText(), shown);
        }
        at.put("users", users);
        Map<String, Object> machines = new LinkedHashMap<>();
        List<JsonNode> sorted = new java.util.ArrayList<>();
        info.path("machines").forEach(sorted::add);
        sorted.sort(java.util.Comparator.comparing(m -> m.path("id").asText(), Names.NATURAL));
        for (JsonNode machine : sorted) {
            machines.put(
                    machine.path("id").asText(),
                    Map.of("cores", machine.path("hardware").path("cores").asInt(0)));
        }
        if (!machines.isEmpty()) {
            at.put("machines", machines);
        }
        at.put("agent-version", info.path("agent-version").asText(""));
        if (credential != null) {
            at.put("credential", credential);
        }
        return format.printDocument(session, Map.of(target.shortName(), at));
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.models(session) : List.of();
    }
}
