package org.isthmus.spi;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.junit.After;
import org.junit.Test;

public class PlugTest {
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final Plug<String> plug = new Plug<>("relation engine", timer);

    @After
    public void stop() {
        timer.shutdownNow();
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static Problem problem(CompletionStage<?> stage) throws Exception {
        try {
            get(stage);
        } catch (ExecutionException failed) {
            return Refused.of(failed);
        }
        throw new AssertionError("it did not fail");
    }

    private CompletionStage<String> echo() {
        return plug.call(CompletableFuture::completedFuture);
    }

    private static Thread started(Runnable work) {
        Thread thread = new Thread(work);
        thread.start();
        return thread;
    }

    private static void until(java.util.function.BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertTrue("not in 20 s", System.nanoTime() < end);
            Thread.onSpinWait();
        }
    }

    @Test
    public void itCountsWhoWaited() throws Exception {
        CompletionStage<String> waiting = echo();
        assertEquals(1, plug.figures().waiting());
        assertFalse(plug.figures().bound());
        plug.bind("one");
        assertEquals("one", get(waiting));
        assertEquals("one", get(echo()));
        plug.unbind("one");
        problem(plug.call(Duration.ofMillis(1), CompletableFuture::completedFuture));
        Plug.Figures seen = plug.figures();
        assertEquals(3, seen.calls());
        assertEquals(2, seen.waits());
        assertEquals(1, seen.refused());
        assertTrue(seen.waited().toString(), seen.waited().compareTo(Duration.ofMillis(1)) >= 0);
        assertEquals(0, seen.holding() + seen.waiting());
    }

    @Test
    public void theNewestIsCalled() throws Exception {
        plug.bind("one");
        plug.bind("two");
        assertEquals("two", get(echo()));
    }

    @Test
    public void whenTheNewestLeavesAnOlderOneThatIsStillThereGoesOn() throws Exception {
        plug.bind("one");
        plug.bind("two");
        plug.unbind("two");
        assertTrue(plug.isBound());
        assertEquals("one", get(echo()));
        plug.unbind("one");
        assertFalse(plug.isBound());
    }

    @Test
    public void theOlderOneLeavesAfterTheNewOneCame() throws Exception {
        plug.bind("one");
        plug.bind("two");
        plug.unbind("one");
        assertEquals("two", get(echo()));
    }

    @Test
    public void callsWaitWithoutAThread() throws Exception {
        int before = Thread.activeCount();
        List<CompletionStage<String>> calls = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            calls.add(echo());
        }
        assertEquals(1000, plug.calls());
        assertTrue(Thread.activeCount() <= before + 1);
        plug.bind("here");
        for (CompletionStage<String> call : calls) {
            assertEquals("here", get(call));
        }
        until(() -> plug.calls() == 0);
        assertEquals("time limits of answered calls are not left behind", 0, waitingTimers());
    }

    private long waitingTimers() {
        timer.purge();
        return timer.getQueue().size();
    }

    @Test
    public void aBindRunsNobodysWork() throws Exception {
        CompletableFuture<Thread> ranOn = new CompletableFuture<>();
        plug.call(service -> {
            ranOn.complete(Thread.currentThread());
            return CompletableFuture.completedFuture(null);
        });
        plug.bind("here");
        assertFalse(get(ranOn) == Thread.currentThread());
    }

    @Test
    public void afterTheLimitItSaysWhatIsMissing() throws Exception {
        Problem problem = problem(plug.call(Duration.ofMillis(20), CompletableFuture::completedFuture));
        assertEquals("service unavailable: relation engine", problem.message());
        assertEquals(Code.TRY_AGAIN, problem.code());
        assertEquals(0, plug.calls());
        plug.bind("late");
        assertEquals("late", get(echo()));
    }

    @Test
    public void anUnbindWaitsForTheCallsOfItsInstanceOnly() throws Exception {
        plug.bind("one");
        CompletableFuture<String> slow = new CompletableFuture<>();
        CompletionStage<String> held = plug.call(service -> slow);
        AtomicBoolean gone = new AtomicBoolean();
        plug.bind("two");
        CompletableFuture<String> other = new CompletableFuture<>();
        plug.call(service -> other);
        Thread leaver = started(() -> {
            plug.unbind("one");
            gone.set(true);
        });
        until(() -> leaver.getState() == Thread.State.TIMED_WAITING);
        assertFalse(gone.get());
        slow.complete("done");
        leaver.join(20_000);
        assertTrue(gone.get());
        assertEquals("done", get(held));
        other.complete("done");
    }

    @Test
    public void whatComesDuringAnUnbindGoesToTheNextInstance() throws Exception {
        plug.bind("one");
        CompletableFuture<String> slow = new CompletableFuture<>();
        plug.call(service -> slow);
        Thread leaver = started(() -> plug.unbind("one"));
        until(() -> !plug.isBound());
        CompletionStage<String> parked = echo();
        plug.bind("two");
        assertEquals("two", get(parked));
        slow.complete("done");
        leaver.join(20_000);
        assertFalse(leaver.isAlive());
    }

    @Test
    public void anUnbindDoesNotWaitForEver() {
        plug.bind("one");
        plug.call(service -> new CompletableFuture<String>());
        long start = System.nanoTime();
        plug.unbind("one", Duration.ofMillis(50));
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(8));
    }

    @Test
    public void failuresLetGoAndKeepTheirCause() throws Exception {
        plug.bind("one");
        assertEquals(
                "no",
                problem(plug.call(s -> {
                            throw Problem.refuse(Code.FORBIDDEN, "no");
                        }))
                        .message());
        IllegalStateException bug = new IllegalStateException("bug");
        try {
            get(plug.call(s -> {
                throw new CompletionException(bug);
            }));
            throw new AssertionError("it did not fail");
        } catch (ExecutionException failed) {
            assertSame(bug, failed.getCause());
        }
        assertNull(problem(plug.call(s -> (CompletionStage<String>) null)));
        assertNull(problem(plug.call(s -> CompletableFuture.failedFuture(bug))));
        assertEquals(0, plug.calls());
        plug.unbind("one", Duration.ofDays(1));
    }

    /** A caller that put its own time limit on a parked call must not hold the instance for ever. */
    @Test
    public void aParkedCallThatWasGivenUpHoldsNothing() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        CompletionStage<String> call = plug.call(service -> {
            ran.incrementAndGet();
            return CompletableFuture.completedFuture(service);
        });
        call.toCompletableFuture().cancel(false);
        plug.bind("one");
        until(() -> plug.calls() == 0);
        plug.unbind("one", Duration.ofDays(1));
        assertEquals(0, ran.get());
    }

    @Test
    public void anUnknownInstanceIsNobodys() {
        plug.unbind("never bound");
        plug.bind("one");
        plug.unbind("never bound");
        assertTrue(plug.isBound());
    }

    @Test
    public void aClosedTimerRefusesInsteadOfHanging() throws Exception {
        timer.shutdownNow();
        assertEquals("service unavailable: relation engine", problem(echo()).message());
        plug.bind("one");
        assertEquals("one", get(echo()));
    }

    /** Instances come and go under load: no call fails, none runs on one that has left. */
    @Test
    public void swapsUnderLoad() throws Exception {
        long seed = Long.getLong("isthmus.seed", System.nanoTime());
        System.out.println("swapsUnderLoad: -Disthmus.seed=" + seed);
        Random random = new Random(seed);
        final class Service {
            private volatile boolean left;
        }
        Plug<Service> swapped = new Plug<>("swapped", timer);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger wrong = new AtomicInteger();
        AtomicInteger answered = new AtomicInteger();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            callers.add(started(() -> {
                while (!stop.get()) {
                    try {
                        get(swapped.<Void>call(service -> CompletableFuture.runAsync(
                                () -> {
                                    if (service.left) {
                                        wrong.incrementAndGet();
                                    }
                                },
                                timer)));
                        answered.incrementAndGet();
                    } catch (Exception failure) {
                        wrong.incrementAndGet();
                    }
                }
            }));
        }
        Service current = null;
        for (int i = 0; i < 200; i++) {
            Service next = new Service();
            boolean gap = random.nextBoolean();
            if (current != null && gap) {
                swapped.unbind(current);
                current.left = true;
            }
            swapped.bind(next);
            if (current != null && !gap) {
                swapped.unbind(current);
                current.left = true;
            }
            current = next;
        }
        int target = answered.get() + 10;
        until(() -> answered.get() > target || wrong.get() > 0);
        stop.set(true);
        for (Thread caller : callers) {
            caller.join(20_000);
        }
        assertEquals(0, wrong.get());
    }
}
