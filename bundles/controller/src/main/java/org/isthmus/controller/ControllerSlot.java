package org.isthmus.controller;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.controller.Host.Departure;
import org.isthmus.model.store.Store;
import org.isthmus.model.store.StoreFactory;
import org.isthmus.rpc.ControllerHost;
import org.isthmus.rpc.ControllerHost.Status;
import org.isthmus.spi.JournalFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The place of one configured controller: starts it when all that it stands on is there, pauses or closes it when some of that
 * leaves, starts it again. One thing at a time, on a worker.
 */
final class ControllerSlot {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerSlot.class);

    /** Between two tries to start one that cannot run, at most; the first waits a second. */
    private static final long LONGEST_PAUSE_SECONDS = 30;

    private final String uuid;
    private final String name;
    private final Path folder;
    private final String bind;
    private final Rooms rooms;
    private final Executors executors;
    private final ControllerHost host;
    private CompletableFuture<RunningController> ready = new CompletableFuture<>();
    private final Supplier<Foundations> foundations;
    /** What the running one stands on. */
    private Foundations on = Foundations.NONE;

    private volatile RunningController running;
    private boolean ended;
    private volatile String state = "starting";
    private long pause = 1;
    private Future<?> retry;

    /** @param foundations what there is to stand on, at any moment */
    ControllerSlot(
            String uuid,
            String name,
            Path folder,
            String bind,
            Rooms rooms,
            Executors executors,
            ControllerHost host,
            Supplier<Foundations> foundations) {
        this.foundations = foundations;
        this.uuid = uuid;
        this.name = name;
        this.folder = folder;
        this.bind = bind;
        this.rooms = rooms;
        this.executors = executors;
        this.host = host;
    }

    Status status() {
        return new Status(uuid, name, state);
    }

    /** Without a lock, for the log: null while it does not run. */
    RunningController runningNow() {
        return running;
    }

    String uuid() {
        return uuid;
    }

    Path folder() {
        return folder;
    }

    /** Completes when it runs; fails when it cannot. */
    synchronized CompletableFuture<RunningController> ready() {
        return ready;
    }

    /** Null while it does not run, or its store is away. */
    synchronized RunningController serving() {
        return running == null || running.isPaused() ? null : running;
    }

    /** The store of a controller that does not serve, for who closes it again. */
    synchronized Store openStore() throws IOException {
        if (serving() != null) {
            throw Problem.refuse(Code.TRY_AGAIN, "controller \"%s\" is running again, try again", name);
        }
        Foundations now = foundations.get();
        if (now.stores() == null || now.journals() == null) {
            throw Problem.refuse(Code.TRY_AGAIN, "this container waits for %s, try again", now.missing());
        }
        return now.stores().open(uuid, RunningController.storeFolder(folder), false, now.journals());
    }

    /** What it stands on came. */
    void offer() {
        signed(this::take);
    }

    private synchronized void take() {
        if (ended) {
            return;
        }
        // Read here: what was there when this was submitted may have left, and then it has paused us already.
        Foundations now = foundations.get();
        String missing = now.missing();
        if (missing != null) {
            state = "waiting for " + missing;
            return;
        }
        try {
            if (running == null) {
                state = hasFailed() ? state : "starting";
                RunningController made = new RunningController(uuid, folder, bind, now, rooms, executors, host);
                try {
                    made.start(now);
                } catch (IOException | RuntimeException failure) {
                    made.close();
                    throw failure;
                }
                running = made;
                on = now;
                // Only now its own log takes lines.
                LOG.info("Controller {} ({}) serves on {}", name, uuid, String.join(", ", made.apiAddresses()));
            } else if (running.isPaused()) {
                running.resume(now);
                on = on.with(now.stores()).with(now.journals());
            }
            state = "running";
            pause = 1;
            ready.complete(running);
        } catch (IOException | RuntimeException failure) {
            failed(failure);
        }
    }

    private boolean hasFailed() {
        return state.startsWith("failed");
    }

    private void failed(Exception failure) {
        String now = "failed: " + failure.getMessage();
        if (!now.equals(state)) {
            state = now;
            LOG.error("Controller {} ({}) cannot run: {}", name, uuid, failure.getMessage(), failure);
        }
        ready.completeExceptionally(
                Problem.refuse(Code.NONE, "controller \"%s\" cannot run: %s", name, failure.getMessage()));
        ready = new CompletableFuture<>();
        if (retry != null) {
            retry.cancel(false);
        }
        try {
            retry = executors
                    .timer()
                    .schedule(() -> executors.workers().execute(() -> signed(this::tryAgain)), pause, TimeUnit.SECONDS);
            pause = Math.min(pause * 2, LONGEST_PAUSE_SECONDS);
        } catch (RejectedExecutionException closed) {
            LOG.debug("Controller {} is not tried again: this room leaves", name);
        }
    }

    /** What kept it from running, such as a full disk or a port that is taken, may be over without a word to us. */
    private synchronized void tryAgain() {
        if (!ended && hasFailed()) {
            take();
        }
    }

    /** A room leaves: if this one stands on it, waits for what is in flight and lets go of it. */
    void leave(Object factory, Departure means) {
        signed(() -> leaveNow(factory, means));
    }

    private synchronized void leaveNow(Object factory, Departure means) {
        if (running == null || !on.has(factory)) {
            return;
        }
        // Before, not after: whoever is not answered meanwhile finds out why.
        String missing = foundations.get().missing();
        state = missing == null ? "starting" : "waiting for " + missing;
        if (means == Departure.PAUSE) {
            running.pause();
            on = on.with((StoreFactory) null).with((JournalFactory) null);
        } else {
            running.close();
            running = null;
            on = Foundations.NONE;
            ready = new CompletableFuture<>();
        }
    }

    void end() {
        signed(this::endNow);
    }

    private synchronized void endNow() {
        ended = true;
        if (running != null) {
            running.close();
            running = null;
        }
        ready.completeExceptionally(Problem.refuse(Code.STOPPED, "controller \"%s\" was stopped", name));
        state = "stopped";
    }

    /** What is logged meanwhile is this controller's. */
    private void signed(Runnable work) {
        try (MDC.MDCCloseable owner = MDC.putCloseable("controller", uuid)) {
            work.run();
        }
    }
}
