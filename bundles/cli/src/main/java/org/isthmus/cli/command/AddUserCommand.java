package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
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

    /** The registration: a DER sequence of user, addresses, key and the controller's name, in URL-safe base64. */
    static String token(Data.Controller controller, String user, String key) {
        ByteArrayOutputStream addresses = new ByteArrayOutputStream();
        controller.addresses().forEach(a -> addresses.writeBytes(der(0x13, a.getBytes(StandardCharsets.US_ASCII))));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(der(0x13, user.getBytes(StandardCharsets.US_ASCII)));
        all.writeBytes(der(0x30, addresses.toByteArray()));
        all.writeBytes(der(0x04, Base64.getDecoder().decode(key)));
        all.writeBytes(der(0x13, controller.name().getBytes(StandardCharsets.US_ASCII)));
        all.writeBytes(der(0x13, new byte[0]));
        return Base64.getUrlEncoder().encodeToString(der(0x30, all.toByteArray()));
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else if (content.length < 0x100) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length & 0xff);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }
}
