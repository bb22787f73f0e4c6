package org.isthmus.crossmodel;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.model.Key;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.ControllerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that is done in steps, one at a time, whenever somebody kicks it. A step looks at what is and does the next thing; it
 * keeps nothing that it could not find again.
 */
abstract class Pump {
    private static final Logger LOG = LoggerFactory.getLogger(Pump.class);

    /** What a step found. */
    enum Outcome {
        /** There may be more to do at once. */
        AGAIN,
        /** Nothing to do before the next kick. */
        IDLE,
        /** Failed in a way that time may heal. */
        RETRY,
        /** Nothing to do ever again. */
        OVER
    }

    /** The documents are closed: whoever opens them again makes new pumps. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("stopped", null, false, false);
        }
    }

    final ControllerContext controller;
    final Documents model;
    final Links links;
    private final Backoff backoff;
    private final Runnable kick = this::kick;
    private boolean running;
    private boolean wanted;
    private volatile boolean over;
    private Future<?> alarm;
    private Link link;

    Pump(ControllerContext controller, Documents model, Links links) {
        this.controller = controller;
        this.model = model;
        this.links = links;
        this.backoff = links.patience().backoff();
    }

    abstract String name();

    abstract CompletionStage<Outcome> step();

    /** What this is about: a step bears the trace of the request that changed one of these last. */
    Collection<Key> causes() {
        return List.of();
    }

    /** Called once, when it is over. */
    abstract void ended();

    final boolean isOf(ControllerContext itsController, Documents itsModel) {
        return controller == itsController && model == itsModel;
    }

    final boolean isOver() {
        return over;
    }

    /** The connection to this controller if it is up; a pump uses one link at a time. */
    final Peer peer(String target) {
        Link wantedLink = links.use(controller, target, kick);
        if (link != null && link != wantedLink) {
            links.leave(link, kick);
        }
        link = wantedLink;
        return link.peer();
    }

    final Link link() {
        return link;
    }

    /** False: it is over, and will never run again. */
    final boolean kick() {
        synchronized (this) {
            if (over) {
                return false;
            }
            wanted = true;
            if (running) {
                return true;
            }
            running = true;
        }
        links.threads().execute(this::run);
        return true;
    }

    private void run() {
        synchronized (this) {
            wanted = false;
            if (alarm != null) {
                alarm.cancel(false);
                alarm = null;
            }
        }
        CompletionStage<Outcome> stage;
        try (Traced step = new Traced(model.trace(causes()))) {
            stage = over ? java.util.concurrent.CompletableFuture.completedFuture(Outcome.OVER) : step();
        } catch (RuntimeException failure) {
            done(null, failure);
            return;
        }
        stage.whenComplete(this::done);
    }

    private void done(Outcome outcome, Throwable failure) {
        if (failure != null) {
            LOG.debug("{}: {}", name(), failure.toString());
        }
        Outcome found = failure == null ? outcome : isStopped(failure) ? Outcome.OVER : Outcome.RETRY;
        boolean ends;
        boolean again;
        synchronized (this) {
            ends = over || found == Outcome.OVER && (!wanted || isStopped(failure));
            over = ends;
            again = !ends && (found == Outcome.AGAIN || wanted);
            running = again;
            if (!again && found == Outcome.RETRY && !ends) {
                alarm = links.threads().later(backoff.take(), kick);
            }
        }
        if (ends) {
            end();
            return;
        }
        if (found == Outcome.IDLE || found == Outcome.AGAIN) {
            backoff.reset();
        }
        if (again) {
            links.threads().execute(this::run);
        }
    }

    private static boolean isStopped(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof Stopped) {
                return true;
            }
        }
        return false;
    }

    /** What is written here; it fails with {@link Stopped} where nothing can be written any more. */
    static <R> CompletionStage<R> local(CompletionStage<R> written) {
        return written.exceptionally(failure -> {
            Problem problem = Refused.of(failure);
            if (problem != null && problem.code() == Code.STOPPED) {
                throw new Stopped();
            }
            throw failure instanceof RuntimeException known
                    ? known
                    : new java.util.concurrent.CompletionException(failure);
        });
    }

    private void end() {
        Link leaving = link;
        link = null;
        if (leaving != null) {
            links.leave(leaving, kick);
        }
        ended();
    }

    /** Ends it, with what it is doing now. */
    final void close() {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            if (alarm != null) {
                alarm.cancel(false);
            }
            if (running) {
                // The step that is under way finds out.
                return;
            }
        }
        end();
    }
}
