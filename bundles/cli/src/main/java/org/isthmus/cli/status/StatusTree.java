package org.isthmus.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.isthmus.cli.status.FullStatus.Named;
import org.isthmus.cli.text.Times;

/** The document behind `--format yaml` and `json`. Empty values are left out. */
public final class StatusTree {
    private final FullStatus status;
    private final ZoneId zone;
    private final boolean utc;

    public StatusTree(FullStatus status, ZoneId zone, boolean utc) {
        this.status = status;
        this.zone = zone;
        this.utc = utc;
    }

    /** Values go in under their key unless they are empty. */
    private static final class Tree {
        private final Map<String, Object> values = new LinkedHashMap<>();

        Tree put(String key, Object value) {
            boolean empty = value == null
                    || value.equals("")
                    || value instanceof Map<?, ?> map && map.isEmpty()
                    || value instanceof List<?> list && list.isEmpty();
            if (!empty) {
                values.put(key, value);
            }
            return this;
        }

        Tree put(String key, JsonNode node, String field) {
            return put(key, node.path(field).asText(""));
        }
    }

    public Map<String, Object> tree() {
        Tree root = new Tree();
        root.values.put("model", model());
        root.values.put("machines", each(status.sorted("machines"), this::machine));
        root.values.put("applications", applications());
        root.put("application-endpoints", each(status.sorted("remote-applications"), n -> saas(n.name(), n.node())));
        root.put("offers", each(status.sorted("offers"), n -> offer(n.node())));
        Map<String, Object> storage = new LinkedHashMap<>();
        status.root()
                .path("storage")
                .forEach(s -> storage.put(
                        FullStatus.tagId(s.path("storage-tag").asText("")),
                        new Tree()
                                .put("kind", s, "kind")
                                .put("life", s, "life")
                                .put("status", detailed(s.path("status")))
                                .values));
        root.put("storage", storage.isEmpty() ? null : Map.of("storage", storage));
        Instant now = Times.parse(status.root().path("controller-timestamp").asText(""));
        if (now != null) {
            root.put(
                    "controller",
                    Map.of(
                            "timestamp",
                            utc
                                    ? DateTimeFormatter.ofPattern("HH:mm:ss'Z'", Locale.ROOT)
                                            .format(now.atZone(ZoneOffset.UTC))
                                    : DateTimeFormatter.ofPattern("HH:mm:ssXXX", Locale.ROOT)
                                            .format(now.atZone(zone))));
        }
        return root.values;
    }

    private interface Shape {
        Map<String, Object> of(Named named);
    }

    private static Map<String, Object> each(List<Named> all, Shape shape) {
        Map<String, Object> values = new LinkedHashMap<>();
        all.forEach(named -> values.put(named.name(), shape.of(named)));
        return values;
    }

    private Map<String, Object> model() {
        JsonNode model = status.model();
        Tree tree = new Tree();
        tree.put("name", model, "name");
        tree.put("type", model, "type");
        tree.put("controller", status.controller());
        tree.put("cloud", FullStatus.tagId(model.path("cloud-tag").asText("")));
        tree.put("region", model, "region");
        tree.put("version", model, "version");
        tree.put("upgrade-available", model, "available-version");
        tree.put("model-status", detailed(model.path("model-status")));
        tree.put("sla", model, "sla");
        return tree.values;
    }

    private Map<String, Object> detailed(JsonNode node) {
        return new Tree()
                .put("current", node, "status")
                .put("message", node, "info")
                .put("since", Times.since(Times.parse(node.path("since").asText("")), zone, utc))
                .put("version", node, "version")
                .put("life", node, "life")
                .values;
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    private static Map<String, Object> base(JsonNode node) {
        JsonNode base = node.path("base");
        return base.path("name").asText("").isEmpty()
                ? Map.of()
                : new Tree()
                        .put("name", base, "name")
                        .put("channel", base.path("channel").asText("").replaceAll("/stable$", ""))
                        .values;
    }

    private Map<String, Object> machine(Named named) {
        JsonNode node = named.node();
        Tree tree = new Tree();
        tree.put("juju-status", detailed(node.path("agent-status")));
        tree.put("hostname", node, "hostname");
        tree.put("dns-name", node, "dns-name");
        tree.put("ip-addresses", texts(node.path("ip-addresses")));
        tree.put("instance-id", node, "instance-id");
        tree.put("display-name", node, "display-name");
        tree.put("machine-status", detailed(node.path("instance-status")));
        tree.put("modification-status", detailed(node.path("modification-status")));
        tree.put("base", base(node));
        Map<String, Object> interfaces = new LinkedHashMap<>();
        for (Named each : FullStatus.sorted(node.path("network-interfaces"))) {
            JsonNode nic = each.node();
            Tree shown = new Tree()
                    .put("ip-addresses", texts(nic.path("ip-addresses")))
                    .put("mac-address", nic, "mac-address")
                    .put("gateway", nic, "gateway")
                    .put("dns-nameservers", texts(nic.path("dns-nameservers")))
                    .put("space", nic, "space");
            shown.values.put("is-up", nic.path("is-up").asBoolean());
            interfaces.put(each.name(), shown.values);
        }
        tree.put("network-interfaces", interfaces);
        tree.put("containers", each(FullStatus.sorted(node.path("containers")), this::machine));
        tree.put("constraints", node, "constraints");
        tree.put("hardware", node, "hardware");
        if (node.path("jobs").toString().contains("JobManageModel")
                || node.path("wants-vote").asBoolean()) {
            boolean has = node.path("has-vote").asBoolean();
            boolean wants = node.path("wants-vote").asBoolean();
            tree.put(
                    "controller-member-status",
                    has ? (wants ? "has-vote" : "removing-vote") : (wants ? "adding-vote" : "no-vote"));
        }
        return tree.values;
    }

    private Map<String, Object> applications() {
        return each(status.sorted("applications"), named -> application(named.name(), named.node()));
    }

    private Map<String, Object> application(String name, JsonNode node) {
        Tree tree = new Tree();
        String error = node.path("err").path("message").asText("");
        if (!error.isEmpty()) {
            return tree.put("status-error", error).values;
        }
        boolean local = FullStatus.isLocal(node);
        tree.put(
                "charm",
                local
                        ? node.path("charm").asText()
                        : FullStatus.charmName(node.path("charm").asText()));
        tree.put("base", base(node));
        tree.put("charm-origin", local ? "local" : "charmhub");
        tree.put("charm-name", FullStatus.charmName(node.path("charm").asText()));
        tree.put("charm-rev", FullStatus.charmRevision(node));
        tree.put("charm-channel", node, "charm-channel");
        tree.put("charm-version", node, "charm-version");
        tree.put("charm-profile", node, "charm-profile");
        tree.put("can-upgrade-to", node, "can-upgrade-to");
        if (node.path("int").asInt(0) > 0) {
            tree.put("scale", node.path("int").asInt());
        }
        tree.put("provider-id", node, "provider-id");
        tree.put("address", node, "public-address");
        tree.put("exposed", node.path("exposed").asBoolean());
        tree.put("life", life(node));
        Map<String, Object> at = new LinkedHashMap<>();
        at.put("current", status.applicationStatus(name, node));
        at.putAll(new Tree()
                .put("message", node.path("status"), "info")
                .put(
                        "since",
                        Times.since(
                                Times.parse(node.path("status").path("since").asText("")), zone, utc))
                .values);
        tree.put("application-status", at);
        tree.put("relations", relations(name, node));
        tree.put("subordinate-to", texts(node.path("subordinate-to")));
        tree.put("units", each(FullStatus.sorted(node.path("units")), this::unit));
        tree.put("version", node, "workload-version");
        Map<String, Object> bindings = new LinkedHashMap<>();
        FullStatus.sorted(node.path("endpoint-bindings"))
                .forEach(b -> bindings.put(b.name(), b.node().asText()));
        tree.put("endpoint-bindings", bindings);
        return tree.values;
    }

    private static String life(JsonNode node) {
        String life = node.path("life").asText("");
        return life.equals("alive") ? "" : life;
    }

    private Map<String, Object> relations(String name, JsonNode node) {
        Map<String, Object> shown = new LinkedHashMap<>();
        for (Named endpoint : FullStatus.sorted(node.path("relations"))) {
            List<Object> ends = new ArrayList<>();
            for (JsonNode other : endpoint.node()) {
                JsonNode relation = relation(name, endpoint.name(), other.asText());
                ends.add(new Tree()
                        .put("related-application", other.asText())
                        .put("interface", relation, "interface")
                        .put("scope", relation.path("scope").asText("global"))
                        .values);
            }
            shown.put(endpoint.name(), ends);
        }
        return shown;
    }

    private JsonNode relation(String application, String endpoint, String other) {
        for (JsonNode relation : status.root().path("relations")) {
            boolean here = false;
            boolean there = false;
            for (JsonNode end : relation.path("endpoints")) {
                here |= end.path("application").asText().equals(application)
                        && end.path("name").asText().equals(endpoint);
                there |= end.path("application").asText().equals(other);
            }
            if (here && there) {
                return relation;
            }
        }
        return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
    }

    private Map<String, Object> unit(Named named) {
        JsonNode node = named.node();
        Tree tree = new Tree();
        tree.put("workload-status", detailed(node.path("workload-status")));
        tree.put("juju-status", detailed(node.path("agent-status")));
        if (node.path("leader").asBoolean()) {
            tree.put("leader", true);
        }
        tree.put("upgrading-from", node, "charm");
        tree.put("machine", node, "machine");
        tree.put("open-ports", texts(node.path("opened-ports")));
        tree.put("public-address", node, "public-address");
        tree.put("address", node, "address");
        tree.put("provider-id", node, "provider-id");
        tree.put("subordinates", each(FullStatus.sorted(node.path("subordinates")), this::unit));
        return tree.values;
    }

    private Map<String, Object> saas(String name, JsonNode node) {
        Tree tree = new Tree();
        tree.put("url", node, "offer-url");
        Map<String, Object> endpoints = new LinkedHashMap<>();
        node.path("endpoints")
                .forEach(e -> endpoints.put(
                        e.path("name").asText(),
                        new Tree().put("interface", e, "interface").put("role", e, "role").values));
        tree.put("endpoints", endpoints);
        tree.put("life", life(node));
        tree.put("application-status", detailed(node.path("status")));
        Map<String, Object> relations = new LinkedHashMap<>();
        FullStatus.sorted(node.path("relations")).forEach(r -> relations.put(r.name(), texts(r.node())));
        tree.put("relations", relations);
        return tree.values;
    }

    private Map<String, Object> offer(JsonNode node) {
        Tree tree = new Tree();
        tree.put("application", node, "application-name");
        tree.put("charm", node, "charm");
        if (node.path("total-connected-count").asInt() > 0) {
            tree.put("total-connected-count", node.path("total-connected-count").asInt());
        }
        if (node.path("active-connected-count").asInt() > 0) {
            tree.put(
                    "active-connected-count",
                    node.path("active-connected-count").asInt());
        }
        tree.put("endpoints", each(FullStatus.sorted(node.path("endpoints")), e -> new Tree()
                .put("interface", e.node(), "interface")
                .put("role", e.node(), "role")
                .values));
        return tree.values;
    }
}
