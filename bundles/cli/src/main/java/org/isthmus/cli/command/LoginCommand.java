package org.isthmus.cli.command;

import java.io.IOException;
import picocli.CommandLine.Option;

/** `juju login`: as another user of a controller that is known here. */
final class LoginCommand extends ControllerCommand {
    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER",
            description = "log in as this local user")
    String user;

    @Option(names = "--no-prompt", description = "don't prompt for password just read a line from stdin")
    boolean noPrompt;

    @Option(names = "--trust", description = "automatically trust controller CA certificate")
    boolean trust;

    @Override
    int run(Session session) throws IOException {
        String named = optional();
        if (named != null && controller != null) {
            throw Failure.usage("cannot specify both a controller name and -c");
        }
        if (named != null && !session.data().controllers().containsKey(named)) {
            throw Failure.of(
                    "controller %s not found: only controllers that are known here can be logged in to;\n"
                            + "a new one is made known by \"juju register\" with the token that its administrator gives",
                    named);
        }
        Data.Controller at = session.controller(named == null ? controller : named);
        Data.Account before = session.data().account(at.name());
        String name = user;
        if (name == null) {
            if (before != null && before.password() != null) {
                name = before.user();
            } else {
                name = session.ask("Enter username: ", false).trim();
            }
        }
        String password;
        if (before != null && before.user().equals(name) && before.password() != null) {
            password = before.password();
        } else if (before != null && before.password() != null) {
            throw Failure.of(
                    "cannot log into controller \"%s\": already logged in as \"%s\".\n\n"
                            + "Run \"juju logout\" first before attempting to log in as a different user.",
                    at.name(), before.user());
        } else {
            password = noPrompt
                    ? ChangeUserPasswordCommand.line(session)
                    : session.ask("please enter password for " + name + " on " + at.name() + ": ", true);
        }
        Welcome.enter(session, at, name, password);
        Welcome.say(session, at, name);
        return 0;
    }
}
