package org.isthmus.rpc;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.isthmus.model.Key;

/**
 * What a watcher remembers that tells a whole model in pages. While some are left, its next call is answered at once. Replaced as a
 * whole once a page is made: one that could not be made changes nothing.
 */
public final class Telling {
    private Map<Key, String> told = Map.of();
    private Map<String, String> connections = Map.of();
    private Set<Key> left = Set.of();

    /** Keys that the client knows, each with its name where that is another. */
    public Map<Key, String> told() {
        return told;
    }

    /** Connections, each with its offer: one that is gone does not say whose it was. */
    public Map<String, String> connections() {
        return connections;
    }

    /** What is still to be told, in that order. */
    public Set<Key> left() {
        return left;
    }

    /** Whether there is another page. */
    public boolean isUnfinished() {
        return !left.isEmpty();
    }

    /** A page is made. */
    public void page(Map<Key, String> nowTold, Map<String, String> nowConnections, Set<Key> nowLeft) {
        told = nowTold;
        connections = nowConnections;
        left = new LinkedHashSet<>(nowLeft);
    }
}
