package org.isthmus.apiserver;

/**
 * Sees that messages which were begun come to their ends: while one is coming in, each period must bring some of it, or another one.
 * Who brought too little in one period has the next to do better, for a message may have begun a moment before that one ended. Pings
 * do not count, and no blame is on whoever is not read because it has too much under way. Only the event loop touches it.
 */
final class Pace {
    private final Peer peer;
    private boolean watching;
    /** The last period brought too little. */
    private boolean suspected;

    private long bytes;
    private long messages;
    private long bytesBefore;
    private long messagesBefore;

    /** Whom it watches. */
    interface Peer {
        /** Some of a message is here, and its end is not. */
        boolean isMessageComing();

        boolean isRead();

        /** A period later. */
        void later(Runnable look);

        void tooSlow();
    }

    Pace(Peer peer) {
        this.peer = peer;
    }

    void came(long more) {
        bytes += more;
        if (!watching) {
            watching = true;
            watch();
        }
    }

    /** So many of them were no message's. */
    void aside(long less) {
        bytes -= less;
    }

    void ended() {
        messages++;
    }

    private void watch() {
        bytesBefore = bytes;
        messagesBefore = messages;
        peer.later(this::look);
    }

    private void look() {
        boolean late = messages == messagesBefore && bytes - bytesBefore < Charge.LIGHT && peer.isRead();
        if (!peer.isMessageComing()) {
            watching = false;
            suspected = false;
        } else if (late && suspected) {
            peer.tooSlow();
        } else {
            suspected = late;
            watch();
        }
    }
}
