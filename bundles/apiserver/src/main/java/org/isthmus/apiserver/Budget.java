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
        if (taken.addAndGet(bytes) > most) {
            taken.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** Takes it even where it is not left. */
    void force(long bytes) {
        taken.addAndGet(bytes);
    }

    void give(long bytes) {
        taken.addAndGet(-bytes);
    }
}
