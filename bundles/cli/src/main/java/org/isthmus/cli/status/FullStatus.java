package org.isthmus.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.isthmus.api.Names;

/** Reads the answer of `Client.FullStatus`: natural order everywhere, and the facts that are derived from several fields. */
public record FullStatus(JsonNode root, String controller) {
    private static final Map<String, Integer> SEVERITY = Map.of(
            "error",
            100,
            "blocked",
            90,
            "maintenance",
            80,
            "waiting",
            70,
            "active",
            60,
            "terminated",
            50,
            "unknown",
            40);

    /** A unit with its name. */
    record Named(String name, JsonNode node) {}

    /** One relation; for a peer both sides are the same. Endpoints are `application:endpoint`. */
    record RelationRow(
            String provider, String requirer, String interfaceName, String type, String message, JsonNode node) {}

    JsonNode model() {
        return root.path("model");
    }

    String cloudRegion() {
        String cloud = tagId(model().path("cloud-tag").asText(""));
        String region = model().path("region").asText("");
        return region.isEmpty() ? cloud : cloud + "/" + region;
    }

    static String tagId(String tag) {
        return tag.substring(tag.indexOf('-') + 1);
    }

    List<Named> sorted(String section) {
        return sorted(root.path(section));
    }

    static List<Named> sorted(JsonNode object) {
        Map<String, JsonNode> ordered = new TreeMap<>(Names.NATURAL);
        object.properties().forEach(e -> ordered.put(e.getKey(), e.getValue()));
        List<Named> list = new ArrayList<>();
        ordered.forEach((name, node) -> list.add(new Named(name, node)));
        return list;
    }

    boolean isEmpty() {
        return root.path("machines").isEmpty()
                && root.path("applications").isEmpty()
                && root.path("remote-applications").isEmpty()
                && root.path("offers").isEmpty();
    }

    /** Units of a subordinate hang below those of its principals. */
    static boolean isSubordinate(JsonNode application) {
        return !application.path("subordinate-to").isEmpty();
    }

    /** Every unit of the application; those of a subordinate are collected from its principals. */
    Map<String, JsonNode> unitsOf(String name, JsonNode application) {
        Map<String, JsonNode> units = new TreeMap<>(Names.NATURAL);
        application.path("units").properties().forEach(e -> units.put(e.getKey(), e.getValue()));
        if (isSubordinate(application)) {
            root.path("applications").forEach(principal -> principal
                    .path("units")
                    .forEach(unit -> unit.path("subordinates").properties().forEach(e -> {
                        if (e.getKey().startsWith(name + "/")) {
                            units.put(e.getKey(), e.getValue());
                        }
                    })));
        }
        return units;
    }

    /** `n`, or `current/desired` where they differ. */
    String scale(String name, JsonNode application) {
        Map<String, JsonNode> units = unitsOf(name, application);
        long current = units.values().stream()
                .filter(u -> {
                    String agent = u.path("agent-status").path("status").asText();
                    String workload = u.path("workload-status").path("status").asText();
                    return (agent.equals("idle") || agent.equals("executing") || agent.equals("running"))
                            && !workload.equals("terminated");
                })
                .count();
        long desired =
                application.path("int").asInt(0) > 0 ? application.path("int").asInt() : units.size();
        return current == desired ? Long.toString(desired) : current + "/" + desired;
    }

    String applicationStatus(String name, JsonNode application) {
        String own = application.path("status").path("status").asText("");
        if (!own.isEmpty() && !own.equals("unset")) {
            return own;
        }
        return unitsOf(name, application).values().stream()
                .map(u -> u.path("workload-status").path("status").asText("unknown"))
                .max(Comparator.comparingInt(word -> SEVERITY.getOrDefault(word, 0)))
                .orElse("unknown");
    }

    /** What the agent says it runs right now: `(install) `; empty while it is not executing. */
    static String executing(JsonNode unit) {
        JsonNode agent = unit.path("agent-status");
        if (!agent.path("status").asText().equals("executing")) {
            return "";
        }
        String info = agent.path("info").asText("");
        if (info.startsWith("running ")) {
            String what = info.substring("running ".length());
            if (what.startsWith("action ")) {
                what = what.substring("action ".length());
            }
            what = what.replaceAll(" hook$", "");
            return what.isEmpty() ? "" : "(" + what + ") ";
        }
        return "";
    }

    /** A value of the hardware words `arch=amd64 availability-zone=a`. */
    static String hardware(JsonNode machine, String key) {
        for (String word : machine.path("hardware").asText("").split(" ")) {
            if (word.startsWith(key + "=")) {
                return word.substring(key.length() + 1);
            }
        }
        return "";
    }

    static String machineState(JsonNode machine) {
        String modification = machine.path("modification-status").path("status").asText("");
        return modification.equals("error")
                ? "error"
                : machine.path("agent-status").path("status").asText("");
    }

    static String machineMessage(JsonNode machine) {
        JsonNode modification = machine.path("modification-status");
        if (modification.path("status").asText("").equals("error")) {
            return modification.path("info").asText("");
        }
        String info = machine.path("instance-status").path("info").asText("");
        return info.isEmpty() ? machine.path("instance-status").path("status").asText("") : info;
    }

    List<RelationRow> relations() {
        List<RelationRow> rows = new ArrayList<>();
        for (JsonNode relation : root.path("relations")) {
            JsonNode provider = MissingNode.getInstance();
            JsonNode requirer = MissingNode.getInstance();
            for (JsonNode endpoint : relation.path("endpoints")) {
                String role = endpoint.path("role").asText();
                if (role.equals("provider")) {
                    provider = endpoint;
                } else if (role.equals("requirer")) {
                    requirer = endpoint;
                } else {
                    provider = endpoint;
                    requirer = endpoint;
                }
            }
            String from = text(provider);
            String to = text(requirer);
            String type = provider.path("application").equals(requirer.path("application"))
                    ? "peer"
                    : relation.path("scope").asText().equals("container") ? "subordinate" : "regular";
            String status = relation.path("status").path("status").asText("");
            String info = relation.path("status").path("info").asText("");
            String message =
                    status.isEmpty() || status.equals("joined") ? "" : info.isEmpty() ? status : status + "  " + info;
            rows.add(new RelationRow(from, to, relation.path("interface").asText(), type, message, relation));
        }
        rows.sort(Comparator.comparing(RelationRow::provider, Names.NATURAL)
                .thenComparing(RelationRow::requirer, Names.NATURAL));
        return rows;
    }

    private static String text(JsonNode endpoint) {
        return endpoint.path("application").asText() + ":"
                + endpoint.path("name").asText();
    }

    /** Store and plain URL of a SAAS: the controller part is shown apart, `local` where there is none. */
    static String[] storeAndUrl(JsonNode saas) {
        String url = saas.path("offer-url").asText("");
        int colon = url.indexOf(':');
        return colon < 0
                ? new String[] {"local", url}
                : new String[] {url.substring(0, colon), url.substring(colon + 1)};
    }

    /** `ch:amd64/jammy/mysql-12`, `local:mysql-0` to the charm's name. */
    public static String charmName(String url) {
        String path = url.substring(url.indexOf(':') + 1);
        String last = path.substring(path.lastIndexOf('/') + 1);
        return last.replaceAll("-\\d+$", "");
    }

    public static int charmRevision(JsonNode application) {
        if (application.hasNonNull("charm-rev")) {
            return application.path("charm-rev").asInt();
        }
        String url = application.path("charm").asText("");
        String digits = url.replaceAll("^.*-(?=\\d+$)", "");
        return digits.matches("\\d+") ? Integer.parseInt(digits) : 0;
    }

    static boolean isLocal(JsonNode application) {
        return application.path("charm").asText("").startsWith("local:");
    }

    /** `80,443/tcp 8000-8010/udp`: neighbours joined, one group a protocol. */
    static String groupedPorts(JsonNode ports) {
        Map<String, List<int[]>> byProtocol = new LinkedHashMap<>();
        List<String> others = new ArrayList<>();
        for (JsonNode port : ports) {
            String word = port.asText();
            int slash = word.indexOf('/');
            if (slash < 0) {
                others.add(word);
                continue;
            }
            String[] range = word.substring(0, slash).split("-");
            int low = Integer.parseInt(range[0]);
            int high = range.length > 1 ? Integer.parseInt(range[1]) : low;
            byProtocol
                    .computeIfAbsent(word.substring(slash + 1), p -> new ArrayList<>())
                    .add(new int[] {low, high});
        }
        List<String> groups = new ArrayList<>();
        new TreeMap<>(byProtocol).forEach((protocol, ranges) -> {
            ranges.sort(Comparator.comparingInt(r -> r[0]));
            List<String> words = new ArrayList<>();
            int[] open = null;
            for (int[] range : ranges) {
                if (open != null && range[0] <= open[1] + 1) {
                    open[1] = Math.max(open[1], range[1]);
                } else {
                    if (open != null) {
                        words.add(word(open));
                    }
                    open = range.clone();
                }
            }
            words.add(word(open));
            groups.add(String.join(",", words) + "/" + protocol);
        });
        groups.addAll(others);
        return String.join(" ", groups);
    }

    private static String word(int[] range) {
        return range[0] == range[1] ? Integer.toString(range[0]) : range[0] + "-" + range[1];
    }

    static String listedPorts(JsonNode ports) {
        List<String> words = new ArrayList<>();
        ports.forEach(p -> words.add(p.asText()));
        words.sort(Names.NATURAL);
        return String.join(",", words);
    }
}
