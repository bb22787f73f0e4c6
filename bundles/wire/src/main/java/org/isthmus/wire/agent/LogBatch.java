package org.isthmus.wire.agent;

import java.time.Instant;
import java.util.List;

/** Log lines of the agents of one machine. */
public record LogBatch(List<Line> lines) {

    public LogBatch {
        lines = lines == null ? List.of() : List.copyOf(lines);
    }

    /** @param level one of TRACE DEBUG INFO WARNING ERROR */
    public record Line(Instant time, String tag, String level, String module, String message) {}
}
