package org.isthmus.cli.command;

import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;
import picocli.CommandLine.Mixin;

/** `juju add-unit`. */
final class AddUnitCommand extends ModelCommand {
    @Mixin
    Placing placing = new Placing();

    @Override
    int run(Session session) {
        if (args.isEmpty()) {
            throw Failure.usage("no application specified");
        }
        noMoreThan(1);
        String application = args.get(0);
        if (!Names.isApplication(application)) {
            throw Failure.usage("invalid application name \"%s\"", application);
        }
        int count = placing.count();
        Target target = session.target(model);
        session.api(target)
                .call(
                        "Application",
                        "AddUnits",
                        Map.of(
                                "application",
                                application,
                                "num-units",
                                count,
                                "placement",
                                placing.directives(target.uuid()),
                                "attach-storage",
                                List.of()));
        return 0;
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.applications(session, model) : List.of();
    }
}
