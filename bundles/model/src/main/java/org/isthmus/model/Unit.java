package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.api.PortRange;

/** A unit. {@code machine} is null until it is assigned (never for a subordinate, whose machine is its principal's); {@code charmUrl} is the charm its agent runs, null before install. {@code resolved} is null, `retry-hooks` or `no-hooks`. {@code agentStatus} is the durable part only: `allocating` before the agent came, `error` in a failed hook, else `idle`; executing is soft in {@link UnitAgent}. */
@RecordBuilder
public record Unit(
        String name,
        String application,
        Life life,
        String machine,
        String principal,
        String passwordHash,
        String charmUrl,
        StatusValue workloadStatus,
        StatusValue agentStatus,
        String workloadVersion,
        List<UnitPort> ports,
        String resolved,
        boolean forced,
        Instant forceAt,
        String agentVersion,
        Instant created)
        implements Entity, Forceable, UnitBuilder.With {
    public Unit {
        ports = ports == null ? List.of() : List.copyOf(ports);
    }

    /** A port range opened for an endpoint; `` is every endpoint. */
    public record UnitPort(String endpoint, PortRange range) {}

    @Override
    public String id() {
        return name;
    }

    public int number() {
        return Names.numberOf(name);
    }
}
