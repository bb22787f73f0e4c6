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

/** `juju users`. */
final class UsersCommand extends ControllerCommand {
    @Mixin
    Format format = new Format();

    @Option(names = "--all", description = "Include disabled users")
    boolean all;

    @Option(names = "--exact-time", description = "Use full timestamp for connection times")
    boolean exactTime;

    @Override
    int run(Session session) {
        String model = optional();
        Data.Controller at = session.controller(controller);
        return model == null ? ofController(session, at) : ofModel(session, at, model);
    }

    private int ofController(Session session, Data.Controller at) {
        List<JsonNode> users = new ArrayList<>();
        for (JsonNode each : session.api(at)
                .call("UserManager", "UserInfo", Map.of("entities", List.of(), "include-disabled", all))
                .path("results")) {
            Api.refuseIfError(each);
            users.add(each.path("result"));
        }
        users.sort(Comparator.comparing(u -> u.path("username").asText(), Names.NATURAL));
        String me = session.account(at).user();
        return format.print(
                session,
                () -> {
                    Table table = new Table("Name", "Display name", "Access", "Date created", "Last connection");
                    for (JsonNode user : users) {
                        String name = user.path("username").asText();
                        table.row(
                                name.equals(me) ? name + "*" : name,
                                user.path("display-name").asText(""),
                                user.path("access").asText(""),
                                when(session, user, "date-created"),
                                when(session, user, "last-connection")
                                        + (user.path("disabled").asBoolean() ? " (disabled)" : ""));
                    }
                    return "Controller: " + at.name() + "\n\n" + table;
                },
                () -> {
                    List<Object> list = new ArrayList<>();
                    users.forEach(u -> list.add(document(session, u)));
                    return list;
                });
    }

    Map<String, Object> document(Session session, JsonNode user) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("user-name", user.path("username").asText());
        shown.put("display-name", user.path("display-name").asText(""));
        shown.put("access", user.path("access").asText(""));
        shown.put("date-created", when(session, user, "date-created"));
        shown.put("last-connection", when(session, user, "last-connection"));
        if (user.path("disabled").asBoolean()) {
            shown.put("disabled", true);
        }
        return shown;
    }

    private String when(Session session, JsonNode user, String field) {
        Instant moment = Times.parse(user.hasNonNull(field) ? user.path(field).asText() : "");
        if (moment == null) {
            return "never connected";
        }
        return exactTime ? Times.since(moment, session.invocation().zone(), false) : Times.ago(moment, Instant.now());
    }

    private int ofModel(Session session, Data.Controller at, String model) {
        Target target = session.find(at, model);
        List<JsonNode> users = new ArrayList<>();
        session.api(at)
                .one("ModelManager", "ModelInfo", Map.of("entities", List.of(Map.of("tag", "model-" + target.uuid()))))
                .path("result")
                .path("users")
                .forEach(users::add);
        users.sort(Comparator.comparing(u -> u.path("user").asText(), Names.NATURAL));
        if (users.isEmpty()) {
            session.info("No users to display.");
            return 0;
        }
        String me = session.account(at).user();
        return format.print(
                session,
                () -> {
                    Table table = new Table("Name", "Display name", "Access", "Last connection");
                    for (JsonNode user : users) {
                        String name = user.path("user").asText();
                        table.row(
                                name.equals(me) ? name + "*" : name,
                                user.path("display-name").asText(""),
                                user.path("access").asText(""),
                                when(session, user, "last-connection"));
                    }
                    return table.toString();
                },
                () -> {
                    Map<String, Object> shown = new LinkedHashMap<>();
                    users.forEach(u -> shown.put(
                            u.path("user").asText(),
                            Map.of(
                                    "access",
                                    u.path("access").asText(""),
                                    "last-connection",
                                    when(session, u, "last-connection"))));
                    return shown;
                });
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.models(session) : List.of();
    }
}
