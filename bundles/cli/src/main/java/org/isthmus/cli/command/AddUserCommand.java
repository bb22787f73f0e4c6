package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;

/** `juju add-user`. */
final class AddUserCommand extends ControllerCommand {
    @Override
    int run(Session session) {
        if (args.isEmpty()) {
            throw Failure.usage("no username supplied");
        }
        noMoreThan(2);
        String name = args.get(0);
        if (!Names.isUser(name)) {
            throw Failure.usage("invalid username \"%s\"", name);
        }
        String display = args.size() > 1 ? args.get(1) : "";
        Data.Controller at = session.controller(controller);
        Map<String, Object> user = new LinkedHashMap<>();
        user.put("username", name);
        user.put("display-name", display);
        JsonNode added = session.api(at).one("UserManager", "AddUser", Map.of("users", List.of(user)));
        session.print("User \"" + (display.isEmpty() ? name : display + " (" + name + ")") + "\" added");
        String key = added.path("secret-key").asText("");
        if (!key.isEmpty()) {
            session.print(
                    "Please send this command to " + name + ":\n    juju register " + token(at, name, key) + "\n");
        }
        session.print("\"" + name
                + "\" has not been granted access to any models. You can use \"juju grant\" to grant access.");
        return 0;
    }

    /** What the user types behind `juju register`. */
    static String token(Data.Controller controller, String user, String key) {
        return new RegistrationToken(
                        user, controller.addresses(), Base64.getDecoder().decode(key), controller.name())
                .text();
    }
}
