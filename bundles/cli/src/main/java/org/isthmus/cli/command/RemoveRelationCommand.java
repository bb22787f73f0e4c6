package org.isthmus.cli.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** `juju remove-relation`. */
final class RemoveRelationCommand extends ModelCommand {
    @Option(names = "--force", description = "Force remove a relation")
    boolean force;

    @Override
    int run(Session session) {
        Map<String, Object> params = new LinkedHashMap<>();
        if (args.size() == 1) {
            if (!args.get(0).matches("\\d+")) {
                throw Failure.usage("relation ID \"%s\" not valid", args.get(0));
            }
            params.put("relation-id", Integer.parseInt(args.get(0)));
        } else if (args.size() == 2) {
            for (String endpoint : args) {
                if (!IntegrateCommand.ENDPOINT.matcher(endpoint).matches()) {
                    throw Failure.usage("endpoint \"%s\" not valid", endpoint);
                }
            }
            params.put("endpoints", args);
        } else {
            throw Failure.usage("a relation must involve two applications");
        }
        if (force) {
            params.put("force", true);
        }
        session.api(session.target(model)).call("Application", "DestroyRelation", params);
        return 0;
    }

    @Override
    List<String> complete(Session session) {
        return args.size() < 2 ? Candidates.applications(session, model) : List.of();
    }
}
