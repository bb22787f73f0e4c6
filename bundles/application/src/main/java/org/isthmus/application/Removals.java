package org.isthmus.application;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.isthmus.api.Code;
import org.isthmus.api.Life;
import org.isthmus.api.Problem;
import org.isthmus.model.Application;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Offer;
import org.isthmus.model.Relation;
import org.isthmus.model.Relation.Endpoint;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;
import org.isthmus.model.UnitRelationState;
import org.isthmus.model.engine.ApplicationEngine.Removal;

/** How units, applications and machines end. */
final class Removals {
    private Removals() {}

    // --- what an operator asks for

    static Removal unit(Tx tx, String name, Force force, boolean dryRun) {
        Unit unit = tx.get(Kinds.UNIT, name);
        if (unit == null) {
            throw Problem.refuse(Code.NOT_FOUND, "unit \"%s\" does not exist", name);
        }
        if (unit.principal() != null) {
            throw Problem.refuse(
                    Code.NONE,
                    "unit \"%s\" is a subordinate, to remove use remove-relation. Note: this will remove all units"
                            + " of \"%s\"",
                    name,
                    unit.application());
        }
        Removal removal = taking(tx.now(), List.of(unit));
        if (!dryRun) {
            end(tx, unit, force);
        }
        return removal;
    }

    static Removal application(Tx tx, String name, Force force, boolean dryRun) {
        Application application = tx.need(Kinds.APPLICATION, name);
        if (!force.isAsked()) {
            needNoConsumers(tx.now(), name);
        }
        List<Unit> units = tx.now().listBy(Kinds.UNITS_BY_APPLICATION, name);
        Removal removal = taking(tx.now(), units);
        if (!dryRun) {
            end(tx, application, force);
        }
        return removal;
    }

    /** Others' models depend on it: that takes force. */
    private static void needNoConsumers(Snapshot now, String name) {
        int used = 0;
        for (Offer offer : now.by(Kinds.OFFERS_BY_APPLICATION, name)) {
            used += now.count(Kinds.CONNECTIONS_BY_OFFER, offer.uuid()) > 0 ? 1 : 0;
        }
        if (used > 0) {
            throw Problem.refuse(
                    Code.NONE,
                    "cannot destroy application \"%s\": application is used by %d offer%s",
                    name,
                    used,
                    used == 1 ? "" : "s");
        }
    }

    private static void end(Tx tx, Application application, Force force) {
        Force first = application.force().or(force);
        tx.put(
                Kinds.APPLICATION,
                application.with(b -> b.life(Life.DYING).forced(first.isAsked()).forceAt(first.at())));
        for (Unit unit : tx.now().listBy(Kinds.UNITS_BY_APPLICATION, application.name())) {
            end(tx, unit, force);
        }
    }

    /** A principal takes its subordinates along. */
    private static void end(Tx tx, Unit unit, Force force) {
        Life life = unit.life() == Life.ALIVE ? Life.DYING : unit.life();
        Force first = unit.force().or(force);
        tx.put(Kinds.UNIT, unit.with(b -> b.life(life).forced(first.isAsked()).forceAt(first.at())));
        for (Unit subordinate : tx.now().listBy(Kinds.UNITS_BY_PRINCIPAL, unit.name())) {
            end(tx, subordinate, force);
        }
    }

    static Removal machine(Tx tx, String id, Force force, boolean keepInstance, boolean dryRun) {
        Machine machine = tx.get(Kinds.MACHINE, id);
        if (machine == null) {
            throw Problem.refuse(Code.NOT_FOUND, "machine %s not found", id);
        }
        Machines.needless(id, machine);
        if (keepInstance) {
            throw Problem.refuse(
                    Code.NOT_SUPPORTED, "cannot remove machine %s: keeping the instance is not supported", id);
        }
        List<Unit> units = tx.now().listBy(Kinds.UNITS_BY_MACHINE, id);
        if (!units.isEmpty() && !force.isAsked()) {
            throw Machines.hasUnits(id, Machines.units(tx, id));
        }
        Removal removal = new Removal(withSubordinates(tx.now(), units), List.of(id), List.of());
        if (!dryRun) {
            for (Unit unit : units) {
                end(tx, unit, force);
            }
            end(tx, machine, force);
        }
        return removal;
    }

    private static void end(Tx tx, Machine machine, Force force) {
        Life life = machine.life() == Life.ALIVE ? Life.DYING : machine.life();
        Force first = machine.force().or(force);
        tx.put(
                Kinds.MACHINE,
                machine.with(b -> b.life(life).forced(first.isAsked()).forceAt(first.at())));
    }

    private static Removal taking(Snapshot now, List<Unit> units) {
        Set<String> machines = new LinkedHashSet<>();
        Set<String> going = new HashSet<>();
        units.forEach(unit -> going.add(unit.name()));
        for (Unit unit : units) {
            Machine machine = now.get(Kinds.MACHINE, unit.machine());
            if (machine != null
                    && !machine.controller()
                    && now.by(Kinds.UNITS_BY_MACHINE, machine.id()).stream()
                            .allMatch(other -> going.contains(other.name()))) {
                machines.add(machine.id());
            }
        }
        return new Removal(withSubordinates(now, units), new ArrayList<>(machines), List.of());
    }

    private static List<String> withSubordinates(Snapshot now, Collection<Unit> units) {
        List<String> names = new ArrayList<>();
        for (Unit unit : units) {
            names.add(unit.name());
            for (Unit subordinate : now.by(Kinds.UNITS_BY_PRINCIPAL, unit.name())) {
                names.add(subordinate.name());
            }
        }
        return names;
    }

    // --- what agents report

    static void unitDead(Tx tx, String name) {
        Unit unit = tx.get(Kinds.UNIT, name);
        if (unit == null) {
            return;
        }
        if (tx.now().count(Kinds.UNITS_BY_PRINCIPAL, name) > 0) {
            throw Problem.refuse(
                    Code.UNIT_HAS_SUBORDINATES, "cannot set unit \"%s\" to dead: unit has subordinates", name);
        }
        tx.put(Kinds.UNIT, unit.withLife(Life.DEAD));
        removeIfFree(tx, name);
    }

    // --- the next step of everything that ends

    static void settle(Tx tx, Instant now) {
        ModelRecord model = tx.now().model();
        boolean modelEnds = model != null && model.life() != Life.ALIVE;
        if (modelEnds) {
            for (Application application : new ArrayList<>(tx.now().all(Kinds.APPLICATION))) {
                Force force = application.force().or(model.force());
                if (application.life() == Life.ALIVE || !force.equals(application.force())) {
                    end(tx, application, force);
                }
            }
        }
        for (Relation relation : tx.now().listBy(Kinds.RELATIONS_ENDING, Kinds.ENDING)) {
            endSubordinates(tx, relation);
        }
        // Subordinates first: a principal is held by them.
        List<Unit> units = tx.now().listBy(Kinds.UNITS_ENDING, Kinds.ENDING);
        units.sort(java.util.Comparator.comparing(unit -> unit.principal() == null));
        for (Unit unit : units) {
            if (unit.life() == Life.DYING
                    && (unit.force().isDue(now) || neverStarted(unit))
                    && tx.now().count(Kinds.UNITS_BY_PRINCIPAL, unit.name()) == 0) {
                tx.put(Kinds.UNIT, unit.withLife(Life.DEAD));
            }
            removeIfFree(tx, unit.name());
        }
        for (Application application : tx.now().listBy(Kinds.APPLICATIONS_ENDING, Kinds.ENDING)) {
            if (tx.now().count(Kinds.UNITS_BY_APPLICATION, application.name()) == 0
                    && tx.now().count(Kinds.RELATIONS_BY_APPLICATION, application.name()) == 0) {
                tx.remove(Kinds.APPLICATION, application.name());
                Charms.removeWith(tx, application);
            }
        }
        if (modelEnds) {
            for (Machine machine : new ArrayList<>(tx.now().all(Kinds.MACHINE))) {
                beginIfEmpty(tx, machine.id(), model.force());
            }
        }
        for (Machine machine : tx.now().listBy(Kinds.MACHINES_ENDING, Kinds.ENDING)) {
            stepMachine(tx, machine, now);
        }
    }

    /** No agent ever came for it: nobody but us can end it. */
    private static boolean neverStarted(Unit unit) {
        return unit.passwordHash() == null
                && unit.charmUrl() == null
                && unit.agentStatus().status().equals("allocating");
    }

    /** A subordinate is there because of a relation to its principal's application; it dies with the last of these. */
    private static void endSubordinates(Tx tx, Relation relation) {
        if (relation.isPeer() || !relation.scope().equals("container")) {
            return;
        }
        for (Endpoint endpoint : relation.endpoints()) {
            Application application = tx.get(Kinds.APPLICATION, endpoint.application());
            if (application == null || !application.subordinate()) {
                continue;
            }
            String principals = relation.counterpartOf(endpoint.application()).application();
            if (joinedOtherwise(tx.now(), endpoint.application(), principals)) {
                continue;
            }
            for (Unit unit : tx.now().listBy(Kinds.UNITS_BY_APPLICATION, endpoint.application())) {
                Unit principal = tx.get(Kinds.UNIT, unit.principal());
                if (unit.life() == Life.ALIVE
                        && (principal == null || principal.application().equals(principals))) {
                    end(tx, unit, relation.force());
                }
            }
        }
    }

    private static boolean joinedOtherwise(Snapshot now, String subordinate, String principals) {
        for (Relation other : now.by(Kinds.RELATIONS_BY_APPLICATION, subordinate)) {
            if (other.life() == Life.ALIVE
                    && !other.isPeer()
                    && other.scope().equals("container")
                    && other.endpointOf(principals) != null) {
                return true;
            }
        }
        return false;
    }

    /** A dead unit stays until it has left every relation: the relation engine lets it out. */
    private static void removeIfFree(Tx tx, String name) {
        Unit unit = tx.get(Kinds.UNIT, name);
        if (unit == null || unit.life() != Life.DEAD || tx.now().count(Kinds.UNITS_BY_PRINCIPAL, name) > 0) {
            return;
        }
        for (RelationUnit part : tx.now().by(Kinds.RELATION_UNITS_BY_UNIT, name)) {
            if (part.inScope()) {
                return;
            }
        }
        tx.remove(Kinds.UNIT, name);
        tx.remove(Kinds.UNIT_STATE, name);
        for (UnitRelationState state : tx.now().listBy(Kinds.UNIT_RELATION_STATES_BY_UNIT, name)) {
            tx.remove(Kinds.UNIT_RELATION_STATE, state.id());
        }
        tx.remove(Kinds.UNIT_AGENT, name);
        if (unit.machine() != null) {
            beginIfEmpty(tx, unit.machine(), unit.force());
        }
    }

    /** Machines go with their last unit, those of the controller excepted. */
    private static void beginIfEmpty(Tx tx, String id, Force force) {
        Machine machine = tx.get(Kinds.MACHINE, id);
        if (machine != null && !machine.controller() && tx.now().count(Kinds.UNITS_BY_MACHINE, id) == 0) {
            end(tx, machine, force);
        }
    }

    private static void stepMachine(Tx tx, Machine machine, Instant now) {
        if (tx.now().count(Kinds.UNITS_BY_MACHINE, machine.id()) > 0) {
            return;
        }
        boolean nothingStarted = machine.instanceId() == null;
        if (machine.life() == Life.DYING && (nothingStarted || machine.force().isDue(now))) {
            machine = machine.withLife(Life.DEAD);
            tx.put(Kinds.MACHINE, machine);
        }
        if (machine.life() == Life.DEAD && nothingStarted && machine.clientToken() == null) {
            // No start was ever tried, so there is nothing a provisioner could have to stop.
            tx.remove(Kinds.MACHINE, machine.id());
        }
    }
}
