package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.isthmus.api.Constraints;
import org.isthmus.api.Names;
import org.isthmus.api.OfferUrl;
import org.isthmus.api.Refused;
import org.isthmus.cli.status.FullStatus;

/**
 * What the model has already, as far as bundles speak of it.
 *
 * @param relations pairs of `application:endpoint`
 */
record BundleExisting(
        Map<String, Application> applications,
        Map<String, Saas> saas,
        Map<String, Offer> offers,
        List<BundleFile.Relation> relations) {
    /** What the status does not tell of an application; the values are those that hold, defaults too. */
    record Facts(
            Map<String, JsonNode> options, boolean trust, Constraints constraints, Map<String, String> annotations) {
        static final Facts NONE = new Facts(Map.of(), false, Constraints.NONE, Map.of());
    }

    /** @param units their machines, by name */
    record Application(
            String charm,
            int revision,
            String life,
            String[] base,
            Map<String, String> units,
            boolean exposed,
            Map<String, BundleFile.Exposed> endpoints,
            Facts facts) {}

    record Saas(String url, boolean terminated) {}

    /** @param acl who may do what; empty where nobody told */
    record Offer(String application, TreeSet<String> endpoints, Map<String, String> acl) {}

    /**
     * @param status the answer of `Client.FullStatus`
     * @param facts by application
     * @param acls by offer
     * @param url makes one spelling of the many that an offer's URL has
     */
    static BundleExisting of(
            JsonNode status,
            Map<String, Facts> facts,
            Map<String, Map<String, String>> acls,
            java.util.function.UnaryOperator<String> url) {
        Map<String, Application> applications = new LinkedHashMap<>();
        status.path("applications").properties().forEach(e -> {
            JsonNode at = e.getValue();
            Map<String, String> units = new TreeMap<>(Names.NATURAL);
            at.path("units")
                    .properties()
                    .forEach(u ->
                            units.put(u.getKey(), u.getValue().path("machine").asText("")));
            Map<String, BundleFile.Exposed> exposed = new TreeMap<>();
            at.path("exposed-endpoints")
                    .properties()
                    .forEach(x -> exposed.put(
                            x.getKey(),
                            new BundleFile.Exposed(
                                    words(x.getValue().path("expose-to-spaces")),
                                    words(x.getValue().path("expose-to-cidrs")))));
            applications.put(
                    e.getKey(),
                    new Application(
                            FullStatus.charmName(at.path("charm").asText("")),
                            FullStatus.charmRevision(at),
                            at.path("life").asText(""),
                            new String[] {
                                at.path("base").path("name").asText(""),
                                at.path("base").path("channel").asText("")
                            },
                            units,
                            at.path("exposed").asBoolean(),
                            exposed,
                            facts.getOrDefault(e.getKey(), Facts.NONE)));
        });
        Map<String, Saas> saas = new LinkedHashMap<>();
        status.path("remote-applications")
                .properties()
                .forEach(e -> saas.put(
                        e.getKey(),
                        new Saas(
                                url.apply(e.getValue().path("offer-url").asText("")),
                                e.getValue()
                                        .path("status")
                                        .path("status")
                                        .asText("")
                                        .equals("terminated"))));
        Map<String, Offer> offers = new LinkedHashMap<>();
        status.path("offers").properties().forEach(e -> {
            TreeSet<String> endpoints = new TreeSet<>();
            e.getValue().path("endpoints").properties().forEach(x -> endpoints.add(x.getKey()));
            offers.put(
                    e.getKey(),
                    new Offer(
                            e.getValue().path("application-name").asText(""),
                            endpoints,
                            acls.getOrDefault(e.getKey(), Map.of())));
        });
        List<BundleFile.Relation> relations = new ArrayList<>();
        for (JsonNode relation : status.path("relations")) {
            List<String> sides = new ArrayList<>();
            relation.path("endpoints")
                    .forEach(x -> sides.add(x.path("application").asText() + ":"
                            + x.path("name").asText()));
            if (sides.size() == 2) {
                relations.add(new BundleFile.Relation(sides.get(0), sides.get(1)));
            }
        }
        return new BundleExisting(applications, saas, offers, relations);
    }

    private static List<String> words(JsonNode list) {
        List<String> words = new ArrayList<>();
        list.forEach(w -> words.add(w.asText()));
        return words;
    }

    /** With its user; without the controller where that is the one in use. */
    static String url(String text, String controller, String user) {
        try {
            OfferUrl url = OfferUrl.parse(text);
            if (url.user() == null) {
                url = url.withUser(user);
            }
            return controller.equals(url.controller())
                    ? url.withController(null).toString()
                    : url.toString();
        } catch (Refused strange) {
            return text;
        }
    }
}
