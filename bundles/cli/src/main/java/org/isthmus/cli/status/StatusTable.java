package org.isthmus.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.isthmus.api.Names;
import org.isthmus.cli.status.FullStatus.Named;
import org.isthmus.cli.status.FullStatus.RelationRow;
import org.isthmus.cli.text.Colour;
import org.isthmus.cli.text.Table;
import org.isthmus.cli.text.Times;

/** Tables of `juju status`, in the layout of 3.6 or of 2.2. */
public final class StatusTable {
    private static final int MESSAGE = 120;
    private static final int VERSION = 15;

    /** Which era's columns are shown. */
    public enum Layout {
        V3,
        /** Told by `cross-model` among JUJU_DEV_FEATURE_FLAGS. */
        V2
    }

    /** @param relations show them even where no SAAS or offer exists (2.2 shows them always) */
    public record Options(Layout layout, boolean relations, boolean storage, Colour colour, ZoneId zone, boolean utc) {}

    private final FullStatus status;
    private final Options options;
    private final boolean old;
    private final Colour colour;

    public StatusTable(FullStatus status, Options options) {
        this.status = status;
        this.options = options;
        this.old = options.layout() == Layout.V2;
        this.colour = options.colour();
    }

    /** The sections that have something to show, a blank line between them. */
    public String text() {
        List<Table> sections = new ArrayList<>();
        sections.add(model());
        sections.add(saas());
        sections.add(applications());
        sections.add(units());
        sections.add(machines());
        if (!old) {
            sections.add(offers());
        }
        boolean crossModel = !status.root().path("remote-applications").isEmpty()
                || !status.root().path("offers").isEmpty();
        if (old) {
            sections.add(oldRelations());
        } else if (options.relations() || crossModel) {
            sections.add(relations());
        }
        if (options.storage()) {
            sections.add(storage());
        }
        List<String> texts = new ArrayList<>();
        for (Table section : sections) {
            if (section.size() > 0) {
                texts.add(section.toString());
            }
        }
        return String.join("\n", texts);
    }

    /** The machines alone. */
    public String machinesText() {
        return machines().toString();
    }

    private Table model() {
        JsonNode model = status.model();
        JsonNode at = model.path("model-status");
        String notes = at.path("info").asText("");
        if (notes.isEmpty() && !model.path("available-version").asText("").isEmpty()) {
            notes = "upgrade available: " + model.path("available-version").asText();
        }
        String sla = model.path("sla").asText("");
        List<String> head = new ArrayList<>(List.of("Model", "Controller", "Cloud/Region", "Version"));
        List<String> row = new ArrayList<>(List.of(
                model.path("name").asText(),
                status.controller(),
                status.cloudRegion(),
                model.path("version").asText()));
        if (old) {
            if (!notes.isEmpty()) {
                head.add("Notes");
                row.add(notes);
            }
            head.add("SLA");
            row.add(sla.isEmpty() ? "unsupported" : sla);
        } else {
            if (!sla.isEmpty()) {
                head.add("SLA");
                row.add(sla);
            }
            Instant now = Times.parse(status.root().path("controller-timestamp").asText(""));
            if (now != null) {
                head.add("Timestamp");
                row.add(
                        options.utc()
                                ? DateTimeFormatter.ofPattern("HH:mm:ss'Z'", Locale.ROOT)
                                        .format(now.atZone(ZoneOffset.UTC))
                                : DateTimeFormatter.ofPattern("HH:mm:ssXXX", Locale.ROOT)
                                        .format(now.atZone(options.zone())));
            }
            if (!notes.isEmpty()) {
                head.add("Notes");
                row.add(notes);
            }
        }
        return new Table(head.toArray(String[]::new)).row(row);
    }

    private Table saas() {
        Table table = new Table(old ? "SAAS name" : "SAAS", "Status", "Store", "URL");
        for (Named each : status.sorted("remote-applications")) {
            String[] where = FullStatus.storeAndUrl(each.node());
            table.row(
                    each.name(),
                    colour.status(each.node().path("status").path("status").asText("unknown")),
                    where[0],
                    where[1]);
        }
        return table;
    }

    private Table applications() {
        Table table = old
                ? new Table("App", "Version", "Status", "Scale", "Charm", "Store", "Rev", "OS", "Notes").right(3, 6)
                : new Table("App", "Version", "Status", "Scale", "Charm", "Channel", "Rev", "Exposed", "Message")
                        .right(3, 6);
        for (Named each : status.sorted("applications")) {
            JsonNode application = each.node();
            String error = application.path("err").path("message").asText("");
            String version = version(application.path("workload-version").asText(""));
            String word = error.isEmpty() ? status.applicationStatus(each.name(), application) : "error";
            String scale = status.scale(each.name(), application);
            String charm = FullStatus.charmName(application.path("charm").asText());
            String revision = Integer.toString(FullStatus.charmRevision(application));
            boolean exposed = application.path("exposed").asBoolean();
            if (old) {
                table.row(
                        each.name(),
                        version,
                        colour.status(word),
                        scale,
                        charm,
                        FullStatus.isLocal(application) ? "local" : "jujucharms",
                        revision,
                        application.path("base").path("name").asText("ubuntu"),
                        exposed ? "exposed" : "");
            } else {
                table.row(
                        each.name(),
                        version,
                        colour.status(word),
                        scale,
                        charm,
                        application.path("charm-channel").asText(""),
                        revision,
                        exposed ? colour.good("yes") : "no",
                        cut(
                                error.isEmpty()
                                        ? application
                                                .path("status")
                                                .path("info")
                                                .asText("")
                                        : error));
            }
        }
        return table;
    }

    private static String version(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() > VERSION ? line.substring(0, VERSION - 3) + "..." : line;
    }

    private String cut(String message) {
        String line = message.replace('\n', ' ').stripTrailing();
        return !old && line.length() > MESSAGE ? line.substring(0, MESSAGE - 3) + "..." : line;
    }

    private Table units() {
        Table table = new Table("Unit", "Workload", "Agent", "Machine", "Public address", "Ports", "Message");
        for (Named application : status.sorted("applications")) {
            if (!FullStatus.isSubordinate(application.node())) {
                for (Named unit : FullStatus.sorted(application.node().path("units"))) {
                    unit(table, unit, 0);
                }
            }
        }
        return table;
    }

    private void unit(Table table, Named unit, int level) {
        JsonNode node = unit.node();
        String agent = node.path("agent-status").path("status").asText("");
        String workload = node.path("workload-status").path("status").asText("");
        String message = FullStatus.executing(node)
                + node.path("workload-status").path("info").asText("");
        if (workload.isEmpty() && !node.path("err").path("message").asText("").isEmpty()) {
            message = node.path("err").path("message").asText();
        }
        if (agent.equals("lost") && message.isEmpty()) {
            message = node.path("agent-status").path("info").asText("");
        }
        table.row(
                "  ".repeat(level) + unit.name() + (node.path("leader").asBoolean() ? "*" : ""),
                colour.status(workload),
                colour.status(agent),
                level > 0 ? "" : node.path("machine").asText(""),
                node.path("public-address").asText(""),
                old
                        ? FullStatus.listedPorts(node.path("opened-ports"))
                        : FullStatus.groupedPorts(node.path("opened-ports")),
                cut(message));
        for (Named subordinate : FullStatus.sorted(node.path("subordinates"))) {
            unit(table, subordinate, level + 1);
        }
    }

    private Table machines() {
        Table table = old
                ? new Table("Machine", "State", "DNS", "Inst id", "Series", "AZ", "Message")
                : new Table("Machine", "State", "Address", "Inst id", "Base", "AZ", "Message");
        for (Named machine : status.sorted("machines")) {
            machine(table, machine);
        }
        return table;
    }

    private void machine(Table table, Named machine) {
        JsonNode node = machine.node();
        JsonNode base = node.path("base");
        String channel = base.path("channel").asText("").replaceAll("/stable$", "");
        String instance = node.path("instance-id").asText("");
        table.row(
                machine.name(),
                colour.status(FullStatus.machineState(node)),
                node.path("dns-name").asText(""),
                instance.isEmpty() ? "pending" : instance,
                base.path("name").asText("").isEmpty()
                        ? ""
                        : old
                                ? Series.of(base.path("name").asText(), channel)
                                : base.path("name").asText() + "@" + channel,
                FullStatus.hardware(node, "availability-zone"),
                cut(FullStatus.machineMessage(node)));
        for (Named container : FullStatus.sorted(node.path("containers"))) {
            machine(table, container);
        }
    }

    private Table offers() {
        Table table = new Table("Offer", "Application", "Charm", "Rev", "Connected", "Endpoint", "Interface", "Role")
                .right(3);
        for (Named offer : status.sorted("offers")) {
            JsonNode node = offer.node();
            String url = node.path("charm").asText("");
            String revision = url.replaceAll("^.*-(?=\\d+$)", "");
            boolean first = true;
            for (Named endpoint : FullStatus.sorted(node.path("endpoints"))) {
                table.row(
                        first ? offer.name() : "",
                        first ? node.path("application-name").asText() : "",
                        first ? FullStatus.charmName(url) : "",
                        first ? (revision.matches("\\d+") ? revision : "0") : "",
                        first
                                ? node.path("active-connected-count").asInt() + "/"
                                        + node.path("total-connected-count").asInt()
                                : "",
                        endpoint.name(),
                        endpoint.node().path("interface").asText(),
                        endpoint.node().path("role").asText());
                first = false;
            }
        }
        return table;
    }

    private Table relations() {
        Table table = new Table("Integration provider", "Requirer", "Interface", "Type", "Message");
        for (RelationRow row : status.relations()) {
            table.row(row.provider(), row.requirer(), row.interfaceName(), row.type(), row.message());
        }
        return table;
    }

    /** One row a relation: the requirer's name of the endpoint, then the two applications in alphabetical order. */
    private Table oldRelations() {
        List<List<String>> rows = new ArrayList<>();
        for (RelationRow row : status.relations()) {
            String provider = row.provider().substring(0, row.provider().indexOf(':'));
            String requirer = row.requirer().substring(0, row.requirer().indexOf(':'));
            String name = row.requirer().substring(row.requirer().indexOf(':') + 1);
            boolean ordered = Names.NATURAL.compare(provider, requirer) <= 0;
            rows.add(List.of(name, ordered ? provider : requirer, ordered ? requirer : provider, row.type()));
        }
        rows.sort(Comparator.<List<String>, String>comparing(r -> r.get(0), Names.NATURAL)
                .thenComparing(r -> r.get(1), Names.NATURAL)
                .thenComparing(r -> r.get(2), Names.NATURAL));
        Table table = new Table("Relation", "Provides", "Consumes", "Type");
        rows.forEach(table::row);
        return table;
    }

    private Table storage() {
        Table table = new Table("Storage Unit", "Storage ID", "Type", "Size", "Status", "Message");
        for (JsonNode each : status.root().path("storage")) {
            table.row(
                    FullStatus.tagId(each.path("owner-tag").asText("")),
                    FullStatus.tagId(each.path("storage-tag").asText("")),
                    each.path("kind").asText(""),
                    "",
                    each.path("status").path("status").asText(""),
                    each.path("status").path("info").asText(""));
        }
        return table;
    }
}
