package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;
import picocli.CommandLine.Option;

/** `juju resolved`. */
final class ResolvedCommand extends ModelCommand {
    @Option(names = "--all", description = "Marks all units in error as resolved")
    boolean all;

    @Option(names = "--no-retry", description = "Do not re-execute failed hooks on the unit")
    boolean noRetry;

    @Override
    int run(Session session) {
        if (all && !args.isEmpty()) {
            throw Failure.usage("specifying unit names(s) with --all is not valid");
        }
        if (!all && args.isEmpty()) {
            throw Failure.usage("no unit specified");
        }
        List<Object> tags = new ArrayList<>();
        for (String unit : args) {
            if (!Names.isUnit(unit)) {
                throw Failure.usage("unit name \"%s\" not valid", unit);
            }
            tags.add(Map.of("tag", Session.unitTag(unit)));
        }
        List<String> errors = session.api(session.target(model))
                .errors(
                        "Application",
                        "ResolveUnitErrors",
                        Map.of("tags", Map.of("entities", tags), "retry", !noRetry, "all", all));
        List<String> told = errors.stream().filter(e -> e != null).toList();
        if (!told.isEmpty()) {
            throw Failure.of("%s", String.join("\n", told));
        }
        return 0;
    }

    @Override
    List<String> complete(Session session) {
        return Candidates.units(session, model);
    }
}
