package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.isthmus.api.Code;
import org.isthmus.api.Refused;
import org.isthmus.client.FirstContact;
import org.isthmus.rpc.SecretBox;
import picocli.CommandLine.Option;

/** `juju register`: a user's first login, with the token that `add-user` printed. */
final class RegisterCommand extends Command {
    @Option(names = "--replace", description = "replace any existing controller")
    boolean replace;

    @Option(names = "--no-prompt", hidden = true)
    boolean noPrompt;

    @Override
    int run(Session session) throws IOException {
        if (args.isEmpty()) {
            throw Failure.usage("registration data missing");
        }
        noMoreThan(1);
        RegistrationToken token = RegistrationToken.parse(args.get(0));
        String password = session.ask("Enter a new password: ", true);
        if (password.isEmpty()) {
            throw Failure.of("you must specify a non-empty password");
        }
        if (!password.equals(session.ask("Confirm password: ", true))) {
            throw Failure.of("passwords do not match");
        }
        String name = name(session, token);
        JsonNode answer = exchange(session, token, password);
        String uuid = answer.path("controller-uuid").asText("");
        known(session, uuid, token.user());
        Data.Controller at = new Data.Controller(
                name, uuid, token.addresses(), answer.path("ca-cert").asText(""), null, null, null, null);
        session.data().putController(at);
        session.info("Initial password successfully set for %s.\n", token.user());
        Welcome.enter(session, at, token.user(), password);
        ControllerFacts.refresh(session, at);
        Welcome.say(session, at, token.user());
        return 0;
    }

    private String name(Session session, RegistrationToken token) {
        Map<String, Data.Controller> known = session.data().controllers();
        String proposed = token.controller();
        boolean taken = known.containsKey(proposed) && !replace;
        while (true) {
            String question = proposed.isEmpty() || taken
                    ? "Enter a name for this controller: "
                    : "Enter a name for this controller [" + proposed + "]: ";
            String name = session.ask(question, false).strip();
            if (name.isEmpty()) {
                if (proposed.isEmpty() || taken) {
                    throw Failure.of("you must specify a non-empty controller name");
                }
                name = proposed;
            }
            if (!known.containsKey(name) || replace) {
                return name;
            }
            session.info("Controller \"%s\" already exists.", name);
        }
    }

    /** The controller may be known here under another name, or with another user. */
    private void known(Session session, String uuid, String user) {
        Optional<Data.Controller> before = session.data().controllers().values().stream()
                .filter(c -> c.uuid().equals(uuid))
                .findFirst();
        if (before.isEmpty() || replace) {
            return;
        }
        String there = before.get().name();
        throw Failure.of(
                "This controller has already been registered on this client as \"%s\".\n"
                        + "The password is set; to log in as \"%s\" run \"juju logout -c %s\",\n"
                        + "then \"juju login -c %s -u %s\".",
                there, user, there, there, user);
    }

    private static JsonNode exchange(Session session, RegistrationToken token, String password) throws IOException {
        byte[] nonce = new byte[SecretBox.NONCE_BYTES];
        new SecureRandom().nextBytes(nonce);
        byte[] inside = session.documents().mapper().writeValueAsBytes(Map.of("password", password));
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("user", "user-" + token.user());
        request.put("nonce", Base64.getEncoder().encodeToString(nonce));
        request.put("cipher-text", Base64.getEncoder().encodeToString(SecretBox.seal(token.key(), nonce, inside)));
        JsonNode answer = post(token.addresses(), request);
        byte[] opened = SecretBox.open(
                token.key(),
                Base64.getDecoder().decode(answer.path("nonce").asText("")),
                Base64.getDecoder().decode(answer.path("cipher-text").asText("")));
        if (opened == null) {
            throw Failure.of("failed to decrypt response: whoever answered is not the controller of this token");
        }
        return session.documents().mapper().readTree(opened);
    }

    /** To the first address that answers. */
    private static JsonNode post(List<String> addresses, Map<String, Object> request) {
        FirstContact contact = new FirstContact(Duration.ofSeconds(30));
        IOException last = null;
        for (String address : addresses) {
            try {
                return contact.post(address, "/register", request);
            } catch (Refused refused) {
                if (refused.problem().code() == Code.UNAUTHORIZED) {
                    throw Failure.of(
                            """
                            provided registration token may have expired.

                            A controller administrator must reset your user to issue a new token.
                            See "juju help change-user-password" for more information.""");
                }
                throw refused;
            } catch (IOException unreachable) {
                last = unreachable;
            }
        }
        throw Failure.of(
                "cannot connect to the controller at %s: %s",
                String.join(", ", addresses), last == null ? "no address" : last.getMessage());
    }
}
