package org.isthmus.wire.agent;

import java.util.List;

/**
 * All that a machine agent must act on: whether the machine goes, and which units belong there.
 *
 * @param rewatch true: principals came or went, and this watcher does not see all their subordinates; ask for a new one
 */
public record MachineState(String life, List<Deployed> units, boolean rewatch) {

    public MachineState {
        units = units == null ? List.of() : List.copyOf(units);
    }

    /** @param principal of a subordinate, else null */
    public record Deployed(String unit, String life, String principal) {}
}
