package org.isthmus.apiserver;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Channels of all servers that have not shown who they are. They are few: where there is no place left the oldest of them makes
 * one, if it has had its time; and where there is no memory left, the one that holds most. A login needs little of it, so however
 * much they hold, together, there is one of them that holds more.
 */
final class Strangers {
    /** How long one keeps a place that another one wants. */
    static final Duration GRACE = Duration.ofSeconds(5);

    private final int most;
    /** The oldest first, with when they came. */
    private final Map<Frontend, Long> frontends = new LinkedHashMap<>();

    private long sentAway;

    Strangers(int most) {
        this.most = most;
    }

    /** Whether there is a place; who had to leave for it is in `leaving`, which is not closed here. */
    record Place(boolean admitted, Frontend leaving) {}

    synchronized Place admit(Frontend frontend) {
        Frontend leaving = null;
        if (frontends.size() >= most) {
            Map.Entry<Frontend, Long> oldest = frontends.entrySet().iterator().next();
            if (System.nanoTime() - oldest.getValue() < GRACE.toNanos()) {
                return new Place(false, null);
            }
            leaving = oldest.getKey();
            frontends.remove(leaving);
        }
        frontends.put(frontend, System.nanoTime());
        return new Place(true, leaving);
    }

    /** Sends away whoever holds most of this share, if that is more than so much. */
    boolean makeRoom(Share share, long than) {
        Frontend leaving = largest(share, than);
        if (leaving != null) {
            leaving.makeWay();
        }
        return leaving != null;
    }

    private synchronized Frontend largest(Share share, long than) {
        Frontend largest = null;
        long most = than;
        for (Frontend each : frontends.keySet()) {
            long holds = each.holds();
            if (holds > most && each.share() == share) {
                largest = each;
                most = holds;
            }
        }
        if (largest != null) {
            frontends.remove(largest);
            sentAway++;
        }
        return largest;
    }

    /** No stranger any more: known, or gone. */
    synchronized void known(Frontend frontend) {
        frontends.remove(frontend);
    }

    synchronized int count() {
        return frontends.size();
    }

    /** Those who held most when there was no memory left. */
    synchronized long sentAway() {
        return sentAway;
    }
}
