package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.isthmus.cli.text.Table;
import org.isthmus.cli.text.Times;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju show-status-log`. */
final class ShowStatusLogCommand extends ModelCommand {
    @Mixin
    Format format = new Format();

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description =
                    "Type of statuses to be displayed [application|container|juju-container|juju-machine|juju-unit|machine|unit|workload]")
    String type = "unit";

    @Option(
            names = "-n",
            paramLabel = "N",
            description = "Returns the last N logs (cannot be combined with --days or --from-date)")
    int count;

    @Option(
            names = "--days",
            paramLabel = "N",
            description = "Returns the logs for the past <days> days (cannot be combined with -n or --from-date)")
    int days;

    @Option(names = "--utc", description = "Display time as UTC in RFC3339 format")
    boolean utc;

    @Override
    int run(Session session) {
        if (args.isEmpty()) {
            throw Failure.usage("entity name is missing.");
        }
        noMoreThan(1);
        if (count > 0 && days > 0) {
            throw Failure.usage("-n and --days cannot be specified together");
        }
        String entity = args.get(0);
        String tag =
                switch (type) {
                    case "unit", "workload", "juju-unit" -> Session.unitTag(entity);
                    case "application" -> "application-" + entity;
                    case "machine", "juju-machine", "container", "juju-container" -> Session.machineTag(entity);
                    case "model" -> "model-" + session.target(model).uuid();
                    default -> throw Failure.usage("unexpected status type \"%s\"", type);
                };
        Map<String, Object> filter = new LinkedHashMap<>();
        filter.put("size", count > 0 ? count : days > 0 ? 0 : 20);
        if (days > 0) {
            filter.put("delta", TimeUnit.DAYS.toNanos(days));
        }
        filter.put("exclude", List.of());
        JsonNode answer = session.api(session.target(model))
                .call(
                        "Client",
                        "StatusHistory",
                        Map.of(
                                "requests",
                                List.of(Map.of(
                                        "historyKind",
                                        type,
                                        "size",
                                        filter.get("size"),
                                        "filter",
                                        filter,
                                        "tag",
                                        tag))))
                .path("results")
                .path(0);
        Api.refuseIfError(answer);
        Api.refuseIfError(answer.path("history"));
        List<JsonNode> statuses = new ArrayList<>();
        answer.path("history").path("statuses").forEach(statuses::add);
        if (statuses.isEmpty()) {
            throw Failure.of("no status history available");
        }
        statuses.sort(Comparator.comparing(s -> s.path("since").asText()));
        return format.print(
                session,
                () -> {
                    Table table = new Table("Time", "Type", "Status", "Message");
                    for (JsonNode each : statuses) {
                        table.row(
                                Times.since(
                                        Times.parse(each.path("since").asText("")),
                                        session.invocation().zone(),
                                        utc),
                                kind(each),
                                each.path("status").asText(),
                                each.path("info").asText(""));
                    }
                    return table.toString();
                },
                () -> {
                    List<Object> list = new ArrayList<>();
                    for (JsonNode each : statuses) {
                        Map<String, Object> at = new LinkedHashMap<>();
                        at.put("status", each.path("status").asText());
                        ModelDocument.put(at, "message", each.path("info").asText(""));
                        Instant since = Times.parse(each.path("since").asText(""));
                        ModelDocument.put(
                                at,
                                "since",
                                Times.since(since, session.invocation().zone(), utc));
                        at.put("type", kind(each));
                        list.add(at);
                    }
                    return list;
                });
    }

    private String kind(JsonNode status) {
        String kind = status.path("kind").asText("");
        return kind.isEmpty() ? type : kind;
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.units(session, model) : List.of();
    }
}
