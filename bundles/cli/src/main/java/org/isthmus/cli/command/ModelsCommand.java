package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;
import org.isthmus.cli.text.Table;
import org.isthmus.cli.text.Times;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju models`. */
final class ModelsCommand extends ControllerCommand {
    @Mixin
    Format format = new Format();

    @Option(
            names = "--all",
            description = "Lists all models, regardless of user accessibility (administrative users only)")
    boolean all;

    @Option(
            names = "--user",
            paramLabel = "USER",
            description = "The user to list models for (administrative users only)")
    String user;

    @Option(names = "--uuid", description = "Display UUID for models")
    boolean uuid;

    @Option(names = "--exact-time", description = "Use full timestamps")
    boolean exactTime;

    @Override
    int run(Session session) {
        noMoreThan(0);
        if (user != null && !Names.isUser(user)) {
            throw Failure.usage("user name \"%s\" not valid", user);
        }
        Data.Controller controller = session.controller(this.controller);
        Data.Account account = session.account(controller);
        String of = user == null ? account.user() : user;
        JsonNode answer = session.api(controller)
                .call("ModelManager", "ListModelSummaries", Map.of("user-tag", "user-" + of, "all", all));
        List<JsonNode> models = new ArrayList<>();
        Map<String, String> known = new LinkedHashMap<>();
        for (JsonNode each : answer.path("results")) {
            JsonNode result = each.path("result");
            if (each.hasNonNull("error")) {
                session.error("%s", each.path("error").path("message").asText());
            } else {
                models.add(result);
                known.put(qualified(result), result.path("uuid").asText());
            }
        }
        models.sort(Comparator.comparing((JsonNode m) -> session.shown(controller, qualified(m)), Names.NATURAL));
        if (user == null && !all) {
            session.data().setModels(controller.name(), known);
        }
        String current = session.data().currentModel(controller.name());
        if (models.isEmpty() && format.choose("tabular", "json", "yaml").equals("tabular")) {
            session.print("Controller: " + controller.name() + "\n");
            session.info("No models available.\n\nThere are no models available. You can add models with\n"
                    + "\"juju add-model\", or you can ask an administrator or owner\n"
                    + "of a model to grant access to that model with \"juju grant\".");
            return 0;
        }
        return format.print(
                session,
                () -> "Controller: " + controller.name() + "\n\n" + table(session, controller, models, current),
                () -> document(session, controller, models, current));
    }

    private static String qualified(JsonNode model) {
        return Session.tagId(model.path("owner-tag").asText()) + "/"
                + model.path("name").asText();
    }

    private static Long count(JsonNode model, String entity) {
        for (JsonNode each : model.path("counts")) {
            if (each.path("entity").asText().equals(entity)) {
                return each.path("count").asLong();
            }
        }
        return null;
    }

    private String table(Session session, Data.Controller controller, List<JsonNode> models, String current) {
        boolean old = session.feature("cross-model");
        boolean machines = models.stream().anyMatch(m -> count(m, "machines") != null);
        List<String> head = new ArrayList<>(List.of("Model"));
        if (uuid) {
            head.add("UUID");
        }
        head.add("Cloud/Region");
        if (!old) {
            head.add("Type");
        }
        head.add("Status");
        int numbers = head.size();
        if (machines) {
            head.add("Machines");
            head.add("Cores");
            if (!old) {
                head.add("Units");
            }
        }
        int count = head.size() - numbers;
        head.add("Access");
        head.add("Last connection");
        Table table = new Table(head.toArray(String[]::new));
        for (int i = 0; i < count; i++) {
            table.right(numbers + i);
        }
        for (JsonNode model : models) {
            List<String> row = new ArrayList<>();
            String shown = session.shown(controller, qualified(model));
            row.add(qualified(model).equals(current) ? shown + "*" : shown);
            if (uuid) {
                row.add(model.path("uuid").asText());
            }
            String cloud = Session.tagId(model.path("cloud-tag").asText(""));
            String region = model.path("cloud-region").asText("");
            row.add(region.isEmpty() ? cloud : cloud + "/" + region);
            if (!old) {
                row.add(model.path("provider-type").asText(""));
            }
            String status = model.path("status").path("status").asText("");
            row.add(session.colour(false).status(status.isEmpty() ? "-" : status));
            if (machines) {
                Long number = count(model, "machines");
                row.add(number == null ? "0" : number.toString());
                row.add(dash(count(model, "cores")));
                if (!old) {
                    row.add(dash(count(model, "units")));
                }
            }
            String access = model.path("user-access").asText("");
            row.add(access.isEmpty() ? "-" : access);
            row.add(lastConnection(session, model));
            table.row(row);
        }
        return table.toString();
    }

    private static String dash(Long number) {
        return number == null || number == 0 ? "-" : number.toString();
    }

    private String lastConnection(Session session, JsonNode model) {
        String text = model.has("last-connection")
                ? model.path("last-connection").asText("")
                : model.path("user-last-connection").asText("");
        Instant last = Times.parse(text.equals("null") ? "" : text);
        if (last == null) {
            return "never connected";
        }
        return exactTime ? Times.since(last, session.invocation().zone(), false) : Times.ago(last, Instant.now());
    }

    private Map<String, Object> document(
            Session session, Data.Controller controller, List<JsonNode> models, String current) {
        List<Object> list = new ArrayList<>();
        for (JsonNode model : models) {
            Map<String, Object> at = ModelDocument.head(session, controller, model);
            at.put("access", model.path("user-access").asText(""));
            at.put("last-connection", lastConnection(session, model));
            Map<String, Object> counts = new LinkedHashMap<>();
            model.path("counts")
                    .forEach(c -> counts.put(
                            c.path("entity").asText(), c.path("count").asLong()));
            if (!counts.isEmpty()) {
                at.put("counts", counts);
            }
            at.put("agent-version", model.path("agent-version").asText(""));
            list.add(at);
        }
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("models", list);
        if (current != null) {
            root.put("current-model", session.shown(controller, current));
        }
        return root;
    }
}
