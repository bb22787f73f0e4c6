package org.isthmus.application;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Code;
import org.isthmus.api.PortRange;
import org.isthmus.api.Problem;
import org.isthmus.model.Kinds;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;
import org.isthmus.model.Unit.UnitPort;
import org.isthmus.model.UnitRelationState;
import org.isthmus.model.UnitState;
import org.isthmus.model.engine.ApplicationEngine.HookCommit;

/** The unit's part of what a hook leaves behind when it succeeded. */
final class Hooks {
    /** Juju's limits of what a charm may keep. */
    private static final int KEY_LIMIT = 256;

    private static final int VALUE_LIMIT = 65536;

    private Hooks() {}

    static boolean commit(Tx tx, HookCommit commit) {
        Unit unit = tx.need(Kinds.UNIT, commit.unit());
        UnitState state = tx.get(Kinds.UNIT_STATE, unit.name());
        if (state == null) {
            state = new UnitState(unit.name(), 0, null, Map.of());
        }
        if (commit.sequence() <= state.hookSequence()) {
            return false;
        }
        if (commit.sequence() != state.hookSequence() + 1) {
            throw Problem.refuse(
                    Code.BAD_REQUEST,
                    "hook commit %d of unit \"%s\" does not follow %d",
                    commit.sequence(),
                    unit.name(),
                    state.hookSequence());
        }
        if (commit.charmState() != null) {
            needSmall(commit.charmState());
        }
        tx.put(
                Kinds.UNIT_STATE,
                new UnitState(
                        unit.name(),
                        commit.sequence(),
                        commit.agentState() == null ? state.agentState() : commit.agentState(),
                        commit.charmState() == null ? state.charmState() : commit.charmState()));
        if (commit.relationStates() != null) {
            commit.relationStates().forEach((relation, agentState) -> remember(tx, unit.name(), relation, agentState));
        }
        List<UnitPort> ports = ports(tx, unit, commit.openPorts(), commit.closePorts());
        tx.put(
                Kinds.UNIT,
                unit.withPorts(ports).withCharmUrl(commit.charmUrl() == null ? unit.charmUrl() : commit.charmUrl()));
        return true;
    }

    private static void remember(Tx tx, String unit, int relation, String agentState) {
        if (agentState.isEmpty()) {
            tx.remove(Kinds.UNIT_RELATION_STATE, UnitRelationState.idOf(unit, relation));
        } else {
            tx.put(Kinds.UNIT_RELATION_STATE, new UnitRelationState(unit, relation, agentState));
        }
    }

    private static void needSmall(Map<String, String> charmState) {
        charmState.forEach((key, value) -> {
            if (key.length() > KEY_LIMIT) {
                throw Problem.refuse(Code.QUOTA_LIMIT_EXCEEDED, "max allowed key length (%d) exceeded", KEY_LIMIT);
            }
            if (value.length() > VALUE_LIMIT) {
                throw Problem.refuse(Code.QUOTA_LIMIT_EXCEEDED, "max allowed value length (%d) exceeded", VALUE_LIMIT);
            }
        });
    }

    private static List<UnitPort> ports(Tx tx, Unit unit, List<UnitPort> open, List<UnitPort> close) {
        List<UnitPort> ports = new ArrayList<>(unit.ports());
        if (close != null) {
            ports.removeAll(close);
        }
        if (open != null) {
            for (UnitPort port : open) {
                if (!ports.contains(port)) {
                    needFree(tx, unit, ports, port);
                    ports.add(port);
                }
            }
        }
        ports.sort(java.util.Comparator.comparing(UnitPort::endpoint).thenComparing(UnitPort::range));
        return ports;
    }

    /** Within a unit only the same range may be open twice, for two endpoints; between units of a machine none may touch. */
    private static void needFree(Tx tx, Unit unit, List<UnitPort> own, UnitPort port) {
        for (UnitPort other : own) {
            if (other.range().overlaps(port.range()) && !other.range().equals(port.range())) {
                throw conflict(unit.name(), port.range(), unit.name(), other.range());
            }
        }
        if (port.range().protocol().equals("icmp")) {
            return;
        }
        String machine = unit.machine();
        if (machine == null && unit.principal() != null) {
            Unit principal = tx.get(Kinds.UNIT, unit.principal());
            machine = principal == null ? null : principal.machine();
        }
        for (Unit principal : tx.now().by(Kinds.UNITS_BY_MACHINE, machine)) {
            needFreeOf(unit, port, principal);
            for (Unit subordinate : tx.now().by(Kinds.UNITS_BY_PRINCIPAL, principal.name())) {
                needFreeOf(unit, port, subordinate);
            }
        }
    }

    private static void needFreeOf(Unit unit, UnitPort port, Unit other) {
        if (other.name().equals(unit.name())) {
            return;
        }
        for (UnitPort taken : other.ports()) {
            if (taken.range().overlaps(port.range())) {
                throw conflict(unit.name(), port.range(), other.name(), taken.range());
            }
        }
    }

    private static RuntimeException conflict(String unit, PortRange wanted, String other, PortRange taken) {
        return Problem.refuse(
                Code.NONE,
                "cannot open ports %s on unit \"%s\": port ranges %s (\"%s\") and %s (\"%s\") conflict",
                wanted,
                unit,
                taken,
                other,
                wanted,
                unit);
    }
}
