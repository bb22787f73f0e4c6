package org.isthmus.cli.command;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** `juju unexpose`. */
final class UnexposeCommand extends ModelCommand {
    @Option(
            names = "--endpoints",
            paramLabel = "NAMES",
            description = "Unexpose only the ports that charms have opened for this comma-delimited list of endpoints")
    String endpoints;

    @Override
    int run(Session session) {
        if (args.isEmpty()) {
            throw Failure.usage("no application name specified");
        }
        noMoreThan(1);
        session.api(session.target(model))
                .call(
                        "Application",
                        "Unexpose",
                        Map.of("application", args.get(0), "exposed-endpoints", ExposeCommand.split(endpoints)));
        return 0;
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.applications(session, model) : List.of();
    }
}
