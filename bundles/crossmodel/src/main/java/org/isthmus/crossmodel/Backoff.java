package org.isthmus.crossmodel;

import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before trying again: half a second, doubling to a minute, with some jitter. */
final class Backoff {
    private static final long FIRST_MILLIS = 500;
    private static final long LAST_MILLIS = 60_000;

    private long next = FIRST_MILLIS;

    synchronized long take() {
        long wait = next;
        next = Math.min(LAST_MILLIS, next * 2);
        return wait - ThreadLocalRandom.current().nextLong(wait / 4 + 1);
    }

    synchronized void reset() {
        next = FIRST_MILLIS;
    }
}
