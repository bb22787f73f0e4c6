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
        // What was forced upon the one is the other's to bear: together they take no more than there is.
        if (share.heavy().take(bytes, share.light().excess())) {
            heavy += bytes;
            return true;
        }
        return false;
    }

    /** Takes more even where none is left: somebody was sent away for it. */
    synchronized void force(long bytes) {
        if (held() + bytes <= LIGHT) {
            share.light().force(bytes);
            light += bytes;
        } else {
            share.heavy().force(bytes);
            heavy += bytes;
        }
    }

    /** Gives back what is beyond that. */
    synchronized void keep(long bytes) {
        long less = Math.max(0, held() - bytes);
        long ofHeavy = Math.min(heavy, less);
        share.heavy().give(ofHeavy);
        share.light().give(less - ofHeavy);
        heavy -= ofHeavy;
        light -= less - ofHeavy;
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
