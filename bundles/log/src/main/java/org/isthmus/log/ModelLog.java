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

/**
 * Log and history of one model. Its lock orders its lines; followers hear them in that order, but never under that lock: whoever
 * listens has locks of its own.
 */
final class ModelLog {
    private static final Logger LOG = LoggerFactory.getLogger(ModelLog.class);

    /** Its monitor guards what waits for it; nothing is called under that one either. */
    private static final class Follower {
        private final Predicate<Line> filter;
        private final Consumer<Line> consumer;
        private final Deque<Line> waiting = new ArrayDeque<>();
        /** Somebody tells it; in the beginning, of the past. */
        private boolean busy = true;

        private boolean gone;

        private Follower(Predicate<Line> filter, Consumer<Line> consumer) {
            this.filter = filter;
            this.consumer = consumer;
        }

        private synchronized void offer(Line line) {
            waiting.add(line);
        }

        /** The next one to tell it, for whom gets it; null while another thread tells it: that one goes on. */
        private synchronized Line next() {
            if (busy || gone) {
                return null;
            }
            Line line = waiting.poll();
            busy = line != null;
            return line;
        }

        private synchronized void told() {
            busy = false;
        }

        private synchronized void leave() {
            gone = true;
            waiting.clear();
        }
    }

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

    void append(Line line) {
        List<Follower> told;
        synchronized (this) {
            write(lines, line);
            told = List.copyOf(followers);
            told.forEach(follower -> follower.offer(line));
        }
        told.forEach(this::tell);
    }

    private void tell(Follower follower) {
        for (Line line = follower.next(); line != null; line = follower.next()) {
            try {
                if (follower.filter.test(line)) {
                    follower.consumer.accept(line);
                }
            } catch (RuntimeException bug) {
                // Out with it first: what is logged here may come back as a line of this very log.
                unfollow(follower);
                LOG.error("A follower of the log failed and is dropped", bug);
            } finally {
                follower.told();
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

    List<Line> tail(int limit, Predicate<Line> filter) {
        return read(extent(lines), Line.class, limit, filter, true);
    }

    List<Entry> history(int limit, Predicate<Entry> filter) {
        return read(extent(history), Entry.class, limit, filter, false);
    }

    /** Who writes does not wait for who reads. */
    private synchronized Segments.Extent extent(Segments of) {
        try {
            return of.extent();
        } catch (IOException failure) {
            LOG.warn("Cannot read {}: {}", folder, failure.getMessage());
            return new Segments.Extent(List.of(), 0);
        }
    }

    private <T> List<T> read(Segments.Extent from, Class<T> type, int limit, Predicate<T> filter, boolean oldestFirst) {
        Deque<T> found = new ArrayDeque<>();
        if (limit <= 0) {
            return List.of();
        }
        try {
            Segments.backwards(from, bytes -> {
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

    AutoCloseable follow(int past, Predicate<Line> filter, Consumer<Line> consumer) {
        Follower follower = new Follower(filter, consumer);
        Segments.Extent before;
        synchronized (this) {
            before = extent(lines);
            followers.add(follower);
        }
        try {
            read(before, Line.class, past, filter, true).forEach(consumer);
        } catch (RuntimeException failed) {
            unfollow(follower);
            throw failed;
        }
        follower.told();
        tell(follower);
        return () -> unfollow(follower);
    }

    private void unfollow(Follower follower) {
        synchronized (this) {
            followers.remove(follower);
        }
        follower.leave();
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
