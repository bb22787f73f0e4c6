package org.isthmus.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.isthmus.log.Segments.Extent;
import org.isthmus.log.Segments.Position;
import org.isthmus.model.store.Logs.Line;
import org.isthmus.model.store.Logs.Page;
import org.isthmus.model.store.Logs.Reader;

/** Remembers where it is in the files of a log, and keeps nothing of what it has not yet given. */
final class LineReader implements Reader {
    private final ModelLog log;
    private final Predicate<Line> filter;
    /** What it reads; null for all that comes. */
    private final Extent bound;

    private Position at;
    /** By another thread than the one that reads. */
    private volatile boolean closed;

    LineReader(ModelLog log, int past, boolean follow, Predicate<Line> filter) {
        Extent now = log.lines();
        this.log = log;
        this.filter = filter;
        this.bound = follow ? null : now;
        this.at = past == Integer.MAX_VALUE ? now.begin() : last(now, past);
    }

    /** Where the last ones that match begin. */
    private Position last(Extent now, int past) {
        if (past <= 0) {
            return now.end();
        }
        Position[] from = {now.begin()};
        int[] found = {0};
        try {
            Segments.backwards(now, (begin, bytes) -> {
                if (matching(bytes) != null && ++found[0] == past) {
                    from[0] = begin;
                }
                return found[0] < past;
            });
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return from[0];
    }

    private Line matching(byte[] bytes) {
        Line line = log.line(bytes);
        return line != null && filter.test(line) ? line : null;
    }

    @Override
    public Page next() {
        Extent all = bound == null ? log.lines() : bound;
        Segments.Chunk chunk;
        try {
            chunk = Segments.forwards(all, at);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        at = chunk.next();
        List<Line> lines = new ArrayList<>();
        for (byte[] bytes : chunk.lines()) {
            Line line = matching(bytes);
            if (line != null) {
                lines.add(line);
            }
        }
        return new Page(lines, at.compareTo(all.end()) >= 0, chunk.gap());
    }

    @Override
    public void whenMore(Runnable wake) {
        log.whenMore(this, at, wake);
        if (closed) {
            log.leave(this);
        }
    }

    @Override
    public void close() {
        closed = true;
        log.leave(this);
    }
}
