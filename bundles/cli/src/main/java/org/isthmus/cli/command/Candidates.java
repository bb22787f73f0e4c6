package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What may stand at a place of the line that is being typed. */
final class Candidates {
    private Candidates() {}

    static List<String> ofOption(Session session, String option) {
        return switch (option) {
            case "--model" -> models(session);
            case "--controller" -> controllers(session);
            case "--format" -> List.of("json", "tabular", "yaml");
            default -> List.of();
        };
    }

    static List<String> controllers(Session session) {
        return List.copyOf(session.data().controllers().keySet());
    }

    /** Short names of the current controller's models, and `controller:` of the others. */
    static List<String> models(Session session) {
        List<String> names = new ArrayList<>();
        Data.Controller current = session.controller(null);
        session.data().models(current.name()).keySet().forEach(name -> names.add(session.shown(current, name)));
        session.data().controllers().keySet().stream()
                .filter(name -> !name.equals(current.name()))
                .forEach(name -> session.data()
                        .models(name)
                        .keySet()
                        .forEach(model -> names.add(name + ":" + model.substring(model.indexOf('/') + 1))));
        return names;
    }

    static List<String> applications(Session session, String model) {
        return Session.names(status(session, model).path("applications"));
    }

    static List<String> units(Session session, String model) {
        List<String> names = new ArrayList<>();
        status(session, model)
                .path("applications")
                .forEach(application -> names.addAll(Session.names(application.path("units"))));
        return names;
    }

    static List<String> machines(Session session, String model) {
        return Session.names(status(session, model).path("machines"));
    }

    private static com.fasterxml.jackson.databind.JsonNode status(Session session, String model) {
        return session.api(session.target(model)).call("Client", "FullStatus", Map.of("patterns", List.of()));
    }
}
