package org.isthmus.rpc;

import java.util.Set;
import org.isthmus.api.Tag;

/**
 * Who is asking, as the login found out. For an agent's connection {@link #agents} holds the machine and every unit that has
 * logged in on it.
 *
 * @param user name of the user, null for agents and anonymous callers
 * @param anonymous true for a caller without a login
 * @param connection number of the connection, for logs
 * @param origin `host:port` of the peer
 */
public record Caller(String user, Set<Tag> agents, boolean anonymous, long connection, String origin) {

    public Caller {
        agents = agents == null ? Set.of() : Set.copyOf(agents);
    }

    public boolean isAgent() {
        return !agents.isEmpty();
    }

    public boolean isAgent(Tag tag) {
        return agents.contains(tag);
    }

    /** Tag of the user or of the machine agent, for logs. */
    @Override
    public String toString() {
        if (user != null) {
            return Tag.user(user).toString();
        }
        return agents.stream().map(Tag::toString).sorted().findFirst().orElse(anonymous ? "anonymous" : "nobody");
    }
}
