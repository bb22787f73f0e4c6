package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.isthmus.api.OfferUrl;

/** Takes an offer of any controller that is known here into a model. */
final class Consumer {
    private Consumer() {}

    /** @param name of the SAAS in the model; url tells where the offer is, with a controller only where it is another one */
    record Consumed(String name, OfferUrl url) {}

    /** @param alias null for the offer's own name */
    static Consumed consume(Session session, Target target, OfferUrl url, String alias) {
        Data.Controller here = session.controller(target.controller());
        OfferPlace place = OfferPlace.of(session, url, here);
        JsonNode details = session.api(place.controller())
                .one(
                        "ApplicationOffers",
                        "GetConsumeDetails",
                        Map.of(
                                "offer-urls",
                                Map.of("offer-urls", List.of(place.url().toString()), "bakery-version", 3),
                                "user-tag",
                                "user-" + session.account(place.controller()).user()));
        if (url.endpoint() != null && !offers(details.path("offer"), url.endpoint())) {
            // Before it is consumed: a line that fails leaves nothing behind.
            throw Failure.of("application offer \"%s\" has no \"%s\" relation", place.url(), url.endpoint());
        }
        boolean other = !place.controller().uuid().equals(here.uuid());
        OfferUrl known = other ? place.url().withController(place.controller().name()) : place.url();
        String name = alias == null ? details.path("offer").path("offer-name").asText(url.offer()) : alias;
        ObjectNode arg = details.path("offer").deepCopy();
        arg.remove(List.of("users", "connections", "charm-url", "application-name"));
        arg.put("offer-url", known.toString());
        arg.put("application-alias", name);
        arg.set("macaroon", details.path("macaroon"));
        ObjectNode external = details.path("external-controller").deepCopy();
        external.put("controller-alias", place.controller().name());
        arg.set("external-controller", external);
        session.api(target).one("Application", "Consume", Map.of("args", List.of(arg)));
        return new Consumed(name, known);
    }

    private static boolean offers(JsonNode offer, String endpoint) {
        for (JsonNode each : offer.path("endpoints")) {
            if (each.path("name").asText().equals(endpoint)) {
                return true;
            }
        }
        return false;
    }
}
