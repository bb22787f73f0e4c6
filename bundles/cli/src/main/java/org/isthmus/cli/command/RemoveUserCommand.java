package org.isthmus.cli.command;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.isthmus.api.Names;
import picocli.CommandLine.Option;

/** `juju remove-user`. */
final class RemoveUserCommand extends ControllerCommand {
    @Option(
            names = {"-y", "--yes", "--no-prompt"},
            description = "Do not prompt for confirmation")
    boolean noPrompt;

    @Override
    int run(Session session) {
        if (args.isEmpty()) {
            throw Failure.usage("no username supplied");
        }
        noMoreThan(1);
        String user = args.get(0);
        if (!Names.isUser(user)) {
            throw Failure.usage("invalid username: \"%s\"", user);
        }
        Data.Controller at = session.controller(controller);
        if (!noPrompt) {
            String answer = session.ask(
                    "WARNING! This command will permanently remove the user \"" + user + "\" from the \"" + at.name()
                            + "\"\ncontroller. This action is irreversible.\n\n"
                            + "If you wish to temporarily disable the user please use the `juju disable-user`\n"
                            + "command. See `juju help disable-user` for more details.\n\nContinue (y/N)? ",
                    false);
            if (!List.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT))) {
                throw Failure.of("user removal: aborted");
            }
        }
        session.api(at).one("UserManager", "RemoveUser", Map.of("entities", List.of(Map.of("tag", "user-" + user))));
        session.info("User \"%s\" removed", user);
        return 0;
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.users(session, controller) : List.of();
    }
}
