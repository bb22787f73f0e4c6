package org.isthmus.model;

import java.time.Instant;
import java.util.Map;

/** A status as people set and read it. `status` is one of Juju's words for the kind of thing it describes. */
public record StatusValue(String status, String message, Map<String, Object> data, Instant since) {
    public StatusValue {
        message = message == null ? "" : message;
        data = data == null ? Map.of() : Map.copyOf(data);
    }

    public StatusValue(String status, String message, Instant since) {
        this(status, message, Map.of(), since);
    }
}
