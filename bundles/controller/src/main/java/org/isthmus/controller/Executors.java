package org.isthmus.controller;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.MDC;

/** The threads of this room: one that keeps time, a few that start controllers and ask reconcilers. */
final class Executors implements AutoCloseable {
    private static final int WORKERS = 4;

    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor workers;
    private final ThreadPoolExecutor operations;

    Executors() {
        timer = new ScheduledThreadPoolExecutor(1, named("isthmus-timer"));
        timer.setRemoveOnCancelPolicy(true);
        workers = new ThreadPoolExecutor(
                WORKERS, WORKERS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named("isthmus-controller"));
        workers.allowCoreThreadTimeOut(true);
        operations = new ThreadPoolExecutor(
                WORKERS, WORKERS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named("isthmus-operation"));
        operations.allowCoreThreadTimeOut(true);
    }

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            // The log's context is inherited: whoever happens to need a new thread would sign all that it ever logs.
            Runnable unsigned = () -> {
                MDC.clear();
                task.run();
            };
            Thread thread = new Thread(unsigned, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    ExecutorService workers() {
        return workers;
    }

    /** For what an operator waits for and what itself waits for the workers: bootstrap and removal. */
    ExecutorService operations() {
        return operations;
    }

    @Override
    public void close() {
        timer.shutdownNow();
        workers.shutdown();
        operations.shutdown();
    }
}
