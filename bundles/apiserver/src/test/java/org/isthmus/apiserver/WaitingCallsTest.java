package org.isthmus.apiserver;

import static org.isthmus.apiserver.World.get;
import static org.isthmus.apiserver.World.refusal;
import static org.isthmus.apiserver.World.until;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Login;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.store.Watch;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.WatchHandle;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** Calls of `Next` that wait for news. */
public class WaitingCallsTest {
    private static final String REFUSED = "too many calls wait for watchers of this connection";
    private static final String STOPPED = "watcher was stopped";
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
        assertEquals(REFUSED + "|try again", refusal(any(waiting)));
        waiting.removeIf(CompletableFuture::isDone);
        assertEquals(2 * FURTHER + 1, waiting.size());
        until("all are told", () -> {
            rename(world.model().snapshot().model().name() + "m");
            return waiting.stream().allMatch(CompletableFuture::isDone);
        });
    }

    /** Whether they are answered with news, with a failure, or because the watcher ends. */
    @Test
    public void thoseThatAreAnsweredMakeRoom() {
        Budget further = new Budget(4);
        News news = new News();
        Watcher watcher = watcher(news, further);
        List<String> answers = new ArrayList<>();
        assertEquals(List.of("", "", "", "", ""), wait(watcher, 5, answers));
        assertEquals(4, further.taken());
        Watcher other = watcher(new News(), further);
        assertEquals(List.of("", REFUSED), wait(other, 2, new ArrayList<>()));
        other.stop();
        assertEquals(4, further.taken());
        news.next.complete(Set.of(new Key(Kinds.MODEL, "")));
        assertEquals(3, further.taken());
        // The second one's telling fails, and the third one tells what that one should have.
        news.next.complete(Set.of(new Key(Kinds.MODEL, "")));
        assertEquals(List.of("news", "failed", "news", "", ""), answers);
        assertEquals(1, further.taken());
        watcher.stop();
        assertEquals(List.of("news", "failed", "news", STOPPED, STOPPED), answers);
        assertEquals(0, further.taken());
    }

    private static final class News implements Watch {
        private CompletableFuture<Set<Key>> next;

        @Override
        public CompletionStage<Set<Key>> changed() {
            next = new CompletableFuture<>();
            return next;
        }

        @Override
        public void close() {}
    }

    private static Watcher watcher(News of, Budget further) {
        return new Watcher(
                new WatchHandle("ThingWatcher", null, Set.of(), null, null, false),
                Access.MODEL_READ,
                of,
                Runnable::run,
                further);
    }

    /** So many ask; the first is told, and the second one's telling fails. */
    private static List<String> wait(Watcher at, int many, List<String> answers) {
        for (int n = 0; n < many; n++) {
            int call = n;
            answers.add("");
            at.next(
                    (watcher, keys) -> call == 1
                            ? CompletableFuture.failedFuture(new IllegalStateException("failed"))
                            : CompletableFuture.completedFuture("news".getBytes(StandardCharsets.UTF_8)),
                    (bytes, failure) -> answers.set(
                            call, failure == null ? new String(bytes, StandardCharsets.UTF_8) : failure.getMessage()));
        }
        return answers;
    }

    @Test
    public void theyAreFewAtOneWatcher() throws Exception {
        ApiConnection user = reader();
        List<CompletableFuture<JsonNode>> waiting = new ArrayList<>();
        String fresh = watch(user);
        for (int n = 0; n < 17; n++) {
            waiting.add(next(user, fresh));
        }
        assertEquals("too many calls wait for this watcher|try again", refusal(any(waiting)));
        assertTrue(user.isOpen());
        // Those that wait are told that it ended, be they heard before or after.
        get(user.call("ThingWatcher", 1, fresh, "Stop", null));
        for (CompletableFuture<JsonNode> each : waiting) {
            String stopped = refusal(each);
            assertTrue(
                    stopped,
                    Set.of("watcher was stopped|stopped", "too many calls wait for this watcher|try again")
                            .contains(stopped));
        }
    }

    private static CompletableFuture<Object> any(List<CompletableFuture<JsonNode>> of) {
        return CompletableFuture.anyOf(of.toArray(CompletableFuture[]::new));
    }
}
