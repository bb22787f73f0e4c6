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
    private static final long LOOK_MILLIS = 250;
    private static final Duration KILL_AFTER = Duration.ofMinutes(5);

    private static final Duration FOREVER = Duration.ofDays(10_000);

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
        Duration limit = !kill ? FOREVER : timeout == null ? KILL_AFTER : Durations.parse("--timeout", timeout);
        new ControllerEnd(
                        new Door(session, controller, api),
                        line -> session.info("%s", line),
                        () -> Waiting.pause(LOOK_MILLIS))
                .run(controller.name(), params, all, limit);
    }

    /** The API, and what this container knows of its controllers. */
    private record Door(Session session, Data.Controller controller, Api api) implements ControllerEnd.Door {
        @Override
        public JsonNode ask(String method, Map<String, Object> params) {
            return api.call("Controller", method, params);
        }

        @Override
        public JsonNode askOnce(String method, Map<String, Object> params) {
            return api.callOnce("Controller", method, params);
        }

        @Override
        public boolean isOpen() {
            return api.connection().isOpen();
        }

        @Override
        public boolean isRemoved() {
            ControllerHost host = session.doors().host();
            return host != null && !isListed(host, controller);
        }

        @Override
        public boolean hasEnded() {
            ControllerHost host = session.doors().host();
            return host == null ? !isOpen() : !isListed(host, controller);
        }
    }

    private static boolean isListed(ControllerHost host, Data.Controller controller) {
        return host.controllers().stream().anyMatch(c -> c.uuid().equals(controller.uuid()));
    }

    /** Of this container, without asking its API. */
    private static void directly(Session session, Data.Controller controller) {
        ControllerHost host = session.doors().host();
        if (host == null || !isListed(host, controller)) {
            session.info("It is no controller of this container; it is only forgotten here");
            return;
        }
        session.info("Removing the controller by force");
        Api.await(host.remove(controller.uuid(), true, line -> session.info("%s", line)), 600);
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.controllers(session) : List.of();
    }
}
