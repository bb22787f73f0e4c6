package org.isthmus.agent.hook;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.isthmus.api.Names;
import org.isthmus.api.Refused;
import org.isthmus.wire.agent.GoalState;
import org.isthmus.wire.agent.StatusReading;

/** How the unit, its application and those around them are: said and asked. */
final class StatusTools {
    private static final List<String> SETTABLE = List.of("maintenance", "blocked", "waiting", "active");

    private final ToolPrinter out;

    StatusTools(ToolPrinter out) {
        this.out = out;
    }

    String statusSet(ToolCall call, HookContext context) throws InterruptedException {
        ToolArgs args = ToolArgs.parse(call.args(), Set.of("application"), Set.of(), Map.of());
        String status = args.at(0);
        if (status == null) {
            throw new ToolFailure(2, "invalid args, require <status> [message]");
        }
        if (!SETTABLE.contains(status)) {
            throw new ToolFailure(
                    2, "invalid status \"" + status + "\", expected one of [" + String.join(" ", SETTABLE) + "]");
        }
        args.atMost(2);
        String message = args.at(1) == null ? "" : args.at(1);
        if (args.has("application")) {
            if (!context.leadership().isLeader()) {
                throw new ToolFailure("this unit is not the leader");
            }
            context.api().setApplicationStatus(status, message);
        } else {
            context.api().setStatus(status, message);
            context.noteStatusSet();
        }
        return "";
    }

    String statusGet(ToolCall call, HookContext context) throws InterruptedException, IOException {
        ToolArgs args = ToolPrinter.args(call, Set.of("include-data", "application"), Set.of(), Map.of());
        args.atMost(0);
        if (args.has("application")) {
            if (!context.leadership().isLeader()) {
                throw new ToolFailure("finding application status: this unit is not the leader");
            }
            StatusReading reading = context.api().applicationStatus();
            Map<String, Object> units = new TreeMap<>(Names.NATURAL);
            if (reading.units() != null) {
                reading.units().forEach((unit, status) -> units.put(unit, details(status)));
            }
            Map<String, Object> details = details(reading);
            details.put("units", units);
            return out.print(call, args, Map.of("application-status", details));
        }
        StatusReading reading = context.api().unitStatus();
        boolean whole = args.has("include-data");
        return out.print(call, args, whole ? details(reading) : reading.status());
    }

    private static Map<String, Object> details(StatusReading reading) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("message", reading.info() == null ? "" : reading.info());
        details.put("status", reading.status());
        details.put("status-data", reading.data() == null ? Map.of() : reading.data());
        return details;
    }

    String applicationVersionSet(ToolCall call, HookContext context) throws InterruptedException {
        ToolArgs args = ToolArgs.parse(call.args(), Set.of(), Set.of(), Map.of());
        if (args.at(0) == null) {
            throw new ToolFailure(2, "no version specified");
        }
        args.atMost(1);
        context.api().setWorkloadVersion(args.at(0));
        return "";
    }

    String isLeader(ToolCall call, HookContext context) throws InterruptedException, IOException {
        ToolArgs args = ToolPrinter.args(call, Set.of(), Set.of(), Map.of());
        args.atMost(0);
        try {
            return out.print(call, args, context.leadership().isLeader());
        } catch (Refused refused) {
            throw new ToolFailure("leadership status unknown: " + refused.getMessage());
        }
    }

    String goalState(ToolCall call, HookContext context) throws InterruptedException, IOException {
        ToolArgs args = ToolPrinter.args(call, Set.of(), Set.of(), Map.of());
        args.atMost(0);
        GoalState goal = context.api().goalState();
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("units", entries(goal.units()));
        Map<String, Object> relations = new TreeMap<>();
        if (goal.relations() != null) {
            goal.relations().forEach((endpoint, entries) -> relations.put(endpoint, entries(entries)));
        }
        shown.put("relations", relations);
        String format = args.option("format");
        args = format == null || format.equals("smart") ? ToolPrinter.yaml() : args;
        return out.print(call, args, shown);
    }

    private static Map<String, Object> entries(Map<String, GoalState.Entry> entries) {
        Map<String, Object> shown = new TreeMap<>(Names.NATURAL);
        if (entries != null) {
            entries.forEach((name, entry) -> {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("status", entry.status());
                one.put("since", entry.since());
                shown.put(name, one);
            });
        }
        return shown;
    }
}
