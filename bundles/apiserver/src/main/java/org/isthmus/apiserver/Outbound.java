package org.isthmus.apiserver;

import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Answers that wait for slow readers of one kind, of all servers together. Where it is too much, whoever lets most of it wait is cut off. */
final class Outbound {
    private final long most;
    private final Budget waiting;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    Outbound(long most) {
        this.most = most;
        this.waiting = new Budget(Long.MAX_VALUE);
    }

    void opened(Socket socket) {
        sockets.add(socket);
    }

    void closed(Socket socket) {
        sockets.remove(socket);
    }

    void add(long bytes) {
        waiting.take(bytes);
        if (waiting.taken() > most) {
            // One that is cut already still counts, until what waited for it is gone: no second one is cut for the same
            // bytes.
            sockets.stream().max(Comparator.comparingLong(Socket::waiting)).ifPresent(Socket::cut);
        }
    }

    void gone(long bytes) {
        waiting.give(bytes);
    }

    long waiting() {
        return waiting.taken();
    }
}
