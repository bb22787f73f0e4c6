package org.isthmus.apiserver;

import static org.junit.Assert.assertEquals;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.Test;

/** How long answers are remembered in memory. */
public class RepeatsTest {
    private final AtomicLong now = new AtomicLong(42);
    private final AtomicInteger done = new AtomicInteger();
    private final Repeats repeats = new Repeats(now::get);

    private String ask() throws Exception {
        return World.get(
                repeats.once("k", () -> CompletableFuture.completedFuture("answer " + done.incrementAndGet())));
    }

    @Test
    public void answersAreForgottenAfterFiveMinutes() throws Exception {
        assertEquals("answer 1", ask());
        now.addAndGet(Duration.ofMinutes(5).toNanos() - 1);
        repeats.forget();
        assertEquals("answer 1", ask());
        now.addAndGet(1);
        assertEquals("answer 2", ask());
    }

    @Test
    public void whatIsUnderWayIsNot() throws Exception {
        CompletableFuture<String> slow = new CompletableFuture<>();
        CompletableFuture<String> first = repeats.once("k", () -> slow).toCompletableFuture();
        now.addAndGet(Duration.ofHours(1).toNanos());
        repeats.forget();
        CompletableFuture<String> again = repeats.once("k", () -> CompletableFuture.completedFuture("twice"))
                .toCompletableFuture();
        slow.complete("once");
        assertEquals("once once", World.get(first) + " " + World.get(again));
        // The time begins with the answer.
        repeats.forget();
        assertEquals("once", ask());
    }
}
