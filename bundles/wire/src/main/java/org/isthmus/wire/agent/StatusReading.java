package org.isthmus.wire.agent;

import java.util.Map;

/** What status-get shows: of one unit, or of an application with those of its units by name (else null). */
public record StatusReading(
        String status, String info, Map<String, Object> data, String since, Map<String, StatusReading> units) {}
