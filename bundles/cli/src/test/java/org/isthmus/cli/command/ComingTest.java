package org.isthmus.cli.command;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.isthmus.rpc.ControllerHost;
import org.junit.Test;

public class ComingTest {
    private final Deque<String> states = new ArrayDeque<>();
    private int dialled;

    private final ControllerHost host = new ControllerHost() {
        @Override
        public CompletionStage<Bootstrapped> bootstrap(Bootstrap request, Consumer<String> progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Status> controllers() {
            return List.of(new Status("u", "c", states.size() > 1 ? states.remove() : states.peek()));
        }

        @Override
        public CompletionStage<Void> remove(String uuid, boolean force, Consumer<String> progress) {
            throw new UnsupportedOperationException();
        }
    };

    private int dial(int answersAt) {
        dialled++;
        if (dialled < answersAt) {
            throw new Failure.Lost("nobody there");
        }
        return dialled;
    }

    @Test
    public void aControllerThatIsOnItsWayIsWaitedFor() {
        states.addAll(List.of("running", "waiting for its room", "waiting for state", "starting", "running"));
        assertEquals(6, (int) new Coming(host, "u").first(() -> dial(6)));
    }

    @Test
    public void oneThatRunsAndDoesNotAnswerIsTriedTwice() {
        states.add("running");
        assertThrows(Failure.Lost.class, () -> new Coming(host, "u").first(() -> dial(9)));
        assertEquals(2, dialled);
    }

    @Test
    public void oneThatFailedOrIsElsewhereIsNotWaitedFor() {
        states.add("failed: no room on the disk");
        assertThrows(Failure.Lost.class, () -> new Coming(host, "u").first(() -> dial(9)));
        states.add("starting");
        assertThrows(Failure.Lost.class, () -> new Coming(host, "other").first(() -> dial(9)));
        assertThrows(Failure.Lost.class, () -> new Coming(null, "u").first(() -> dial(9)));
        assertEquals(3, dialled);
    }
}
