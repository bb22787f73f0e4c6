package org.isthmus.wire.agent;

import java.util.Map;

/**
 * @param fresh false: this sequence was there already
 * @param applications by relation number: the version of the application settings that this commit made. Nothing for those that
 *     it left as they were, and nothing when it is repeated: who wrote last is not known then
 */
public record HookCommitted(boolean fresh, Map<Integer, Long> applications) {
    public HookCommitted {
        applications = applications == null ? Map.of() : Map.copyOf(applications);
    }
}
