package org.isthmus.state;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The time that leases go by: it never jumps when somebody sets the clock. */
final class Steady implements Alarm, InstantSource {
    private final ScheduledExecutorService scheduler;
    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();

    Steady(ScheduledExecutorService scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public Instant instant() {
        return start.plusNanos(System.nanoTime() - startNanos);
    }

    @Override
    public Runnable in(Duration delay, Runnable task) {
        ScheduledFuture<?> later = scheduler.schedule(task, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
        return () -> later.cancel(false);
    }
}
