package org.isthmus.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.isthmus.model.store.Logs.Entry;
import org.isthmus.model.store.Logs.Line;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Log and history of one model. Its lock orders its lines; nobody reads files or is told anything under it: whoever listens has
 * locks of its own.
 */
final class ModelLog {
    private static final Logger LOG = LoggerFactory.getLogger(ModelLog.class);

    private final Path folder;
    private final ObjectMapper json;
    private final Segments lines;
    private final Segments history;
    /** Who is to be told, once, that there is more. */
    private final Map<LineReader, Runnable> waiting = new LinkedHashMap<>();
    /** Its model is no more. */
    private volatile boolean gone;

    ModelLog(Path folder, ObjectMapper json) {
        this.folder = folder;
        this.json = json;
        this.lines = new Segments(folder.resolve("debug"), SegmentLogs.LINE_SEGMENT_BYTES, SegmentLogs.LINE_SEGMENTS);
        this.history = new Segments(
                folder.resolve("history"), SegmentLogs.HISTORY_SEGMENT_BYTES, SegmentLogs.HISTORY_SEGMENTS);
    }

    void append(Line line) {
        byte[] bytes = bytes(line);
        List<Runnable> wakes;
        synchronized (this) {
            write(lines, bytes);
            if (waiting.isEmpty()) {
                return;
            }
            wakes = List.copyOf(waiting.values());
            waiting.clear();
        }
        wakes.forEach(ModelLog::wake);
    }

    private static void wake(Runnable reader) {
        try {
            reader.run();
        } catch (RuntimeException bug) {
            LOG.warn("A reader of the log could not be told that there is more", bug);
        }
    }

    void append(Entry entry) {
        byte[] bytes = bytes(entry);
        synchronized (this) {
            write(history, bytes);
        }
    }

    private byte[] bytes(Object value) {
        try {
            return json.writeValueAsBytes(value);
        } catch (JsonProcessingException cannotHappen) {
            throw new IllegalArgumentException(cannotHappen);
        }
    }

    private void write(Segments to, byte[] bytes) {
        if (gone) {
            return;
        }
        try {
            to.append(bytes);
        } catch (IOException failure) {
            // Logging must not fail what is logged.
            LOG.warn("Cannot write to {}: {}", folder, failure.getMessage());
        }
    }

    List<Entry> history(int limit, Predicate<Entry> filter) {
        List<Entry> found = new ArrayList<>();
        Map<String, Entry> later = new HashMap<>();
        if (limit <= 0) {
            return found;
        }
        try {
            Segments.backwards(extent(history), (at, bytes) -> {
                Entry entry = parse(bytes, Entry.class);
                if (entry != null && filter.test(entry) && !isRepeated(entry, later.put(entry.type(), entry))) {
                    found.add(entry);
                }
                return found.size() < limit;
            });
        } catch (IOException failure) {
            LOG.warn("Cannot read {}: {}", folder, failure.getMessage());
        }
        return found;
    }

    private static boolean isRepeated(Entry entry, Entry next) {
        return next != null
                && next.entity().equals(entry.entity())
                && Objects.equals(next.status().status(), entry.status().status())
                && next.status().message().equals(entry.status().message())
                && next.status().data().equals(entry.status().data());
    }

    Segments.Extent lines() {
        return extent(lines);
    }

    /** Null for a damaged one; a log of before lines were measured may have lines without a time. */
    Line line(byte[] bytes) {
        Line line = parse(bytes, Line.class);
        return line == null || line.time() == null || line.level() == null ? null : line;
    }

    /** Who writes does not wait for who reads. */
    private synchronized Segments.Extent extent(Segments of) {
        try {
            return of.extent();
        } catch (IOException failure) {
            LOG.warn("Cannot read {}: {}", folder, failure.getMessage());
            return Segments.Extent.NONE;
        }
    }

    /** Null for a damaged line: the rest of the log is worth more than a failure. */
    private <T> T parse(byte[] bytes, Class<T> type) {
        try {
            return json.readValue(bytes, type);
        } catch (IOException damaged) {
            return null;
        }
    }

    /** Tells the reader once when there is something after that position; now, if there is. */
    void whenMore(LineReader reader, Segments.Position after, Runnable wake) {
        synchronized (this) {
            if (extent(lines).end().compareTo(after) <= 0) {
                waiting.put(reader, wake);
                return;
            }
        }
        wake.run();
    }

    synchronized void leave(LineReader reader) {
        waiting.remove(reader);
    }

    /** Gives its files back; the next line opens them again. */
    synchronized void rest() {
        try {
            lines.close();
            history.close();
        } catch (IOException failure) {
            LOG.warn("Cannot close {}: {}", folder, failure.getMessage());
        }
    }

    boolean isGone() {
        return gone;
    }

    synchronized void delete() throws IOException {
        gone = true;
        waiting.clear();
        lines.delete();
        history.delete();
        Files.deleteIfExists(folder);
    }
}
