package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.isthmus.api.Code;
import org.isthmus.api.Refused;

/** Ends a controller through its API: its models first, then itself. */
final class ControllerEnd {
    private static final int LOOKS_AT_THE_END = 480;

    /** The way to the controller's facade `Controller`. */
    interface Door {
        /** Asks again when the connection is lost. */
        JsonNode ask(String method, Map<String, Object> params);

        /** Does not: what takes the controller down may take the connection before it is answered. */
        JsonNode askOnce(String method, Map<String, Object> params);

        boolean isOpen();

        /** Whether it is certain that the controller is no more: false where only its connection could tell. */
        boolean isRemoved();

        /** Of one that was told to end: whether it has, as far as can be seen from here. */
        boolean hasEnded();
    }

    private final Door door;
    private final Consumer<String> say;
    private final Runnable pause;

    /** @param pause between two looks */
    ControllerEnd(Door door, Consumer<String> say, Runnable pause) {
        this.door = door;
        this.say = say;
        this.pause = pause;
    }

    /**
     * @param all the models too; without it a controller that has some is left alone
     * @param limit for the models; not kept waiting for any longer, they stay
     */
    void run(String name, Map<String, Object> params, boolean all, Duration limit) {
        long until = System.nanoTime() + limit.toNanos();
        List<String> hosted = hosted();
        if (!all && !hosted.isEmpty()) {
            throw Failure.of(
                    "cannot destroy controller \"%s\"\n\nThe controller has live models. If you want\n"
                            + "to destroy all models in the controller, re-run\n"
                            + "this command with the --destroy-all-models\noption.\n\nModels:\n\t%s",
                    name, String.join("\n\t", hosted));
        }
        say.accept("Waiting for model resources to be reclaimed");
        boolean impatient = all
                && Boolean.TRUE.equals(params.get("force"))
                && Long.valueOf(0).equals(params.get("model-timeout"));
        String last = "";
        boolean asked = false;
        while (true) {
            // With models left the call only sets them dying; the one that finds none takes the controller down.
            boolean ends = hosted.isEmpty() || impatient;
            try {
                if (hosted.isEmpty()) {
                    say.accept("All models reclaimed, cleaning up controller machines");
                }
                if (ends) {
                    door.askOnce("DestroyController", params);
                    break;
                }
                if (!asked) {
                    door.ask("DestroyController", params);
                    asked = true;
                }
                String line = "Waiting for " + hosted.size() + " model" + (hosted.size() == 1 ? "" : "s");
                if (!line.equals(last)) {
                    say.accept(line);
                    last = line;
                }
                if (System.nanoTime() - until > 0) {
                    throw Failure.of("the models are still there after the timeout");
                }
                pause.run();
                hosted = hosted();
            } catch (Refused refused) {
                if (refused.problem().code() != Code.HAS_HOSTED_MODELS) {
                    throw refused;
                }
                pause.run();
                hosted = hosted();
                asked = false;
            } catch (Failure.Lost lost) {
                // With models left it was not the controller's end that cut the connection, unless somebody else ended
                // it.
                if (ends ? door.isOpen() : !door.isRemoved()) {
                    throw lost;
                }
                break;
            }
        }
        awaitEnd();
    }

    /** The connection goes with the controller; and its store must be gone before its name is free. */
    private void awaitEnd() {
        for (int i = 0; i < LOOKS_AT_THE_END; i++) {
            if (door.hasEnded()) {
                return;
            }
            pause.run();
        }
        throw Failure.of("the controller is still there");
    }

    private List<String> hosted() {
        List<String> names = new ArrayList<>();
        for (JsonNode each : door.ask("AllModels", Map.of()).path("user-models")) {
            JsonNode model = each.path("model");
            String name = model.path("name").asText();
            if (!name.equals("controller")) {
                names.add(Session.tagId(model.path("owner-tag").asText()) + "/" + name);
            }
        }
        return names;
    }
}
