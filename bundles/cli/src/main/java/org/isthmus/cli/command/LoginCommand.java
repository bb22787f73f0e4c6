package org.isthmus.cli.command;

import java.io.IOException;
import java.time.Duration;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Login;
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
        if (named != null && user == null) {
            throw Failure.of("logging in to a controller by its address is not supported by this version");
        }
        Data.Controller at = session.controller(controller);
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
        ApiConnection connection = Api.await(session.reach()
                .dialer()
                .connect(Session.endpoint(at, null), Login.user(name, password), Duration.ofSeconds(30)));
        String access = connection.loginResult().controllerAccess();
        connection.close();
        session.data().putAccount(at.name(), new Data.Account(name, password, access));
        if (session.data().currentController() == null || controller != null) {
            session.data().setCurrentController(at.name());
        }
        int models = session.refreshModels(at).size();
        session.info("Welcome, %s. You are now logged into \"%s\".", name, at.name());
        if (session.data().currentModel(at.name()) == null) {
            session.info(
                    models == 0
                            ? "\nThere are no models available. You can add models with\n\"juju add-model\", or you can"
                                    + " ask an administrator or owner\nof a model to grant access to that model with"
                                    + " \"juju grant\"."
                            : "\nThere are %d models available. Use \"juju switch\" to select\none of them.",
                    models);
        }
        return 0;
    }
}
