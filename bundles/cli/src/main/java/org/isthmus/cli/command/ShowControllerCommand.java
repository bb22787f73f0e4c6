package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju show-controller`. */
final class ShowControllerCommand extends ControllerCommand {
    @Mixin
    Format format = new Format();

    @Option(names = "--show-password", description = "Show password for logged in user")
    boolean showPassword;

    @Override
    int run(Session session) {
        List<String> names = new ArrayList<>(args);
        if (names.isEmpty()) {
            names.add(session.controller(controller).name());
        }
        Map<String, Object> all = new LinkedHashMap<>();
        for (String name : names) {
            Data.Controller at = session.controller(name);
            List<String> errors = new ArrayList<>();
            try {
                ControllerFacts.refresh(session, at);
            } catch (Failure | org.isthmus.api.Refused failure) {
                errors.add(failure.getMessage());
            }
            at = session.controller(name);
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("controller-uuid", at.uuid());
            details.put("api-endpoints", at.addresses());
            ModelDocument.put(details, "cloud", at.cloud());
            ModelDocument.put(details, "region", at.region());
            ModelDocument.put(details, "agent-version", at.agentVersion());
            ModelDocument.put(details, "ca-cert", at.caCert());
            Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("details", details);
            Map<String, Object> models = new LinkedHashMap<>();
            for (Map.Entry<String, String> model : session.data().models(name).entrySet()) {
                models.put(
                        model.getKey().substring(model.getKey().indexOf('/') + 1),
                        Map.of("model-uuid", model.getValue()));
            }
            if (!models.isEmpty()) {
                shown.put("models", models);
            }
            ModelDocument.put(shown, "current-model", session.data().currentModel(name));
            Data.Account account = session.data().account(name);
            if (account != null) {
                Map<String, Object> user = new LinkedHashMap<>();
                user.put("user", account.user());
                ModelDocument.put(user, "access", account.access());
                if (showPassword) {
                    ModelDocument.put(user, "password", account.password());
                }
                shown.put("account", user);
            }
            if (!errors.isEmpty()) {
                shown.put("errors", errors);
            }
            all.put(name, shown);
        }
        return format.printDocument(session, all);
    }

    @Override
    List<String> complete(Session session) {
        return Candidates.controllers(session);
    }
}
