package org.isthmus.store.derby;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * One thread that nobody can interrupt. An interrupt in the middle of Derby's file access closes the file under it and takes the
 * whole database down; callers may be interrupted as they like, their work here goes on to its end.
 */
final class CalmThread implements AutoCloseable {
    private final ThreadPoolExecutor executor;

    CalmThread(String name) {
        executor = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            Thread thread = new Thread(work, name) {
                @Override
                public void interrupt() {
                    // See the class comment.
                }
            };
            thread.setDaemon(true);
            thread.setContextClassLoader(CalmThread.class.getClassLoader());
            return thread;
        });
    }

    /** Runs on the thread and waits for the end, interrupted or not. */
    <T> T call(Callable<T> work) throws IOException {
        FutureTask<T> task = new FutureTask<>(work);
        try {
            executor.execute(task);
        } catch (RejectedExecutionException closed) {
            throw new IOException("the journal is closed", closed);
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException again) {
                    interrupted = true;
                } catch (ExecutionException failed) {
                    throw asIOException(failed.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException asIOException(Throwable cause) {
        if (cause instanceof IOException io) {
            return io;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof RuntimeException bug) {
            throw bug;
        }
        return new IOException(cause.getMessage(), cause);
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
