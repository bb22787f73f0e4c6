package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.isthmus.api.Code;
import org.isthmus.api.Refused;
import org.isthmus.rpc.ControllerHost;
import picocli.CommandLine.Option;

/** `juju destroy-controller` and `juju kill-controller`. */
final class DestroyControllerCommand extends Command {
    private static final long LOOK_MILLIS = 500;
    private static final Duration KILL_AFTER = Duration.ofMinutes(5);

    private static final Set<Code> NOT_ALLOWED = EnumSet.of(Code.UNAUTHORIZED, Code.LOGIN_EXPIRED, Code.FORBIDDEN);

    private final boolean kill;

    @Option(names = "--destroy-all-models", description = "Destroy all models in the controller")
    boolean destroyModels;

    @Option(names = "--destroy-storage", description = "Destroy all storage instances managed by the controller")
    boolean destroyStorage;

    @Option(
            names = "--release-storage",
            description = "Release all storage instances from management of the controller, without destroying them")
    boolean releaseStorage;

    @Option(names = "--force", description = "Force destroy models in the controller ignoring any errors")
    boolean force;

    @Option(
            names = "--no-wait",
            description = "Rush through model destruction without waiting for each individual step to complete")
    boolean noWait;

    @Option(
            names = "--model-timeout",
            paramLabel = "DURATION",
            description = "Timeout for each step of force model destruction")
    String modelTimeout;

    @Option(
            names = {"-t", "--timeout"},
            paramLabel = "DURATION",
            description = "Timeout before direct destruction")
    String timeout;

    @Option(
            names = {"-y", "--yes", "--no-prompt"},
            description = "Do not ask for confirmation")
    boolean noPrompt;

    DestroyControllerCommand(boolean kill) {
        this.kill = kill;
    }

    @Override
    int run(Session session) throws IOException {
        if (args.isEmpty()) {
            throw Failure.usage("no controller specified");
        }
        noMoreThan(1);
        if (destroyStorage && releaseStorage) {
            throw Failure.usage("--destroy-storage and --release-storage cannot both be specified");
        }
        if ((noWait || modelTimeout != null) && !force) {
            throw Failure.usage(
                    noWait ? "--no-wait without --force not valid" : "--model-timeout without --force not valid");
        }
        Data.Controller controller = session.controller(args.get(0));
        if (!noPrompt) {
            session.info(
                    "WARNING! This command will destroy the \"%s\" controller and all its resources",
                    controller.name());
            String answer = session.ask("\nTo continue, enter the name of the controller to be destroyed: ", false);
            if (!answer.trim().equals(controller.name())) {
                throw Failure.of("controller destruction aborted");
            }
        }
        // Who has no account there may not end it either.
        session.account(controller);
        try {
            politely(session, controller);
        } catch (Failure | Refused failure) {
            if (!kill || isFinal(failure)) {
                throw failure;
            }
            session.info("Unable to destroy the controller through the API: %s", failure.getMessage());
            directly(session, controller);
        }
        session.reach().connections().forget(Session.endpoint(controller, null));
        session.data().removeController(controller.name());
        if (IsolatedContainer.isThere(session, controller.name())) {
            new IsolatedContainer(session, controller.name()).sweep();
        }
        return 0;
    }

    /** The user changed their mind, or a controller that works says that they may not: no reason to go around it. */
    private static boolean isFinal(RuntimeException failure) {
        return failure instanceof Failure f && f.code() == Failure.CANCELLED
                || failure instanceof Refused refused
                        && NOT_ALLOWED.contains(refused.problem().code());
    }

    private void politely(Session session, Data.Controller controller) {
        Api api = session.api(controller);
        boolean all = destroyModels || kill;
        session.info("Destroying controller");
        Map<String, Object> params = new LinkedHashMap<>();
        params.put("destroy-models", all);
        if (destroyStorage || releaseStorage) {
            params.put("destroy-storage", destroyStorage);
        }
        if (force || kill) {
            params.put("force", true);
        }
        if (noWait) {
            params.put("max-wait", 0L);
        }
        if (modelTimeout != null) {
            params.put(
                    "model-timeout",
                    Durations.parse("--model-timeout", modelTimeout).toNanos());
        }
        long until = kill
                ? System.nanoTime() + (timeout == null ? KILL_AFTER : Durations.parse("--timeout", timeout)).toNanos()
                : Long.MAX_VALUE;
        List<String> hosted = hosted(session, api);
        if (!all && !hosted.isEmpty()) {
            throw Failure.of(
                    "cannot destroy controller \"%s\"\n\nThe controller has live models. If you want\n"
                            + "to destroy all models in the controller, re-run\n"
                            + "this command with the --destroy-all-models\noption.\n\nModels:\n\t%s",
                    controller.name(), String.join("\n\t", hosted));
        }
        String last = "";
        session.info("Waiting for model resources to be reclaimed");
        // With models left the call only sets them dying; the one that finds none takes the controller down.
        boolean asked = false;
        while (true) {
            try {
                boolean none = hosted.isEmpty();
                if (none || !asked) {
                    if (none) {
                        session.info("All models reclaimed, cleaning up controller machines");
                    }
                    // The one that takes the controller down may take the connection with it before it is answered.
                    asked |= none;
                    api.callOnce("Controller", "DestroyController", params);
                    asked = true;
                }
                if (none) {
                    awaitGone(session, controller, api);
                    return;
                }
                String line = "Waiting for " + hosted.size() + " model" + (hosted.size() == 1 ? "" : "s");
                if (!line.equals(last)) {
                    session.info("%s", line);
                    last = line;
                }
                if (System.nanoTime() > until) {
                    throw Failure.of("the models are still there after the timeout");
                }
                Waiting.pause(LOOK_MILLIS);
                hosted = hosted(session, api);
            } catch (Refused refused) {
                if (refused.problem().code() != Code.HAS_HOSTED_MODELS) {
                    throw refused;
                }
                Waiting.pause(LOOK_MILLIS);
                hosted = hosted(session, api);
                asked = false;
            } catch (Failure lost) {
                // With models left it was not the controller's end that cut the connection.
                if (asked && hosted.isEmpty() && !api.connection().isOpen()) {
                    awaitGone(session, controller, api);
                    return;
                }
                throw lost;
            }
        }
    }

    /** The connection goes with the controller; and its store must be gone before its name is free. */
    private static void awaitGone(Session session, Data.Controller controller, Api api) {
        ControllerHost host = session.doors().host();
        for (int i = 0; i < 480; i++) {
            boolean listed = host != null
                    && host.controllers().stream().anyMatch(c -> c.uuid().equals(controller.uuid()));
            if (!listed && (host != null || !api.connection().isOpen())) {
                return;
            }
            Waiting.pause(250);
        }
        throw Failure.of("the controller is still there");
    }

    /** Of this container, without asking its API. */
    private static void directly(Session session, Data.Controller controller) {
        ControllerHost host = session.doors().host();
        if (host == null || host.controllers().stream().noneMatch(c -> c.uuid().equals(controller.uuid()))) {
            session.info("It is no controller of this container; it is only forgotten here");
            return;
        }
        session.info("Removing the controller by force");
        Api.await(host.remove(controller.uuid(), true, line -> session.info("%s", line)), 600);
    }

    private static List<String> hosted(Session session, Api api) {
        java.util.ArrayList<String> names = new java.util.ArrayList<>();
        for (JsonNode each : api.callOnce("Controller", "AllModels", Map.of()).path("user-models")) {
            JsonNode model = each.path("model");
            String name = Session.tagId(model.path("owner-tag").asText()) + "/"
                    + model.path("name").asText();
            if (!model.path("name").asText().equals("controller")) {
                names.add(name);
            }
        }
        return names;
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.controllers(session) : List.of();
    }
}
