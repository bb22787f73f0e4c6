package org.isthmus.agent.unit;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** When a unit's agent does what is a matter of time. For one thread; moments are those of {@link System#nanoTime}. */
final class Appointments {
    private static final double JITTER = 0.2;
    /** Between two claims while nobody leads. */
    private static final Duration VACANT = Duration.ofSeconds(1);

    private final UnitAgent.Times times;
    private final Random random;

    private long retryAt;
    /** 0 for none. */
    private long updateStatusAt;

    private long renewAt;
    private long claimedAt;
    private long idleAt;

    Appointments(UnitAgent.Times times, Random random) {
        this.times = times;
        this.random = random;
    }

    /** Everything but update-status is due now. */
    void begin() {
        long now = System.nanoTime();
        retryAt = now;
        renewAt = now;
        claimedAt = now - times.leaseRenewal().toNanos();
        idleAt = now;
    }

    // --- a hook that failed

    void retryAfter(int failures) {
        double wait = times.firstRetry().toMillis() * Math.pow(2, Math.min(20, Math.max(0, failures - 1)));
        wait = Math.min(wait, times.lastRetry().toMillis());
        wait = wait * (1 + JITTER * (random.nextDouble() - 0.5));
        retryAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos((long) wait);
    }

    boolean isRetryDue() {
        return System.nanoTime() >= retryAt;
    }

    // --- update-status

    void updateStatusAfter(long interval) {
        double seconds = Math.max(1, interval) * (1 - JITTER + 2 * JITTER * random.nextDouble());
        updateStatusAt = System.nanoTime() + (long) (seconds * 1e9);
    }

    boolean hasUpdateStatus() {
        return updateStatusAt != 0;
    }

    boolean isUpdateStatusDue() {
        return hasUpdateStatus() && System.nanoTime() >= updateStatusAt;
    }

    // --- the lead

    /** @param vacant nobody leads: no need to wait for the usual time */
    boolean isClaimDue(boolean vacant) {
        if (vacant) {
            renewAt = Math.min(renewAt, claimedAt + VACANT.toNanos());
        }
        return System.nanoTime() >= renewAt;
    }

    /** The moment, for {@link #claimed}; who gets no answer asks again at once. */
    long claiming() {
        claimedAt = System.nanoTime();
        return claimedAt;
    }

    void claimed(long asked) {
        renewAt = asked + times.leaseRenewal().toNanos();
    }

    // --- being idle

    void idleSoon() {
        idleAt = System.nanoTime() + times.idleAfter().toNanos();
    }

    boolean isIdleDue() {
        return System.nanoTime() >= idleAt;
    }

    /**
     * The first that an agent with nothing to do waits for.
     *
     * @param failed a hook has: it waits for its retry, or the operator, and there is no update-status
     * @param sayIdle that was not said yet
     * @param alive a unit that goes has no update-status any more: its moment would stay in the past
     */
    long next(boolean failed, boolean sayIdle, boolean alive) {
        long until = renewAt;
        if (sayIdle) {
            until = Math.min(until, idleAt);
        }
        if (failed && retryAt > System.nanoTime()) {
            until = Math.min(until, retryAt);
        }
        if (!failed && alive && hasUpdateStatus()) {
            until = Math.min(until, updateStatusAt);
        }
        return until;
    }
}
