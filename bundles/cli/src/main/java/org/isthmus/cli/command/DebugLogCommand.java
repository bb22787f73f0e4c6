package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.isthmus.cli.text.Colour;
import org.isthmus.cli.text.Times;
import org.isthmus.client.MessageStream;
import org.isthmus.model.LogLevels;
import picocli.CommandLine.Option;

/** `juju debug-log`. */
final class DebugLogCommand extends ModelCommand {
    /** Juju's command takes no CRITICAL, nor do lines come with it: what charms log as such is kept as ERROR. */
    private static final List<String> LEVELS = LogLevels.NAMES.subList(0, LogLevels.NAMES.indexOf("ERROR") + 1);

    private static final int WAITING_LINES = 10_000;

    @Option(
            names = {"-i", "--include"},
            paramLabel = "ENTITY",
            description = "Only show log messages for these entities")
    List<String> include = new ArrayList<>();

    @Option(
            names = {"-x", "--exclude"},
            paramLabel = "ENTITY",
            description = "Do not show log messages for these entities")
    List<String> exclude = new ArrayList<>();

    @Option(
            names = "--include-module",
            paramLabel = "MODULE",
            description = "Only show log messages for these logging modules")
    List<String> includeModule = new ArrayList<>();

    @Option(
            names = "--exclude-module",
            paramLabel = "MODULE",
            description = "Do not show log messages for these logging modules")
    List<String> excludeModule = new ArrayList<>();

    @Option(
            names = "--include-label",
            paramLabel = "LABEL",
            description = "Only show log messages for these logging labels")
    List<String> includeLabel = new ArrayList<>();

    @Option(
            names = "--exclude-label",
            paramLabel = "LABEL",
            description = "Do not show log messages for these logging labels")
    List<String> excludeLabel = new ArrayList<>();

    @Option(
            names = {"-l", "--level"},
            paramLabel = "LEVEL",
            description = "Log level to show, one of [TRACE, DEBUG, INFO, WARNING, ERROR]")
    String level;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            description = "Show this many of the most recent lines and continue to append new ones")
    int lines = 10;

    @Option(names = "--limit", paramLabel = "N", description = "Show this many of the most recent logs and then exit")
    int limit;

    @Option(names = "--replay", description = "Show the entire log and continue to append new ones")
    boolean replay;

    @Option(names = "--tail", description = "Show existing log messages and continue to append new ones")
    boolean tail;

    @Option(
            names = {"-T", "--no-tail"},
            description = "Show existing log messages and then exit")
    boolean noTail;

    @Option(names = "--date", description = "Show dates as well as times")
    boolean date;

    @Option(names = "--ms", description = "Show times to millisecond precision")
    boolean millis;

    @Option(names = "--utc", description = "Show times in UTC")
    boolean utc;

    @Option(names = "--location", description = "Show filename and line numbers")
    boolean location;

    @Option(names = "--color", description = "Force use of ANSI color codes")
    boolean color;

    @Option(names = "--retry", description = "Retry connection on failure")
    boolean retry;

    @Option(names = "--firehose", hidden = true)
    boolean firehose;

    @Override
    int run(Session session) throws InterruptedException {
        noMoreThan(0);
        if (tail && noTail) {
            throw Failure.usage("setting --tail and --no-tail not valid");
        }
        if (level != null && !LEVELS.contains(level.toUpperCase(Locale.ROOT))) {
            throw Failure.usage("level value \"%s\" is not one of \"%s\"", level, String.join("\", \"", LEVELS));
        }
        boolean follow = tail || !noTail && limit == 0 && session.invocation().tty();
        Target target = session.target(model);
        Data.Controller controller = session.controller(target.controller());
        BlockingQueue<JsonNode> queue = new LinkedBlockingQueue<>(WAITING_LINES);
        MessageStream stream = Api.await(MessageStream.open(
                session.reach().dialer(),
                Session.endpoint(controller, target.uuid()),
                session.login(controller),
                path(target, follow),
                Duration.ofSeconds(30),
                message -> {
                    try {
                        queue.put(message);
                    } catch (InterruptedException closing) {
                        Thread.currentThread().interrupt();
                    }
                }));
        CompletableFuture<Throwable> closed = stream.closed().toCompletableFuture();
        Colour colour = session.colour(color);
        ZoneId zone = utc ? ZoneOffset.UTC : session.invocation().zone();
        try (stream) {
            while (!session.out().checkError()) {
                JsonNode message = queue.poll(100, TimeUnit.MILLISECONDS);
                if (message == null) {
                    if (closed.isDone() && queue.isEmpty()) {
                        break;
                    }
                    continue;
                }
                session.out().print(line(message, zone, colour));
                if (queue.isEmpty()) {
                    session.out().flush();
                }
            }
        }
        return 0;
    }

    private String path(Target target, boolean follow) {
        StringBuilder path = new StringBuilder("/model/" + target.uuid() + "/log?");
        include.forEach(e -> add(path, "includeEntity", entity(e)));
        exclude.forEach(e -> add(path, "excludeEntity", entity(e)));
        includeModule.forEach(m -> add(path, "includeModule", m));
        excludeModule.forEach(m -> add(path, "excludeModule", m));
        includeLabel.forEach(l -> add(path, "includeLabel", l));
        excludeLabel.forEach(l -> add(path, "excludeLabel", l));
        if (level != null) {
            add(path, "level", level.toUpperCase(Locale.ROOT));
        }
        if (limit > 0) {
            add(path, "maxLines", Integer.toString(limit));
        }
        if (replay) {
            add(path, "replay", "true");
        }
        add(path, "backlog", Integer.toString(limit > 0 ? limit : lines));
        if (!follow) {
            add(path, "noTail", "true");
        }
        return path.toString();
    }

    private static void add(StringBuilder path, String key, String value) {
        path.append(path.charAt(path.length() - 1) == '?' ? "" : "&")
                .append(key)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }

    /** `mysql/0` and `0` are given as people name them; tags and globs stay as they are. */
    static String entity(String word) {
        if (word.matches("[a-z][a-z0-9-]*/\\d+")) {
            return Session.unitTag(word);
        }
        return word.matches("\\d+(/[a-z]+/\\d+)*") ? Session.machineTag(word) : word;
    }

    private String line(JsonNode message, ZoneId zone, Colour colour) {
        Instant time = Times.parse(message.path("ts").asText(""));
        String pattern = (date ? "yyyy-MM-dd " : "") + "HH:mm:ss" + (millis ? ".SSS" : "");
        String when = time == null
                ? ""
                : DateTimeFormatter.ofPattern(pattern, Locale.ROOT).format(time.atZone(zone));
        String severity = message.path("sev").asText();
        String shown =
                switch (severity) {
                    case "ERROR" -> colour.bad(severity);
                    case "WARNING" -> colour.status(severity);
                    default -> severity;
                };
        StringBuilder text = new StringBuilder();
        text.append(message.path("tag").asText())
                .append(": ")
                .append(when)
                .append(' ')
                .append(shown)
                .append(' ');
        text.append(message.path("mod").asText()).append(' ');
        if (location && !message.path("loc").asText("").isEmpty()) {
            text.append(message.path("loc").asText()).append(' ');
        }
        if (!message.path("lab").isEmpty()) {
            List<String> labels = new ArrayList<>();
            message.path("lab").forEach(l -> labels.add(l.asText()));
            text.append(String.join(",", labels)).append(' ');
        }
        return text.append(message.path("msg").asText())
                .append(System.lineSeparator())
                .toString();
    }
}
