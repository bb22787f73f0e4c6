package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju remove-machine`. */
final class RemoveMachineCommand extends ModelCommand {
    @Mixin
    Removing removing = new Removing();

    @Option(names = "--keep-instance", description = "Do not stop the running cloud instance")
    boolean keep;

    @Override
    int run(Session session) {
        removing.check();
        if (args.isEmpty()) {
            throw Failure.usage("no machines specified");
        }
        List<String> tags = new ArrayList<>();
        for (String id : args) {
            if (!Names.isMachine(id)) {
                throw Failure.usage("invalid machine id \"%s\"", id);
            }
            tags.add(Session.machineTag(id));
        }
        Map<String, Object> params = new LinkedHashMap<>();
        params.put("machine-tags", tags);
        params.put("force", removing.force);
        params.put("keep", keep);
        params.put("dry-run", removing.dryRun);
        if (removing.noWait) {
            params.put("max-wait", 0L);
        }
        JsonNode results = session.api(session.target(model))
                .call("MachineManager", "DestroyMachineWithParams", params)
                .path("results");
        boolean failed = false;
        for (int i = 0; i < args.size(); i++) {
            JsonNode result = results.path(i);
            if (result.hasNonNull("error")) {
                session.error(
                        "removing machine %s failed: %s",
                        args.get(i), result.path("error").path("message").asText());
                failed = true;
            } else {
                session.print("will remove machine " + args.get(i) + (keep ? " (but retaining cloud instance)" : ""));
                Removing.list(session, result.path("info"), "destroyed-units", "will remove unit");
                for (JsonNode container : result.path("info").path("destroyed-containers")) {
                    session.print("- will remove container "
                            + container.path("info").path("machine-id").asText());
                }
            }
        }
        return failed ? 1 : 0;
    }

    @Override
    List<String> complete(Session session) {
        return Candidates.machines(session, model);
    }
}
