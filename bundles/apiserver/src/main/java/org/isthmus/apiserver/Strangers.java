package org.isthmus.apiserver;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Channels of all servers that have not shown who they are. They are few: where there is no place left the oldest of them makes
 * one, if it has had its time. Silent ones shut nobody out.
 */
final class Strangers {
    /** How long one keeps a place that another one wants. */
    static final Duration GRACE = Duration.ofSeconds(5);

    private final int most;
    /** The oldest first, with when they came. */
    private final Map<Channel, Long> channels = new LinkedHashMap<>();

    Strangers(int most) {
        this.most = most;
    }

    /** Whether there is a place; who had to leave for it is in `leaving`, which is not closed here. */
    record Place(boolean admitted, Channel leaving) {}

    synchronized Place admit(Channel channel) {
        Channel leaving = null;
        if (channels.size() >= most) {
            Map.Entry<Channel, Long> oldest = channels.entrySet().iterator().next();
            if (System.nanoTime() - oldest.getValue() < GRACE.toNanos()) {
                return new Place(false, null);
            }
            leaving = oldest.getKey();
            channels.remove(leaving);
        }
        channels.put(channel, System.nanoTime());
        return new Place(true, leaving);
    }

    /** No stranger any more: known, or gone. */
    synchronized void known(Channel channel) {
        channels.remove(channel);
    }

    synchronized int count() {
        return channels.size();
    }
}
