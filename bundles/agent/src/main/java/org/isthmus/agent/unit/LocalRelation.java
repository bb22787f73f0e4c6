package org.isthmus.agent.unit;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.isthmus.api.Names;

/**
 * A relation as the charm has been told of it.
 *
 * @param hooks false: the implicit side, which has no hooks
 * @param created whether relation-created ran
 * @param members those that joined, with the version of their settings that the charm saw last
 * @param changedPending the unit that joined, whose changed must come next
 * @param applicationVersion of the other application's settings that the charm saw last
 */
public record LocalRelation(
        String endpoint,
        String remoteApplication,
        boolean peer,
        boolean hooks,
        boolean created,
        SortedMap<String, Long> members,
        String changedPending,
        long applicationVersion) {

    public LocalRelation {
        SortedMap<String, Long> sorted = new TreeMap<>(Names.NATURAL);
        sorted.putAll(members == null ? Map.of() : members);
        members = Collections.unmodifiableSortedMap(sorted);
    }

    LocalRelation withCreated() {
        return new LocalRelation(
                endpoint, remoteApplication, peer, hooks, true, members, changedPending, applicationVersion);
    }

    LocalRelation withMember(String unit, long version, String pending) {
        TreeMap<String, Long> next = new TreeMap<>(Names.NATURAL);
        next.putAll(members);
        next.put(unit, version);
        return new LocalRelation(endpoint, remoteApplication, peer, hooks, created, next, pending, applicationVersion);
    }

    LocalRelation without(String unit) {
        TreeMap<String, Long> next = new TreeMap<>(Names.NATURAL);
        next.putAll(members);
        next.remove(unit);
        return new LocalRelation(
                endpoint, remoteApplication, peer, hooks, created, next, changedPending, applicationVersion);
    }

    LocalRelation withApplicationVersion(long version) {
        return new LocalRelation(endpoint, remoteApplication, peer, hooks, created, members, changedPending, version);
    }
}
