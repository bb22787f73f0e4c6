package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju offers`: what the model offers, and who is connected. */
final class OffersCommand extends ModelCommand {
    @Mixin
    Format format = new Format();

    @Option(names = "--interface", paramLabel = "NAME", description = "Return results matching the interface name")
    String interfaceName;

    @Option(names = "--application", paramLabel = "NAME", description = "Return results matching the application")
    String application;

    @Option(
            names = "--connected-user",
            paramLabel = "USER",
            description = "Return results where the user has a connection to the offer")
    String connectedUser;

    @Option(
            names = "--allowed-consumer",
            paramLabel = "USER",
            description = "Return results where the user is allowed to consume the offer")
    String allowedConsumer;

    @Option(names = "--active-only", description = "Only return results where the offer is in use")
    boolean activeOnly;

    @Override
    int run(Session session) {
        boolean old = session.feature("cross-model");
        String chosen = format.choose("tabular", "summary", "yaml", "json");
        String name = optional();
        if (name != null && !Names.isApplication(name)) {
            throw Failure.usage("offer name \"%s\" not valid", name);
        }
        for (String user : new String[] {connectedUser, allowedConsumer}) {
            if (user != null && !Names.isUser(user)) {
                throw Failure.usage("user name \"%s\" not valid", user);
            }
        }
        Target target = session.target(model);
        Data.Controller controller = session.controller(target.controller());
        List<JsonNode> offers = new ArrayList<>();
        session.api(controller)
                .call("ApplicationOffers", "ListApplicationOffers", Map.of("Filters", List.of(filter(target, name))))
                .path("results")
                .forEach(offers::add);
        if (activeOnly) {
            offers.removeIf(o -> o.path("connections").isEmpty());
        }
        if (offers.isEmpty() && (chosen.equals("tabular") || chosen.equals("summary"))) {
            session.info("No offers to display.");
            return 0;
        }
        return format.write(
                session,
                switch (chosen) {
                    case "tabular" ->
                        old
                                ? Offers.summary(offers, controller.name(), true)
                                : Offers.connected(offers, session.colour(false), Instant.now());
                    case "summary" -> Offers.summary(offers, controller.name(), old);
                    default ->
                        format.render(
                                session,
                                chosen,
                                Offers.document(
                                        offers,
                                        controller.name(),
                                        session.invocation().zone()));
                });
    }

    private Map<String, Object> filter(Target target, String name) {
        int slash = target.model().indexOf('/');
        Map<String, Object> filter = new LinkedHashMap<>();
        filter.put("owner-name", target.model().substring(0, Math.max(slash, 0)));
        filter.put("model-name", target.shortName());
        put(filter, "offer-name", name == null ? null : "^" + name + "$");
        put(filter, "application-name", application);
        put(filter, "endpoints", interfaceName == null ? null : List.of(Map.of("interface", interfaceName)));
        put(filter, "connected-users", connectedUser == null ? null : List.of(connectedUser));
        put(filter, "allowed-users", allowedConsumer == null ? null : List.of(allowedConsumer));
        return filter;
    }

    private static void put(Map<String, Object> filter, String key, Object value) {
        if (value != null) {
            filter.put(key, value);
        }
    }

    @Override
    List<String> formats() {
        return List.of("json", "summary", "tabular", "yaml");
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty()
                ? Candidates.offersOf(session, model).stream()
                        .map(offer -> offer.path("offer-name").asText())
                        .toList()
                : List.of();
    }
}
