package org.isthmus.apiserver;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Channels of those who are known, of all servers, that are in the middle of a message. Where there is no memory left for what they
 * send, the one leaves that holds most of it with a message which is not whole: who begins large ones and lets them wait shuts nobody
 * out. What is whole is worked at.
 *
 * Most messages come whole and never get here. Those whose message ended stay until the next search, which so looks at few, however
 * many channels there are and however often somebody finds no memory.
 */
final class Uploads {
    /** With whether it was asked to leave: what it holds makes room for one only. */
    private final Map<Frontend, Boolean> frontends = new ConcurrentHashMap<>();

    /** Some of its message is here, and its end is not; told again as often as more of it comes. */
    void begun(Frontend frontend) {
        frontends.putIfAbsent(frontend, false);
        if (frontend.isGone()) {
            frontends.remove(frontend);
        }
    }

    /** It was asked to leave, and its message became whole before. */
    void stays(Frontend frontend) {
        frontends.replace(frontend, false);
    }

    void gone(Frontend frontend) {
        frontends.remove(frontend);
    }

    private record Upload(Frontend of, long holds) {}

    /** Sends away whoever holds most, if that is more of this share than so much. */
    boolean makeRoom(Share share, long than) {
        Upload largest = largest(share, than);
        if (largest != null) {
            largest.of().breakOff(largest.holds());
        }
        return largest != null;
    }

    /** One search at a time, so that each who looks finds another one. */
    private synchronized Upload largest(Share share, long than) {
        Frontend largest = null;
        long most = than;
        for (Map.Entry<Frontend, Boolean> entry : frontends.entrySet()) {
            Frontend each = entry.getKey();
            long holds = each.comesIn();
            if (holds == 0) {
                forget(each);
            } else if (holds > most && !entry.getValue() && each.share() == share) {
                largest = each;
                most = holds;
            }
        }
        if (largest == null) {
            return null;
        }
        frontends.replace(largest, true);
        return new Upload(largest, most);
    }

    private void forget(Frontend ended) {
        frontends.remove(ended);
        if (ended.comesIn() > 0) {
            // It began another one meanwhile.
            begun(ended);
        }
    }

    int count() {
        return frontends.size();
    }
}
