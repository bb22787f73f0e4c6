package org.isthmus.crossmodel;

import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before trying again: doubles up to a limit, with some jitter. */
final class Backoff {
    private final long first;
    private final long last;
    private long next;

    Backoff(long firstMillis, long lastMillis) {
        this.first = firstMillis;
        this.last = lastMillis;
        this.next = firstMillis;
    }

    synchronized long take() {
        long wait = next;
        next = Math.min(last, next * 2);
        return wait - ThreadLocalRandom.current().nextLong(wait / 4 + 1);
    }

    synchronized void reset() {
        next = first;
    }
}
