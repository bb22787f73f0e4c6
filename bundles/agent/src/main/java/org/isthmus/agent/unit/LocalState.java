package org.isthmus.agent.unit;

import io.soabase.recordbuilder.core.RecordBuilder;
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
 * @param boot of the host, under which the last start ran; null where that is not known
 */
@RecordBuilder
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
        String addresses,
        String boot)
        implements LocalStateBuilder.With {

    public LocalState {
        relations = Collections.unmodifiableSortedMap(new TreeMap<>(relations == null ? Map.of() : relations));
    }

    public static LocalState fresh() {
        return new LocalState(0, null, false, false, false, false, false, null, null, false, null, null, null, null);
    }

    /** This state once the hook is done. */
    LocalState after(HookInfo hook) {
        LocalState next = this;
        switch (hook.kind()) {
            case HookInfo.SWAP_CHARM -> next = withCharmUrl(hook.detail()).withUpgradeOwed(installed);
            case "install" -> next = withInstalled(true);
            // config-changed follows an upgrade, whatever the settings.
            case "upgrade-charm" -> next = withUpgradeOwed(false).withConfigHash(null);
            case "start" -> next = withStarted(true).withBoot(hook.detail());
            case "stop" -> next = withStopped(true);
            case "remove" -> next = withRemoved(true);
            case "leader-elected" -> next = withLeader(true);
            case "leader-settings-changed" -> next = withLeader(false);
            case "config-changed" -> next = withConfigHash(hook.detail());
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

    /** Of what the leader commits it need not hear again; unless there is something between that it has not heard of. */
    LocalState withOwnSettings(Map<Integer, Long> versions) {
        LocalState next = this;
        for (Map.Entry<Integer, Long> each : versions.entrySet()) {
            LocalRelation relation = relations.get(each.getKey());
            if (relation != null && relation.peer() && relation.applicationVersion() + 1 == each.getValue()) {
                next = next.withRelation(each.getKey(), relation.withApplicationVersion(each.getValue()));
            }
        }
        return next;
    }
}
