package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;
import picocli.CommandLine.Mixin;

/** `juju remove-application`. */
final class RemoveApplicationCommand extends ModelCommand {
    @Mixin
    Removing removing = new Removing();

    @Override
    int run(Session session) {
        removing.check();
        if (args.isEmpty()) {
            throw Failure.usage("no application specified");
        }
        List<Object> applications = new ArrayList<>();
        for (String application : args) {
            if (!Names.isApplication(application)) {
                throw Failure.usage("invalid application name \"%s\"", application);
            }
            applications.add(removing.params("application-tag", "application-" + application));
        }
        JsonNode results = session.api(session.target(model))
                .call("Application", "DestroyApplication", Map.of("applications", applications))
                .path("results");
        boolean failed = false;
        for (int i = 0; i < args.size(); i++) {
            JsonNode result = results.path(i);
            if (result.hasNonNull("error")) {
                session.error(
                        "removing application %s failed: %s",
                        args.get(i), result.path("error").path("message").asText());
                failed = true;
            } else {
                session.print("will remove application " + args.get(i));
                Removing.list(session, result.path("info"), "destroyed-units", "will remove unit");
                Removing.list(session, result.path("info"), "destroyed-storage", "will remove storage");
                Removing.list(session, result.path("info"), "detached-storage", "will detach storage");
            }
        }
        return failed ? 1 : 0;
    }

    @Override
    List<String> complete(Session session) {
        return Candidates.applications(session, model);
    }
}
