package org.isthmus.agent.hook;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.isthmus.agent.AgentLog;
import org.isthmus.agent.ControllerUnreachable;
import org.isthmus.agent.hook.HookContext.RelationView;
import org.isthmus.api.Names;
import org.isthmus.api.PortRange;
import org.isthmus.api.Refused;
import org.isthmus.api.Tag;
import org.isthmus.charm.Scalar;
import org.isthmus.charm.YamlFile;
import org.isthmus.wire.agent.GoalState;
import org.isthmus.wire.agent.HookChanges.Port;
import org.isthmus.wire.agent.StatusReading;

/** The hook tools: what each reads and writes in the context of the hook that calls it. */
final class HookTools {
    /** Every tool, as its file is called. */
    static final Set<String> NAMES = ToolHelp.tools();

    private static final Set<String> PRINTING = Set.of("format", "output");
    private static final Map<String, String> PRINTING_SHORT = Map.of("o", "output");
    private static final List<String> SETTABLE = List.of("maintenance", "blocked", "waiting", "active");
    private static final List<String> LEVELS = List.of("CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG", "TRACE");
    /** What an agent of a small heap can read and send. */
    private static final int SETTINGS_BYTES = 1 << 20;

    private static final int STATE_KEY_BYTES = 256;
    private static final int STATE_VALUE_BYTES = 65536;
    private final ToolFormat format;
    private final AgentLog log;

    HookTools(ObjectMapper json, AgentLog log) {
        this.format = new ToolFormat(json);
        this.log = log;
    }

    ToolCall.Reply run(ToolCall call, HookContext context) throws InterruptedException {
        try {
            return new ToolCall.Reply(0, tool(call, context).getBytes(StandardCharsets.UTF_8), new byte[0]);
        } catch (ToolFailure failure) {
            return failed(failure.exit(), failure.getMessage());
        } catch (ControllerUnreachable gone) {
            context.noteUnreachable();
            return failed(1, "cannot reach the controller: " + gone.getMessage());
        } catch (Refused refused) {
            return failed(1, refused.getMessage());
        } catch (IOException broken) {
            return failed(1, broken.getMessage());
        }
    }

    private static ToolCall.Reply failed(int exit, String message) {
        return new ToolCall.Reply(exit, new byte[0], ("ERROR " + message + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private String tool(ToolCall call, HookContext context) throws InterruptedException, IOException {
        if (NAMES.contains(call.tool())
                && call.args().contains("--help")
                && (!call.args().contains("--")
                        || call.args().indexOf("--help") < call.args().indexOf("--"))) {
            return ToolHelp.of(call.tool());
        }
        return switch (call.tool()) {
            case "application-version-set" -> applicationVersionSet(call, context);
            case "open-port" -> port(call, context, true);
            case "close-port" -> port(call, context, false);
            case "config-get" -> configGet(call, context);
            case "goal-state" -> goalState(call, context);
            case "is-leader" -> isLeader(call, context);
            case "juju-log" -> jujuLog(call, context);
            case "network-get" -> networkGet(call, context);
            case "opened-ports" -> openedPorts(call, context);
            case "relation-get" -> relationGet(call, context);
            case "relation-ids" -> relationIds(call, context);
            case "relation-list" -> relationList(call, context);
            case "relation-model-get" -> relationModelGet(call, context);
            case "relation-set" -> relationSet(call, context);
            case "state-delete" -> stateDelete(call, context);
            case "state-get" -> stateGet(call, context);
            case "state-set" -> stateSet(call, context);
            case "status-get" -> statusGet(call, context);
            case "status-set" -> statusSet(call, context);
            case "unit-get" -> unitGet(call, context);
            default -> throw new ToolFailure("unknown command \"" + call.tool() + "\"");
        };
    }

    // --- configuration and state

    private String configGet(ToolCall call, HookContext context) throws InterruptedException, IOException {
        ToolArgs args = printing(call, Set.of("all"), Set.of(), Map.of("a", "all"));
        args.atMost(1);
        Map<String, Object> config = context.config();
        if (args.at(0) != null && !args.at(0).equals("-")) {
            if (args.has("all")) {
                throw new ToolFailure(2, "cannot use argument --all together with key \"" + args.at(0) + "\"");
            }
            return print(call, args, config.get(args.at(0)));
        }
        Map<String, Object> shown = new TreeMap<>(config);
        if (!args.has("all")) {
            shown.values().removeIf(java.util.Objects::isNull);
        }
        return print(call, args, shown);
    }

    private String stateGet(ToolCall call, HookContext context) throws IOException {
        ToolArgs args = printing(call, Set.of("strict"), Set.of(), Map.of());
        args.atMost(1);
        String key = args.at(0);
        if (key == null || key.equals("-")) {
            return print(call, args, context.charmState());
        }
        String value = context.charmState().get(key);
        if (value == null && args.has("strict")) {
            throw new ToolFailure("\"" + key + "\" not found");
        }
        return print(call, args, value == null && args.option("format") == null ? "" : value);
    }

    private String stateSet(ToolCall call, HookContext context) throws IOException {
        ToolArgs args = ToolArgs.parse(call.args(), Set.of(), Set.of("file"), Map.of());
        Map<String, String> values = settings(call, args, 0);
        values.forEach((key, value) -> {
            if (key.getBytes(StandardCharsets.UTF_8).length > STATE_KEY_BYTES) {
                throw new ToolFailure("key length of " + key.length() + " exceeds maximum of " + STATE_KEY_BYTES);
            }
            if (value.getBytes(StandardCharsets.UTF_8).length > STATE_VALUE_BYTES) {
                throw new ToolFailure("value length of " + value.length() + " exceeds maximum of " + STATE_VALUE_BYTES);
            }
        });
        context.writeState(values);
        return "";
    }

    private String stateDelete(ToolCall call, HookContext context) {
        ToolArgs args = ToolArgs.parse(call.args(), Set.of(), Set.of(), Map.of());
        if (args.at(0) == null || args.at(0).isEmpty()) {
            throw new ToolFailure(2, "missing key");
        }
        args.atMost(1);
        Map<String, String> gone = new LinkedHashMap<>();
        gone.put(args.at(0), null);
        context.writeState(gone);
        return "";
    }

    // --- relations

    private String relationIds(ToolCall call, HookContext context) throws IOException {
        ToolArgs args = printing(call, Set.of(), Set.of(), Map.of());
        args.atMost(1);
        String endpoint = args.at(0) != null ? args.at(0) : context.hook().endpoint();
        if (endpoint == null || endpoint.isEmpty()) {
            throw new ToolFailure(2, "no endpoint name specified");
        }
        Set<String> ids = new TreeSet<>(Names.NATURAL);
        for (RelationView relation : context.relations().values()) {
            if (relation.endpoint().equals(endpoint) && !relation.broken()) {
                ids.add(relation.endpoint() + ":" + relation.id());
            }
        }
        return print(call, args, List.copyOf(ids));
    }

    private String relationList(ToolCall call, HookContext context) throws IOException {
        ToolArgs args = printing(call, Set.of("app"), Set.of("relation"), Map.of("r", "relation"));
        args.atMost(0);
        RelationView relation = relation(args, context);
        if (args.has("app")) {
            return print(call, args, relation.remoteApplication());
        }
        return print(call, args, relation.members());
    }

    private String relationGet(ToolCall call, HookContext context) throws InterruptedException, IOException {
        ToolArgs args = printing(call, Set.of("app"), Set.of("relation"), Map.of("r", "relation"));
        args.atMost(2);
        RelationView relation = relation(args, context);
        String key = args.at(0) == null || args.at(0).equals("-") ? null : args.at(0);
        String of = args.at(1);
        if (of == null) {
            boolean current =
                    context.hook().relation() != null && context.hook().relation() == relation.id();
            of = !current
                    ? null
                    : args.has("app")
                            ? relation.remoteApplication()
                            : context.hook().remoteUnit();
            if (of == null) {
                throw new ToolFailure(2, args.has("app") ? "no unit or application specified" : "no unit id specified");
            }
        }
        if (args.has("app") && Names.isUnit(of)) {
            of = Names.applicationOf(of);
        }
        if (!args.has("app") && !Names.isUnit(of)) {
            throw new ToolFailure(2, "invalid value \"" + of + "\": expected unit name");
        }
        Map<String, String> settings = context.settings(relation.id(), of);
        return print(call, args, key == null ? settings : settings.get(key));
    }

    private String relationSet(ToolCall call, HookContext context) throws InterruptedException, IOException {
        ToolArgs args = ToolArgs.parse(
                call.args(), Set.of("app"), Set.of("relation", "file", "format"), Map.of("r", "relation"));
        RelationView relation = relation(args, context);
        Map<String, String> settings = settings(call, args, 0);
        if (args.has("app") && !context.leadership().isLeader()) {
            throw new ToolFailure("cannot write relation settings");
        }
        context.write(relation.id(), args.has("app"), settings);
        return "";
    }

    private String relationModelGet(ToolCall call, HookContext context) throws IOException {
        ToolArgs args = printing(call, Set.of(), Set.of("relation"), Map.of("r", "relation"));
        RelationView relation = relation(args, context);
        if (relation.remoteModel() == null) {
            throw new ToolFailure("relation " + relation.id() + " not found");
        }
        return print(call, args, Map.of("uuid", relation.remoteModel()));
    }

    /** The relation named by -r, else that of the hook. */
    private static RelationView relation(ToolArgs args, HookContext context) {
        String named = args.option("relation");
        Integer id = context.hook().relation();
        if (named != null && !named.isEmpty()) {
            try {
                id = Integer.valueOf(named.substring(named.indexOf(':') + 1));
            } catch (NumberFormatException bad) {
                throw new ToolFailure(2, "invalid value \"" + named + "\" for option -r: invalid relation id");
            }
        }
        if (id == null) {
            throw new ToolFailure(2, "no relation id specified");
        }
        RelationView relation = context.relations().get(id);
        if (relation == null
                || named != null
                        && named.contains(":")
                        && !named.substring(0, named.indexOf(':')).equals(relation.endpoint())) {
            throw new ToolFailure(
                    2, "invalid value \"" + (named == null ? id : named) + "\" for option -r: relation not found");
        }
        return relation;
    }

    /** Values of `--file` (`-` is stdin), overridden by `key=value` arguments. */
    private Map<String, String> settings(ToolCall call, ToolArgs args, int from) throws IOException {
        Map<String, String> values = new TreeMap<>();
        String file = args.option("file");
        if (file != null && !file.isEmpty()) {
            values.putAll(yamlMap(
                    file.equals("-") ? call.stdin() : settingsFile(call.cwd().resolve(file))));
        }
        for (String pair : args.positional().subList(from, args.positional().size())) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw new ToolFailure(2, "expected \"key=value\", got \"" + pair + "\"");
            }
            if (equals == 0) {
                throw new ToolFailure(2, "expected \"key=value\", got \"" + pair + "\"");
            }
            values.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return values;
    }

    /** One byte more than may be, of a file that has no end too. */
    private static byte[] settingsFile(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(SETTINGS_BYTES + 1);
        }
    }

    /** Every value is the text that stands there: `1.10` and `010` are no numbers to whoever reads the relation. */
    private static Map<String, String> yamlMap(byte[] content) {
        Map<String, String> values = new TreeMap<>();
        if (content == null) {
            return values;
        }
        if (content.length > SETTINGS_BYTES) {
            throw new ToolFailure("cannot read settings: more than " + SETTINGS_BYTES + " bytes");
        }
        Map<String, Object> parsed = YamlFile.read("cannot read settings", content, SETTINGS_BYTES);
        if (parsed != null) {
            parsed.forEach((key, value) -> {
                if (!(value instanceof Scalar scalar)) {
                    throw new ToolFailure("cannot unmarshal \"" + key + "\" into string");
                }
                values.put(key, scalar.value() == null ? "" : scalar.text());
            });
        }
        return values;
    }

    // --- the unit and its network

    private String unitGet(ToolCall call, HookContext context) throws IOException {
        ToolArgs args = printing(call, Set.of(), Set.of(), Map.of());
        if (args.at(0) == null) {
            throw new ToolFailure(2, "no setting specified");
        }
        args.atMost(1);
        return switch (args.at(0)) {
            case "private-address" -> print(call, args, context.remote().privateAddress());
            case "public-address" -> print(call, args, context.remote().publicAddress());
            default -> throw new ToolFailure(2, "unknown setting \"" + args.at(0) + "\"");
        };
    }

    private String networkGet(ToolCall call, HookContext context) throws IOException {
        ToolArgs args = printing(
                call,
                Set.of("bind-address", "ingress-address", "egress-subnets", "primary-address"),
                Set.of("relation"),
                Map.of("r", "relation"));
        args.atMost(1);
        if (args.at(0) == null || args.at(0).isEmpty()) {
            throw new ToolFailure(2, "no arguments specified");
        }
        if (!context.bindings().contains(args.at(0))) {
            throw new ToolFailure("no network config found for binding \"" + args.at(0) + "\"");
        }
        if (args.option("relation") != null) {
            relation(args, context);
        }
        String address = context.remote().privateAddress();
        String egress = address + (address != null && address.contains(":") ? "/128" : "/32");
        List<Object> chosen = new ArrayList<>();
        if (args.has("bind-address") || args.has("primary-address")) {
            chosen.add(address);
        }
        if (args.has("ingress-address")) {
            chosen.add(address);
        }
        if (args.has("egress-subnets")) {
            chosen.add(egress);
        }
        if (chosen.size() == 1) {
            return print(call, args, chosen.get(0));
        }
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("hostname", "");
        one.put("value", address);
        one.put("cidr", egress);
        one.put("address", address);
        Map<String, Object> device = new LinkedHashMap<>();
        device.put("mac-address", "");
        device.put("interface-name", "lo");
        device.put("addresses", List.of(one));
        Map<String, Object> all = new LinkedHashMap<>();
        boolean some = !chosen.isEmpty();
        if (!some || args.has("bind-address")) {
            all.put("bind-addresses", some ? address : List.of(device));
        }
        if (!some || args.has("egress-subnets")) {
            all.put("egress-subnets", List.of(egress));
        }
        if (!some || args.has("ingress-address")) {
            all.put("ingress-addresses", List.of(address));
        }
        return print(call, args, all);
    }

    private String port(ToolCall call, HookContext context, boolean open) throws InterruptedException, IOException {
        ToolArgs args = ToolArgs.parse(call.args(), Set.of(), Set.of("endpoints", "format"), Map.of());
        if (args.at(0) == null) {
            throw new ToolFailure(2, "no port or range specified");
        }
        args.atMost(1);
        PortRange range;
        try {
            range = PortRange.parse(args.at(0));
        } catch (Refused bad) {
            throw new ToolFailure(2, bad.getMessage());
        }
        String named = args.option("endpoints");
        List<String> endpoints = new ArrayList<>();
        for (String word : named == null || named.isEmpty() ? new String[] {""} : named.split(",")) {
            String endpoint = word.trim();
            if (!endpoint.isEmpty() && !context.bindings().contains(endpoint)) {
                throw new ToolFailure("unknown endpoint \"" + endpoint + "\"");
            }
            endpoints.add(endpoint);
        }
        if (open) {
            context.open(range, endpoints);
        } else {
            context.close(range, endpoints);
        }
        return "";
    }

    private String openedPorts(ToolCall call, HookContext context) throws InterruptedException, IOException {
        ToolArgs args = printing(call, Set.of("endpoints"), Set.of(), Map.of());
        args.atMost(0);
        Map<PortRange, Set<String>> byRange = new TreeMap<>();
        for (Port port : context.ports()) {
            byRange.computeIfAbsent(PortRange.parse(port.range()), range -> new TreeSet<>())
                    .add(port.endpoint().isEmpty() ? "*" : port.endpoint());
        }
        List<String> lines = new ArrayList<>();
        byRange.forEach((range, endpoints) -> lines.add(
                args.has("endpoints") ? range + " (" + String.join(", ", endpoints) + ")" : range.toString()));
        return print(call, args, lines);
    }

    // --- status

    private String statusSet(ToolCall call, HookContext context) throws InterruptedException {
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

    private String statusGet(ToolCall call, HookContext context) throws InterruptedException, IOException {
        ToolArgs args = printing(call, Set.of("include-data", "application"), Set.of(), Map.of());
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
            return print(call, args, Map.of("application-status", details));
        }
        StatusReading reading = context.api().unitStatus();
        boolean whole = args.has("include-data");
        return print(call, args, whole ? details(reading) : reading.status());
    }

    private static Map<String, Object> details(StatusReading reading) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("message", reading.info() == null ? "" : reading.info());
        details.put("status", reading.status());
        details.put("status-data", reading.data() == null ? Map.of() : reading.data());
        return details;
    }

    private String applicationVersionSet(ToolCall call, HookContext context) throws InterruptedException {
        ToolArgs args = ToolArgs.parse(call.args(), Set.of(), Set.of(), Map.of());
        if (args.at(0) == null) {
            throw new ToolFailure(2, "no version specified");
        }
        args.atMost(1);
        context.api().setWorkloadVersion(args.at(0));
        return "";
    }

    // --- leadership

    private String isLeader(ToolCall call, HookContext context) throws InterruptedException, IOException {
        ToolArgs args = printing(call, Set.of(), Set.of(), Map.of());
        args.atMost(0);
        try {
            return print(call, args, context.leadership().isLeader());
        } catch (Refused refused) {
            throw new ToolFailure("leadership status unknown: " + refused.getMessage());
        }
    }

    // --- the rest

    private String goalState(ToolCall call, HookContext context) throws InterruptedException, IOException {
        ToolArgs args = printing(call, Set.of(), Set.of(), Map.of());
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
        args = format == null || format.equals("smart")
                ? ToolArgs.parse(List.of("--format=yaml"), Set.of(), PRINTING, PRINTING_SHORT)
                : args;
        return print(call, args, shown);
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

    private String jujuLog(ToolCall call, HookContext context) {
        ToolArgs args =
                ToolArgs.parse(call.args(), Set.of("debug"), Set.of("log-level", "format"), Map.of("l", "log-level"));
        if (args.positional().isEmpty()) {
            throw new ToolFailure(2, "no message specified");
        }
        String level = args.has("debug") ? "DEBUG" : args.option("log-level");
        level = level == null ? "INFO" : level.toUpperCase(java.util.Locale.ROOT);
        level = level.equals("WARN") ? "WARNING" : level;
        if (!LEVELS.contains(level)) {
            level = "INFO";
        }
        log.line(
                Tag.unit(context.api().unit()).toString(),
                level.equals("CRITICAL") ? "ERROR" : level,
                "unit." + context.api().unit() + ".juju-log",
                (context.hook().isRelation() ? context.hook().relationId() + ": " : "")
                        + String.join(" ", args.positional()));
        return "";
    }

    private static ToolArgs printing(ToolCall call, Set<String> flags, Set<String> valued, Map<String, String> shorts) {
        Set<String> allValued = new TreeSet<>(PRINTING);
        allValued.addAll(valued);
        Map<String, String> allShorts = new TreeMap<>(PRINTING_SHORT);
        allShorts.putAll(shorts);
        return ToolArgs.parse(call.args(), flags, allValued, allShorts);
    }

    private String print(ToolCall call, ToolArgs args, Object value) throws IOException {
        String text = format.render(args.option("format"), value);
        String output = args.option("output");
        if (output == null || output.isEmpty()) {
            return text;
        }
        Files.writeString(call.cwd().resolve(output), text);
        return "";
    }
}
