package org.isthmus.wire.agent;

import java.util.List;

/** The ports a unit has open. */
public record OpenPorts(List<HookChanges.Port> ports) {
    public OpenPorts {
        ports = ports == null ? List.of() : List.copyOf(ports);
    }
}
