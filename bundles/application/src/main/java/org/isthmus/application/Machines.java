package org.isthmus.application;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.isthmus.api.Address;
import org.isthmus.api.Base;
import org.isthmus.api.Code;
import org.isthmus.api.Constraints;
import org.isthmus.api.Hardware;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.model.Application;
import org.isthmus.model.EndedStart;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;
import org.isthmus.model.engine.ApplicationEngine.AddMachine;
import org.isthmus.model.engine.ApplicationEngine.Placement;

/** Machines: made for units or by hand, and what their provisioner and agent report. */
final class Machines {
    /** Placement scope of a machine that is there. */
    private static final String MACHINE = "#";

    /** What clients write where they do not know the model's UUID yet. */
    private static final String THIS_MODEL = "model-uuid";

    /** How many ended starts are remembered: a late instance comes within minutes. */
    private static final int ENDED_STARTS = 1000;

    private static final Set<String> CONTAINERS = Set.of("lxd", "kvm", "lxc");
    private static final Set<String> AGENT_STATUSES =
            Set.of("pending", "started", "stopped", "error", "down", "unknown");

    private Machines() {}

    /** The machine of a new unit: the one that was named, or a new one. */
    static String place(Tx tx, String unit, Application application, Placement placement, Instant now) {
        Base base = application.origin() == null ? null : application.origin().base();
        if (placement != null && MACHINE.equals(placement.scope())) {
            return assignable(tx, unit, placement.directive(), base);
        }
        return make(tx, base, application.constraints(), placement, now);
    }

    private static String assignable(Tx tx, String unit, String id, Base base) {
        if (!Names.isMachine(id)) {
            throw Problem.notValid("invalid machine id \"%s\"", id);
        }
        Machine machine = tx.get(Kinds.MACHINE, id);
        String prefix = "cannot assign unit \"" + unit + "\" to machine " + id + ": ";
        if (machine == null) {
            throw Problem.refuse(Code.NOT_FOUND, "%smachine %s not found", prefix, id);
        }
        if (machine.life() != Life.ALIVE) {
            throw Problem.refuse(Code.NONE, "%smachine is not found or not alive", prefix);
        }
        if (base != null
                && machine.requestedBase() != null
                && !base.toString().equals(machine.requestedBase().toString())) {
            throw Problem.refuse(
                    Code.NONE,
                    "%sbase does not match: unit has \"%s\", machine has \"%s\"",
                    prefix,
                    base,
                    machine.requestedBase());
        }
        return id;
    }

    static String add(Tx tx, AddMachine add) {
        ModelRecord model = tx.now().model();
        if (model != null && model.life() != Life.ALIVE) {
            throw Problem.refuse(
                    Code.NONE,
                    "cannot add a new machine: model \"%s\" is %s",
                    model.name(),
                    model.life().word());
        }
        Base base = add.base();
        if (base == null && model != null && model.config().get("default-base") instanceof String text) {
            base = text.isEmpty() ? null : Base.parse(text);
        }
        return make(tx, base, add.constraints(), add.placement(), add.now());
    }

    private static String make(Tx tx, Base base, Constraints constraints, Placement placement, Instant now) {
        ModelRecord model = tx.now().model();
        String directive = directive(model, placement);
        Constraints own = constraints == null ? Constraints.NONE : constraints;
        String id = Long.toString(tx.next("machine"));
        StatusValue pending = new StatusValue("pending", "", now);
        tx.put(
                Kinds.MACHINE,
                new Machine(
                        id,
                        Life.ALIVE,
                        base,
                        null,
                        directive,
                        model == null ? own : own.over(model.constraints()),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        List.of(),
                        pending,
                        pending,
                        null,
                        false,
                        false,
                        null,
                        now));
        return id;
    }

    private static String directive(ModelRecord model, Placement placement) {
        if (placement == null) {
            return null;
        }
        String scope = placement.scope() == null ? THIS_MODEL : placement.scope();
        if (CONTAINERS.contains(scope)) {
            throw Problem.refuse(Code.NOT_SUPPORTED, "cannot add a new machine: %s containers not supported", scope);
        }
        if (scope.equals(MACHINE)) {
            throw Problem.notValid("cannot add a new machine: machine %s is already there", placement.directive());
        }
        if (!scope.equals(THIS_MODEL) && model != null && !scope.equals(model.uuid()) && !scope.equals(model.name())) {
            throw Problem.notValid("invalid model id \"%s\"", scope);
        }
        return placement.directive();
    }

    static void intendStart(Tx tx, String id, String clientToken, String nonce, String passwordHash) {
        Machine machine = tx.need(Kinds.MACHINE, id);
        if (machine.instanceId() != null) {
            throw Problem.refuse(Code.NONE, "machine %s is already provisioned", id);
        }
        if (machine.life() == Life.DEAD) {
            throw Problem.refuse(Code.DEAD, "machine %s is not found or dead", id);
        }
        if (!clientToken.equals(machine.clientToken())) {
            endStart(tx, machine);
        }
        tx.put(
                Kinds.MACHINE,
                machine.withClientToken(clientToken).withNonce(nonce).withPasswordHash(passwordHash));
    }

    static void provisioned(
            Tx tx,
            String id,
            String instanceId,
            String displayName,
            Hardware hardware,
            List<Address> addresses,
            Base base,
            String hostname) {
        Machine machine = tx.need(Kinds.MACHINE, id);
        if (machine.instanceId() != null && !machine.instanceId().equals(instanceId)) {
            throw Problem.refuse(Code.NONE, "cannot set instance data for machine \"%s\": already set", id);
        }
        tx.put(Kinds.MACHINE, machine.with(b -> b.instanceId(instanceId)
                .displayName(displayName)
                .hardware(hardware)
                .addresses(addresses)
                .base(base)
                .hostname(hostname)));
    }

    static void setStatus(Tx tx, String id, StatusValue status) {
        if (!AGENT_STATUSES.contains(status.status())) {
            throw Problem.notValid("cannot set invalid status \"%s\"", status.status());
        }
        if (status.status().equals("error") && status.message().isEmpty()) {
            throw Problem.notValid("cannot set status \"error\" without info");
        }
        tx.put(Kinds.MACHINE, tx.need(Kinds.MACHINE, id).withAgentStatus(status));
    }

    static List<String> units(Tx tx, String id) {
        List<String> names = new ArrayList<>();
        for (Unit unit : tx.now().by(Kinds.UNITS_BY_MACHINE, id)) {
            names.add(unit.name());
        }
        return names;
    }

    static RuntimeException hasUnits(String id, List<String> units) {
        return Problem.refuse(
                Code.HAS_ASSIGNED_UNITS, "machine %s has unit(s) %s assigned", id, String.join(", ", units));
    }

    static void dead(Tx tx, String id) {
        Machine machine = tx.need(Kinds.MACHINE, id);
        if (machine.life() == Life.DEAD) {
            return;
        }
        needless(id, machine);
        List<String> units = units(tx, id);
        if (!units.isEmpty()) {
            throw hasUnits(id, units);
        }
        tx.put(Kinds.MACHINE, machine.withLife(Life.DEAD));
    }

    static void needless(String id, Machine machine) {
        if (machine.controller()) {
            throw Problem.refuse(Code.NONE, "machine %s is required by the model", id);
        }
    }

    static void remove(Tx tx, String id) {
        Machine machine = tx.get(Kinds.MACHINE, id);
        if (machine == null) {
            return;
        }
        if (machine.life() != Life.DEAD) {
            throw Problem.refuse(Code.NONE, "cannot remove machine %s: machine is not dead", id);
        }
        endStart(tx, machine);
        tx.remove(Kinds.MACHINE, id);
    }

    private static void endStart(Tx tx, Machine machine) {
        if (machine.clientToken() == null) {
            return;
        }
        long order = tx.next("ended-start");
        tx.now().all(Kinds.ENDED_START).stream()
                .filter(old -> old.order() <= order - ENDED_STARTS)
                .map(EndedStart::token)
                .toList()
                .forEach(token -> tx.remove(Kinds.ENDED_START, token));
        tx.put(Kinds.ENDED_START, new EndedStart(machine.clientToken(), machine.id(), order));
    }
}
