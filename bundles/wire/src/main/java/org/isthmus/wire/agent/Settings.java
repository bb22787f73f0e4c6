package org.isthmus.wire.agent;

import java.util.Map;

/** Settings of a relation. */
public record Settings(Map<String, String> settings) {
    public Settings {
        settings = settings == null ? Map.of() : Map.copyOf(settings);
    }
}
