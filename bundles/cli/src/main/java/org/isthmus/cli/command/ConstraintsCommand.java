package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;

/** `juju constraints` and `juju model-constraints`. */
final class ConstraintsCommand extends ModelCommand {
    private final boolean ofModel;

    @Mixin
    Format format = new Format();

    ConstraintsCommand(boolean ofModel) {
        this.ofModel = ofModel;
    }

    @Override
    int run(Session session) {
        if (ofModel) {
            noMoreThan(0);
        } else if (args.isEmpty()) {
            throw Failure.usage("no application name specified");
        } else {
            noMoreThan(1);
        }
        Api api = session.api(session.target(model));
        JsonNode constraints = ofModel
                ? api.call("ModelConfig", "GetModelConstraints", Map.of()).path("constraints")
                : api.one(
                                "Application",
                                "GetConstraints",
                                Map.of("entities", List.of(Map.of("tag", "application-" + args.get(0)))))
                        .path("constraints");
        String chosen = format.choose("constraints", "yaml", "json");
        String line = ConstraintWords.of(constraints).toString();
        return format.write(
                session,
                chosen.equals("constraints")
                        ? (line.isEmpty() ? "" : line + "\n")
                        : format.render(session, chosen, constraints));
    }

    @Override
    List<String> complete(Session session) {
        return ofModel || !args.isEmpty() ? List.of() : Candidates.applications(session, model);
    }
}
