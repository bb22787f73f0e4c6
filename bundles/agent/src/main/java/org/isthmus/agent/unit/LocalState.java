package org.isthmus.agent.unit;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a unit's agent remembers: how far the charm has been told of the model. Durable here and, with each commit, at the
 * controller.
 *
 * @param sequence of the last commit
 * @param charmUrl of the charm on disk, null before there is one
 * @param installed whether the install hook ran
 * @param upgradeOwed whether upgrade-charm has yet to run
 * @param leader what the charm believes; null before it was told
 * @param configHash that the last config-changed saw
 * @param statusSet whether the charm ever set its status
 * @param pending the hook in the works, or null
 * @param addresses private and public, that its relations were last told of; null before the first
 */
public record LocalState(
        long sequence,
        String charmUrl,
        boolean installed,
        boolean upgradeOwed,
        boolean started,
        boolean stopped,
        boolean removed,
        Boolean leader,
        String configHash,
        boolean statusSet,
        SortedMap<Integer, LocalRelation> relations,
        Pending pending,
        String addresses) {

    public LocalState {
        relations = Collections.unmodifiableSortedMap(new TreeMap<>(relations == null ? Map.of() : relations));
    }

    public static LocalState fresh() {
        return new LocalState(0, null, false, false, false, false, false, null, null, false, null, null, null);
    }

    /** This state once the hook is done. */
    LocalState after(HookInfo hook) {
        LocalState next = this;
        switch (hook.kind()) {
            case HookInfo.SWAP_CHARM -> next = swapped(hook.detail());
            case "install" -> next = with(true, upgradeOwed, started, stopped, removed, leader, configHash);
            // config-changed follows an upgrade, whatever the settings.
            case "upgrade-charm" -> next = with(installed, false, started, stopped, removed, leader, null);
            case "start" -> next = with(installed, upgradeOwed, true, stopped, removed, leader, configHash);
            case "stop" -> next = with(installed, upgradeOwed, started, true, removed, leader, configHash);
            case "remove" -> next = with(installed, upgradeOwed, started, stopped, true, leader, configHash);
            case "leader-elected" -> next = withLeader(true);
            case "leader-settings-changed" -> next = withLeader(false);
            case "config-changed" ->
                next = with(installed, upgradeOwed, started, stopped, removed, leader, hook.detail());
            default -> {}
        }
        if (hook.relation() != null) {
            LocalRelation relation = relations.get(hook.relation());
            next = switch (hook.kind()) {
                case "relation-created" -> next.withRelation(hook.relation(), relation.withCreated());
                case "relation-joined" ->
                    next.withRelation(
                            hook.relation(), relation.withMember(hook.remoteUnit(), hook.version(), hook.remoteUnit()));
                case "relation-changed" ->
                    next.withRelation(
                            hook.relation(),
                            hook.remoteUnit() == null
                                    ? relation.withApplicationVersion(hook.version())
                                    : relation.withMember(hook.remoteUnit(), hook.version(), null));
                case "relation-departed" -> next.withRelation(hook.relation(), relation.without(hook.remoteUnit()));
                case "relation-broken" -> next.withoutRelation(hook.relation());
                default -> next;
            };
        }
        return next;
    }

    private LocalState swapped(String url) {
        return new LocalState(
                sequence,
                url,
                installed,
                installed,
                started,
                stopped,
                removed,
                leader,
                configHash,
                statusSet,
                relations,
                pending,
                addresses);
    }

    private LocalState with(
            boolean newInstalled,
            boolean newOwed,
            boolean newStarted,
            boolean newStopped,
            boolean newRemoved,
            Boolean newLeader,
            String newHash) {
        return new LocalState(
                sequence,
                charmUrl,
                newInstalled,
                newOwed,
                newStarted,
                newStopped,
                newRemoved,
                newLeader,
                newHash,
                statusSet,
                relations,
                pending,
                addresses);
    }

    LocalState withLeader(boolean newLeader) {
        return with(installed, upgradeOwed, started, stopped, removed, newLeader, configHash);
    }

    LocalState withRelation(int id, LocalRelation relation) {
        TreeMap<Integer, LocalRelation> next = new TreeMap<>(relations);
        next.put(id, relation);
        return withRelations(next);
    }

    LocalState withoutRelation(int id) {
        TreeMap<Integer, LocalRelation> next = new TreeMap<>(relations);
        next.remove(id);
        return withRelations(next);
    }

    LocalState withRelations(SortedMap<Integer, LocalRelation> next) {
        return new LocalState(
                sequence,
                charmUrl,
                installed,
                upgradeOwed,
                started,
                stopped,
                removed,
                leader,
                configHash,
                statusSet,
                next,
                pending,
                addresses);
    }

    LocalState withPending(Pending next) {
        return new LocalState(
                sequence,
                charmUrl,
                installed,
                upgradeOwed,
                started,
                stopped,
                removed,
                leader,
                configHash,
                statusSet,
                relations,
                next,
                addresses);
    }

    LocalState withSequence(long next) {
        return new LocalState(
                next,
                charmUrl,
                installed,
                upgradeOwed,
                started,
                stopped,
                removed,
                leader,
                configHash,
                statusSet,
                relations,
                pending,
                addresses);
    }

    LocalState withAddresses(String next) {
        return new LocalState(
                sequence,
                charmUrl,
                installed,
                upgradeOwed,
                started,
                stopped,
                removed,
                leader,
                configHash,
                statusSet,
                relations,
                pending,
                next);
    }

    LocalState withStatusSet() {
        return new LocalState(
                sequence,
                charmUrl,
                installed,
                upgradeOwed,
                started,
                stopped,
                removed,
                leader,
                configHash,
                true,
                relations,
                pending,
                addresses);
    }
}
