package org.isthmus.cli.command;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.isthmus.client.FirstContact;
import org.isthmus.client.LoginResult;
import picocli.CommandLine.Option;

/** `juju login`: to a controller that is known here, as the same or another user, or to one whose address is given. */
final class LoginCommand extends ControllerCommand {
    private static final int PORT = 17070;

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
        if (named != null && !session.data().controllers().containsKey(named) && named.matches(".*[.:].*")) {
            return stranger(session, named.contains(":") ? named : named + ":" + PORT);
        }
        if (named != null && controller != null) {
            throw Failure.usage("cannot specify both a controller name and -c");
        }
        if (named != null && !session.data().controllers().containsKey(named)) {
            throw Failure.of(
                    "controller %s not found; a new one is named by its address, or made known by \"juju register\"\n"
                            + "with the token that its administrator gives",
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

    /** A controller of which nothing is known but where it is. */
    private int stranger(Session session, String address) throws IOException {
        String name = controller != null
                ? controller
                : session.ask("Enter a name for this controller: ", false).strip();
        if (name.isEmpty()) {
            throw Failure.of("you must specify a non-empty controller name");
        }
        if (session.data().controllers().containsKey(name)) {
            throw Failure.of("controller \"%s\" already exists", name);
        }
        String ca;
        try {
            ca = new FirstContact(Duration.ofSeconds(30)).authority(address);
        } catch (IOException unreachable) {
            throw Failure.of("cannot connect to the controller at %s: %s", address, unreachable.getMessage());
        }
        if (!trust) {
            String answer = session.ask(
                    "The controller at " + address
                            + " proves itself by a certificate authority that is not known here.\n"
                            + "CA fingerprint: [" + FirstContact.fingerprint(ca) + "]\n"
                            + "Trust this controller? (y/N): ",
                    false);
            if (!List.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT))) {
                throw Failure.of(
                        "cannot log in to the controller at %s: its certificate authority is not trusted", address);
            }
        }
        String who =
                user != null ? user : session.ask("Enter username: ", false).strip();
        String password = noPrompt
                ? ChangeUserPasswordCommand.line(session)
                : session.ask("please enter password for " + who + " on " + name + ": ", true);
        Data.Controller at = new Data.Controller(name, null, List.of(address), ca, null, null, null, null);
        LoginResult proved = Welcome.prove(session, at, who, password);
        session.data().controllers().values().stream()
                .filter(known -> known.uuid().equals(proved.controllerUuid()))
                .findFirst()
                .ifPresent(known -> {
                    throw Failure.of(
                            "This controller has already been registered on this client as \"%s\".", known.name());
                });
        List<String> addresses = new ArrayList<>(List.of(address));
        proved.servers().stream().filter(each -> !addresses.contains(each)).forEach(addresses::add);
        at = new Data.Controller(
                name, proved.controllerUuid(), addresses, ca, null, null, null, proved.serverVersion());
        session.data().putController(at);
        Welcome.keep(session, at, who, password, proved);
        ControllerFacts.refresh(session, at);
        Welcome.say(session, at, who);
        return 0;
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.controllers(session) : List.of();
    }
}
