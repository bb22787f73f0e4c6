package org.isthmus.model.store;

import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.isthmus.model.StatusValue;

/** Append-only, bounded records: the debug log and status history. In segment files, never in snapshots. */
public interface Logs {
    /** @param entity tag such as `unit-mysql-0`; level one of TRACE DEBUG INFO WARNING ERROR CRITICAL */
    record Line(
            Instant time,
            String model,
            String entity,
            String level,
            String module,
            String location,
            List<String> labels,
            String message) {}

    /** Keeps the line; texts beyond all measure are cut, a time or a level that is missing is filled in. */
    void append(Line line);

    /**
     * Reads the last `past` lines of a model that match, and then, where it is to follow, each new one: each once, in order. Lines
     * are read from files when they are asked for, at the reader's pace: nothing waits for it, and it keeps nobody waiting. What
     * leaves the log before it is read is missing, and the page says so.
     *
     * @param past Integer.MAX_VALUE for all
     */
    Reader read(String model, int past, boolean follow, Predicate<Line> filter);

    /** For one thread at a time; only to close it, any. */
    interface Reader extends AutoCloseable {
        /** The next lines, perhaps none. */
        Page next();

        /** Runs that, once, when there is more than was read. It must not block. */
        void whenMore(Runnable wake);

        @Override
        void close();
    }

    /**
     * Some lines, oldest first.
     *
     * @param end there are no more after these, at least not now
     * @param gap before these some left the log before they could be read
     */
    record Page(List<Line> lines, boolean end, boolean gap) {}

    /** Cut as lines are. @param entity such as `unit:mysql/0`, with `type` workload, juju-unit, machine, application */
    void history(String model, String entity, String type, StatusValue status);

    /** Newest first; of a status that was set again and again, with nothing else between, the newest. */
    List<Entry> history(String model, String entity, String type, int limit);

    record Entry(String entity, String type, StatusValue status) {}

    /** The model is gone, and so is all that was said of it; what is said of it later is dropped. */
    void forget(String model);

    /** The model is about to be made: what is said of it is kept, even where one of this name is gone. */
    default void begin(String model) {}
}
