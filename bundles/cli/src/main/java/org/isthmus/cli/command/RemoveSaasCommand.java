package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;
import picocli.CommandLine.Option;

/** `juju remove-saas`: the model uses the offer no more. */
final class RemoveSaasCommand extends ModelCommand {
    @Option(names = "--force", description = "Completely remove a SAAS and all its dependencies")
    boolean force;

    @Option(
            names = "--no-wait",
            description = "Rush through SAAS removal without waiting for each individual step to complete")
    boolean noWait;

    @Override
    int run(Session session) {
        if (noWait && !force) {
            throw Failure.usage("--no-wait without --force not valid");
        }
        if (args.isEmpty()) {
            throw Failure.usage("no SAAS application names specified");
        }
        List<Object> applications = new ArrayList<>();
        for (String name : args) {
            if (!Names.isApplication(name)) {
                throw Failure.usage("invalid SAAS application name \"%s\"", name);
            }
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("application-tag", "application-" + name);
            item.put("force", force);
            if (noWait) {
                item.put("max-wait", 0L);
            }
            applications.add(item);
        }
        List<String> errors = session.api(session.target(model))
                .errors("Application", "DestroyConsumedApplications", Map.of("applications", applications));
        boolean failed = false;
        for (int i = 0; i < errors.size(); i++) {
            if (errors.get(i) != null) {
                session.info("removing SAAS application %s failed: %s", args.get(i), errors.get(i));
                failed = true;
            }
        }
        return failed ? 1 : 0;
    }

    @Override
    List<String> complete(Session session) {
        List<String> names = new ArrayList<>(Session.names(session.api(session.target(model))
                .call("Client", "FullStatus", Map.of("patterns", List.of()))
                .path("remote-applications")));
        names.removeAll(args);
        return names;
    }
}
