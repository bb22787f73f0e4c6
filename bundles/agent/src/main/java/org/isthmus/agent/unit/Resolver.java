package org.isthmus.agent.unit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.wire.agent.UnitRemoteState;
import org.isthmus.wire.agent.UnitRemoteState.RelationState;

/** Decides what is next, from what the charm was told and what the model says. Pure: same inputs, same answer. */
public final class Resolver {
    private static final Operation WAIT = new Operation.Wait();

    private Resolver() {}

    /**
     * What is learned without telling the charm: relations that are gone, a lead that was lost. No relation goes by itself before
     * its hooks ran here; of one that was forced away its hooks could learn nothing.
     */
    public static LocalState absorb(LocalState local, UnitRemoteState remote, Signals signals) {
        LocalState next = local;
        Map<Integer, RelationState> byId = byId(remote);
        for (Map.Entry<Integer, LocalRelation> each : local.relations().entrySet()) {
            RelationState there = byId.get(each.getKey());
            if (there == null && !isOf(local.pending(), each.getKey())) {
                next = next.withoutRelation(each.getKey());
            }
        }
        if (Boolean.TRUE.equals(local.leader()) && Boolean.FALSE.equals(signals.leader())) {
            next = next.withLeader(false);
        }
        if (local.started() && local.boot() == null && signals.boot() != null) {
            // Started before anybody asked for that.
            next = next.withBoot(signals.boot());
        }
        return next;
    }

    public static Operation next(LocalState local, UnitRemoteState remote, Signals signals) {
        if (remote.life().equals("dead")) {
            // Whatever was in the works: there is nobody left to do it for.
            return new Operation.Die();
        }
        Pending pending = local.pending();
        if (pending != null) {
            return ofPending(pending, remote, signals);
        }
        boolean alive = remote.life().equals("alive");
        if (local.charmUrl() == null || !local.installed()) {
            if (!alive) {
                return leave(local, remote);
            }
            if (local.charmUrl() == null || !local.charmUrl().equals(remote.charmUrl())) {
                return new Operation.SwapCharm(remote.charmUrl());
            }
            return run("install");
        }
        if (alive) {
            if (remote.charmUrl() != null && !remote.charmUrl().equals(local.charmUrl())) {
                return new Operation.SwapCharm(remote.charmUrl());
            }
            if (local.upgradeOwed()) {
                return run("upgrade-charm");
            }
            Operation first = beginnings(local, remote, signals);
            if (first != null) {
                return first;
            }
        }
        Operation relation = ofRelations(local, remote, signals);
        if (relation != null) {
            return relation;
        }
        if (!alive) {
            if (!local.stopped()) {
                return run("stop");
            }
            if (!local.removed()) {
                return run("remove");
            }
            return leave(local, remote);
        }
        return signals.updateStatusDue() && local.started() ? run("update-status") : WAIT;
    }

    private static Operation ofPending(Pending pending, UnitRemoteState remote, Signals signals) {
        if (pending.is(Pending.COMMITTING)) {
            return new Operation.Commit(pending);
        }
        Integer relation = pending.hook().relation();
        if (relation != null && !byId(remote).containsKey(relation)) {
            boolean now = signals.dropDue() || remote.resolved() != null;
            return now ? new Operation.Drop(pending.hook()) : WAIT;
        }
        if (pending.is(Pending.RUNNING)) {
            return again(pending.hook(), signals);
        }
        if ("no-hooks".equals(remote.resolved())) {
            return new Operation.Skip(pending.hook());
        }
        boolean retry = "retry-hooks".equals(remote.resolved()) || signals.retryDue() && remote.retryHooks();
        return retry ? again(pending.hook(), signals) : WAIT;
    }

    private static boolean isOf(Pending pending, Integer relation) {
        return pending != null && relation.equals(pending.hook().relation());
    }

    private static Operation again(HookInfo hook, Signals signals) {
        return switch (hook.kind()) {
            case HookInfo.SWAP_CHARM -> new Operation.SwapCharm(hook.detail());
            case "start" -> start(signals);
            default -> new Operation.Run(hook);
        };
    }

    /** Scopes, created hooks, leadership, settings, start: in this order, each time from the top. */
    private static Operation beginnings(LocalState local, UnitRemoteState remote, Signals signals) {
        for (RelationState relation : ordered(remote)) {
            if (isGood(relation) && !local.relations().containsKey(relation.id())) {
                return new Operation.EnterScope(relation.id());
            }
        }
        for (RelationState relation : ordered(remote)) {
            LocalRelation known = local.relations().get(relation.id());
            if (isGood(relation) && known != null && known.hooks() && !known.created()) {
                return new Operation.Run(HookInfo.of("created", relation.id(), known, null, null, 0));
            }
        }
        if (signals.leader() == null) {
            if (local.leader() == null) {
                return WAIT;
            }
        } else if (signals.leader() && !Boolean.TRUE.equals(local.leader())) {
            return run("leader-elected");
        } else if (!signals.leader() && local.leader() == null) {
            return run("leader-settings-changed");
        }
        if (remote.configHash() != null && !remote.configHash().equals(local.configHash())) {
            return new Operation.Run(HookInfo.of("config-changed", remote.configHash()));
        }
        return local.started() && !isBootedSince(local, signals) ? null : start(signals);
    }

    /** What charms start does not outlive the host's run. */
    private static boolean isBootedSince(LocalState local, Signals signals) {
        return signals.boot() != null && local.boot() != null && !signals.boot().equals(local.boot());
    }

    private static Operation start(Signals signals) {
        return new Operation.Run(HookInfo.of("start", signals.boot()));
    }

    private static Operation ofRelations(LocalState local, UnitRemoteState remote, Signals signals) {
        List<Map.Entry<Integer, LocalRelation>> known =
                new ArrayList<>(local.relations().entrySet());
        known.sort(Comparator.<Map.Entry<Integer, LocalRelation>, Boolean>comparing(
                        e -> e.getValue().peer())
                .thenComparing(Map.Entry::getKey));
        Map<Integer, RelationState> byId = byId(remote);
        for (Map.Entry<Integer, LocalRelation> each : known) {
            Operation operation = ofRelation(each.getKey(), each.getValue(), byId.get(each.getKey()), remote, signals);
            if (operation != null) {
                return operation;
            }
        }
        return null;
    }

    private static Operation ofRelation(
            int id, LocalRelation local, RelationState there, UnitRemoteState remote, Signals signals) {
        boolean unitGoes = !remote.life().equals("alive");
        boolean gone = unitGoes || there == null || !isGood(there);
        if (!local.hooks() || !local.created()) {
            return gone ? new Operation.LeaveScope(id) : null;
        }
        Map<String, Long> members = gone ? Map.of() : there.members();
        if (local.changedPending() != null) {
            String unit = local.changedPending();
            long version = there == null
                    ? local.members().get(unit)
                    : there.members().getOrDefault(unit, local.members().get(unit));
            return new Operation.Run(HookInfo.of("changed", id, local, unit, null, version));
        }
        for (String unit : local.members().keySet()) {
            if (!members.containsKey(unit)) {
                boolean ownGoes = unitGoes || gone && "dying".equals(remote.applicationLife());
                return new Operation.Run(HookInfo.of("departed", id, local, unit, ownGoes ? remote.unit() : unit, 0));
            }
        }
        if (gone) {
            return local.peer()
                    ? new Operation.LeaveScope(id)
                    : new Operation.Run(HookInfo.of("broken", id, local, null, null, 0));
        }
        // What this unit itself committed as the leader may not be on the way back to it yet.
        boolean older = local.peer() && there.applicationVersion() < local.applicationVersion();
        if (there.applicationVersion() != local.applicationVersion() && !older) {
            return new Operation.Run(HookInfo.of("changed", id, local, null, null, there.applicationVersion()));
        }
        List<String> sorted = new ArrayList<>(members.keySet());
        sorted.sort(org.isthmus.api.Names.NATURAL);
        for (String unit : sorted) {
            if (!local.members().containsKey(unit)) {
                return new Operation.Run(HookInfo.of("joined", id, local, unit, null, members.get(unit)));
            }
        }
        for (String unit : sorted) {
            if (!members.get(unit).equals(local.members().get(unit))) {
                return new Operation.Run(HookInfo.of("changed", id, local, unit, null, members.get(unit)));
            }
        }
        return null;
    }

    /** The last step; subordinates go first. */
    private static Operation leave(LocalState local, UnitRemoteState remote) {
        for (int id : local.relations().keySet()) {
            return new Operation.LeaveScope(id);
        }
        return remote.subordinates() > 0 ? WAIT : new Operation.Die();
    }

    private static Operation run(String kind) {
        return new Operation.Run(HookInfo.of(kind));
    }

    private static boolean isGood(RelationState relation) {
        return relation.life().equals("alive") && !relation.suspended();
    }

    /** Peers last, then by number. */
    private static List<RelationState> ordered(UnitRemoteState remote) {
        List<RelationState> relations = new ArrayList<>(remote.relations());
        relations.sort(Comparator.comparing(RelationState::peer).thenComparing(RelationState::id));
        return relations;
    }

    private static Map<Integer, RelationState> byId(UnitRemoteState remote) {
        Map<Integer, RelationState> byId = new HashMap<>();
        remote.relations().forEach(relation -> byId.put(relation.id(), relation));
        return byId;
    }
}
