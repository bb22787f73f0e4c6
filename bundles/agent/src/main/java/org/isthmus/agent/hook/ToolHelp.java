package org.isthmus.agent.hook;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What `--help` of each hook tool says. Its keys are the tools there are. */
final class ToolHelp {
    private record Text(String arguments, String summary) {}

    private static final Map<String, Text> TEXTS = new TreeMap<>();

    static {
        add("application-version-set", "<version>", "Tells which version of the workload runs.");
        add(
                "close-port",
                "<port>[/<protocol>] | <from>-<to>[/<protocol>] | icmp",
                "Closes a port or range. --endpoints");
        add("config-get", "[<key>]", "Prints the application's settings, or one of them. --all (-a)");
        add("goal-state", "", "Prints the units and relations that the model will have, and their states.");
        add("is-leader", "", "Prints whether this unit leads its application.");
        add("juju-log", "<message>", "Writes into the model's log. --log-level (-l), --debug");
        add(
                "network-get",
                "<binding>",
                "Prints addresses of the unit for an endpoint. -r, --bind-address, --ingress-address, --egress-subnets");
        add("open-port", "<port>[/<protocol>] | <from>-<to>[/<protocol>] | icmp", "Opens a port or range. --endpoints");
        add("opened-ports", "", "Prints the ports that this unit opened. --endpoints");
        add("relation-get", "[<key>|-] [<unit>|<application>]", "Prints settings of a relation. -r, --app");
        add("relation-ids", "[<endpoint>]", "Prints the ids of an endpoint's relations.");
        add("relation-list", "", "Prints the units of a relation's other side. -r, --app");
        add("relation-model-get", "", "Prints the model of a relation's other side. -r");
        add("relation-set", "<key>=<value> ...", "Sets or, by an empty value, removes settings. -r, --app, --file");
        add("state-delete", "<key>", "Removes a value of the charm's own state.");
        add("state-get", "[<key>|-]", "Prints the charm's own state. --strict");
        add("state-set", "<key>=<value> ...", "Keeps values in the charm's own state. --file");
        add("status-get", "", "Prints the status of the unit or application. --include-data, --application");
        add("status-set", "maintenance|blocked|waiting|active [<message>]", "Sets the status. --application");
        add("unit-get", "private-address|public-address", "Prints an address of this unit.");
    }

    private ToolHelp() {}

    private static void add(String tool, String arguments, String summary) {
        TEXTS.put(tool, new Text(arguments, summary));
    }

    static Set<String> tools() {
        return TEXTS.keySet();
    }

    static String of(String tool) {
        Text text = TEXTS.get(tool);
        return "Usage: " + tool + " [options]" + (text.arguments().isEmpty() ? "" : " " + text.arguments())
                + "\n\nSummary:\n" + text.summary() + "\n";
    }
}
