package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.isthmus.api.Names;

/** `juju grant` and `juju revoke`, of controller and model levels. */
final class GrantCommand extends ControllerCommand {
    private static final Set<String> OF_CONTROLLER = Set.of("login", "superuser");
    private static final Set<String> OF_MODEL = Set.of("read", "write", "admin");

    private final String action;

    GrantCommand(String action) {
        this.action = action;
    }

    @Override
    int run(Session session) {
        if (args.isEmpty()) {
            throw Failure.usage("no user specified");
        }
        if (args.size() < 2) {
            throw Failure.usage("no permission level specified");
        }
        String user = args.get(0);
        if (!Names.isUser(user)) {
            throw Failure.usage("user name \"%s\" not valid", user);
        }
        String access = args.get(1);
        List<String> models = args.subList(2, args.size());
        if (models.stream().anyMatch(m -> m.contains("."))) {
            throw Failure.of("access to offers is not supported by this version");
        }
        Data.Controller at = session.controller(controller);
        Api api = session.api(at);
        List<Object> changes = new ArrayList<>();
        if (models.isEmpty()) {
            if (OF_MODEL.contains(access)) {
                throw Failure.usage(
                        "You have specified a model access permission \"%s\".\n"
                                + "If you intended to change model access, you need to specify one or more model names.",
                        access);
            }
            if (!OF_CONTROLLER.contains(access)) {
                throw Failure.usage("\"%s\" controller access not valid", access);
            }
            changes.add(Map.of("user-tag", "user-" + user, "action", action, "access", access));
            told(api.errors("Controller", "ModifyControllerAccess", Map.of("changes", changes)));
            return 0;
        }
        if (OF_CONTROLLER.contains(access)) {
            throw Failure.usage(
                    "You have specified a controller access permission \"%s\".\n"
                            + "If you intended to change controller access, do not specify any model names.\n"
                            + "See 'juju help %s'.",
                    access, action);
        }
        if (!OF_MODEL.contains(access)) {
            throw Failure.usage("\"%s\" model access not valid", access);
        }
        for (String model : models) {
            changes.add(Map.of(
                    "user-tag",
                    "user-" + user,
                    "action",
                    action,
                    "access",
                    access,
                    "model-tag",
                    "model-" + session.find(at, model).uuid()));
        }
        told(api.errors("ModelManager", "ModifyModelAccess", Map.of("changes", changes)));
        return 0;
    }

    private static void told(List<String> errors) {
        List<String> messages = errors.stream().filter(e -> e != null).toList();
        if (!messages.isEmpty()) {
            throw Failure.of("%s", String.join("\n", messages));
        }
    }

    @Override
    List<String> complete(Session session) {
        return args.size() == 1
                ? List.of("admin", "login", "read", "superuser", "write")
                : args.size() > 1 ? Candidates.models(session) : List.of();
    }
}
