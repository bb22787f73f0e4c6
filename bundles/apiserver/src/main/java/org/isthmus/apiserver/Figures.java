package org.isthmus.apiserver;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.rpc.Metrics;
import org.isthmus.spi.Plug;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Figures as Prometheus reads them. */
final class Figures implements Metrics.Sink {
    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final Logger LOG = LoggerFactory.getLogger(Figures.class);

    /** @param unit how many of the store's make one of ours */
    private record Counted(String key, String name, String help, double unit) {}

    private static final List<Counted> STORE = List.of(
            new Counted("state.commands", "commands_total", "commands that were decided", 1),
            new Counted("state.commands.refused", "commands_refused_total", "commands that were refused", 1),
            new Counted("state.commands.bugs", "commands_failed_total", "commands that failed as bugs", 1),
            new Counted("state.commands.queued", "commands_queued", "commands that wait for their writer", 1),
            new Counted("state.batch.largest", "batch_commands_max", "most commands that were decided at a time", 1),
            new Counted("state.commits", "commits_total", "transactions of the journal", 1),
            new Counted("state.commits.batches", "commit_batches_total", "batches in these transactions", 1),
            new Counted("state.commits.rows", "commit_rows_total", "rows in these transactions", 1),
            new Counted("state.commits.largest", "commit_batches_max", "most batches in one transaction", 1),
            new Counted("state.commits.nanos", "commit_seconds_total", "time in the journal", 1e9),
            new Counted("state.commits.failed", "commits_failed_total", "transactions that failed", 1),
            new Counted("state.readonly", "store_readonly", "1 while the journal cannot be written", 1),
            new Counted("state.decisions.slow", "slow_decisions_total", "decisions that were logged as slow", 1),
            new Counted("state.watches.told", "watches_told_total", "answers of watches", 1),
            new Counted("state.loads", "loads_total", "document sets that were read from the journal", 1));

    private final Map<String, StringBuilder> families = new LinkedHashMap<>();

    static byte[] of(Server server) {
        Figures figures = new Figures();
        String controller = server.context().name();
        figures.gauge("isthmus_api_connections", "API connections", server.connections(), "controller", controller);
        figures.gauge(
                "isthmus_api_unauthenticated",
                "connections that have not logged in",
                server.unauthenticated(),
                "controller",
                controller);
        figures.counter("isthmus_api_requests_total", "requests taken in", server.requests(), "controller", controller);
        figures.counter(
                "isthmus_api_refused_connections_total",
                "connections refused because too many were not logged in",
                server.refusedConnections(),
                "controller",
                controller);
        figures.counter(
                "isthmus_api_failed_logins_total",
                "failed logins",
                server.logins().failures().total(),
                "controller",
                controller);
        figures.gauge("isthmus_api_watchers", "watchers", server.watchers(), "controller", controller);
        figures.gauge(
                "isthmus_api_queue",
                "tasks that wait for a thread",
                server.threads().decide().getQueue().size(),
                "pool",
                "decide");
        figures.gauge(
                "isthmus_api_queue",
                "tasks that wait for a thread",
                server.threads().blocking().getQueue().size(),
                "pool",
                "blocking");
        figures.gauge(
                "isthmus_api_queue",
                "tasks that wait for a thread",
                server.threads().passwords().getQueue().size(),
                "pool",
                "passwords");
        figures.store(server.context().store().metrics(), controller);
        server.context().plugs().forEach(figures::plug);
        server.facades().rooms().forEach(room -> figures.plug(room.plug()));
        figures.machine();
        for (Metrics source : server.metrics()) {
            try {
                source.report(figures);
            } catch (RuntimeException failed) {
                LOG.warn("figures of {} are missing", source.getClass().getName(), failed);
            }
        }
        return figures.text().getBytes(StandardCharsets.UTF_8);
    }

    /** What the writers and the journal of the controller did. */
    private void store(Map<String, Long> counted, String controller) {
        for (Counted each : STORE) {
            Long value = counted.get(each.key());
            if (value != null) {
                String type = each.name().endsWith("_total") ? "counter" : "gauge";
                add(type, "isthmus_" + each.name(), each.help(), value / each.unit(), "controller", controller);
            }
        }
    }

    private void plug(Plug<?> plug) {
        Plug.Figures now = plug.figures();
        String name = plug.name();
        gauge("isthmus_plug_bound", "whether the room is there", now.bound() ? 1 : 0, "plug", name);
        counter("isthmus_plug_calls_total", "calls of a room", now.calls(), "plug", name);
        counter("isthmus_plug_waits_total", "calls that waited for a room", now.waits(), "plug", name);
        counter(
                "isthmus_plug_wait_seconds_total",
                "how long calls waited for a room",
                now.waited().toNanos() / 1e9,
                "plug",
                name);
        counter("isthmus_plug_refused_total", "calls that waited in vain", now.refused(), "plug", name);
        gauge("isthmus_plug_waiting", "calls that wait for a room now", now.waiting(), "plug", name);
        gauge("isthmus_plug_holding", "calls that are inside a room now", now.holding(), "plug", name);
    }

    private void machine() {
        Runtime jvm = Runtime.getRuntime();
        gauge("isthmus_heap_bytes", "heap in use", jvm.totalMemory() - jvm.freeMemory());
        gauge("isthmus_heap_max_bytes", "heap there may be", jvm.maxMemory());
        gauge(
                "isthmus_threads",
                "threads",
                java.lang.management.ManagementFactory.getThreadMXBean().getThreadCount());
    }

    @Override
    public void counter(String name, String help, double value, String... labels) {
        add("counter", name, help, value, labels);
    }

    @Override
    public void gauge(String name, String help, double value, String... labels) {
        add("gauge", name, help, value, labels);
    }

    private void add(String type, String name, String help, double value, String... labels) {
        StringBuilder family = families.computeIfAbsent(name, n -> new StringBuilder("# HELP ")
                .append(n)
                .append(' ')
                .append(help.replace("\\", "\\\\").replace("\n", "\\n"))
                .append("\n# TYPE ")
                .append(n)
                .append(' ')
                .append(type)
                .append('\n'));
        family.append(name);
        for (int i = 0; i + 1 < labels.length; i += 2) {
            family.append(i == 0 ? '{' : ',')
                    .append(labels[i])
                    .append("=\"")
                    .append(labels[i + 1]
                            .replace("\\", "\\\\")
                            .replace("\"", "\\\"")
                            .replace("\n", "\\n"))
                    .append('"');
        }
        if (labels.length > 1) {
            family.append('}');
        }
        family.append(' ')
                .append(
                        value == Math.rint(value) && Math.abs(value) < 1e15
                                ? Long.toString((long) value)
                                : Double.toString(value))
                .append('\n');
    }

    private String text() {
        return String.join("", families.values());
    }
}
