package org.isthmus.spi;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only way to a service that may be replaced while it is in use. A call waits without a thread until an instance is there
 * (10 s at most, then `service unavailable: <name>`), and is counted until its stage completes; {@link #unbind} waits until the
 * count of that instance is 0. Without this, calls in flight die of NoClassDefFoundError when a bundle is replaced.
 *
 * <p>Take a plug before entering a writer, never inside a decision.
 */
public final class Plug<T> {
    /** How long a call waits for an instance, and an unbind for its calls. */
    public static final Duration LIMIT = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Plug.class);

    private final String name;
    private final ScheduledExecutorService timer;
    private final Deque<CompletableFuture<Use<T>>> waiting = new ArrayDeque<>();
    /** What is bound, the newest last: that one is called. */
    private final Deque<Use<T>> bound = new ArrayDeque<>();

    // What was counted; guarded by the plug.
    private long calls;
    private long waits;
    private long waitNanos;
    private long refused;

    /**
     * What a plug counted since it was made, and how it stands; for display.
     *
     * @param calls all calls
     * @param waits of these, those that found no instance and waited for one
     * @param waited how long they waited, all together
     * @param refused of these, those that waited in vain
     * @param holding calls that hold an instance now
     * @param waiting calls that wait for one now
     * @param bound whether an instance is there now
     */
    public record Figures(
            long calls, long waits, Duration waited, long refused, int holding, int waiting, boolean bound) {}

    /** One instance and the calls that hold it; guarded by the plug. */
    private static final class Use<T> {
        private final T service;
        /** Who calls, for the log: a function may be there more than once. */
        private final List<Object> holders = new LinkedList<>();

        private final CompletableFuture<Void> idle = new CompletableFuture<>();
        private boolean leaving;

        private Use(T service) {
            this.service = service;
        }
    }

    /**
     * @param name as operators know it: `relation engine`
     * @param timer for time limits, and to start calls that waited; its threads must not be held up
     */
    public Plug(String name, ScheduledExecutorService timer) {
        this.name = name;
        this.timer = timer;
    }

    public String name() {
        return name;
    }

    /** Calls with the usual limit. */
    public <R> CompletionStage<R> call(Function<T, ? extends CompletionStage<R>> function) {
        return call(LIMIT, function);
    }

    /** @param limit how long to wait for an instance; the call itself may take as long as it likes */
    public <R> CompletionStage<R> call(Duration limit, Function<T, ? extends CompletionStage<R>> function) {
        Use<T> use;
        CompletableFuture<Use<T>> parked = null;
        synchronized (this) {
            calls++;
            use = bound.peekLast();
            if (use == null) {
                waits++;
                parked = new CompletableFuture<>();
                waiting.add(parked);
            } else {
                use.holders.add(function);
            }
        }
        return use == null ? park(parked, limit, function) : run(use, function);
    }

    private <R> CompletionStage<R> park(
            CompletableFuture<Use<T>> parked, Duration limit, Function<T, ? extends CompletionStage<R>> function) {
        // A result of its own, not a derived stage: when the caller gives it up, the instance must still be let go.
        CompletableFuture<R> result = new CompletableFuture<>();
        long begun = System.nanoTime();
        Future<?> timeout;
        try {
            timeout = timer.schedule(() -> giveUp(parked), limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            giveUp(parked);
            timeout = CompletableFuture.completedFuture(null);
        }
        Future<?> limiter = timeout;
        parked.whenComplete((use, failure) -> {
            limiter.cancel(false);
            synchronized (this) {
                waitNanos += System.nanoTime() - begun;
                refused += failure == null ? 0 : 1;
            }
            if (failure != null) {
                result.completeExceptionally(failure);
                return;
            }
            synchronized (this) {
                use.holders.add(function);
            }
            done(use, parked);
            if (result.isDone()) {
                done(use, function);
            } else {
                run(use, function).whenComplete((value, wrong) -> {
                    if (wrong == null) {
                        result.complete(value);
                    } else {
                        result.completeExceptionally(wrong);
                    }
                });
            }
        });
        return result;
    }

    private void giveUp(CompletableFuture<Use<T>> parked) {
        boolean mine;
        synchronized (this) {
            mine = waiting.remove(parked);
        }
        if (mine) {
            parked.completeExceptionally(Problem.refuse(Code.TRY_AGAIN, "service unavailable: %s", name));
        }
    }

    private <R> CompletionStage<R> run(Use<T> use, Function<T, ? extends CompletionStage<R>> function) {
        CompletionStage<R> stage;
        try {
            stage = Objects.requireNonNull(function.apply(use.service), "a call of a plug needs a stage");
        } catch (Throwable failure) {
            done(use, function);
            return CompletableFuture.failedFuture(
                    failure instanceof CompletionException wrapped && wrapped.getCause() != null
                            ? wrapped.getCause()
                            : failure);
        }
        CompletableFuture<R> result = new CompletableFuture<>();
        stage.whenComplete((value, failure) -> {
            done(use, function);
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    private void done(Use<T> use, Object holder) {
        boolean empty;
        synchronized (this) {
            use.holders.remove(holder);
            empty = use.leaving && use.holders.isEmpty();
        }
        if (empty) {
            use.idle.complete(null);
        }
    }

    /** Takes an instance into use; those that wait go on. The one before it is left to its {@link #unbind}. */
    public void bind(T service) {
        Use<T> use = new Use<>(service);
        List<CompletableFuture<Use<T>>> ready;
        synchronized (this) {
            bound.addLast(use);
            ready = List.copyOf(waiting);
            waiting.clear();
            use.holders.addAll(ready);
        }
        // Not on this thread: a bind must not run other people's work.
        for (CompletableFuture<Use<T>> parked : ready) {
            try {
                timer.execute(() -> parked.complete(use));
            } catch (RejectedExecutionException closing) {
                done(use, parked);
                parked.completeExceptionally(Problem.refuse(Code.TRY_AGAIN, "service unavailable: %s", name));
            }
        }
    }

    /**
     * Takes the instance out of use and waits until no call holds it, 10 s at most; then says so in the log. An older instance that
     * is still bound is called again.
     */
    public void unbind(T service) {
        unbind(service, LIMIT);
    }

    void unbind(T service, Duration limit) {
        Use<T> leaving = null;
        synchronized (this) {
            for (Use<T> use : bound) {
                if (use.service == service) {
                    leaving = use;
                }
            }
            if (leaving == null) {
                return;
            }
            bound.remove(leaving);
            leaving.leaving = true;
            if (leaving.holders.isEmpty()) {
                return;
            }
        }
        try {
            leaving.idle.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException late) {
            LOG.warn("{}: {} still hold the leaving instance after {} s", name, holders(leaving), limit.toSeconds());
        }
    }

    private synchronized List<String> holders(Use<T> use) {
        List<String> names = new ArrayList<>();
        for (Object holder : use.holders) {
            names.add(holder.getClass().getName());
        }
        return names;
    }

    /** How many calls wait for an instance or hold one; for display. */
    public synchronized int calls() {
        int calls = waiting.size();
        for (Use<T> use : bound) {
            calls += use.holders.size();
        }
        return calls;
    }

    public synchronized Figures figures() {
        int holding = 0;
        for (Use<T> use : bound) {
            holding += use.holders.size();
        }
        return new Figures(
                calls, waits, Duration.ofNanos(waitNanos), refused, holding, waiting.size(), !bound.isEmpty());
    }

    /** Whether an instance is there now; for health, never for deciding to call. */
    public synchronized boolean isBound() {
        return !bound.isEmpty();
    }
}
