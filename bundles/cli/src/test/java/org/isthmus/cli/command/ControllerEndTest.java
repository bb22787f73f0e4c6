package org.isthmus.cli.command;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class ControllerEndTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final Controller controller = new Controller();
    private final List<String> said = new ArrayList<>();

    /** One whose models go one by one, a look each; what is asked once is lost when the connection just broke. */
    private static final class Controller implements ControllerEnd.Door {
        private final ObjectMapper json = new ObjectMapper();
        private int models;
        private boolean dying;
        private boolean removed;
        private boolean open = true;
        private boolean answers = true;
        private int losses;
        private int reconnected;

        @Override
        public JsonNode ask(String method, Map<String, Object> params) {
            if (losses > 0) {
                losses--;
                reconnected++;
            }
            if (!answers) {
                throw new Failure.Lost("the controller is away");
            }
            return done(method, params);
        }

        @Override
        public JsonNode askOnce(String method, Map<String, Object> params) {
            if (losses > 0) {
                throw new Failure.Lost("connection lost");
            }
            return done(method, params);
        }

        private JsonNode done(String method, Map<String, Object> params) {
            if (method.equals("AllModels")) {
                ArrayNode all = json.createArrayNode();
                all.add(model("controller"));
                for (int n = 0; n < models; n++) {
                    all.add(model("m" + n));
                }
                models -= dying && models > 0 ? 1 : 0;
                return json.createObjectNode().set("user-models", all);
            }
            boolean now = Long.valueOf(0).equals(params.get("model-timeout"));
            if (models == 0 || now) {
                removed = true;
                open = false;
                answers = false;
                throw new Failure.Lost("connection lost");
            }
            dying = true;
            return json.nullNode();
        }

        private JsonNode model(String name) {
            return json.createObjectNode()
                    .set("model", json.createObjectNode().put("name", name).put("owner-tag", "user-admin"));
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public boolean isRemoved() {
            return removed;
        }

        @Override
        public boolean hasEnded() {
            return removed;
        }
    }

    private void end(Map<String, Object> params, boolean all, Duration limit, Runnable atEachLook) {
        new ControllerEnd(controller, said::add, atEachLook).run("prod", params, all, limit);
    }

    @Test
    public void aConnectionThatIsLostBeforeTheEndIsNotTheEnd() {
        controller.models = 3;
        controller.losses = 1;
        end(Map.of(), true, LONG, () -> controller.losses = controller.models > 0 ? 1 : 0);
        assertTrue(controller.removed);
        assertTrue("it was lost again and again", controller.reconnected > 2);
        assertEquals(
                List.of(
                        "Waiting for model resources to be reclaimed",
                        "Waiting for 3 models",
                        "Waiting for 2 models",
                        "Waiting for 1 model",
                        "All models reclaimed, cleaning up controller machines"),
                said);
    }

    @Test
    public void oneWithModelsIsLeftAlone() {
        controller.models = 2;
        Failure refused = assertThrows(Failure.class, () -> end(Map.of(), false, LONG, () -> {}));
        assertTrue(refused.getMessage(), refused.getMessage().endsWith("Models:\n\tadmin/m0\n\tadmin/m1"));
        assertFalse(controller.removed || controller.dying);
    }

    @Test
    public void whoCannotWaitEndsItWithItsModels() {
        controller.models = 2;
        end(Map.of("force", true, "model-timeout", 0L), true, LONG, () -> {});
        assertTrue(controller.removed);
    }

    @Test
    public void oneThatStaysAwayIsAFailureUnlessSomebodyElseEndedIt() {
        controller.models = 2;
        assertThrows(Failure.Lost.class, () -> end(Map.of(), true, LONG, () -> controller.answers = false));
        controller.answers = true;
        controller.models = 2;
        end(Map.of(), true, LONG, () -> {
            controller.answers = false;
            controller.removed = true;
        });
    }

    @Test
    public void modelsThatStayAreAFailure() {
        controller.models = 1000;
        Failure late = assertThrows(Failure.class, () -> end(Map.of(), true, Duration.ZERO, () -> {}));
        assertEquals("the models are still there after the timeout", late.getMessage());
    }
}
