package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;

/** `juju remove-application`. */
final class RemoveApplicationCommand extends RemovalCommand {
    RemoveApplicationCommand() {
        super("application");
    }

    @Override
    void check() {
        if (args.isEmpty()) {
            throw Failure.usage("no application specified");
        }
        for (String application : args) {
            if (!Names.isApplication(application)) {
                throw Failure.usage("invalid application name \"%s\"", application);
            }
        }
    }

    @Override
    JsonNode remove(Session session, boolean dryRun) {
        List<Object> applications = new ArrayList<>();
        args.forEach(name -> applications.add(removing.params("application-tag", "application-" + name, dryRun)));
        return session.api(session.target(model))
                .call("Application", "DestroyApplication", Map.of("applications", applications))
                .path("results");
    }

    @Override
    List<String> lines(String name, JsonNode info) {
        List<String> lines = new ArrayList<>(List.of("will remove application " + name));
        lines.addAll(tagged(info, "destroyed-units", "will remove unit"));
        lines.addAll(tagged(info, "destroyed-storage", "will remove storage"));
        lines.addAll(tagged(info, "detached-storage", "will detach storage"));
        return lines;
    }

    @Override
    List<String> complete(Session session) {
        List<String> names = new ArrayList<>(Candidates.applications(session, model));
        names.removeAll(args);
        return names;
    }
}
