package org.isthmus.modeladmin;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.isthmus.api.Problem;
import org.isthmus.model.Controller;

/** Every setting of a controller (`controller-config`). */
final class ControllerSettings {
    static final Schema SCHEMA = schema();

    /** Chosen at bootstrap: clients, agents and other controllers have written it down. */
    private static final List<String> ONCE = List.of("api-port");

    private ControllerSettings() {}

    private static Schema schema() {
        Schema s = new Schema();
        s.readOnly(
                "controller-uuid",
                "string",
                "can not change \"controller-uuid\" after bootstrap",
                "The key for the controller UUID");
        s.readOnly(
                "controller-name",
                "string",
                "can not change \"controller-name\" after bootstrap",
                "The canonical name for the controller");
        s.readOnly("ca-cert", "string", "can not change \"ca-cert\" after bootstrap", "The controller's own CA");
        s.add(
                "agent-logfile-max-backups",
                "int",
                2L,
                "files",
                Schema.between("agent-logfile-max-backups", 0, 100),
                true,
                "How many old log files of agents are kept");
        s.add(
                "agent-logfile-max-size",
                "string",
                "100M",
                null,
                Schema.size("agent-logfile-max-size"),
                true,
                "Size at which an agent's log file is rotated");
        s.add(
                "agent-ratelimit-max",
                "int",
                250L,
                "logins",
                Schema.between("agent-ratelimit-max", 1, 100_000),
                true,
                "How many agent logins are let in at once");
        s.add(
                "agent-ratelimit-rate",
                "duration",
                "5ms",
                null,
                Schema.lasting("agent-ratelimit-rate", "1ms", "1m"),
                true,
                "The time taken to let in one more agent login");
        s.add(
                "allow-model-access",
                "bool",
                false,
                null,
                null,
                true,
                "Whether users may connect to models they have access to without access to the controller");
        s.add(
                "api-port",
                "int",
                17070L,
                "port",
                Schema.between("api-port", 0, 65535),
                false,
                "The port used for API connections; 0 takes a free one at bootstrap");
        s.add("api-port-open-delay", "duration", "2s", null, null, false, "How long to wait before the API port opens");
        s.add(
                "application-resource-download-limit",
                "int",
                0L,
                "downloads",
                Schema.between("application-resource-download-limit", 0, 1000),
                true,
                "The maximum number of concurrent resource downloads of one application; 0 is any number");
        s.add(
                "audit-log-capture-args",
                "bool",
                false,
                null,
                null,
                true,
                "Whether the audit log holds arguments of calls");
        s.add(
                "audit-log-exclude-methods",
                "list",
                "ReadOnlyMethods",
                null,
                null,
                true,
                "Which methods are not interesting for the audit log");
        s.add(
                "audit-log-max-backups",
                "int",
                10L,
                "files",
                Schema.between("audit-log-max-backups", 0, 1000),
                true,
                "The number of old audit log files to keep");
        s.add(
                "audit-log-max-size",
                "string",
                "300M",
                null,
                Schema.size("audit-log-max-size"),
                true,
                "Size at which the audit log is rotated");
        s.add("auditing-enabled", "bool", true, null, null, true, "Whether the controller keeps an audit log");
        s.add("autocert-dns-name", "string", "", null, null, false, "The DNS name for a public certificate");
        s.add("autocert-url", "string", "", null, null, false, "The URL used to obtain a public certificate");
        s.add(
                "charm-store-path",
                "list",
                "",
                null,
                null,
                true,
                "Folders that hold charms, searched in order, separated by commas");
        s.add(
                "controller-api-port",
                "int",
                0L,
                "port",
                Schema.between("controller-api-port", 0, 65535),
                false,
                "A separate port for agents of the controller itself; 0 is none");
        s.add(
                "controller-resource-download-limit",
                "int",
                0L,
                "downloads",
                Schema.between("controller-resource-download-limit", 0, 10_000),
                true,
                "The maximum number of concurrent resource downloads; 0 is any number");
        s.add(
                "features",
                "list",
                "cross-model",
                null,
                null,
                true,
                "Feature flags of this controller; offers are made and found where \"cross-model\" is among them");
        s.add("identity-public-key", "string", "", null, null, false, "The public key of the identity manager");
        s.add("identity-url", "string", "", null, null, false, "The URL of the identity manager");
        s.add("juju-mgmt-space", "string", "", null, null, true, "The space that agents use to reach the controller");
        s.add(
                "max-agent-state-size",
                "int",
                524_288L,
                "bytes",
                Schema.between("max-agent-state-size", 0, 16L << 20),
                true,
                "The maximum size of an agent's stored state");
        s.add(
                "max-charm-state-size",
                "int",
                2_097_152L,
                "bytes",
                Schema.between("max-charm-state-size", 0, 16L << 20),
                true,
                "The maximum size of a charm's stored state");
        s.add(
                "max-debug-log-duration",
                "duration",
                "24h",
                null,
                null,
                true,
                "The longest that one debug-log session may last");
        s.add(
                "max-prune-txn-batch-size",
                "int",
                1_000_000L,
                "rows",
                null,
                true,
                "Of the database of Juju's controllers");
        s.add("max-prune-txn-passes", "int", 100L, "passes", null, true, "Of the database of Juju's controllers");
        s.add(
                "migration-agent-wait-time",
                "duration",
                "15m",
                null,
                Schema.lasting("migration-agent-wait-time", "1s", null),
                true,
                "How long a migration waits for agents to report");
        s.add(
                "model-logfile-max-backups",
                "int",
                2L,
                "files",
                Schema.between("model-logfile-max-backups", 0, 100),
                true,
                "How many old log files of a model are kept");
        s.add(
                "model-logfile-max-size",
                "string",
                "10M",
                null,
                Schema.size("model-logfile-max-size"),
                true,
                "Size at which a model's log file is rotated");
        s.add(
                "model-logs-size",
                "string",
                "20M",
                null,
                Schema.size("model-logs-size"),
                true,
                "How much log is kept of one model");
        s.add(
                "object-store-type",
                "string",
                "file",
                null,
                Schema.oneOf("object-store-type", "file"),
                false,
                "Where charms and resources are kept");
        s.add("public-dns-address", "string", "", null, null, true, "The public name of the controller, with a port");
        s.add("prune-txn-query-count", "int", 1000L, "rows", null, true, "Of the database of Juju's controllers");
        s.add("prune-txn-sleep-time", "duration", "10ms", null, null, true, "Of the database of Juju's controllers");
        s.add(
                "query-tracing-enabled",
                "bool",
                true,
                null,
                null,
                true,
                "Whether slow decisions are logged with their trace");
        s.add(
                "query-tracing-threshold",
                "duration",
                "100ms",
                null,
                null,
                true,
                "From when on a decision counts as slow");
        s.add("set-numa-control-policy", "bool", false, null, null, false, "Of the database of Juju's controllers");
        s.add("state-port", "int", 37017L, "port", null, false, "Of the database of Juju's controllers");
        s.unused(
                "the store is another one",
                "max-prune-txn-batch-size",
                "max-prune-txn-passes",
                "prune-txn-query-count",
                "prune-txn-sleep-time",
                "set-numa-control-policy",
                "state-port");
        s.unused("a controller has one port, open from its start", "api-port-open-delay");
        s.unused(
                "an agent keeps one old file of 10 MiB on its machine",
                "agent-logfile-max-backups",
                "agent-logfile-max-size");
        s.unused(
                "the last 20 MiB of each model's log are kept",
                "model-logfile-max-backups",
                "model-logfile-max-size",
                "model-logs-size");
        s.unused(
                "charms have no resources yet",
                "application-resource-download-limit",
                "controller-resource-download-limit");
        s.unused("models do not migrate yet", "migration-agent-wait-time");
        s.defaultOnly("there are no identity providers", "identity-public-key", "identity-url");
        s.defaultOnly("the certificate is signed by the controller's own CA", "autocert-dns-name", "autocert-url");
        s.defaultOnly("a controller has one port", "controller-api-port");
        s.defaultOnly("there are no spaces", "juju-mgmt-space");
        return s;
    }

    /** Refuses another value for what was chosen at bootstrap. */
    static void needFirst(Map<String, Object> before, Map<String, Object> set, List<String> reset) {
        for (String name : ONCE) {
            boolean changes = reset.contains(name)
                    || set.containsKey(name)
                            && !String.valueOf(before.get(name)).equals(String.valueOf(set.get(name)));
            if (before.containsKey(name) && changes) {
                throw Problem.notValid("can not change \"%s\" after bootstrap", name);
            }
        }
    }

    static Map<String, Object> fixed(Controller controller) {
        Map<String, Object> fixed = new TreeMap<>();
        fixed.put("controller-uuid", controller.uuid());
        fixed.put("controller-name", controller.name());
        fixed.values().removeIf(java.util.Objects::isNull);
        return fixed;
    }
}
