package org.isthmus.lifecycle;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.isthmus.api.Life;
import org.isthmus.api.Refused;
import org.isthmus.application.Applications;
import org.isthmus.charm.Charm;
import org.isthmus.charm.CharmMetadata;
import org.isthmus.charm.CharmOption;
import org.isthmus.charm.CharmRelation;
import org.isthmus.model.Application;
import org.isthmus.model.Change;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Entity;
import org.isthmus.model.Force;
import org.isthmus.model.Index;
import org.isthmus.model.Kind;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationApplication;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;
import org.isthmus.model.UnitRelationState;
import org.isthmus.model.engine.ApplicationEngine.AddMachine;
import org.isthmus.model.engine.ApplicationEngine.AddUnits;
import org.isthmus.model.engine.ApplicationEngine.Deploy;
import org.isthmus.model.engine.ApplicationEngine.HookCommit;
import org.isthmus.model.engine.ApplicationEngine.Placement;
import org.isthmus.modeladmin.Models;
import org.isthmus.relation.Relations;

/** A model with operators, agents and a provisioner that act at random; every step is checked. */
final class World {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    final Relations relations = new Relations();
    final Applications applications = new Applications();
    final Models models = new Models();
    final Settlement.Engines engines = new Settlement.Engines(relations, applications, null, null);
    final Random random;
    Snapshot head = Snapshot.empty();
    Instant now = NOW;
    int refused;
    int done;

    private final Set<String> everSeen = new HashSet<>();
    private final Set<String> hadUnits = new HashSet<>();

    World(long seed) {
        random = new Random(seed);
        step(tx -> {
            models.create(tx, model());
            for (CharmRecord charm : charms()) {
                applications.addCharm(tx, charm);
            }
        });
    }

    static ModelRecord model() {
        return new ModelRecord(
                "6f1c0d3e-9a77-4f60-8a52-0123456789ab",
                "prod",
                "admin",
                "iaas",
                "localhost",
                "localhost",
                null,
                null,
                Life.ALIVE,
                0,
                ModelRecord.Mode.ACTIVE,
                false,
                Map.of(),
                null,
                "3.6.9",
                NOW,
                new StatusValue("available", "", NOW),
                false,
                null);
    }

    static List<CharmRecord> charms() {
        return List.of(
                charm(
                        "mysql",
                        false,
                        new CharmRelation("db", "provider", "mysql", "global", 0, false),
                        new CharmRelation("cluster", "peer", "mysql-ha", "global", 0, false)),
                charm(
                        "wordpress",
                        false,
                        new CharmRelation("db", "requirer", "mysql", "global", 1, false),
                        new CharmRelation("website", "provider", "http", "global", 0, false),
                        new CharmRelation("loadbalancer", "peer", "reversenginx", "global", 0, false)),
                charm("haproxy", false, new CharmRelation("reverseproxy", "requirer", "http", "global", 0, false)),
                charm("logging", true, new CharmRelation("info", "requirer", "juju-info", "container", 0, false)),
                charm(
                        "backup",
                        true,
                        new CharmRelation("info", "requirer", "juju-info", "container", 0, false),
                        new CharmRelation("db", "requirer", "mysql", "container", 0, false)));
    }

    static CharmRecord charm(String name, boolean subordinate, CharmRelation... relations) {
        Map<String, Map<String, CharmRelation>> byRole = new HashMap<>();
        for (CharmRelation relation : relations) {
            byRole.computeIfAbsent(relation.role(), r -> new HashMap<>()).put(relation.name(), relation);
        }
        CharmMetadata metadata = new CharmMetadata(
                name,
                name,
                name,
                subordinate,
                byRole.get("provider"),
                byRole.get("requirer"),
                byRole.get("peer"),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        Map<String, CharmOption> config = Map.of("size", new CharmOption("size", "int", "", 3L));
        return new CharmRecord(
                "local:" + name + "-0",
                name,
                0,
                "local",
                "sha-" + name,
                1,
                new Charm(metadata, config, null, null, 0, ""),
                NOW);
    }

    /** One request: all or nothing. True if it was not refused. */
    boolean step(Consumer<Tx> decision) {
        Tx tx = Tx.on(head);
        try {
            decision.accept(tx);
        } catch (Refused refusal) {
            refused++;
            return false;
        }
        done++;
        List<Change> changes = tx.changes();
        Snapshot before = head;
        head = head.applied(changes).withRevision(head.revision() + 1);
        checkForward(before, changes);
        checkReferences();
        return true;
    }

    boolean settle() {
        boolean[] empty = {false};
        step(tx -> empty[0] = Settlement.settle(tx, engines, now));
        Tx again = Tx.on(head);
        Settlement.settle(again, engines, now);
        require(again.changes().isEmpty(), "settle is not idempotent: " + again.changes());
        checkSettled();
        return empty[0];
    }

    // --- operators

    void operator() {
        switch (random.nextInt(14)) {
            case 0, 1 -> deploy();
            case 2, 3 ->
                withApplication(a -> step(tx ->
                        applications.addUnits(tx, new AddUnits(a.name(), 1 + random.nextInt(2), placement(), NOW))));
            case 4, 5, 6 -> relate();
            case 7 -> withRelation(r -> step(tx -> relations.destroyRelation(tx, r.number(), rarely(), now)));
            case 8, 9 -> withUnit(u -> step(tx -> applications.destroyUnit(tx, u.name(), rarely(), false, now)));
            case 10 ->
                withApplication(a -> {
                    if (random.nextInt(3) == 0) {
                        step(tx -> applications.destroyApplication(tx, a.name(), rarely(), false, now));
                    }
                });
            case 11 ->
                withMachine(m -> step(tx -> applications.destroyMachine(
                        tx, m.id(), random.nextBoolean() ? rarely() : Force.NONE, false, false, now)));
            case 12 ->
                withApplication(a -> step(
                        tx -> applications.configure(tx, a.name(), Map.of("size", "" + random.nextInt(9)), List.of())));
            default -> step(tx -> applications.addMachine(tx, new AddMachine(null, null, null, NOW)));
        }
    }

    private Force rarely() {
        return random.nextInt(4) == 0 ? force() : Force.NONE;
    }

    /** Some wait, some do not. */
    Force force() {
        return random.nextInt(3) == 0 ? new Force(now) : Force.asked(true, null, now);
    }

    private List<Placement> placement() {
        Machine machine = pick(List.copyOf(head.all(Kinds.MACHINE)));
        return machine == null || random.nextInt(3) > 0 ? List.of() : List.of(new Placement("#", machine.id()));
    }

    private void deploy() {
        CharmRecord charm = pick(charms());
        String name = charm.name() + "-" + (char) ('a' + random.nextInt(3));
        int units = charm.charm().metadata().subordinate() ? 0 : random.nextInt(3);
        step(tx -> {
            applications.addCharm(tx, charm);
            applications.deploy(
                    tx,
                    new Deploy(name, charm.url(), null, units, Map.of(), null, List.of(), Map.of(), false, "t", NOW));
            relations.addPeers(tx, name, NOW);
        });
    }

    private void relate() {
        withApplication(a ->
                withApplication(b -> step(tx -> relations.addRelation(tx, List.of(word(a), word(b)), List.of(), NOW))));
    }

    private String word(Application application) {
        var endpoints = relations.endpoints(head, application.name());
        return random.nextInt(3) > 0 ? application.name() : pick(endpoints).toString();
    }

    // --- agents and the provisioner

    void world() {
        switch (random.nextInt(5)) {
            case 0 -> withMachine(this::provisionerAndMachineAgent);
            case 1, 2, 3 -> withUnit(this::unitAgent);
            default -> {
                now = now.plusSeconds(random.nextInt(30));
                settle();
            }
        }
    }

    /** Time goes by, and no agent comes: only the provisioner does its part. */
    void nobody() {
        now = now.plus(Force.WAIT);
        settle();
        for (Machine machine : List.copyOf(head.all(Kinds.MACHINE))) {
            if (machine.life() == Life.DEAD) {
                provisionerAndMachineAgent(machine);
            }
        }
    }

    void everybody() {
        for (Machine machine : List.copyOf(head.all(Kinds.MACHINE))) {
            provisionerAndMachineAgent(machine);
        }
        for (Unit unit : List.copyOf(head.all(Kinds.UNIT))) {
            if (head.has(Kinds.UNIT, unit.name())) {
                unitAgent(head.get(Kinds.UNIT, unit.name()));
            }
        }
        settle();
    }

    private void provisionerAndMachineAgent(Machine machine) {
        String id = machine.id();
        if (machine.life() == Life.DEAD) {
            step(tx -> applications.removeMachine(tx, id));
        } else if (machine.clientToken() == null) {
            step(tx -> applications.intendStart(tx, id, "token-" + id, "nonce", "hash"));
        } else if (machine.instanceId() == null) {
            step(tx -> applications.provisioned(tx, id, "inst-" + id, null, null, List.of(), null, null));
        } else if (machine.life() == Life.DYING) {
            step(tx -> applications.machineDead(tx, id));
        } else {
            step(tx -> applications.setMachineStatus(tx, id, new StatusValue("started", "", NOW)));
        }
    }

    private void unitAgent(Unit unit) {
        String name = unit.name();
        Unit principal = unit.principal() == null ? unit : head.get(Kinds.UNIT, unit.principal());
        Machine machine = head.get(Kinds.MACHINE, principal.machine());
        if (machine == null || machine.instanceId() == null || unit.life() == Life.DEAD) {
            return;
        }
        if (unit.passwordHash() == null) {
            if (unit.life() == Life.ALIVE) {
                step(tx -> applications.setUnitPassword(tx, name, "hash"));
            }
            return;
        }
        List<RelationUnit> parts = head.listBy(Kinds.RELATION_UNITS_BY_UNIT, name);
        for (RelationUnit part : parts) {
            Relation relation = head.get(Kinds.RELATION, Integer.toString(part.relation()));
            if (part.inScope() && (unit.life() != Life.ALIVE || relation.life() != Life.ALIVE)) {
                hook(name, tx -> relations.leaveScope(tx, part.relation(), name));
                return;
            }
        }
        if (unit.life() == Life.DYING) {
            step(tx -> applications.unitDead(tx, name, NOW));
            return;
        }
        List<Relation> mine = head.listBy(Kinds.RELATIONS_BY_APPLICATION, unit.application());
        Relation relation = pick(mine);
        if (relation == null) {
            hook(name, tx -> {});
            return;
        }
        int number = relation.number();
        RelationUnit part = head.get(Kinds.RELATION_UNIT, RelationUnit.idOf(number, name));
        if (part == null || !part.inScope()) {
            step(tx -> {
                String subordinate = relations.enterScope(tx, number, name, Map.of("private-address", "127.0.0.1"));
                if (subordinate != null) {
                    applications.ensureSubordinate(tx, subordinate, name, NOW);
                }
            });
        } else {
            Map<String, String> change =
                    Map.of("k" + random.nextInt(3), random.nextInt(3) == 0 ? "" : "" + random.nextInt(5));
            hook(name, tx -> {
                relations.writeUnitSettings(tx, number, name, change);
                relations.writeApplicationSettings(tx, number, unit.application(), change);
            });
            for (String member : relations.members(head, number, name)) {
                require(head.has(Kinds.UNIT, member), "member " + member + " of " + relation.key() + " is not there");
            }
        }
    }

    private void hook(String unit, Consumer<Tx> with) {
        long sequence = head.get(Kinds.UNIT_STATE, unit).hookSequence() + 1;
        step(tx -> {
            require(
                    applications.commitHook(
                            tx,
                            new HookCommit(
                                    unit,
                                    sequence,
                                    "s" + sequence,
                                    Map.of(random.nextInt(3), random.nextBoolean() ? "" : "told"),
                                    null,
                                    null,
                                    null,
                                    "local:x-0")),
                    "hook was not new");
            applications.setUnitAgentStatus(tx, unit, new StatusValue("idle", "", NOW));
            with.accept(tx);
        });
    }

    // --- what must hold

    private void checkForward(Snapshot before, List<Change> changes) {
        for (Change change : changes) {
            Life was = life(change.before());
            Life is = life(change.after());
            if (was != null && is != null) {
                require(is.compareTo(was) >= 0, "life went back: " + change);
            }
            String kind = change.key().kind().name();
            if (change.before() == null && Set.of("unit", "machine", "relation").contains(kind)) {
                require(everSeen.add(kind + " " + change.key().id()), "number given twice: " + change.key());
            }
        }
        require(before.revision() + 1 == head.revision(), "revision");
    }

    /** What holds once everything has taken the steps it could. */
    private void checkSettled() {
        for (Unit unit : head.all(Kinds.UNIT)) {
            require(!unit.force().isDue(now), unit.name() + " is forced since and still there");
            if (unit.principal() != null && unit.life() == Life.ALIVE) {
                String principal = head.get(Kinds.UNIT, unit.principal()).application();
                require(
                        head.by(Kinds.RELATIONS_BY_APPLICATION, unit.application()).stream()
                                .anyMatch(r -> r.life() == Life.ALIVE
                                        && r.scope().equals("container")
                                        && r.endpointOf(principal) != null),
                        unit.name() + " stands beside " + unit.principal() + " for no relation");
            }
        }
        for (Relation relation : head.all(Kinds.RELATION)) {
            require(!relation.force().isDue(now), relation.key() + " is forced since and still there");
            require(
                    relation.life() == Life.ALIVE || head.count(Kinds.RELATION_UNITS_IN_SCOPE, relation.id()) > 0,
                    relation.key() + " is dying and empty");
        }
        for (Machine machine : head.all(Kinds.MACHINE)) {
            require(
                    !machine.force().isDue(now) || machine.life() == Life.DEAD,
                    "machine " + machine.id() + " is forced since and not dead");
            require(
                    machine.life() != Life.ALIVE
                            || !hadUnits.contains(machine.id())
                            || head.count(Kinds.UNITS_BY_MACHINE, machine.id()) > 0,
                    "machine " + machine.id() + " lost its last unit and goes on");
        }
    }

    private static Life life(Entity entity) {
        if (entity instanceof Unit unit) {
            return unit.life();
        }
        if (entity instanceof Application application) {
            return application.life();
        }
        if (entity instanceof Machine machine) {
            return machine.life();
        }
        return entity instanceof Relation relation ? relation.life() : null;
    }

    private void checkReferences() {
        Set<String> pairs = new HashSet<>();
        for (Unit unit : head.all(Kinds.UNIT)) {
            if (unit.machine() != null) {
                hadUnits.add(unit.machine());
            }
            require(
                    unit.principal() == null || pairs.add(unit.principal() + " " + unit.application()),
                    "two units of " + unit.application() + " beside " + unit.principal());
            require(head.has(Kinds.APPLICATION, unit.application()), unit.name() + " has no application");
            require(head.has(Kinds.UNIT_STATE, unit.name()), unit.name() + " has no state");
            require((unit.machine() == null) == (unit.principal() != null), unit.name() + " stands on nothing");
            require(unit.machine() == null || head.has(Kinds.MACHINE, unit.machine()), unit.name() + " has no machine");
            require(
                    unit.principal() == null || head.has(Kinds.UNIT, unit.principal()),
                    unit.name() + " has no principal");
        }
        for (Application application : head.all(Kinds.APPLICATION)) {
            require(head.has(Kinds.CHARM, application.charmUrl()), application.name() + " has no charm");
        }
        Set<String> keys = new HashSet<>();
        Map<String, Integer> uses = new HashMap<>();
        for (Relation relation : head.all(Kinds.RELATION)) {
            require(keys.add(relation.key()), "two relations " + relation.key());
            relation.endpoints()
                    .forEach(e -> require(
                            e.limit() == 0 || uses.merge(e.toString(), 1, Integer::sum) <= e.limit(),
                            e + " is related beyond its limit"));
            relation.endpoints()
                    .forEach(e ->
                            require(head.has(Kinds.APPLICATION, e.application()), relation.key() + " has no " + e));
        }
        for (RelationUnit part : head.all(Kinds.RELATION_UNIT)) {
            require(head.has(Kinds.RELATION, Integer.toString(part.relation())), "dangling " + part);
            require(!part.inScope() || head.has(Kinds.UNIT, part.unit()), "dangling in scope " + part);
        }
        for (RelationApplication part : head.all(Kinds.RELATION_APPLICATION)) {
            require(head.has(Kinds.RELATION, Integer.toString(part.relation())), "dangling " + part);
        }
        for (UnitRelationState state : head.all(Kinds.UNIT_RELATION_STATE)) {
            require(head.has(Kinds.UNIT, state.unit()), "dangling " + state);
        }
        require(head.all(Kinds.UNIT_STATE).size() == head.all(Kinds.UNIT).size(), "unit states without units");
    }

    /** Indexes kept step by step say the same as indexes made anew. */
    void checkIndexes() {
        for (Kind<?> kind : Kinds.all()) {
            checkIndexes(kind);
        }
    }

    private <E extends Entity> void checkIndexes(Kind<E> kind) {
        for (Index<E> index : kind.indexes()) {
            Map<String, List<String>> wanted = new TreeMap<>();
            for (E entity : head.all(kind)) {
                for (String key : index.keys().apply(entity)) {
                    wanted.computeIfAbsent(key, k -> new ArrayList<>()).add(entity.id());
                }
            }
            Map<String, List<String>> got = new LinkedHashMap<>();
            for (String key : wanted.keySet()) {
                head.by(index, key).forEach(e -> got.computeIfAbsent(key, k -> new ArrayList<>())
                        .add(e.id()));
            }
            require(wanted.equals(got), index.name() + ": " + wanted + " but " + got);
        }
        require(
                head.count(Kinds.UNITS_ENDING, Kinds.ENDING)
                        == head.all(Kinds.UNIT).stream()
                                .filter(u -> u.life() != Life.ALIVE)
                                .count(),
                "units ending");
    }

    static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    // --- choices

    private <E> E pick(List<E> from) {
        return from.isEmpty() ? null : from.get(random.nextInt(from.size()));
    }

    private void withApplication(Consumer<Application> then) {
        with(pick(List.copyOf(head.all(Kinds.APPLICATION))), then);
    }

    private void withRelation(Consumer<Relation> then) {
        with(pick(List.copyOf(head.all(Kinds.RELATION))), then);
    }

    private void withUnit(Consumer<Unit> then) {
        with(pick(List.copyOf(head.all(Kinds.UNIT))), then);
    }

    private void withMachine(Consumer<Machine> then) {
        with(pick(List.copyOf(head.all(Kinds.MACHINE))), then);
    }

    private static <E> void with(E found, Consumer<E> then) {
        if (found != null) {
            then.accept(found);
        }
    }
}
