package org.isthmus.cli.command;

import java.util.LinkedHashMap;
import java.util.Map;
import org.isthmus.cli.text.Table;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju controllers`. */
final class ControllersCommand extends Command {
    @Mixin
    Format format = new Format();

    @Option(names = "--refresh", description = "Connect to each controller to download the latest details")
    boolean refresh;

    @Option(names = "--managed", description = "Show controllers managed by JAAS")
    boolean managed;

    @Override
    int run(Session session) {
        noMoreThan(0);
        Data data = session.data();
        if (refresh) {
            data.controllers().values().forEach(c -> refresh(session, c));
        }
        Map<String, Data.Controller> all = data.controllers();
        String current = data.currentController();
        if (all.isEmpty() && format.choose("tabular", "json", "yaml").equals("tabular")) {
            session.controller(null);
        }
        if (!refresh && format.choose("tabular", "json", "yaml").equals("tabular")) {
            session.info("Use --refresh option with this command to see the latest information.\n");
        }
        return format.print(session, () -> table(session, all, current), () -> document(session, all, current));
    }

    private static void refresh(Session session, Data.Controller controller) {
        try {
            ControllerFacts.refresh(session, controller);
        } catch (Failure | org.isthmus.api.Refused failure) {
            session.error("updating cached details for \"%s\": %s", controller.name(), failure.getMessage());
        }
    }

    private static String table(Session session, Map<String, Data.Controller> all, String current) {
        Table table = new Table(
                        "Controller", "Model", "User", "Access", "Cloud/Region", "Models", "Nodes", "HA", "Version")
                .right(5, 6, 7);
        for (Data.Controller each : all.values()) {
            Data.Account account = session.data().account(each.name());
            String model = session.data().currentModel(each.name());
            String cloud = each.cloud() == null ? "" : each.cloud();
            table.row(
                    each.name().equals(current) ? each.name() + "*" : each.name(),
                    model == null ? "-" : account == null ? model : session.shown(each, model),
                    account == null ? "-" : account.user(),
                    account == null ? "-" : account.access() == null ? "(unknown)" : account.access(),
                    each.region() == null ? cloud : cloud + "/" + each.region(),
                    account == null
                            ? "-"
                            : Integer.toString(
                                    session.data().models(each.name()).size()),
                    "1",
                    "none",
                    each.agentVersion() == null ? "(unknown)" : each.agentVersion());
        }
        return table.toString();
    }

    private static Map<String, Object> document(Session session, Map<String, Data.Controller> all, String current) {
        Map<String, Object> controllers = new LinkedHashMap<>();
        for (Data.Controller each : all.values()) {
            Data.Account account = session.data().account(each.name());
            Map<String, Object> at = new LinkedHashMap<>();
            put(at, "current-model", session.data().currentModel(each.name()));
            put(at, "user", account == null ? null : account.user());
            put(at, "access", account == null ? null : account.access());
            put(
                    at,
                    "recent-server",
                    each.addresses().isEmpty() ? null : each.addresses().get(0));
            put(at, "uuid", each.uuid());
            at.put("api-endpoints", each.addresses());
            put(at, "cloud", each.cloud());
            put(at, "region", each.region());
            put(at, "type", each.type());
            put(at, "agent-version", each.agentVersion());
            at.put("model-count", session.data().models(each.name()).size());
            put(at, "ca-cert", each.caCert());
            controllers.put(each.name(), at);
        }
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("controllers", controllers);
        put(root, "current-controller", current);
        return root;
    }

    private static void put(Map<String, Object> at, String key, Object value) {
        if (value != null) {
            at.put(key, value);
        }
    }
}
