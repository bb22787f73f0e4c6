package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;

/** `juju remove-unit`. */
final class RemoveUnitCommand extends RemovalCommand {
    RemoveUnitCommand() {
        super("unit");
    }

    @Override
    void check() {
        if (args.isEmpty()) {
            throw Failure.usage("no units specified");
        }
        if (removing.numUnits != null) {
            throw Failure.usage("--num-units not allowed on a non-container model");
        }
        for (String unit : args) {
            if (!Names.isUnit(unit)) {
                throw Failure.usage("invalid unit name \"%s\"", unit);
            }
        }
    }

    @Override
    JsonNode remove(Session session, boolean dryRun) {
        List<Object> units = new ArrayList<>();
        args.forEach(unit -> units.add(removing.params("unit-tag", Session.unitTag(unit), dryRun)));
        return session.api(session.target(model))
                .call("Application", "DestroyUnit", Map.of("units", units))
                .path("results");
    }

    @Override
    List<String> lines(String name, JsonNode info) {
        List<String> lines = new ArrayList<>(List.of("will remove unit " + name));
        lines.addAll(tagged(info, "destroyed-storage", "will remove storage"));
        lines.addAll(tagged(info, "detached-storage", "will detach storage"));
        return lines;
    }

    @Override
    List<String> complete(Session session) {
        List<String> names = new ArrayList<>(Candidates.units(session, model));
        names.removeAll(args);
        return names;
    }
}
