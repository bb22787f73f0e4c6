package org.isthmus.shell;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.isthmus.rpc.Invocation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the relay; where its file cannot be written, such as on a full disk, until it can. Whoever makes room starts nothing anew. */
final class RelayOpening {
    private static final Logger LOG = LoggerFactory.getLogger(RelayOpening.class);
    private static final long PAUSE_SECONDS = 1;

    private final ToIntFunction<Invocation> program;
    private final Path base;
    private final CompletableFuture<Relay> opened = new CompletableFuture<>();
    private String told = "";

    RelayOpening(ToIntFunction<Invocation> program, Path base) {
        this.program = program;
        this.base = base;
    }

    /** Once open, nothing more; a host of controllers that came in another's place begins it as well. */
    synchronized void begin() {
        if (opened.isDone()) {
            return;
        }
        try {
            Relay relay = Relay.start(program, base);
            if (!opened.complete(relay)) {
                close(relay);
            }
        } catch (IOException failure) {
            String now = String.valueOf(failure.getMessage());
            if (!now.equals(told)) {
                told = now;
                LOG.error("bin/juju cannot reach this container, which is tried again: {}", now, failure);
            }
            CompletableFuture.delayedExecutor(PAUSE_SECONDS, TimeUnit.SECONDS).execute(this::begin);
        }
    }

    /** Ends the relay, or the tries to start it. */
    void end() {
        opened.cancel(false);
        opened.whenComplete((started, never) -> {
            if (started != null) {
                close(started);
            }
        });
    }

    private static void close(Relay started) {
        try {
            started.close();
        } catch (IOException failure) {
            LOG.warn("The relay did not close cleanly: {}", failure.getMessage());
        }
    }
}
