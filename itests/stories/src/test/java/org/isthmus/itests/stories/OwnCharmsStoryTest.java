package org.isthmus.itests.stories;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import org.isthmus.itests.harness.Distribution;
import org.isthmus.itests.harness.Greeting;
import org.isthmus.itests.harness.Result;
import org.junit.ClassRule;
import org.junit.FixMethodOrder;
import org.junit.Test;
import org.junit.runners.MethodSorters;

/** A newcomer with two charms of their own. Each test goes on where the one before it ended. */
@FixMethodOrder(MethodSorters.NAME_ASCENDING)
public class OwnCharmsStoryTest {
    @ClassRule
    public static final Distribution isthmus = new Distribution("first");

    private static final Duration SOON = Duration.ofSeconds(90);

    @Test
    public void test1_bootstrapMakesAControllerAndItsModels() {
        isthmus.juju("bootstrap", "localhost", "first").ok();
        String models = isthmus.juju("models").ok().out();
        assertTrue(
                models,
                models.contains("Controller: first") && models.contains("controller") && models.contains("default"));
        String controllers = isthmus.juju("controllers").ok().out();
        assertTrue(controllers, controllers.contains("first*"));
        assertTrue(isthmus.juju("whoami").ok().out().contains("admin"));
    }

    @Test
    public void test2_ownCharmsDeployRelateAndReact() {
        isthmus.juju("add-model", "talk").ok();
        isthmus.juju("deploy", Greeting.speaker(isthmus).path().toString()).ok();
        isthmus.juju("deploy", Greeting.listener(isthmus).path().toString()).ok();
        isthmus.awaitUnit("speaker/0", "active", SOON);
        isthmus.awaitUnit("listener/0", "waiting", SOON);
        isthmus.juju("integrate", "listener:hello", "speaker:hello").ok();
        isthmus.awaitUnit("listener/0", "active", SOON);
        awaitStatus("heard good morning from speaker/0");
        String relations = isthmus.juju("status", "--relations").ok().out();
        assertTrue(relations, relations.contains("speaker:hello") && relations.contains("listener:hello"));
        isthmus.juju("integrate", "listener:hello", "speaker:hello").refused("already exists");
    }

    @Test
    public void test3_settingsReachTheOtherSide() {
        Result told = isthmus.juju("--debug", "config", "speaker", "text=good evening")
                .ok();
        assertEquals(
                "good evening",
                isthmus.juju("config", "speaker", "text").ok().out().trim());
        awaitStatus("heard good evening from speaker/0");
        // The command's trace is told with the hooks that follow from it, on this side and on the other.
        String trace = told.err().strip();
        assertTrue(told.toString(), trace.matches("trace [0-9a-f]{16}"));
        isthmus.await("both hooks bear the trace", SOON, () -> {
            String log = isthmus.juju("debug-log", "--replay", "--no-tail").ok().out();
            return log.contains("ran \"config-changed\" hook, " + trace)
                    && log.contains("ran \"hello-relation-changed\" hook, " + trace);
        });
    }

    @Test
    public void test4_unitsComeAndGo() {
        isthmus.juju("add-unit", "listener").ok();
        isthmus.awaitUnit("listener/1", "active", SOON);
        isthmus.juju("remove-unit", "--no-prompt", "listener/1").ok();
        isthmus.await("listener/1 is gone", SOON, () -> isthmus.unitStatus("listener/1")
                .isEmpty());
    }

    @Test
    public void test5_aKilledContainerForgetsNothing() {
        isthmus.kill();
        isthmus.start();
        isthmus.await(
                "the controller answers", SOON, () -> isthmus.juju("models").exit() == 0);
        String current = isthmus.juju("models")
                .ok()
                .out()
                .lines()
                .filter(line -> line.contains("*"))
                .findFirst()
                .orElseThrow();
        assertFalse(current, current.contains("never connected"));
        String status = isthmus.juju("status", "--format", "yaml").ok().out();
        assertTrue(status, status.contains("heard good evening"));
        isthmus.juju("config", "speaker", "text=good night").ok();
        awaitStatus("heard good night from speaker/0");
    }

    @Test
    public void test6_whatIsRemovedIsGone() {
        isthmus.juju("remove-relation", "listener", "speaker").ok();
        isthmus.awaitUnit("listener/0", "waiting", SOON);
        isthmus.juju("remove-application", "--no-prompt", "speaker").ok();
        isthmus.await(
                "speaker is gone",
                SOON,
                () -> !isthmus.juju("status").ok().out().contains("speaker"));
        isthmus.juju("destroy-model", "--no-prompt", "talk").ok();
        isthmus.await(
                "the model is gone",
                SOON,
                () -> !isthmus.juju("models").ok().out().contains("talk"));
    }

    private static void awaitStatus(String text) {
        isthmus.await(
                "status says: " + text,
                SOON,
                () -> isthmus.juju("status").ok().out().contains(text));
    }
}
