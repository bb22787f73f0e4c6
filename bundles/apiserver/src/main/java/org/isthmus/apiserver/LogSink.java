package org.isthmus.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.isthmus.api.Refused;
import org.isthmus.api.Tag;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Logs.Line;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Caller;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * `/model/UUID/logsink`: log records of agents, one message each: {t, m, l, v, x, e?, lab?}. Written in order, on the pool for
 * blocking work; an agent that is faster than the disk is not read.
 */
final class LogSink extends LogStream {
    private static final Logger LOG = LoggerFactory.getLogger(LogSink.class);
    private static final int HIGH = 1000;
    private static final int LOW = 100;

    private record Sent(byte[] text, Charge charge) {}

    private final Deque<Sent> waiting = new ArrayDeque<>();
    private boolean started;
    private boolean writing;
    private boolean paused;

    LogSink(Server server, Socket socket) {
        super(server, socket);
    }

    @Override
    Access access() {
        return Access.AGENT;
    }

    @Override
    void start(Caller who, Documents of) {
        super.start(who, of);
        synchronized (this) {
            started = true;
        }
        schedule();
    }

    @Override
    public void message(byte[] text, Charge charge) {
        synchronized (this) {
            waiting.add(new Sent(text, charge));
            if (waiting.size() >= HIGH && !paused) {
                paused = true;
                socket().read(false);
            }
        }
        schedule();
    }

    @Override
    public void closed() {
        super.closed();
        synchronized (this) {
            if (!started) {
                waiting.forEach(sent -> sent.charge().close());
                waiting.clear();
            }
        }
    }

    private void schedule() {
        synchronized (this) {
            if (!started || writing || waiting.isEmpty()) {
                return;
            }
            writing = true;
        }
        server().threads().blocking().execute(this::write);
    }

    private void write() {
        for (int n = 0; n < HIGH; n++) {
            Sent sent;
            synchronized (this) {
                sent = waiting.poll();
                if (sent == null) {
                    break;
                }
                if (paused && waiting.size() <= LOW) {
                    paused = false;
                    socket().read(true);
                }
            }
            try (Charge charge = sent.charge()) {
                if (!charge.add(Weight.of(server().json(), sent.text()).bytes())) {
                    throw Connection.busy();
                }
                server().context().logs().append(line(server().json().readTree(sent.text())));
            } catch (IOException | RuntimeException bad) {
                LOG.debug("a log record of {} was dropped: {}", caller(), bad.toString());
            }
        }
        synchronized (this) {
            writing = false;
        }
        schedule();
    }

    private Line line(JsonNode record) {
        String time = text(record, "t");
        String entity = text(record, "e");
        String level = text(record, "v").toUpperCase(Locale.ROOT);
        List<String> labels = new ArrayList<>();
        JsonNode lab = record.path("lab").isMissingNode() ? record.path("c") : record.path("lab");
        lab.forEach(l -> labels.add(l.asText()));
        Instant when;
        try {
            when = OffsetDateTime.parse(time).toInstant();
        } catch (DateTimeParseException unknown) {
            when = Instant.now();
        }
        return new Line(
                when,
                model().id(),
                mine(entity) ? entity : caller().toString(),
                level.equals("WARN") ? "WARNING" : level.isEmpty() ? "INFO" : level,
                text(record, "m"),
                text(record, "l"),
                labels,
                text(record, "x"));
    }

    /** An agent speaks for itself, and a machine for its units. */
    private boolean mine(String entity) {
        if (entity.isEmpty()) {
            return false;
        }
        try {
            Tag tag = Tag.parse(entity);
            if (caller().isAgent(tag)) {
                return true;
            }
            String machine = tag.kind().equals("unit") ? Logins.machineOf(model().snapshot(), tag.id()) : null;
            return machine != null && caller().isAgent(Tag.machine(machine));
        } catch (Refused notATag) {
            return false;
        }
    }

    private static String text(JsonNode record, String name) {
        for (Map.Entry<String, JsonNode> field : record.properties()) {
            if (field.getKey().equalsIgnoreCase(name)) {
                return field.getValue().asText("");
            }
        }
        return "";
    }
}
