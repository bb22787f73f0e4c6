package org.isthmus.controller;

import static org.junit.Assert.assertEquals;

import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.isthmus.api.Code;
import org.isthmus.api.Refused;
import org.isthmus.rpc.ControllerHost.Status;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** While this room is replaced its controllers are known, and nobody is told that they do not exist. */
public class HostTest {
    private static final String NORTH = "11111111-1111-4111-8111-111111111111";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Executors executors = new Executors();

    @After
    public void end() {
        executors.close();
    }

    private Host host() {
        return new Host(
                folder.getRoot().toPath(),
                new ApiPorts(folder.getRoot().toPath()),
                new Rooms(executors.timer()),
                executors,
                new ControllerConfigurations() {
                    @Override
                    public void write(String uuid, Dictionary<String, Object> settings) {
                        throw new AssertionError("not here");
                    }

                    @Override
                    public Map<String, String> known() {
                        return Map.of(NORTH, "north");
                    }

                    @Override
                    public void delete(String uuid) {
                        throw new AssertionError("deleted " + uuid);
                    }
                });
    }

    private static Code refusal(CompletionStage<?> stage) throws Exception {
        try {
            stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            return Refused.of(failure).code();
        }
        throw new AssertionError("it was not refused");
    }

    @Test
    public void aControllerThatIsNotTakenUpYetIsListed() throws Exception {
        try (Host host = host()) {
            assertEquals(List.of(new Status(NORTH, "north", "waiting for its room")), host.controllers());
            assertEquals(Code.NOT_FOUND, refusal(host.remove("another", true, line -> {})));
        }
    }

    @Test
    public void aRoomThatIsLeavingRemovesAndForgetsNothing() throws Exception {
        Host host = host();
        host.configured(NORTH, "north", "controllers/north", "127.0.0.1");
        host.close();
        assertEquals(List.of(new Status(NORTH, "north", "waiting for its room")), host.controllers());
        assertEquals(Code.TRY_AGAIN, refusal(host.remove(NORTH, true, line -> {})));
    }
}
