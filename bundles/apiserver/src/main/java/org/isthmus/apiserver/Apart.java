package org.isthmus.apiserver;

import io.netty.channel.Channel;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.MDC;

/**
 * Keeps the libraries inside this bundle off other people's threads. Netty leaves a map on every thread that touches it, and a thread
 * of another bundle would hold that map, its classes and with them the whole loader of this bundle, long after it was replaced.
 */
final class Apart {
    private Apart() {}

    /**
     * Does that on the channel's event loop, in the order in which one thread asks.
     *
     * @return false when all servers are closed, and every channel with them
     */
    static boolean onLoop(Channel channel, Runnable work) {
        if (channel.eventLoop().inEventLoop()) {
            work.run();
            return true;
        }
        try {
            channel.eventLoop().execute(work);
            return true;
        } catch (RejectedExecutionException over) {
            return false;
        }
    }

    /** Does that on a thread which ends with it, and waits. */
    static <T> T call(Callable<T> work) throws IOException {
        Map<String, String> context = MDC.getCopyOfContextMap();
        CompletableFuture<T> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    MDC.setContextMap(context == null ? Map.of() : context);
                    try {
                        done.complete(work.call());
                    } catch (Throwable failure) {
                        done.completeExceptionally(failure);
                    }
                },
                Thread.currentThread().getName() + "-api");
        thread.setDaemon(true);
        thread.start();
        try {
            return done.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof IOException io) {
                throw io;
            }
            if (failed.getCause() instanceof RuntimeException problem) {
                throw problem;
            }
            throw failed;
        }
    }
}
