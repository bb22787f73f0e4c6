package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;
import picocli.CommandLine.Option;

/** `juju remove-machine`. */
final class RemoveMachineCommand extends RemovalCommand {
    @Option(names = "--keep-instance", description = "Do not stop the running cloud instance")
    boolean keep;

    RemoveMachineCommand() {
        super("machine");
    }

    @Override
    void check() {
        if (args.isEmpty()) {
            throw Failure.usage("no machines specified");
        }
        for (String id : args) {
            if (!Names.isMachine(id)) {
                throw Failure.usage("invalid machine id \"%s\"", id);
            }
        }
    }

    @Override
    JsonNode remove(Session session, boolean dryRun) {
        Map<String, Object> params = new LinkedHashMap<>();
        params.put("machine-tags", args.stream().map(Session::machineTag).toList());
        params.put("force", removing.force);
        params.put("keep", keep);
        params.put("dry-run", dryRun);
        if (removing.noWait) {
            params.put("max-wait", 0L);
        }
        return session.api(session.target(model))
                .call("MachineManager", "DestroyMachineWithParams", params)
                .path("results");
    }

    @Override
    List<String> lines(String name, JsonNode info) {
        List<String> lines = new ArrayList<>();
        lines.add("will remove machine " + name + (keep ? " (but retaining cloud instance)" : ""));
        lines.addAll(tagged(info, "destroyed-units", "will remove unit"));
        for (JsonNode container : info.path("destroyed-containers")) {
            lines.add("- will remove container "
                    + container.path("info").path("machine-id").asText());
        }
        return lines;
    }

    @Override
    List<String> complete(Session session) {
        List<String> names = new ArrayList<>(Candidates.machines(session, model));
        names.removeAll(args);
        return names;
    }
}
