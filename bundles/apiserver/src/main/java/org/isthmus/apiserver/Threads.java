package org.isthmus.apiserver;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.MDC;

/**
 * The threads of all servers of the container. Event loops only frame and decode; requests are decided and answers encoded on
 * `decide`; what may block runs on `blocking`; slow hashes on `passwords`; TLS arithmetic on `handshakes`.
 */
final class Threads implements AutoCloseable {
    private final EventLoopGroup loops;
    private final ThreadPoolExecutor decide;
    private final ThreadPoolExecutor blocking;
    private final ThreadPoolExecutor passwords;
    private final ThreadPoolExecutor handshakes;
    private final ScheduledThreadPoolExecutor timer;

    Threads() {
        int cores = Math.max(2, Runtime.getRuntime().availableProcessors());
        loops = new MultiThreadIoEventLoopGroup(2, named("isthmus-api-io"), NioIoHandler.newFactory());
        decide = pool("isthmus-api", cores * 2);
        blocking = pool("isthmus-api-blocking", 16);
        passwords = pool("isthmus-api-password", 2);
        handshakes = pool("isthmus-api-tls", 2);
        timer = new ScheduledThreadPoolExecutor(1, named("isthmus-api-timer"));
        timer.setRemoveOnCancelPolicy(true);
    }

    private static ThreadPoolExecutor pool(String name, int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
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

    EventLoopGroup loops() {
        return loops;
    }

    ThreadPoolExecutor decide() {
        return decide;
    }

    ThreadPoolExecutor blocking() {
        return blocking;
    }

    ThreadPoolExecutor passwords() {
        return passwords;
    }

    ThreadPoolExecutor handshakes() {
        return handshakes;
    }

    ScheduledThreadPoolExecutor timer() {
        return timer;
    }

    @Override
    public void close() {
        // The future is the last that they touch: whoever still runs when the bundle is gone finds no classes.
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        timer.shutdownNow();
        // Not interrupted: their work may be inside the journal.
        List<ThreadPoolExecutor> pools = List.of(handshakes, passwords, blocking, decide);
        pools.forEach(ThreadPoolExecutor::shutdown);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        try {
            for (ThreadPoolExecutor pool : pools) {
                pool.awaitTermination(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
