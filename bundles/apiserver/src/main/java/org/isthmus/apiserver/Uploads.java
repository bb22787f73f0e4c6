package org.isthmus.apiserver;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Channels of those who are known, of all servers. Where there is no memory left for what they send, the one leaves that holds most
 * of it with a message which is not whole: who begins large ones and lets them wait shuts nobody out. What is whole is worked at.
 */
final class Uploads {
    private final Set<Frontend> frontends = ConcurrentHashMap.newKeySet();

    void come(Frontend frontend) {
        frontends.add(frontend);
        if (frontend.isGone()) {
            frontends.remove(frontend);
        }
    }

    void gone(Frontend frontend) {
        frontends.remove(frontend);
    }

    /** Sends away whoever holds most, if that is more of this share than so much. */
    boolean makeRoom(Share share, long than) {
        Frontend largest = null;
        long most = than;
        for (Frontend each : frontends) {
            long holds = each.comesIn();
            if (holds > most && each.share() == share) {
                largest = each;
                most = holds;
            }
        }
        // Who was chosen by another one meanwhile makes room for that one only.
        if (largest == null || !frontends.remove(largest)) {
            return false;
        }
        largest.breakOff(most);
        return true;
    }
}
