package org.isthmus.agentfacades;

import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.Snapshot;
import org.isthmus.wire.agent.MachineState;

/** A machine as its agent must see it. */
final class MachineView {
    private MachineView() {}

    static MachineState of(Snapshot model, String id) {
        Machine machine = model.get(Kinds.MACHINE, id);
        return new MachineState(
                machine == null ? "dead" : machine.life().word(),
                model.by(Kinds.UNITS_BY_MACHINE, id).stream()
                        .map(unit -> new MachineState.Deployed(
                                unit.name(), unit.life().word(), unit.principal()))
                        .toList());
    }
}
