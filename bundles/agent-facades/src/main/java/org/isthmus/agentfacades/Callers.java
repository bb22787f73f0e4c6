package org.isthmus.agentfacades;

import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Unit;
import org.isthmus.rpc.Call;

/** Who an agent may speak for: a unit for itself, a machine for itself and for the units placed on it. */
final class Callers {
    private Callers() {}

    /** The unit's name, if the caller is that unit. */
    static String unit(Call call, String tag) {
        String unit = Tag.idOf("unit", tag);
        if (!call.caller().isAgent(Tag.unit(unit))) {
            throw Problem.denied();
        }
        return unit;
    }

    /** The machine's id, if the caller is that machine. */
    static String machine(Call call, String tag) {
        String machine = Tag.idOf("machine", tag);
        if (!call.caller().isAgent(Tag.machine(machine))) {
            throw Problem.denied();
        }
        return machine;
    }

    /** The unit's name, if the caller is the machine that it is placed on. */
    static String unitOfMachine(Call call, String tag) {
        String name = Tag.idOf("unit", tag);
        Snapshot model = call.model().snapshot();
        Unit unit = model.get(Kinds.UNIT, name);
        String machine = unit == null ? null : MachineView.machineOf(model, unit);
        if (machine == null || !call.caller().isAgent(Tag.machine(machine))) {
            // The same answer for a unit elsewhere and for none: an agent learns nothing about others.
            throw Problem.denied();
        }
        return name;
    }
}
