package org.isthmus.agentfacades;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.isthmus.api.Code;
import org.isthmus.api.Names;
import org.isthmus.api.PortRange;
import org.isthmus.api.Problem;
import org.isthmus.model.Application;
import org.isthmus.model.ApplicationStatus;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.Lease;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationApplication;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;
import org.isthmus.model.Unit.UnitPort;
import org.isthmus.model.UnitState;
import org.isthmus.model.engine.ApplicationEngine.HookCommit;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.rpc.WatchHandle;
import org.isthmus.wire.ErrorResults;
import org.isthmus.wire.agent.AgentStatuses;
import org.isthmus.wire.agent.AgentTag;
import org.isthmus.wire.agent.CharmSettings;
import org.isthmus.wire.agent.GoalState;
import org.isthmus.wire.agent.HookChanges;
import org.isthmus.wire.agent.HookCommitted;
import org.isthmus.wire.agent.NetworkInfo;
import org.isthmus.wire.agent.NetworkQuery;
import org.isthmus.wire.agent.OpenPorts;
import org.isthmus.wire.agent.RelationQuery;
import org.isthmus.wire.agent.ScopeChange;
import org.isthmus.wire.agent.Settings;
import org.isthmus.wire.agent.StatusReading;
import org.isthmus.wire.agent.UnitMemory;
import org.isthmus.wire.agent.WorkloadVersion;

/** All that a unit's agent reads and writes. A unit speaks for itself only. */
@Facade(name = "Uniter", since = 19, until = 19)
public final class UniterFacade {
    private final Watched watched;

    UniterFacade(Watched watched) {
        this.watched = watched;
    }

    // --- what is to be done

    @Method(access = Access.UNIT_AGENT)
    public WatchHandle watchUnit(Call call, AgentTag who) {
        String name = Callers.unit(call, who.tag());
        Snapshot model = call.model().snapshot();
        Unit unit = model.need(Kinds.UNIT, name);
        Set<Integer> relations = UnitView.relations(model, unit.application());
        Map<String, Object> memory = new ConcurrentHashMap<>();
        memory.put(Watched.SUBJECT, name);
        memory.put(Watched.RELATIONS, relations);
        UnitNews news = new UnitNews(memory, watched, call.controller().apiAddresses());
        // Ready: what changed between this snapshot and the start of the watch is told by the first Next.
        return new WatchHandle(
                "UnitStateWatcher",
                call.model().id(),
                UnitView.interests(model, unit, relations),
                memory,
                news.whole(model)
                        .withTrace(call.model()
                                .trace(List.of(
                                        new Key(Kinds.UNIT, name), new Key(Kinds.APPLICATION, unit.application())))),
                true);
    }

    @Method(access = Access.UNIT_AGENT)
    public UnitMemory memory(Call call, AgentTag who) {
        String name = Callers.unit(call, who.tag());
        Snapshot model = call.model().snapshot();
        UnitState state = model.get(Kinds.UNIT_STATE, name);
        Map<Integer, String> relations = new TreeMap<>();
        model.by(Kinds.UNIT_RELATION_STATES_BY_UNIT, name)
                .forEach(each -> relations.put(each.relation(), each.agentState()));
        return state == null
                ? new UnitMemory(0, null, relations, Map.of())
                : new UnitMemory(state.hookSequence(), state.agentState(), relations, state.charmState());
    }

    // --- what hooks read

    @Method(access = Access.UNIT_AGENT)
    public CompletionStage<CharmSettings> configSettings(Call call, AgentTag who) {
        String name = Callers.unit(call, who.tag());
        Snapshot model = call.model().snapshot();
        return call.controller()
                .applications()
                .call(applications -> CompletableFuture.completedFuture(new CharmSettings(
                        new TreeMap<>(applications.effectiveConfig(model, Names.applicationOf(name))))));
    }

    @Method(access = Access.UNIT_AGENT)
    public Settings readSettings(Call call, RelationQuery query) {
        String name = Callers.unit(call, query.tag());
        Snapshot model = call.model().snapshot();
        Relation relation = model.find(Kinds.RELATION, Integer.toString(query.relation()))
                .orElseThrow(() -> Problem.refuse(Code.NOT_FOUND, "relation %d not found", query.relation()));
        String own = Names.applicationOf(name);
        Relation.Endpoint other = relation.counterpartOf(own);
        if (other == null) {
            throw Problem.denied();
        }
        if (Names.isUnit(query.of())) {
            String application = Names.applicationOf(query.of());
            if (!query.of().equals(name) && !application.equals(other.application())) {
                throw Problem.denied();
            }
            RelationUnit bag = model.get(Kinds.RELATION_UNIT, RelationUnit.idOf(relation.number(), query.of()));
            if (bag == null) {
                throw Problem.refuse(
                        Code.NOT_FOUND,
                        "cannot read settings for unit \"%s\" in relation \"%s\": unit \"%s\": settings not found",
                        query.of(),
                        relation.key(),
                        query.of());
            }
            if (relation.scope().equals("container") && !bag.container().equals(principal(model, name))) {
                throw Problem.denied();
            }
            return new Settings(bag.settings());
        }
        boolean ownBag = query.of().equals(own);
        if (!ownBag && !query.of().equals(other.application())) {
            throw Problem.denied();
        }
        if (ownBag && !relation.isPeer() && !leads(model, name)) {
            throw Problem.denied();
        }
        RelationApplication bag =
                model.get(Kinds.RELATION_APPLICATION, RelationApplication.idOf(relation.number(), query.of()));
        return new Settings(bag == null ? Map.of() : bag.settings());
    }

    /** The unit that it stands beside, itself if it is the principal: who shares it sees each other in a container's relation. */
    private static String principal(Snapshot model, String unit) {
        String beside = model.need(Kinds.UNIT, unit).principal();
        return beside == null ? unit : beside;
    }

    @Method(access = Access.UNIT_AGENT)
    public CompletionStage<NetworkInfo> networkInfo(Call call, NetworkQuery query) {
        String name = Callers.unit(call, query.tag());
        Snapshot model = call.model().snapshot();
        String machine = MachineView.machineOf(model, model.need(Kinds.UNIT, name));
        String address = UnitView.address(model.get(Kinds.MACHINE, machine), "local-cloud");
        if (address == null) {
            return CompletableFuture.completedFuture(new NetworkInfo(List.of(), List.of()));
        }
        return call.controller().relations().call(relations -> {
            Map<String, String> shown = relations.networks(model, query.relation(), name, address);
            return CompletableFuture.completedFuture(new NetworkInfo(
                    List.of(shown.get("ingress-address")),
                    List.of(shown.get("egress-subnets").split(","))));
        });
    }

    @Method(access = Access.UNIT_AGENT)
    public OpenPorts openedPorts(Call call, AgentTag who) {
        Unit unit = call.model().snapshot().need(Kinds.UNIT, Callers.unit(call, who.tag()));
        return new OpenPorts(unit.ports().stream()
                .map(port -> new HookChanges.Port(port.endpoint(), port.range().toString()))
                .toList());
    }

    @Method(access = Access.UNIT_AGENT)
    public StatusReading unitStatus(Call call, AgentTag who) {
        Unit unit = call.model().snapshot().need(Kinds.UNIT, Callers.unit(call, who.tag()));
        return reading(unit.workloadStatus(), null);
    }

    @Method(access = Access.UNIT_AGENT)
    public StatusReading applicationStatus(Call call, AgentTag who) {
        String name = Callers.unit(call, who.tag());
        Snapshot model = call.model().snapshot();
        needLeader(model, name, "cannot get application status: this unit is not the leader");
        Application application = model.need(Kinds.APPLICATION, Names.applicationOf(name));
        Map<String, StatusReading> units = new TreeMap<>();
        for (Unit unit : model.by(Kinds.UNITS_BY_APPLICATION, application.name())) {
            units.put(unit.name(), reading(ApplicationStatus.workload(unit), null));
        }
        return reading(ApplicationStatus.of(model, application), units);
    }

    @Method(access = Access.UNIT_AGENT)
    public GoalState goalState(Call call, AgentTag who) {
        String name = Callers.unit(call, who.tag());
        Snapshot model = call.model().snapshot();
        String own = Names.applicationOf(name);
        Map<String, GoalState.Entry> units = new TreeMap<>(Names.NATURAL);
        model.by(Kinds.UNITS_BY_APPLICATION, own).forEach(unit -> units.put(unit.name(), goal(unit)));
        Map<String, Map<String, GoalState.Entry>> relations = new TreeMap<>();
        for (Relation relation : model.by(Kinds.RELATIONS_BY_APPLICATION, own)) {
            if (relation.isPeer()) {
                continue;
            }
            Relation.Endpoint other = relation.counterpartOf(own);
            Map<String, GoalState.Entry> at = relations.computeIfAbsent(
                    relation.endpointOf(own).name(), endpoint -> new TreeMap<>(Names.NATURAL));
            at.put(
                    other.application(),
                    relation.status() == null
                            ? new GoalState.Entry("joining", since(relation.created()))
                            : new GoalState.Entry(
                                    relation.status().status(),
                                    since(relation.status().since())));
            model.by(Kinds.UNITS_BY_APPLICATION, other.application()).forEach(unit -> at.put(unit.name(), goal(unit)));
        }
        return new GoalState(units, relations);
    }

    // --- what happens at once

    /**
     * Under the request's key, as the other statuses: setting one twice does no harm, but what a lost connection still has in
     * hand may be decided after the repetition, and after the status that followed it.
     */
    @Method(access = Access.UNIT_AGENT)
    public CompletionStage<ErrorResults> setUnitStatus(Call call, AgentStatuses statuses) {
        return Items.each(call, statuses.entities(), (each, item) -> {
            String name = Callers.unit(call, item.tag());
            StatusValue status = Statuses.of(call, item);
            return Submit.applications(each, (applications, tx) -> {
                        applications.setUnitStatus(tx, name, status);
                        return null;
                    })
                    .thenRun(() -> Statuses.remember(call, "unit:" + name, "workload", status));
        });
    }

    /** Executing is soft; idle and error are durable too when they are news. */
    @Method(access = Access.UNIT_AGENT)
    public CompletionStage<ErrorResults> setAgentStatus(Call call, AgentStatuses statuses) {
        return Items.each(call, statuses.entities(), (each, item) -> {
            String name = Callers.unit(call, item.tag());
            StatusValue status = Statuses.of(call, item);
            return Submit.applications(each, (applications, tx) -> {
                        Unit unit = tx.need(Kinds.UNIT, name);
                        String durable = unit.agentStatus() == null
                                ? ""
                                : unit.agentStatus().status();
                        if (status.status().equals("error")) {
                            applications.setUnitAgentStatus(tx, name, status);
                            applications.setUnitActivity(tx, name, new StatusValue("idle", "", call.now()));
                        } else {
                            if (!durable.equals("idle")) {
                                applications.setUnitAgentStatus(tx, name, new StatusValue("idle", "", call.now()));
                            }
                            applications.setUnitActivity(tx, name, status);
                        }
                        return null;
                    })
                    .thenRun(() -> Statuses.remember(call, "unit:" + name, "juju-unit", status));
        });
    }

    @Method(access = Access.UNIT_AGENT)
    public CompletionStage<ErrorResults> setApplicationStatus(Call call, AgentStatuses statuses) {
        return Items.each(call, statuses.entities(), (each, item) -> {
            String name = Callers.unit(call, item.tag());
            StatusValue status = Statuses.of(call, item);
            return Submit.applications(each, (applications, tx) -> {
                        needLeader(tx.now(), name, "cannot set application status: this unit is not the leader");
                        applications.setApplicationStatus(tx, Names.applicationOf(name), status);
                        return null;
                    })
                    .thenRun(() ->
                            Statuses.remember(call, "application:" + Names.applicationOf(name), "application", status));
        });
    }

    @Method(access = Access.UNIT_AGENT)
    public CompletionStage<Void> setWorkloadVersion(Call call, WorkloadVersion version) {
        String name = Callers.unit(call, version.tag());
        return Submit.applications(call, (applications, tx) -> {
            applications.setWorkloadVersion(tx, name, version.version());
            return null;
        });
    }

    @Method(access = Access.UNIT_AGENT)
    public CompletionStage<Void> clearResolved(Call call, AgentTag who) {
        String name = Callers.unit(call, who.tag());
        return Submit.applications(call, (applications, tx) -> {
            applications.clearResolved(tx, name);
            return null;
        });
    }

    // --- relations

    /** Idempotent. The subordinate that must be beside this principal is made in the same commit. */
    @Method(access = Access.UNIT_AGENT)
    public CompletionStage<Void> enterScope(Call call, ScopeChange change) {
        String name = Callers.unit(call, change.tag());
        return Submit.both(call, (applications, relations, tx) -> {
            String subordinate = relations.enterScope(tx, change.relation(), name, change.settings(), call.now());
            if (subordinate != null) {
                applications.ensureSubordinate(tx, subordinate, name, call.now());
            }
            return null;
        });
    }

    @Method(access = Access.UNIT_AGENT)
    public CompletionStage<Void> leaveScope(Call call, ScopeChange change) {
        String name = Callers.unit(call, change.tag());
        return Submit.both(call, (applications, relations, tx) -> {
            if (inScope(tx, change.relation(), name)) {
                relations.leaveScope(tx, change.relation(), name);
            }
            return null;
        });
    }

    /** Addresses that the unit publishes by itself in its relations, when they changed. */
    @Method(access = Access.UNIT_AGENT)
    public CompletionStage<Void> updateAddresses(Call call, ScopeChange change) {
        String name = Callers.unit(call, change.tag());
        return Submit.both(call, (applications, relations, tx) -> {
            relations.updateAddresses(tx, name, change.settings());
            return null;
        });
    }

    // --- the commit

    @Method(access = Access.UNIT_AGENT)
    public CompletionStage<HookCommitted> commitHook(Call call, HookChanges changes) {
        String name = Callers.unit(call, changes.tag());
        String application = Names.applicationOf(name);
        List<UnitPort> open = ports(changes.open());
        List<UnitPort> close = ports(changes.close());
        StatusValue workload = changes.workload() == null ? null : Statuses.of(call, changes.workload());
        StateQuota.of(call).need(changes);
        return Submit.<HookCommitted>numbered(call, (applications, relations, tx) -> {
                    needEpoch(tx, changes.epoch());
                    boolean fresh = applications.commitHook(
                            tx,
                            new HookCommit(
                                    name,
                                    changes.sequence(),
                                    changes.agentState(),
                                    changes.relationStates(),
                                    changes.charmState(),
                                    open,
                                    close,
                                    changes.charmUrl()));
                    if (!fresh) {
                        return new HookCommitted(false, Map.of());
                    }
                    changes.relations().forEach((relation, settings) -> {
                        // A relation that was forced away while the hook ran takes its settings with it.
                        if (inScope(tx, relation, name)) {
                            relations.writeUnitSettings(tx, relation, name, settings);
                        }
                    });
                    if (!changes.applications().isEmpty()) {
                        needLeader(tx.now(), name, "cannot write relation settings");
                    }
                    Map<Integer, Long> versions = new TreeMap<>();
                    changes.applications().forEach((relation, settings) -> {
                        if (tx.get(Kinds.RELATION, Integer.toString(relation)) != null) {
                            long before = version(tx, relation, application);
                            relations.writeApplicationSettings(tx, relation, application, settings);
                            long after = version(tx, relation, application);
                            if (after != before) {
                                versions.put(relation, after);
                            }
                        }
                    });
                    if (changes.leave() != null && inScope(tx, changes.leave(), name)) {
                        relations.leaveScope(tx, changes.leave(), name);
                    }
                    if (workload != null) {
                        applications.setUnitStatus(tx, name, workload);
                    }
                    return new HookCommitted(true, versions);
                })
                .thenApply(committed -> {
                    if (committed.fresh() && workload != null) {
                        Statuses.remember(call, "unit:" + name, "workload", workload);
                    }
                    return committed;
                });
    }

    /** Of an application's settings; 0 before there are any. */
    private static long version(Tx tx, int relation, String application) {
        RelationApplication bag = tx.get(Kinds.RELATION_APPLICATION, RelationApplication.idOf(relation, application));
        return bag == null ? 0 : bag.version();
    }

    /** What a hook did under one owner of the model is not for another one: the agent logs in again, and hears who owns it. */
    private static void needEpoch(Tx tx, Long heard) {
        long here = tx.now().model().epoch();
        if (heard != null && heard != here) {
            throw Problem.refuse(
                    Code.REDIRECT,
                    "this controller has epoch %d of model \"%s\", the agent heard of %d",
                    here,
                    tx.now().model().uuid(),
                    heard);
        }
    }

    /** The unit's agent is done with it. Refuses while subordinates are there. Idempotent. */
    @Method(access = Access.UNIT_AGENT)
    public CompletionStage<Void> ensureDead(Call call, AgentTag who) {
        String name = Callers.unit(call, who.tag());
        return Submit.both(call, (applications, relations, tx) -> {
            if (tx.get(Kinds.UNIT, name) != null) {
                // What the agent never entered or could not leave must not hold its relations.
                relations.forceOut(tx, name);
                applications.unitDead(tx, name, call.now());
            }
            return null;
        });
    }

    private static boolean inScope(Tx tx, int relation, String unit) {
        RelationUnit member = tx.get(Kinds.RELATION_UNIT, RelationUnit.idOf(relation, unit));
        return member != null && member.inScope();
    }

    private static boolean leads(Snapshot model, String unit) {
        Lease lease = model.get(Kinds.LEASE, Names.applicationOf(unit));
        return lease != null && unit.equals(lease.holder());
    }

    private static void needLeader(Snapshot model, String unit, String otherwise) {
        if (!leads(model, unit)) {
            throw Problem.refuse(Code.NOT_LEADER, "%s", otherwise);
        }
    }

    private static List<UnitPort> ports(List<HookChanges.Port> ports) {
        return ports.stream()
                .map(port ->
                        new UnitPort(port.endpoint() == null ? "" : port.endpoint(), PortRange.parse(port.range())))
                .toList();
    }

    private static StatusReading reading(StatusValue status, Map<String, StatusReading> units) {
        return status == null
                ? new StatusReading("unknown", "", Map.of(), null, units)
                : new StatusReading(status.status(), status.message(), status.data(), since(status.since()), units);
    }

    private static GoalState.Entry goal(Unit unit) {
        StatusValue status = unit.workloadStatus();
        if (unit.life() != org.isthmus.api.Life.ALIVE) {
            return new GoalState.Entry("dying", status == null ? null : since(status.since()));
        }
        return status == null
                ? new GoalState.Entry("waiting", since(unit.created()))
                : new GoalState.Entry(status.status(), since(status.since()));
    }

    private static String since(Instant instant) {
        return instant == null ? null : instant.toString();
    }
}
