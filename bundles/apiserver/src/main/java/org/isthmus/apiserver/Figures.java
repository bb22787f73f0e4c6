package org.isthmus.apiserver;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.isthmus.rpc.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Figures as Prometheus reads them. */
final class Figures implements Metrics.Sink {
    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final Logger LOG = LoggerFactory.getLogger(Figures.class);

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
        for (Metrics source : server.metrics()) {
            try {
                source.report(figures);
            } catch (RuntimeException failed) {
                LOG.warn("figures of {} are missing", source.getClass().getName(), failed);
            }
        }
        return figures.text().getBytes(StandardCharsets.UTF_8);
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
