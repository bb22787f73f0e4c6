package org.isthmus.apiserver;

import java.time.Duration;

/** A token bucket. Filled by time, up to its size. */
final class Bucket {
    private double tokens = Double.NaN;
    private long at = System.nanoTime();

    /** Takes a token if there is one. Size and rate may change between calls. */
    synchronized boolean take(int size, Duration each) {
        long now = System.nanoTime();
        double before = Double.isNaN(tokens) ? size : tokens;
        tokens = Math.min(size, before + (now - at) / (double) Math.max(1, each.toNanos()));
        at = now;
        if (tokens < 1) {
            return false;
        }
        tokens -= 1;
        return true;
    }
}
