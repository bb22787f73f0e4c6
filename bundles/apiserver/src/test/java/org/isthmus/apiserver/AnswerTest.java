package org.isthmus.apiserver;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.isthmus.api.Code;
import org.isthmus.api.Refused;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.store.Watch;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Json;
import org.isthmus.rpc.Telling;
import org.isthmus.rpc.WatchHandle;
import org.junit.Test;

/** How long answers may be, and in how many parts they come. */
public class AnswerTest {
    private static final Key UNIT = new Key(Kinds.UNIT, "mysql/0");

    private final ObjectMapper json = Json.newMapper();

    /** One thing that is shared by many answers costs little until it is written. */
    @Test
    public void anAnswerThatWouldFillTheMemoryIsRefused() throws Exception {
        Request request = Request.read(json, "{\"request-id\":7}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        String thing = "x".repeat(1 << 20);
        int some = Request.LONGEST_ANSWER >> 20;
        byte[] fits = request.answer(json, Map.of("results", Collections.nCopies(some - 1, thing)));
        assertTrue(fits.length < Request.LONGEST_ANSWER);
        Refused refused = assertThrows(
                Refused.class, () -> request.answer(json, Map.of("results", Collections.nCopies(100_000, thing))));
        assertEquals(Code.QUOTA_LIMIT_EXCEEDED, refused.problem().code());
        assertEquals(
                "quota limit exceeded: the answer is longer than " + some + " MiB, ask for less at a time",
                refused.problem().message());
    }

    private static final class Silent implements Watch {
        @Override
        public CompletableFuture<Set<Key>> changed() {
            return new CompletableFuture<>();
        }

        @Override
        public void close() {}
    }

    /** What is left of a page needs no change to be told; and what failed as a whole is tried as a whole. */
    @Test
    public void theNextPageIsToldAtOnce() {
        Telling telling = new Telling();
        WatchHandle handle = new WatchHandle("AllWatcher", "m", Set.of(), telling, null, true);
        Watcher watcher = new Watcher(handle, Access.MODEL_READ, new Silent(), Runnable::run, new Budget(8));
        List<String> told = new java.util.ArrayList<>();
        watcher.next(
                (of, changed) -> CompletableFuture.failedFuture(new IllegalStateException("not now")),
                (bytes, failure) -> told.add("failed"));
        watcher.next(
                (of, changed) -> {
                    telling.page(Map.of(), Map.of(), Set.of(UNIT));
                    return CompletableFuture.completedFuture(new byte[1]);
                },
                (bytes, failure) -> told.add("first"));
        watcher.next(
                (of, changed) -> {
                    telling.page(Map.of(UNIT, ""), Map.of(), Set.of());
                    return CompletableFuture.completedFuture(new byte[1]);
                },
                (bytes, failure) -> told.add("second"));
        watcher.next(
                (of, changed) -> CompletableFuture.completedFuture(new byte[1]),
                (bytes, failure) -> told.add("parked"));
        assertEquals(List.of("failed", "first", "second"), told);
    }
}
