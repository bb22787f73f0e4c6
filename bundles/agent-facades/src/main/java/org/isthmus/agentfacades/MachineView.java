package org.isthmus.agentfacades;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Unit;
import org.isthmus.model.store.Interest;
import org.isthmus.wire.agent.MachineState;

/** A machine as its agent must see it: its units, and the subordinates beside them. */
final class MachineView {
    private MachineView() {}

    /** Subordinates have no machine of their own: they are found by their principals. */
    static Set<String> principals(Snapshot model, String id) {
        Set<String> names = new HashSet<>();
        model.by(Kinds.UNITS_BY_MACHINE, id).forEach(unit -> names.add(unit.name()));
        return names;
    }

    static Set<Interest> interests(String id, Set<String> principals) {
        Set<Interest> interests = new HashSet<>();
        interests.add(Interest.in(Kinds.MACHINE, id));
        interests.add(Interest.in(Kinds.UNIT, Kinds.UNITS_BY_MACHINE, id));
        for (String principal : principals) {
            interests.add(Interest.in(Kinds.UNIT, Kinds.UNITS_BY_PRINCIPAL, principal));
        }
        return interests;
    }

    /** @param seen the principals whose subordinates the watcher hears of */
    static MachineState of(Snapshot model, String id, Set<String> seen) {
        Machine machine = model.get(Kinds.MACHINE, id);
        List<MachineState.Deployed> units = new ArrayList<>();
        for (Unit unit : model.by(Kinds.UNITS_BY_MACHINE, id)) {
            units.add(deployed(unit));
            for (Unit subordinate : model.by(Kinds.UNITS_BY_PRINCIPAL, unit.name())) {
                if (subordinate.machine() == null) {
                    units.add(deployed(subordinate));
                }
            }
        }
        return new MachineState(
                machine == null ? "dead" : machine.life().word(), units, !seen.equals(principals(model, id)));
    }

    /** The machine a unit is on, for a subordinate its principal's; null for none. */
    static String machineOf(Snapshot model, Unit unit) {
        if (unit.machine() != null || unit.principal() == null) {
            return unit.machine();
        }
        Unit principal = model.get(Kinds.UNIT, unit.principal());
        return principal == null ? null : principal.machine();
    }

    private static MachineState.Deployed deployed(Unit unit) {
        return new MachineState.Deployed(unit.name(), unit.life().word(), unit.principal());
    }
}
