package org.isthmus.crossmodel;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
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

    private final Threads threads;
    private final Backoff backoff = new Backoff();
    private final Runnable kick = this::kick;
    private boolean running;
    private boolean wanted;
    private boolean over;
    private Future<?> alarm;

    Pump(Threads threads) {
        this.threads = threads;
    }

    abstract String name();

    abstract CompletionStage<Outcome> step();

    /** Called once, when it is over. */
    abstract void ended();

    /** The same object each time, so that links know whom to tell. */
    final Runnable kicker() {
        return kick;
    }

    final void kick() {
        synchronized (this) {
            if (over) {
                return;
            }
            wanted = true;
            if (running) {
                return;
            }
            running = true;
        }
        threads.execute(this::run);
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
        try {
            stage = step();
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
        Outcome found = failure != null ? Outcome.RETRY : outcome;
        if (found == Outcome.OVER) {
            close();
            return;
        }
        boolean again;
        synchronized (this) {
            again = !over && (found == Outcome.AGAIN || wanted);
            running = again;
            if (!again && found == Outcome.RETRY && !over) {
                alarm = threads.later(backoff.take(), kick);
            }
        }
        if (found == Outcome.IDLE || found == Outcome.AGAIN) {
            backoff.reset();
        }
        if (again) {
            threads.execute(this::run);
        }
    }

    final void close() {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            if (alarm != null) {
                alarm.cancel(false);
            }
        }
        ended();
    }
}
