package org.isthmus.apiserver;

import static org.isthmus.apiserver.World.get;
import static org.isthmus.apiserver.World.refusal;
import static org.isthmus.apiserver.World.until;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Login;
import org.isthmus.model.Kinds;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** Calls of `Next` that wait for news. */
public class WaitingCallsTest {
    private static final int FURTHER = Limits.USUAL.inFlight();

    private final Things things = new Things();
    private World world;

    @Before
    public void open() throws Exception {
        world = new World();
        world.servers.bind("things", things);
    }

    @After
    public void close() {
        world.close();
    }

    private ApiConnection reader() throws Exception {
        return world.connect(World.MODEL, Login.user("reader", "secret"));
    }

    private static String watch(ApiConnection by) throws Exception {
        return get(by.call("Thing", 3, "", "Watch", null)).path("watcher-id").asText();
    }

    private static CompletableFuture<JsonNode> next(ApiConnection by, String watcher) {
        return by.call("ThingWatcher", 1, watcher, "Next", Map.of("a", List.of(1, 2, 3)))
                .toCompletableFuture();
    }

    private void rename(String model) throws Exception {
        get(world.model().submit(tx -> {
            tx.put(Kinds.MODEL, tx.now().model().withName(model));
            return null;
        }));
    }

    @Test
    public void theyKeepNothingThatWasSentWithThem() throws Exception {
        ApiConnection user = reader();
        CompletableFuture<JsonNode> parked = next(user, watch(user));
        rename("news");
        assertEquals("news", get(parked).path("name").asText());
        assertEquals("[{}]", things.toldWith.toString());
    }

    /** Each watcher may be waited for; of further calls there are few on a connection, however many watchers it has. */
    @Test
    public void theyAreFewBesideTheFirstOfEachWatcher() throws Exception {
        ApiConnection user = reader();
        List<String> watchers = new ArrayList<>();
        List<CompletableFuture<JsonNode>> waiting = new ArrayList<>();
        for (int n = 0; n <= FURTHER; n++) {
            watchers.add(watch(user));
            waiting.add(next(user, watchers.get(n)));
            waiting.add(next(user, watchers.get(n)));
        }
        // Which of them comes last is open.
        String tooMany = "too many calls wait for watchers of this connection|try again";
        assertEquals(tooMany, refusal(any(waiting)));
        waiting.removeIf(CompletableFuture::isDone);
        assertEquals(2 * FURTHER + 1, waiting.size());
        // Each watcher that is told, or ended, makes room for as many.
        until("all are told", () -> {
            rename(world.model().snapshot().model().name() + "m");
            return waiting.stream().allMatch(CompletableFuture::isDone);
        });
    }

    @Test
    public void thoseOfAnEndedWatcherMakeRoom() throws Exception {
        ApiConnection user = reader();
        List<CompletableFuture<JsonNode>> waiting = new ArrayList<>();
        for (int n = 0; n < FURTHER; n++) {
            String watcher = watch(user);
            waiting.add(next(user, watcher));
            waiting.add(next(user, watcher));
            get(user.call("ThingWatcher", 1, watcher, "Stop", null));
            for (CompletableFuture<JsonNode> each : waiting) {
                String stopped = refusal(each);
                assertTrue(
                        stopped,
                        stopped.equals("watcher was stopped|stopped") || stopped.startsWith("unknown watcher"));
            }
            waiting.clear();
        }
        String fresh = watch(user);
        for (int n = 0; n < 17; n++) {
            waiting.add(next(user, fresh));
        }
        assertEquals("too many calls wait for this watcher|try again", refusal(any(waiting)));
        assertTrue(user.isOpen());
    }

    private static CompletableFuture<Object> any(List<CompletableFuture<JsonNode>> of) {
        return CompletableFuture.anyOf(of.toArray(CompletableFuture[]::new));
    }
}
