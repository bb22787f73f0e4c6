package org.isthmus.state;

import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.MDC;

/** The threads of one store; idle ones go away, except the appender's. */
final class Workers implements AutoCloseable {
    private final String controller;
    private final ThreadPoolExecutor deciders;
    private final ThreadPoolExecutor tellers;
    private final ScheduledThreadPoolExecutor scheduler;
    private final Steady steady;

    /** @param controller its UUID; what is logged on these threads is signed with it */
    Workers(String controller, String name) {
        int threads = Math.max(2, Math.min(8, Runtime.getRuntime().availableProcessors()));
        this.controller = controller;
        deciders = pool("state-decide-" + name, threads);
        tellers = pool("state-tell-" + name, threads);
        scheduler = new ScheduledThreadPoolExecutor(1, named("state-clock-" + name));
        scheduler.setRemoveOnCancelPolicy(true);
        scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        steady = new Steady(scheduler);
    }

    private ThreadPoolExecutor pool(String name, int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private ThreadFactory named(String name) {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(signed(work), name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** The log's context is inherited: whoever happens to need a new thread would sign all that it ever logs. */
    Runnable signed(Runnable work) {
        return () -> {
            MDC.clear();
            MDC.put("controller", controller);
            work.run();
        };
    }

    /** Where decisions run and images are encoded; nothing there waits for anything. */
    Executor deciders() {
        return deciders;
    }

    /** Where stages complete, with whatever their callers hung on them. */
    Executor tellers() {
        return work -> {
            try {
                tellers.execute(work);
            } catch (RejectedExecutionException closed) {
                // Somebody waits for this answer; after the pool is gone the thread that closes gives it.
                work.run();
            }
        };
    }

    Alarm alarm() {
        return steady;
    }

    InstantSource clock() {
        return steady;
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
        deciders.shutdown();
        tellers.shutdown();
        await(deciders);
    }

    private static void await(ExecutorService pool) {
        try {
            pool.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
