package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.isthmus.cli.status.FullStatus;
import org.isthmus.cli.status.StatusLines;
import org.isthmus.cli.status.StatusTable;
import org.isthmus.cli.status.StatusTree;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju status`. */
final class StatusCommand extends ModelCommand {
    @Mixin
    Format format = new Format();

    @Option(
            names = {"--relations", "--integrations"},
            description = "Show 'integrations' section in tabular output")
    boolean relations;

    @Option(names = "--storage", description = "Show 'storage' section in tabular output")
    boolean storage;

    @Option(names = "--color", description = "Use ANSI color codes in tabular output")
    boolean color;

    @Option(names = "--no-color", description = "Disable ANSI color codes in tabular output")
    boolean noColor;

    @Option(names = "--utc", description = "Display timestamps in the UTC timezone")
    boolean utc;

    @Option(names = "--watch", paramLabel = "DURATION", description = "Watch the status every period of time")
    String watch;

    @Option(names = "--retry-count", paramLabel = "N", description = "Number of times to retry API failures")
    int retryCount = 3;

    @Option(names = "--retry-delay", paramLabel = "DURATION", description = "Time to wait between retry attempts")
    String retryDelay = "100ms";

    @Override
    int run(Session session) throws Exception {
        String chosen = format.choose("tabular", "json", "line", "oneline", "short", "summary", "yaml");
        boolean inUtc = utc || session.env("JUJU_STATUS_ISO_TIME").equals("true");
        if (watch == null) {
            return show(session, chosen, inUtc);
        }
        Duration period = Durations.parse("--watch", watch);
        ReentrantLock lock = new ReentrantLock();
        Condition never = lock.newCondition();
        lock.lock();
        try {
            while (!session.out().checkError()) {
                if (session.invocation().tty()) {
                    session.out().print("\u001b[H\u001b[2J");
                }
                show(session, chosen, inUtc);
                long left = period.toNanos();
                while (left > 0) {
                    left = never.awaitNanos(left);
                }
            }
        } finally {
            lock.unlock();
        }
        return 0;
    }

    private int show(Session session, String chosen, boolean inUtc) throws InterruptedException {
        Target target = session.target(model);
        JsonNode answer = fetch(session, target);
        FullStatus status = new FullStatus(answer, target.controller());
        boolean empty = answer.path("machines").isEmpty()
                && answer.path("applications").isEmpty()
                && answer.path("remote-applications").isEmpty()
                && answer.path("offers").isEmpty();
        if (empty && !args.isEmpty()) {
            session.info("Nothing matched specified filter%s.", args.size() == 1 ? "" : "s");
            return 0;
        }
        String text =
                switch (chosen) {
                    case "tabular" ->
                        new StatusTable(
                                        status,
                                        new StatusTable.Options(
                                                session.feature("cross-model")
                                                        ? StatusTable.Layout.V2
                                                        : StatusTable.Layout.V3,
                                                relations,
                                                storage,
                                                noColor
                                                        ? new org.isthmus.cli.text.Colour(false)
                                                        : session.colour(color),
                                                session.invocation().zone(),
                                                inUtc))
                                .text();
                    case "line", "short", "oneline" -> new StatusLines(status).line();
                    case "summary" -> new StatusLines(status).summary();
                    default ->
                        format.render(
                                session,
                                chosen,
                                new StatusTree(status, session.invocation().zone(), inUtc).tree());
                };
        format.write(session, text);
        if (empty && chosen.equals("tabular")) {
            session.info(
                    "\nModel \"%s\" is empty.", session.shown(session.controller(target.controller()), target.model()));
        }
        return 0;
    }

    /** A lost connection is tried again with a fresh one; a refusal is final. */
    private JsonNode fetch(Session session, Target target) throws InterruptedException {
        List<String> patterns = new ArrayList<>(args);
        long delay = Durations.parse("--retry-delay", retryDelay).toNanos();
        for (int attempt = 0; ; attempt++) {
            try {
                Api api = session.api(target);
                return api.call("Client", "FullStatus", Map.of("patterns", patterns, "include-storage", storage));
            } catch (Failure failure) {
                if (attempt >= retryCount || failure.code() == Failure.CANCELLED) {
                    throw failure;
                }
                new java.util.concurrent.CountDownLatch(1).await(delay, TimeUnit.NANOSECONDS);
            }
        }
    }

    @Override
    List<String> formats() {
        return List.of("json", "line", "oneline", "short", "summary", "tabular", "yaml");
    }

    @Override
    List<String> complete(Session session) {
        List<String> names = new ArrayList<>(Candidates.applications(session, model));
        names.addAll(Candidates.units(session, model));
        return names;
    }
}
