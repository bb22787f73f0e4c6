package org.isthmus.crossmodel;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.MDC;

/** The threads of this room; none of them ever waits. */
final class Threads implements Executor, AutoCloseable {
    private static final int COUNT = 2;

    private final ScheduledThreadPoolExecutor pool;

    Threads() {
        AtomicInteger number = new AtomicInteger();
        pool = new ScheduledThreadPoolExecutor(COUNT, task -> {
            Runnable unsigned = () -> {
                // The log's context is inherited: whoever happens to need a new thread would sign all that it does.
                MDC.clear();
                task.run();
            };
            Thread thread = new Thread(unsigned, "isthmus-crossmodel-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        pool.setRemoveOnCancelPolicy(true);
        pool.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public void execute(Runnable task) {
        try {
            pool.execute(task);
        } catch (RejectedExecutionException closing) {
            // The room is leaving; whoever comes after it starts over from the documents.
            return;
        }
    }

    ScheduledFuture<?> later(long millis, Runnable task) {
        try {
            return pool.schedule(task, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            return null;
        }
    }

    @Override
    public void close() {
        pool.shutdown();
    }
}
