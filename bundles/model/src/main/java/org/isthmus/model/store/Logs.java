package org.isthmus.model.store;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.isthmus.model.StatusValue;

/** Append-only, bounded records: the debug log and status history. In segment files, never in snapshots. */
public interface Logs {
    /** @param entity tag such as `unit-mysql-0`; level one of TRACE DEBUG INFO WARNING ERROR */
    record Line(
            Instant time,
            String model,
            String entity,
            String level,
            String module,
            String location,
            List<String> labels,
            String message) {}

    void append(Line line);

    /** The last `limit` lines of a model that match, oldest first. */
    List<Line> tail(String model, int limit, Predicate<Line> filter);

    /**
     * The last `past` lines of a model that match, then each new one until closed: each once, in order, one at a time, and under no
     * lock of the log. Those of the past are told before this returns; later the consumer must not block.
     */
    AutoCloseable follow(String model, int past, Predicate<Line> filter, Consumer<Line> consumer);

    /** @param entity such as `unit:mysql/0`, with `type` workload, juju-unit, machine, application */
    void history(String model, String entity, String type, StatusValue status);

    /** Newest first. */
    List<Entry> history(String model, String entity, String type, int limit);

    record Entry(String entity, String type, StatusValue status) {}

    void forget(String model);
}
