package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;

/** `juju show-user`. */
final class ShowUserCommand extends ControllerCommand {
    @Mixin
    Format format = new Format();

    @Override
    int run(Session session) {
        String named = optional();
        Data.Controller at = session.controller(controller);
        String user = named == null ? session.account(at).user() : named;
        JsonNode info = session.api(at)
                .one(
                        "UserManager",
                        "UserInfo",
                        Map.of("entities", List.of(Map.of("tag", "user-" + user)), "include-disabled", true))
                .path("result");
        return format.printDocument(session, new UsersCommand().document(session, info));
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.users(session, controller) : List.of();
    }
}
