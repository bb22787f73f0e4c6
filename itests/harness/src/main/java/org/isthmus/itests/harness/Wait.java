package org.isthmus.itests.harness;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waiting on conditions, always with a limit. */
public final class Wait {
    private static final long PAUSE = Duration.ofMillis(50).toNanos();

    private Wait() {}

    /** @param shown what to print when the time is over */
    public static void until(String what, Duration limit, Callable<Boolean> condition, Supplier<String> shown) {
        long end = System.nanoTime() + limit.toNanos();
        Throwable last = null;
        while (true) {
            try {
                if (condition.call()) {
                    return;
                }
            } catch (Exception | AssertionError e) {
                // Things that come up fail first; the last failure is told if it stays so.
                last = e;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + limit.toSeconds() + " s: " + what + "\n" + shown.get(), last);
            }
            LockSupport.parkNanos(PAUSE);
        }
    }
}
