package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;
import org.isthmus.cli.text.Table;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju actions`. */
final class ActionsCommand extends ModelCommand {
    @Mixin
    Format format = new Format();

    @Option(names = "--schema", description = "Display the full action schema")
    boolean schema;

    @Override
    int run(Session session) {
        if (args.isEmpty()) {
            throw Failure.usage("no application name specified");
        }
        noMoreThan(1);
        String application = args.get(0);
        if (!Names.isApplication(application)) {
            throw Failure.usage("invalid application name \"%s\"", application);
        }
        JsonNode actions = session.api(session.target(model))
                .one(
                        "Action",
                        "ApplicationsCharmsActions",
                        Map.of("entities", List.of(Map.of("tag", "application-" + application))))
                .path("actions");
        if (actions.isEmpty()) {
            session.info("No actions defined for %s.", application);
            return 0;
        }
        if (schema && format.format == null) {
            format.format = "yaml";
        }
        return format.print(
                session,
                () -> {
                    Table table = new Table("Action", "Description");
                    Session.names(actions)
                            .forEach(name -> table.row(
                                    name, actions.path(name).path("description").asText("")));
                    return table.toString();
                },
                () -> {
                    Map<String, Object> document = new LinkedHashMap<>();
                    Session.names(actions)
                            .forEach(name -> document.put(
                                    name,
                                    schema
                                            ? actions.path(name).path("params")
                                            : actions.path(name).path("description")));
                    return document;
                });
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.applications(session, model) : List.of();
    }
}
