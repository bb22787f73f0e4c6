package org.isthmus.apiserver;

import java.util.concurrent.atomic.AtomicLong;

/** Memory that many peers share. */
final class Budget {
    private final long most;
    private final AtomicLong taken = new AtomicLong();

    Budget(long most) {
        this.most = most;
    }

    long most() {
        return most;
    }

    long taken() {
        return taken.get();
    }

    /** False, and nothing is taken, where that much is not left. */
    boolean take(long bytes) {
        return take(bytes, 0);
    }

    /** @param kept what must be left besides */
    boolean take(long bytes, long kept) {
        if (taken.addAndGet(bytes) > most - kept) {
            taken.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** What was taken beyond what there was. */
    long excess() {
        return Math.max(0, taken.get() - most);
    }

    /** Takes it even where it is not left. */
    void force(long bytes) {
        taken.addAndGet(bytes);
    }

    void give(long bytes) {
        taken.addAndGet(-bytes);
    }
}
