package org.isthmus.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.isthmus.api.Names;
import org.isthmus.cli.status.FullStatus.Named;
import org.isthmus.cli.text.Table;

/** The formats `line` (also `short`, `oneline`) and `summary`. */
public final class StatusLines {
    private final FullStatus status;

    public StatusLines(FullStatus status) {
        this.status = status;
    }

    /** One line a unit, subordinates below their principal. */
    public String line() {
        StringBuilder text = new StringBuilder();
        for (Named application : status.sorted("applications")) {
            if (!FullStatus.isSubordinate(application.node())) {
                for (Named unit : FullStatus.sorted(application.node().path("units"))) {
                    line(text, unit, 0);
                }
            }
        }
        return text.toString();
    }

    private static void line(StringBuilder text, Named unit, int level) {
        JsonNode node = unit.node();
        String ports = FullStatus.listedPorts(node.path("opened-ports"));
        text.append("  ".repeat(level))
                .append("- ")
                .append(unit.name())
                .append(": ")
                .append(node.path("public-address").asText(""))
                .append(" (agent:")
                .append(node.path("agent-status").path("status").asText(""))
                .append(", workload:")
                .append(node.path("workload-status").path("status").asText(""))
                .append(")")
                .append(ports.isEmpty() ? "" : " " + ports)
                .append('\n');
        FullStatus.sorted(node.path("subordinates")).forEach(sub -> line(text, sub, level + 1));
    }

    /** Counts. */
    public String summary() {
        Map<String, Integer> machines = new TreeMap<>();
        for (Named machine : status.sorted("machines")) {
            machines.merge(FullStatus.machineState(machine.node()), 1, Integer::sum);
        }
        TreeSet<String> ports = new TreeSet<>(Names.NATURAL);
        TreeSet<String> subnets = new TreeSet<>(Names.NATURAL);
        Map<String, Integer> units = new TreeMap<>();
        Table applications = new Table(
                "# Applications:", "(" + status.root().path("applications").size() + ")", "");
        int total = 0;
        for (Named application : status.sorted("applications")) {
            Map<String, JsonNode> all = status.unitsOf(application.name(), application.node());
            int exposed = application.node().path("exposed").asBoolean() ? all.size() : 0;
            applications.row(application.name(), exposed + "/" + all.size(), "exposed");
            for (JsonNode unit : all.values()) {
                total++;
                units.merge(unit.path("workload-status").path("status").asText("unknown"), 1, Integer::sum);
                unit.path("opened-ports").forEach(p -> ports.add(p.asText()));
                String address = unit.path("public-address").asText("");
                if (address.matches("\\d+\\.\\d+\\.\\d+\\.\\d+")) {
                    subnets.add(address.substring(0, address.lastIndexOf('.')) + ".0/24");
                }
            }
        }
        Table head = new Table("Running on subnets:", String.join(", ", subnets));
        head.row("Utilizing ports:", String.join(", ", ports));
        head.row("# Machines:", "(" + status.root().path("machines").size() + ")");
        machines.forEach((word, count) -> head.row("  " + word + ":", " " + count));
        head.row("", "");
        head.row("# Units:", "(" + total + ")");
        units.forEach((word, count) -> head.row("  " + word + ":", " " + count));
        List<String> parts = new ArrayList<>(List.of(head + "", applications + ""));
        if (!status.root().path("remote-applications").isEmpty()) {
            Table remote = new Table(
                    "# Remote:", "(" + status.root().path("remote-applications").size() + ")");
            status.sorted("remote-applications")
                    .forEach(
                            r -> remote.row(r.name(), r.node().path("offer-url").asText("")));
            parts.add(remote.toString());
        }
        return String.join("\n", parts);
    }
}
