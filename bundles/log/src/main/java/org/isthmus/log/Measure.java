package org.isthmus.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.isthmus.model.LogLevels;
import org.isthmus.model.StatusValue;
import org.isthmus.model.store.Logs.Line;

/** What a line or a status may be at most, and at least: agents send what they will. A file holds several of the longest. */
final class Measure {
    /** Characters of a message. */
    static final int MESSAGE = 64 * 1024;
    /** Of any other text. */
    static final int WORD = 1024;
    /** Of a line. */
    static final int LABELS = 16;
    /** Characters of a status' data, as they are written; what is longer is left out. */
    static final int DATA = 16 * 1024;

    private final ObjectMapper json;

    Measure(ObjectMapper json) {
        this.json = json;
    }

    static Line of(Line line) {
        List<String> labels = line.labels() == null ? List.of() : line.labels();
        return new Line(
                line.time() == null ? Instant.now() : line.time(),
                line.model(),
                cut(line.entity(), WORD),
                line.level() == null ? LogLevels.UNSAID : cut(line.level(), WORD),
                cut(line.module(), WORD),
                cut(line.location(), WORD),
                labels.stream().limit(LABELS).map(label -> cut(label, WORD)).toList(),
                line.message() == null ? "" : cut(line.message(), MESSAGE));
    }

    StatusValue of(StatusValue status) {
        return new StatusValue(
                cut(status.status(), WORD),
                cut(status.message(), MESSAGE),
                length(status.data()) > DATA ? Map.of() : status.data(),
                status.since());
    }

    private int length(Map<String, Object> data) {
        try {
            return data.isEmpty() ? 0 : json.writeValueAsString(data).length();
        } catch (JsonProcessingException unwritable) {
            return Integer.MAX_VALUE;
        }
    }

    private static String cut(String text, int most) {
        if (text == null || text.length() <= most) {
            return text;
        }
        // Not through a character that takes two.
        int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
        return text.substring(0, end) + "…";
    }
}
