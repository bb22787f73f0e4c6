package org.isthmus.spi;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
    private final Deque<Waiting<T>> waiting = new ArrayDeque<>();
    private Use<T> current;

    private static final class Use<T> {
        private final T service;
        private int calls;
        private final CompletableFuture<Void> idle = new CompletableFuture<>();
        private boolean leaving;

        private Use(T service) {
            this.service = service;
        }
    }

    private record Waiting<T>(CompletableFuture<Use<T>> use) {}

    /** @param name as operators know it: `relation engine` */
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

    public <R> CompletionStage<R> call(Duration limit, Function<T, ? extends CompletionStage<R>> function) {
        Use<T> use;
        CompletableFuture<Use<T>> later = null;
        synchronized (this) {
            use = current;
            if (use != null) {
                use.calls++;
            } else {
                later = new CompletableFuture<>();
                waiting.add(new Waiting<>(later));
            }
        }
        if (use != null) {
            return run(use, function);
        }
        CompletableFuture<Use<T>> parked = later;
        var timeout = timer.schedule(
                () -> {
                    boolean mine;
                    synchronized (this) {
                        mine = waiting.removeIf(w -> w.use() == parked);
                    }
                    if (mine) {
                        parked.completeExceptionally(Problem.refuse(Code.TRY_AGAIN, "service unavailable: %s", name));
                    }
                },
                limit.toMillis(),
                TimeUnit.MILLISECONDS);
        return parked.thenCompose(arrived -> {
            timeout.cancel(false);
            return run(arrived, function);
        });
    }

    private <R> CompletionStage<R> run(Use<T> use, Function<T, ? extends CompletionStage<R>> function) {
        CompletionStage<R> stage;
        try {
            stage = function.apply(use.service);
        } catch (Throwable failure) {
            done(use);
            return CompletableFuture.failedFuture(
                    failure instanceof CompletionException wrapped ? wrapped.getCause() : failure);
        }
        CompletableFuture<R> result = new CompletableFuture<>();
        stage.whenComplete((value, failure) -> {
            done(use);
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    private void done(Use<T> use) {
        boolean empty;
        synchronized (this) {
            use.calls--;
            empty = use.leaving && use.calls == 0;
        }
        if (empty) {
            use.idle.complete(null);
        }
    }

    /** Takes an instance into use; those that wait go on. The one before it is left to its {@link #unbind}. */
    public void bind(T service) {
        Use<T> use = new Use<>(service);
        Deque<Waiting<T>> ready;
        synchronized (this) {
            current = use;
            ready = new ArrayDeque<>(waiting);
            waiting.clear();
            use.calls += ready.size();
            retired.add(use);
        }
        // Not on this thread: a bind must not run other people's work.
        for (Waiting<T> each : ready) {
            timer.execute(() -> {
                if (!each.use().complete(use)) {
                    done(use);
                }
            });
        }
    }

    private final Deque<Use<T>> retired = new ArrayDeque<>();

    /** Takes the instance out of use and waits until no call holds it, 10 s at most; then says so in the log. */
    public void unbind(T service) {
        Use<T> leaving = null;
        synchronized (this) {
            for (Use<T> use : retired) {
                if (use.service == service) {
                    leaving = use;
                }
            }
            if (leaving == null) {
                return;
            }
            retired.remove(leaving);
            if (current == leaving) {
                current = null;
            }
            leaving.leaving = true;
            if (leaving.calls == 0) {
                return;
            }
        }
        try {
            leaving.idle.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException late) {
            LOG.warn("{}: {} calls still hold the leaving instance after {} s", name, leaving.calls, LIMIT.toSeconds());
        }
    }

    /** Whether an instance is there now; for health, never for deciding to call. */
    public synchronized boolean isBound() {
        return current != null;
    }
}
