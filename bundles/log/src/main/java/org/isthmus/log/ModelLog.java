package org.isthmus.log;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.isthmus.model.store.Logs.Entry;
import org.isthmus.model.store.Logs.Line;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Log and history of one model. Its lock orders its lines; followers hear them in that order. */
final class ModelLog {
    private static final Logger LOG = LoggerFactory.getLogger(ModelLog.class);

    private record Follower(Predicate<Line> filter, Consumer<Line> consumer) {}

    private final Path folder;
    private final ObjectMapper json;
    private final Segments lines;
    private final Segments history;
    private final Set<Follower> followers = new LinkedHashSet<>();

    ModelLog(Path folder, ObjectMapper json) {
        this.folder = folder;
        this.json = json;
        this.lines = new Segments(folder.resolve("debug"), SegmentLogs.LINE_SEGMENT_BYTES, SegmentLogs.LINE_SEGMENTS);
        this.history = new Segments(
                folder.resolve("history"), SegmentLogs.HISTORY_SEGMENT_BYTES, SegmentLogs.HISTORY_SEGMENTS);
    }

    synchronized void append(Line line) {
        write(lines, line);
        for (Follower follower : List.copyOf(followers)) {
            try {
                if (follower.filter.test(line)) {
                    follower.consumer.accept(line);
                }
            } catch (RuntimeException bug) {
                // Out with it first: what is logged here may come back as a line of this very log.
                followers.remove(follower);
                LOG.error("A follower of the log failed and is dropped", bug);
            }
        }
    }

    synchronized void append(Entry entry) {
        write(history, entry);
    }

    private void write(Segments to, Object value) {
        try {
            to.append(json.writeValueAsBytes(value));
        } catch (IOException failure) {
            // Logging must not fail what is logged.
            LOG.warn("Cannot write to {}: {}", folder, failure.getMessage());
        }
    }

    synchronized List<Line> tail(int limit, Predicate<Line> filter) {
        return read(lines, Line.class, limit, filter, true);
    }

    synchronized List<Entry> history(int limit, Predicate<Entry> filter) {
        return read(history, Entry.class, limit, filter, false);
    }

    private <T> List<T> read(Segments from, Class<T> type, int limit, Predicate<T> filter, boolean oldestFirst) {
        Deque<T> found = new ArrayDeque<>();
        if (limit <= 0) {
            return List.of();
        }
        try {
            from.backwards(bytes -> {
                T value = parse(bytes, type);
                if (value != null && filter.test(value)) {
                    if (oldestFirst) {
                        found.addFirst(value);
                    } else {
                        found.addLast(value);
                    }
                }
                return found.size() < limit;
            });
        } catch (IOException failure) {
            LOG.warn("Cannot read {}: {}", folder, failure.getMessage());
        }
        return new ArrayList<>(found);
    }

    /** Null for a damaged line: the rest of the log is worth more than a failure. */
    private <T> T parse(byte[] bytes, Class<T> type) {
        try {
            return json.readValue(bytes, type);
        } catch (IOException damaged) {
            return null;
        }
    }

    synchronized AutoCloseable follow(Predicate<Line> filter, Consumer<Line> consumer) {
        Follower follower = new Follower(filter, consumer);
        followers.add(follower);
        return () -> unfollow(follower);
    }

    private synchronized void unfollow(Follower follower) {
        followers.remove(follower);
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

    synchronized void delete() throws IOException {
        followers.clear();
        lines.delete();
        history.delete();
        Files.deleteIfExists(folder);
    }
}
