package org.isthmus.apiserver;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.isthmus.api.Code;
import org.isthmus.api.Durations;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.LogLevels;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Logs;
import org.isthmus.model.store.Logs.Line;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Caller;
import org.isthmus.rpc.Glob;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * `/model/UUID/log`: what was logged, then what is being logged, by the query parameters of `juju debug-log`. At the pace of
 * whoever reads it.
 */
final class DebugLog extends LogStream {
    private static final Logger LOG = LoggerFactory.getLogger(DebugLog.class);
    /** Of entities that may be named without saying what they are. */
    private static final List<String> KINDS = List.of("unit-", "machine-", "application-");

    private static final Duration LASTS = Duration.ofHours(24);

    private final Map<String, List<String>> query;
    /** No lock guards these: one thread at a time goes on, and whoever leaves waits for nobody. */
    private final AtomicReference<Logs.Reader> reading = new AtomicReference<>();

    private volatile boolean over;
    private volatile Future<?> lasting;
    private boolean follow;
    private long left = Long.MAX_VALUE;

    DebugLog(Server server, Socket socket, Map<String, List<String>> query) {
        super(server, socket);
        this.query = query;
    }

    @Override
    Access access() {
        return Access.MODEL_READ;
    }

    @Override
    void start(Caller who, Documents of) {
        Predicate<Line> filter = filter(query);
        boolean replay = flag("replay");
        follow = !flag("noTail");
        long backlog = number("backlog");
        long most = number("maxLines");
        if (most > 0) {
            left = most;
        }
        int past = replay ? Integer.MAX_VALUE : (int) Math.min(Integer.MAX_VALUE, backlog);
        super.start(who, of);
        limit();
        soon(() -> {
            reading.set(server().context().logs().read(of.id(), past, follow, filter));
            goOn();
        });
    }

    /** Nobody holds a line to the log for ever. */
    private void limit() {
        Object most = server().settings().get("max-debug-log-duration");
        Duration lasts = most == null ? LASTS : Durations.parse(most.toString());
        lasting = server().threads().timer().schedule(this::end, lasts.toMillis(), TimeUnit.MILLISECONDS);
        if (over) {
            lasting.cancel(false);
        }
    }

    /** On the pool for blocking work: files are read. */
    private void soon(Runnable work) {
        try {
            server().threads().blocking().execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException failed) {
                    LOG.error("debug-log of {} failed", model().id(), failed);
                    socket().close(1011, "internal error");
                    stop();
                }
            });
        } catch (RejectedExecutionException closing) {
            stop();
        }
    }

    /** One page, and then others have their turn: the reader until it has taken this one, whoever logs until there is more. */
    private void goOn() {
        Logs.Reader reader = reading.get();
        if (over || reader == null || !socket().isOpen()) {
            stop();
            return;
        }
        Logs.Page page = reader.next();
        List<byte[]> messages = new ArrayList<>();
        if (page.gap()) {
            messages.add(bytes(message(gone())));
        }
        for (Line line : page.lines()) {
            if (left > 0) {
                left--;
                messages.add(bytes(message(line)));
            }
        }
        socket().texts(messages);
        if (left <= 0 || page.end() && !follow) {
            end();
        } else if (page.end()) {
            reader.whenMore(() -> socket().whenTaken(() -> soon(this::goOn)));
        } else {
            socket().whenTaken(() -> soon(this::goOn));
        }
    }

    /** Said in the place of what the reader was too slow for. */
    private Line gone() {
        return new Line(
                Instant.now(),
                model().id(),
                Tag.controller(server().context().uuid()).toString(),
                "WARNING",
                "juju.apiserver.debuglog",
                "",
                List.of(),
                "lines are missing here: they left the log before they could be sent");
    }

    private ObjectNode message(Line line) {
        ObjectNode message = server().json().createObjectNode();
        message.put("tag", line.entity());
        message.put("ts", line.time().toString());
        message.put("sev", line.level());
        message.put("mod", line.module() == null ? "" : line.module());
        message.put("loc", line.location() == null ? "" : line.location());
        message.put("msg", line.message());
        if (line.labels() != null && !line.labels().isEmpty()) {
            line.labels().forEach(message.withArrayProperty("lab")::add);
        }
        return message;
    }

    private void end() {
        stop();
        socket().close(1000, "");
    }

    private void stop() {
        over = true;
        Future<?> limit = lasting;
        if (limit != null) {
            limit.cancel(false);
        }
        Logs.Reader reader = reading.getAndSet(null);
        if (reader != null) {
            reader.close();
        }
    }

    @Override
    public void message(byte[] text, Charge charge) {
        // Nothing is expected from the reader.
        charge.close();
    }

    @Override
    public void closed() {
        super.closed();
        stop();
    }

    // --- query

    private boolean flag(String name) {
        return query.containsKey(name) && !query.get(name).get(0).equalsIgnoreCase("false");
    }

    private long number(String name) {
        if (!query.containsKey(name)) {
            return 0;
        }
        String text = query.get(name).get(0);
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException notANumber) {
            throw Problem.refuse(Code.BAD_REQUEST, "%s value \"%s\" is not a valid unsigned number", name, text);
        }
    }

    static Predicate<Line> filter(Map<String, List<String>> query) {
        Predicate<Line> filter = line -> true;
        List<String> level = query.getOrDefault("level", List.of());
        if (!level.isEmpty() && !level.get(0).isEmpty()) {
            int least = LogLevels.NAMES.indexOf(level.get(0).toUpperCase(Locale.ROOT));
            if (least < 0) {
                throw Problem.refuse(
                        Code.BAD_REQUEST,
                        "level value \"%s\" is not one of \"TRACE\", \"DEBUG\", \"INFO\", \"WARNING\", \"ERROR\"",
                        level.get(0));
            }
            filter = filter.and(line -> LogLevels.NAMES.indexOf(line.level()) >= least);
        }
        List<String> start = query.getOrDefault("startTime", List.of());
        if (!start.isEmpty() && !start.get(0).isEmpty()) {
            Instant from;
            try {
                from = OffsetDateTime.parse(start.get(0)).toInstant();
            } catch (DateTimeParseException bad) {
                throw Problem.refuse(Code.BAD_REQUEST, "startTime value \"%s\" is not a valid time", start.get(0));
            }
            filter = filter.and(line -> !line.time().isBefore(from));
        }
        filter = filter.and(any(query.get("includeEntity"), DebugLog::entity, true));
        filter = filter.and(any(query.get("excludeEntity"), DebugLog::entity, false));
        filter = filter.and(any(query.get("includeModule"), DebugLog::module, true));
        filter = filter.and(any(query.get("excludeModule"), DebugLog::module, false));
        filter = filter.and(any(query.get("includeLabel"), DebugLog::label, true));
        filter = filter.and(any(query.get("excludeLabel"), DebugLog::label, false));
        return filter;
    }

    private interface Matching {
        Predicate<Line> by(String word);
    }

    private static Predicate<Line> any(List<String> words, Matching matching, boolean include) {
        if (words == null || words.isEmpty()) {
            return line -> true;
        }
        List<Predicate<Line>> each = Glob.few(words).stream().map(matching::by).toList();
        return line -> each.stream().anyMatch(p -> p.test(line)) == include;
    }

    /** A tag, with `*` for anything; or a unit's name or a machine's number. */
    private static Predicate<Line> entity(String word) {
        Glob glob = Glob.of(word.replace('/', '-'));
        return line -> line.entity() != null
                && (glob.matches(line.entity())
                        || KINDS.stream()
                                .anyMatch(k -> line.entity().startsWith(k) && glob.matches(line.entity(), k.length())));
    }

    /** A module and those below it. */
    private static Predicate<Line> module(String word) {
        return line -> line.module() != null
                && (line.module().equals(word) || line.module().startsWith(word + "."));
    }

    private static Predicate<Line> label(String word) {
        return line -> line.labels() != null && line.labels().contains(word);
    }
}
