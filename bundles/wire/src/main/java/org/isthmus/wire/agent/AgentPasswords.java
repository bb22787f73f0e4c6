package org.isthmus.wire.agent;

import java.util.List;

/** New passwords of agents, as Juju's EntityPasswords. */
public record AgentPasswords(List<Change> changes) {

    public AgentPasswords {
        changes = changes == null ? List.of() : List.copyOf(changes);
    }

    /** @param password 18 random bytes in base64 */
    public record Change(String tag, String password) {}
}
