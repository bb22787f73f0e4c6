package org.isthmus.cli.command;

import java.util.List;
import picocli.CommandLine.Option;

/** `juju unregister`. */
final class UnregisterCommand extends Command {
    @Option(
            names = {"-y", "--yes", "--no-prompt"},
            description = "Do not ask for confirmation")
    boolean noPrompt;

    @Override
    int run(Session session) {
        if (args.isEmpty()) {
            throw Failure.usage("controller name must be specified");
        }
        noMoreThan(1);
        String name = session.controller(args.get(0)).name();
        if (!noPrompt) {
            session.info(
                    "This command will remove connection information for controller \"%s\".\n"
                            + "Doing so will prevent you from accessing this controller until\nyou register it again.\n",
                    name);
            String answer = session.ask("To continue, enter the name of the controller to be unregistered: ", false);
            if (!answer.trim().equals(name)) {
                throw Failure.of("unregistering controller aborted");
            }
        }
        session.data().removeController(name);
        return 0;
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.controllers(session) : List.of();
    }
}
