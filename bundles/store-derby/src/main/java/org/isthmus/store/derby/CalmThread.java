package org.isthmus.store.derby;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that nobody can interrupt. An interrupt in the middle of Derby's file access closes the file under it and takes the
 * whole database down; callers may be interrupted as they like, their work here goes on to its end.
 */
final class CalmThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CalmThread.class);
    private static final Runnable END = () -> {};

    private final BlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
    private boolean closed;

    CalmThread(String name) {
        // No executor: those wake their idle threads by an interrupt, and this one hears none.
        Thread thread = new Thread(this::run, name) {
            @Override
            public void interrupt() {
                // See the class comment.
            }
        };
        thread.setDaemon(true);
        thread.setContextClassLoader(CalmThread.class.getClassLoader());
        thread.start();
    }

    private void run() {
        while (true) {
            try {
                Runnable next = work.take();
                if (next == END) {
                    return;
                }
                next.run();
            } catch (InterruptedException cannotBe) {
                throw new IllegalStateException(cannotBe);
            } catch (RuntimeException | Error failure) {
                // Of what nobody waits for. Whoever comes after it would wait for ever on a thread that is no more.
                LOG.error("{} goes on after a failure", Thread.currentThread().getName(), failure);
            }
        }
    }

    private synchronized void add(Runnable task) throws IOException {
        if (closed) {
            throw new IOException("the journal is closed");
        }
        work.add(task);
    }

    /** Runs on the thread, after what waits; false when there is no more thread. */
    synchronized boolean later(Runnable task) {
        return !closed && work.add(task);
    }

    /** Runs on the thread and waits for the end, interrupted or not. */
    <T> T call(Callable<T> work) throws IOException {
        FutureTask<T> task = new FutureTask<>(work);
        add(task);
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

    /** Ends the thread after what waits. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            work.add(END);
        }
    }
}
