package org.isthmus.controller;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.model.Cause;
import org.isthmus.model.Key;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.model.store.Watch;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Reconciler;
import org.isthmus.spi.Plug;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One reconciler over one document set: asks it when something of interest changed, never twice at a time, and again after a
 * failure with growing patience. Holds no class of the reconciler's bundle between calls, and no thread.
 */
final class ReconcilerLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcilerLoop.class);
    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
    private static final Duration LAST_BACKOFF = Duration.ofSeconds(60);

    private final String name;
    private final Plug<Reconciler> plug;
    private final ControllerContext controller;
    private final Documents documents;
    private final boolean onController;
    private final Executors executors;

    private final Set<Key> changed = new HashSet<>();
    private Set<Interest> followed = Set.of();
    /** Null while it is interested in nothing, or was not there to say in what. */
    private Watch watch;

    private boolean running;
    private boolean wanted;
    private boolean first = true;
    private boolean closed;
    private Duration backoff = FIRST_BACKOFF;
    private Future<?> alarm;

    ReconcilerLoop(
            String name,
            Plug<Reconciler> plug,
            ControllerContext controller,
            Documents documents,
            boolean onController,
            Executors executors) {
        this.name = name;
        this.plug = plug;
        this.controller = controller;
        this.documents = documents;
        this.onController = onController;
        this.executors = executors;
    }

    /**
     * Asks the reconciler what it is interested in, and then to look: at first, and whenever it came again. It may be another version
     * with other interests, or one that was away when this loop began.
     */
    void start() {
        plug.<Set<Interest>>call(reconciler -> CompletableFuture.completedFuture(
                        reconciler.onController() == onController ? Set.copyOf(reconciler.interests()) : Set.of()))
                .whenComplete((interests, failure) -> {
                    if (failure == null) {
                        follow(interests);
                        again();
                    } else {
                        LOG.debug("{} on {} begins when it is back", name, documents.id(), failure);
                    }
                });
    }

    private void follow(Set<Interest> interests) {
        Watch made;
        Watch leaving;
        synchronized (this) {
            if (closed) {
                return;
            }
            // Whoever came remembers nothing of what the one before it began, be it interested in the same.
            first = true;
            if (interests.equals(followed)) {
                return;
            }
            // Before the other one ends: what changes in between is told twice, not never.
            made = interests.isEmpty() ? null : documents.watch(interests);
            leaving = watch;
            watch = made;
            followed = interests;
        }
        if (leaving != null) {
            leaving.close();
            synchronized (this) {
                changed.addAll(leaving.unheard());
            }
        }
        if (made != null) {
            listen(made);
        }
    }

    private void listen(Watch from) {
        from.changed().whenComplete((keys, failure) -> {
            if (failure == null) {
                synchronized (this) {
                    changed.addAll(keys);
                }
                again();
                listen(from);
            }
        });
    }

    /** Asks now, or right after the call that is under way. */
    void again() {
        synchronized (this) {
            if (closed || watch == null) {
                return;
            }
            wanted = true;
            if (running) {
                return;
            }
            running = true;
        }
        execute();
    }

    private void execute() {
        try {
            executors.workers().execute(this::run);
        } catch (RejectedExecutionException closing) {
            close();
        }
    }

    private void run() {
        Cause cause;
        synchronized (this) {
            if (closed) {
                running = false;
                return;
            }
            wanted = false;
            cause = new Cause(Set.copyOf(changed), first);
            changed.clear();
            first = false;
            if (alarm != null) {
                alarm.cancel(false);
                alarm = null;
            }
        }
        // What follows from a request bears its trace; without one the context has no such word.
        String trace = documents.trace(cause.changed());
        try (MDC.MDCCloseable of = trace == null ? null : MDC.putCloseable("trace", trace);
                MDC.MDCCloseable owner = MDC.putCloseable("controller", controller.uuid());
                MDC.MDCCloseable set = MDC.putCloseable("model", documents.id());
                MDC.MDCCloseable who = MDC.putCloseable("entity", name)) {
            plug.call(reconciler -> reconciler.reconcile(controller, documents, cause))
                    .whenComplete((next, failure) -> done(cause, next, failure));
        }
    }

    private void done(Cause cause, Duration next, Throwable failure) {
        Duration wait = next;
        boolean now;
        synchronized (this) {
            if (failure == null) {
                backoff = FIRST_BACKOFF;
            } else {
                changed.addAll(cause.changed());
                first |= cause.first();
                wait = backoff;
                backoff = backoff.multipliedBy(2).compareTo(LAST_BACKOFF) > 0 ? LAST_BACKOFF : backoff.multipliedBy(2);
            }
            now = wanted && failure == null && !closed;
            if (!now) {
                running = false;
                if (wait != null && !closed) {
                    alarm = executors.timer().schedule(this::again, wait.toNanos(), TimeUnit.NANOSECONDS);
                }
            }
        }
        if (failure != null && !closed) {
            report(wait, failure);
        }
        if (now) {
            execute();
        }
    }

    private void report(Duration wait, Throwable failure) {
        Problem problem = Refused.of(failure);
        if (problem == null) {
            LOG.error("{} failed on {}; next try in {} s", name, documents.id(), wait.toSeconds(), failure);
        } else if (problem.code() != Code.STOPPED) {
            LOG.warn("{} on {}: {}; next try in {} s", name, documents.id(), problem.message(), wait.toSeconds());
        }
    }

    @Override
    public void close() {
        Watch leaving;
        synchronized (this) {
            closed = true;
            leaving = watch;
            watch = null;
            if (alarm != null) {
                alarm.cancel(false);
            }
        }
        if (leaving != null) {
            leaving.close();
        }
    }
}
