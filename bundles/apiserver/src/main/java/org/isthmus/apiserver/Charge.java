package org.isthmus.apiserver;

/** What one message costs, from its first byte until it is answered. */
final class Charge implements AutoCloseable {
    /** What costs no more is light. */
    static final long LIGHT = 256 << 10;

    private final Share share;
    private long light;
    private long heavy;

    Charge(Share share) {
        this.share = share;
    }

    Share share() {
        return share;
    }

    synchronized long held() {
        return light + heavy;
    }

    /** Takes more; false, and nothing is taken, where the peers of this share have no more left. */
    synchronized boolean add(long bytes) {
        if (held() + bytes <= LIGHT && share.light().take(bytes)) {
            light += bytes;
            return true;
        }
        if (share.heavy().take(bytes)) {
            heavy += bytes;
            return true;
        }
        return false;
    }

    /** Gives back all. */
    @Override
    public synchronized void close() {
        share.light().give(light);
        share.heavy().give(heavy);
        light = 0;
        heavy = 0;
    }
}
