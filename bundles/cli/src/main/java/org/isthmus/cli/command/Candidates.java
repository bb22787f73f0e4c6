package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What may stand at a place of the line that is being typed. */
final class Candidates {
    private Candidates() {}

    static List<String> ofOption(Session session, Command command, String option) {
        return switch (option) {
            case "--model" -> models(session);
            case "--controller" -> controllers(session);
            case "--format" -> command.formats();
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

    /** `application:endpoint`. */
    static List<String> endpoints(Session session, String model) {
        List<String> names = new ArrayList<>();
        JsonNode applications = status(session, model).path("applications");
        for (String application : Session.names(applications)) {
            for (String endpoint : Session.names(applications.path(application).path("endpoint-bindings"))) {
                if (!endpoint.isEmpty()) {
                    names.add(application + ":" + endpoint);
                }
            }
        }
        return names;
    }

    /** URLs of what the user may see at this controller. */
    static List<String> offers(Session session, String controller) {
        List<String> urls = new ArrayList<>();
        session.api(session.controller(controller))
                .call("ApplicationOffers", "FindApplicationOffers", Map.of("Filters", List.of(Map.of())))
                .path("results")
                .forEach(offer -> urls.add(Offers.url(offer)));
        return urls;
    }

    /** The model's own offers, as the controller tells them. */
    static List<JsonNode> offersOf(Session session, String model) {
        Target target = session.target(model);
        List<JsonNode> offers = new ArrayList<>();
        session.api(session.controller(target.controller()))
                .call(
                        "ApplicationOffers",
                        "ListApplicationOffers",
                        Map.of(
                                "Filters",
                                List.of(Map.of("owner-name", target.owner(), "model-name", target.shortName()))))
                .path("results")
                .forEach(offers::add);
        return offers;
    }

    static List<String> users(Session session, String controller) {
        List<String> names = new ArrayList<>();
        session.api(session.controller(controller))
                .call("UserManager", "UserInfo", Map.of("entities", List.of(), "include-disabled", true))
                .path("results")
                .forEach(user -> names.add(user.path("result").path("username").asText()));
        return names;
    }

    static List<String> machines(Session session, String model) {
        return Session.names(status(session, model).path("machines"));
    }

    private static JsonNode status(Session session, String model) {
        return session.api(session.target(model)).call("Client", "FullStatus", Map.of("patterns", List.of()));
    }
}
