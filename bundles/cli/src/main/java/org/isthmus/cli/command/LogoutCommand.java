package org.isthmus.cli.command;

import picocli.CommandLine.Option;

/** `juju logout`. */
final class LogoutCommand extends ControllerCommand {
    @Option(names = "--force", description = "Force logout when a locally recorded password is detected")
    boolean force;

    @Override
    int run(Session session) {
        noMoreThan(0);
        Data.Controller at = session.controller(controller);
        Data.Account account = session.data().account(at.name());
        if (account == null) {
            return 0;
        }
        if (account.password() != null && account.user().equals("admin") && !force) {
            throw Failure.of(
                    "preventing account loss\n\nThe password of \"%s\" is recorded here, and nowhere else perhaps.\n"
                            + "Change it with \"juju change-user-password\" to one that you know, then log out\n"
                            + "with --force.",
                    account.user());
        }
        session.reach().connections().forget(Session.endpoint(at, null));
        session.data().removeAccount(at.name());
        long left = session.data().controllers().keySet().stream()
                .filter(name -> session.data().account(name) != null)
                .count();
        session.info(
                left == 0
                        ? "Logged out. You are no longer logged into any controllers."
                        : left == 1
                                ? "Logged out. You are still logged into 1 controller."
                                : "Logged out. You are still logged into " + left + " controllers.");
        return 0;
    }
}
