package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;
import picocli.CommandLine.Mixin;

/** `juju remove-unit`. */
final class RemoveUnitCommand extends ModelCommand {
    @Mixin
    Removing removing = new Removing();

    @Override
    int run(Session session) {
        removing.check();
        if (args.isEmpty()) {
            throw Failure.usage("no units specified");
        }
        if (removing.numUnits != null) {
            throw Failure.usage("--num-units not allowed on a non-container model");
        }
        List<Object> units = new ArrayList<>();
        for (String unit : args) {
            if (!Names.isUnit(unit)) {
                throw Failure.usage("invalid unit name \"%s\"", unit);
            }
            units.add(removing.params("unit-tag", Session.unitTag(unit)));
        }
        JsonNode results = session.api(session.target(model))
                .call("Application", "DestroyUnit", Map.of("units", units))
                .path("results");
        boolean failed = false;
        for (int i = 0; i < args.size(); i++) {
            JsonNode result = results.path(i);
            if (result.hasNonNull("error")) {
                session.error(
                        "removing unit %s failed: %s",
                        args.get(i), result.path("error").path("message").asText());
                failed = true;
            } else {
                session.print("will remove unit " + args.get(i));
                Removing.list(session, result.path("info"), "destroyed-storage", "will remove storage");
                Removing.list(session, result.path("info"), "detached-storage", "will detach storage");
            }
        }
        return failed ? 1 : 0;
    }

    @Override
    List<String> complete(Session session) {
        return Candidates.units(session, model);
    }
}
