package org.isthmus.log;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.isthmus.model.StatusValue;
import org.isthmus.model.store.Logs;
import org.isthmus.rpc.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The logs of one controller: a folder for each model. */
final class SegmentLogs implements Logs, AutoCloseable {
    /** Debug log of a model: at most 20 files of 1 MiB, some 80 000 lines. */
    static final int LINE_SEGMENT_BYTES = 1024 * 1024;

    static final int LINE_SEGMENTS = 20;
    /** Status history of a model: at most 8 files of 512 KiB, some 20 000 entries. */
    static final int HISTORY_SEGMENT_BYTES = 512 * 1024;

    static final int HISTORY_SEGMENTS = 8;
    /** Models whose files stay open; the one longest silent gives its up. */
    static final int MAX_OPEN = 64;

    private static final Logger LOG = LoggerFactory.getLogger(SegmentLogs.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,63}");

    private final Path folder;
    private final ObjectMapper json = Json.newMapper();
    private final Measure measure = new Measure(json);
    private final Map<String, ModelLog> logs = new HashMap<>();
    /** Those that may have open files, the longest silent first; guarded by {@link #logs}. */
    private final Map<ModelLog, Boolean> active = new LinkedHashMap<>(16, 0.75f, true);

    private boolean closed;

    private SegmentLogs(Path folder) {
        this.folder = folder;
    }

    static SegmentLogs open(Path folder) throws IOException {
        Files.createDirectories(folder);
        return new SegmentLogs(folder.toAbsolutePath().normalize());
    }

    private ModelLog of(String model) {
        ModelLog log = find(model);
        if (log == null) {
            throw new IllegalStateException("the logs are closed");
        }
        return log;
    }

    /** Null when the logs are closed. */
    private ModelLog find(String model) {
        if (model == null || !NAME.matcher(model).matches()) {
            throw new IllegalArgumentException("not the name of a model's log: " + model);
        }
        ModelLog log;
        ModelLog silent = null;
        synchronized (logs) {
            if (closed) {
                return null;
            }
            log = logs.computeIfAbsent(model, uuid -> new ModelLog(folder.resolve(uuid), json));
            active.put(log, true);
            if (active.size() > MAX_OPEN) {
                silent = active.keySet().iterator().next();
                active.remove(silent);
            }
        }
        if (silent != null) {
            silent.rest();
        }
        return log;
    }

    @Override
    public void append(Line line) {
        ModelLog log = find(line.model());
        // Who logs while its controller ends cannot know that; the container's own log has the line.
        if (log != null) {
            log.append(Measure.of(line));
        }
    }

    @Override
    public Reader read(String model, int past, boolean follow, Predicate<Line> filter) {
        return new LineReader(of(model), past, follow, filter);
    }

    @Override
    public void history(String model, String entity, String type, StatusValue status) {
        of(model).append(new Entry(entity, type, measure.of(status)));
    }

    @Override
    public List<Entry> history(String model, String entity, String type, int limit) {
        return of(model)
                .history(
                        limit,
                        entry -> entry.entity().equals(entity)
                                && (type == null || entry.type().equals(type)));
    }

    @Override
    public void forget(String model) {
        ModelLog log = of(model);
        synchronized (logs) {
            active.remove(log);
        }
        // It stays among the logs, for those who still have a word on the model: it takes in nothing.
        try {
            log.delete();
        } catch (IOException failure) {
            LOG.warn("The log of {}, which is gone, stays: {}", model, failure.getMessage());
        }
    }

    @Override
    public void begin(String model) {
        synchronized (logs) {
            ModelLog before = logs.get(model);
            if (before != null && before.isGone()) {
                logs.remove(model);
                active.remove(before);
            }
        }
    }

    @Override
    public void close() {
        List<ModelLog> open;
        synchronized (logs) {
            closed = true;
            open = new ArrayList<>(logs.values());
            logs.clear();
            active.clear();
        }
        open.forEach(ModelLog::rest);
    }
}
