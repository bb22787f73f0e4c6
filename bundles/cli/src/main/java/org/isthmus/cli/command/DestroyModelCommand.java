package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Code;
import org.isthmus.api.Refused;
import picocli.CommandLine.Option;

/** `juju destroy-model`. */
final class DestroyModelCommand extends Command {
    private static final long LOOK_MILLIS = 500;

    @Option(names = "--destroy-storage", description = "Destroy all storage instances in the model")
    boolean destroyStorage;

    @Option(
            names = "--release-storage",
            description =
                    "Release all storage instances from the model, and management of the controller, without destroying them")
    boolean releaseStorage;

    @Option(names = "--force", description = "Force destroy model ignoring any errors")
    boolean force;

    @Option(
            names = "--no-wait",
            description = "Rush through model destruction without waiting for each individual step to complete")
    boolean noWait;

    @Option(
            names = {"-t", "--timeout"},
            paramLabel = "DURATION",
            description = "Timeout for each step of force model destruction")
    String timeout;

    @Option(
            names = {"-y", "--yes", "--no-prompt"},
            description = "Do not ask for confirmation")
    boolean noPrompt;

    @Override
    int run(Session session) {
        if (args.isEmpty()) {
            throw Failure.usage("no model specified");
        }
        noMoreThan(1);
        if (destroyStorage && releaseStorage) {
            throw Failure.usage("--destroy-storage and --release-storage cannot both be specified");
        }
        if (noWait && !force) {
            throw Failure.usage("--no-wait without --force not valid");
        }
        if (timeout != null && !force) {
            throw Failure.usage("--timeout without --force not valid");
        }
        Target target = session.target(args.get(0));
        Data.Controller controller = session.controller(target.controller());
        Api api = session.api(controller);
        JsonNode status = status(api, target);
        if (isController(api, target)) {
            throw Failure.of("\"%s\" is a controller; use 'juju destroy-controller' to destroy it", target.shortName());
        }
        if (!noPrompt) {
            session.info(
                    "WARNING! This command will destroy the \"%s\" model and affect the following resources. "
                            + "It cannot be stopped.\n",
                    target.shortName());
            session.info(
                    " - %d machine(s) will be destroyed\n - %d application(s) and %d unit(s) will be removed\n",
                    status.path("hosted-machine-count").asInt(),
                    status.path("application-count").asInt(),
                    status.path("unit-count").asInt());
            String answer = session.ask("To continue, enter the name of the model to be destroyed: ", false);
            if (!answer.trim().equals(target.shortName()) && !answer.trim().equals(target.model())) {
                throw Failure.of("model destruction aborted");
            }
        }
        Map<String, Object> destroy = new LinkedHashMap<>();
        destroy.put("model-tag", "model-" + target.uuid());
        if (destroyStorage || releaseStorage) {
            destroy.put("destroy-storage", destroyStorage);
        }
        if (force) {
            destroy.put("force", true);
        }
        if (noWait) {
            destroy.put("max-wait", 0L);
        }
        if (timeout != null) {
            destroy.put("timeout", Durations.parse("--timeout", timeout).toNanos());
        }
        session.info("Destroying model");
        List<String> errors = api.errors("ModelManager", "DestroyModels", Map.of("models", List.of(destroy)));
        if (!errors.isEmpty() && errors.get(0) != null) {
            throw Failure.of("cannot destroy model: %s", errors.get(0));
        }
        await(session, api, target);
        session.data().removeModel(controller.name(), target.model());
        session.info("Model destroyed.");
        return 0;
    }

    private void await(Session session, Api api, Target target) {
        String last = "";
        long until = timeout == null
                ? Long.MAX_VALUE
                : System.nanoTime()
                        + Durations.parse("--timeout", timeout)
                                .plus(Duration.ofMinutes(1))
                                .toNanos();
        while (System.nanoTime() < until) {
            JsonNode status;
            try {
                status = status(api, target);
            } catch (Refused refused) {
                if (refused.problem().code() == Code.NOT_FOUND
                        || refused.problem().code() == Code.MODEL_NOT_FOUND) {
                    return;
                }
                throw refused;
            }
            List<String> left = new ArrayList<>();
            int machines = status.path("hosted-machine-count").asInt();
            int applications = status.path("application-count").asInt();
            if (machines > 0) {
                left.add(machines + " machine(s)");
            }
            if (applications > 0) {
                left.add(applications + " application(s)");
            }
            String line = "Waiting for model to be removed" + (left.isEmpty() ? "" : ", " + String.join(", ", left));
            if (!line.equals(last)) {
                session.info("%s...", line);
                last = line;
            }
            Waiting.pause(LOOK_MILLIS);
        }
        throw Failure.of("timeout reached while waiting for the model to be removed");
    }

    static JsonNode status(Api api, Target target) {
        return api.one(
                "ModelManager", "ModelStatus", Map.of("entities", List.of(Map.of("tag", "model-" + target.uuid()))));
    }

    private static boolean isController(Api api, Target target) {
        return api.one(
                        "ModelManager",
                        "ModelInfo",
                        Map.of("entities", List.of(Map.of("tag", "model-" + target.uuid()))))
                .path("result")
                .path("is-controller")
                .asBoolean();
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.models(session) : List.of();
    }
}
