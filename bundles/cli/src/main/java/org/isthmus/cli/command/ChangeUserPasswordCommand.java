package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Refused;
import picocli.CommandLine.Option;

/** `juju change-user-password`. */
final class ChangeUserPasswordCommand extends ControllerCommand {
    @Option(names = "--reset", description = "Reset user password")
    boolean reset;

    @Option(names = "--no-prompt", description = "Don't prompt for password and just read a line from stdin")
    boolean noPrompt;

    @Override
    int run(Session session) throws IOException {
        String named = optional();
        Data.Controller at = session.controller(controller);
        Data.Account account = session.account(at);
        String user = named == null ? account.user() : named;
        Api api = session.api(at);
        if (reset) {
            JsonNode answer =
                    api.one("UserManager", "ResetPassword", Map.of("entities", List.of(Map.of("tag", "user-" + user))));
            session.print("Password for \"" + user + "\" has been reset.\nAsk the user to run:\n     juju register "
                    + AddUserCommand.token(at, user, answer.path("secret-key").asText()));
            return 0;
        }
        String password = noPrompt ? line(session) : twice(session);
        if (password.isEmpty()) {
            throw Failure.of("you must enter a password");
        }
        try {
            api.one(
                    "UserManager",
                    "SetPassword",
                    Map.of("changes", List.of(Map.of("tag", "user-" + user, "password", password))));
        } catch (Refused refused) {
            // It may be that only the answer was lost: then who asks again is not known by the old password any more.
            if (!user.equals(account.user()) || !session.mayLogIn(at, user, password)) {
                throw refused;
            }
        }
        if (user.equals(account.user())) {
            session.data().putAccount(at.name(), new Data.Account(user, password, account.access()));
            session.info("Your password has been changed.");
        } else {
            session.info("Password for \"%s\" has been changed.", user);
        }
        return 0;
    }

    private static String twice(Session session) {
        String first = session.ask("new password: ", true);
        if (!first.equals(session.ask("type new password again: ", true))) {
            throw Failure.of("passwords do not match");
        }
        return first;
    }

    /** One line of stdin and no more. */
    static String line(Session session) throws IOException {
        InputStream in = session.invocation().stdin();
        if (in == null) {
            throw Failure.of("there is no standard input");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] one = new byte[1];
        while (in.read(one, 0, 1) > 0 && one[0] != '\n') {
            bytes.write(one[0]);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.users(session, controller) : List.of();
    }
}
