package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Option;

/** `juju suspend-relation`, and `resume-relation`, which has no message. */
abstract class SuspendRelationCommand extends ModelCommand {
    private final boolean suspend;

    private SuspendRelationCommand(boolean suspend) {
        this.suspend = suspend;
    }

    static final class Suspend extends SuspendRelationCommand {
        @Option(names = "--message", paramLabel = "TEXT", description = "Reason for suspension")
        String message = "";

        Suspend() {
            super(true);
        }

        @Override
        String message() {
            return message;
        }
    }

    static final class Resume extends SuspendRelationCommand {
        Resume() {
            super(false);
        }

        @Override
        String message() {
            return "";
        }
    }

    abstract String message();

    @Override
    int run(Session session) {
        if (args.isEmpty()) {
            throw Failure.usage("no relation ids specified");
        }
        List<Object> changes = new ArrayList<>();
        for (String arg : args) {
            if (!arg.matches("0|[1-9][0-9]{0,8}")) {
                throw Failure.usage("relation ID \"%s\" not valid", arg);
            }
            Map<String, Object> change = new LinkedHashMap<>();
            change.put("relation-id", Integer.valueOf(arg));
            change.put("suspended", suspend);
            change.put("message", message());
            changes.add(change);
        }
        List<String> errors = session
                .api(session.target(model))
                .errors("Application", "SetRelationsSuspended", Map.of("args", changes))
                .stream()
                .filter(Objects::nonNull)
                .toList();
        if (!errors.isEmpty()) {
            throw Failure.of("%s", String.join("\n", errors));
        }
        return 0;
    }

    @Override
    List<String> complete(Session session) {
        List<String> numbers = new ArrayList<>();
        Candidates.offersOf(session, model)
                .forEach(offer -> offer.path("connections").forEach(connection -> {
                    boolean suspended =
                            connection.path("status").path("status").asText().startsWith("suspend");
                    if (suspended != suspend) {
                        numbers.add(connection.path("relation-id").asText());
                    }
                }));
        numbers.removeAll(args);
        return numbers;
    }
}
