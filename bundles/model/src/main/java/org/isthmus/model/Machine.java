package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import org.isthmus.api.Address;
import org.isthmus.api.Base;
import org.isthmus.api.Constraints;
import org.isthmus.api.Hardware;
import org.isthmus.api.Life;

/** A machine of the model. Its agent's presence is soft: {@link AgentPresence}. */
@RecordBuilder
public record Machine(
        String id,
        Life life,
        Base requestedBase,
        Base base,
        String placement,
        Constraints constraints,
        String clientToken,
        String nonce,
        String passwordHash,
        String instanceId,
        String displayName,
        String hostname,
        Hardware hardware,
        List<Address> addresses,
        StatusValue instanceStatus,
        StatusValue agentStatus,
        String agentVersion,
        boolean controller,
        boolean forced,
        Instant forceAt,
        Instant created)
        implements Entity, Forceable, MachineBuilder.With {
    public Machine {
        addresses = addresses == null ? List.of() : List.copyOf(addresses);
        constraints = constraints == null ? Constraints.NONE : constraints;
    }
}
