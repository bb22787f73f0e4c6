package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.isthmus.cli.text.Times;

/** The part of a model's document that lists and details share. */
final class ModelDocument {
    private ModelDocument() {}

    static Map<String, Object> head(Session session, Data.Controller controller, JsonNode model) {
        Map<String, Object> at = new LinkedHashMap<>();
        String owner = Session.tagId(model.path("owner-tag").asText());
        String name = model.path("name").asText();
        at.put("name", owner + "/" + name);
        at.put("short-name", name);
        at.put("model-uuid", model.path("uuid").asText());
        at.put("model-type", model.path("type").asText("iaas"));
        at.put("controller-uuid", model.path("controller-uuid").asText(controller.uuid()));
        at.put("controller-name", controller.name());
        at.put("is-controller", model.path("is-controller").asBoolean());
        at.put("owner", owner);
        at.put("cloud", Session.tagId(model.path("cloud-tag").asText("")));
        put(at, "region", model.path("cloud-region").asText(""));
        String tag = model.path("cloud-credential-tag").asText("");
        if (!tag.isEmpty()) {
            String[] parts = Session.tagId(tag).split("_", 3);
            if (parts.length == 3) {
                Map<String, Object> credential = new LinkedHashMap<>();
                credential.put("name", parts[2]);
                credential.put("owner", parts[1]);
                credential.put("cloud", parts[0]);
                at.put("credential", credential);
            }
        }
        at.put("type", model.path("provider-type").asText(""));
        at.put("life", model.path("life").asText("alive"));
        JsonNode status = model.path("status");
        Map<String, Object> shown = new LinkedHashMap<>();
        put(shown, "current", status.path("status").asText(""));
        put(shown, "message", status.path("info").asText(""));
        put(
                shown,
                "since",
                Times.since(
                        Times.parse(status.path("since").asText("")),
                        session.invocation().zone(),
                        false));
        JsonNode migration = model.path("migration");
        if (migration.isObject()) {
            put(shown, "migration", migration.path("status").asText(""));
            put(
                    shown,
                    "migration-start",
                    Times.since(
                            Times.parse(migration.path("start").asText("")),
                            session.invocation().zone(),
                            false));
            put(
                    shown,
                    "migration-end",
                    Times.since(
                            Times.parse(migration.path("end").asText("")),
                            session.invocation().zone(),
                            false));
        }
        at.put("status", shown);
        return at;
    }

    static void put(Map<String, Object> at, String key, String value) {
        if (value != null && !value.isEmpty()) {
            at.put(key, value);
        }
    }
}
