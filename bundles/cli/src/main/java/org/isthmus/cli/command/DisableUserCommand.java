package org.isthmus.cli.command;

import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;

/** `juju disable-user` and `juju enable-user`. */
final class DisableUserCommand extends ControllerCommand {
    private final boolean disable;

    DisableUserCommand(boolean disable) {
        this.disable = disable;
    }

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
        session.api(session.controller(controller))
                .one(
                        "UserManager",
                        disable ? "DisableUser" : "EnableUser",
                        Map.of("entities", List.of(Map.of("tag", "user-" + user))));
        session.info("User \"%s\" %s", user, disable ? "disabled" : "enabled");
        return 0;
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.users(session, controller) : List.of();
    }
}
