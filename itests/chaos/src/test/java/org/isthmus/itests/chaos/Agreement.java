package org.isthmus.itests.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** What must hold between both sides when all is at rest. */
final class Agreement {
    private Agreement() {}

    /** Null when both sides are equal, else what is not. */
    static String wrong(Side consumer, Side offering) {
        JsonNode saas = consumer.status().path("application-endpoints").path("mouth");
        if (!saas.path("application-status").path("current").asText().equals("active")) {
            return "SAAS " + saas;
        }
        JsonNode connections = offering.json("offers").path("mouth").path("connections");
        if (connections.size() != 1) {
            return "connections " + connections;
        }
        String shown = connections.path(0).path("status").path("current").asText();
        if (!shown.equals("joined")) {
            return "connection " + connections;
        }
        String there = talk(consumer, offering);
        return there != null ? there : talk(offering, consumer);
    }

    /** What one side says must be what the other hears: settings of every unit, of the application, and in its hooks. */
    private static String talk(Side from, Side to) {
        String text = from.text();
        Map<Integer, JsonNode> said = new TreeMap<>();
        for (String unit : from.units()) {
            JsonNode own = relation(from, unit).path("local-unit");
            if (!own.path("in-scope").asBoolean()) {
                return unit + " is not in scope";
            }
            if (!own.path("data").path("text").asText().equals(text)) {
                return unit + " did not say " + text + " yet: " + own;
            }
            said.put(number(unit), reachable(own.path("data")));
        }
        for (String unit : to.units()) {
            JsonNode relation = relation(to, unit);
            String leader =
                    relation.path("application-data").path("leader-text").asText();
            if (!leader.equals(text)) {
                return unit + " hears of the leader " + leader + ", not " + text;
            }
            Map<Integer, JsonNode> heard = new TreeMap<>();
            relation.path("related-units").properties().forEach(each -> {
                if (each.getValue().path("in-scope").asBoolean()) {
                    heard.put(number(each.getKey()), each.getValue().path("data"));
                }
            });
            if (!heard.equals(said)) {
                return to.controller + " sees " + heard + ", " + from.controller + " has " + said;
            }
            Map<Integer, String> noted = to.heard(unit);
            Map<Integer, String> expected = new TreeMap<>();
            said.keySet().forEach(number -> expected.put(number, text));
            if (!noted.equals(expected)) {
                return "hooks of " + unit + " heard " + noted + ", not " + expected;
            }
        }
        return null;
    }

    /** The only one that it has. */
    private static JsonNode relation(Side side, String unit) {
        JsonNode all = side.json("show-unit", unit).path(unit).path("relation-info");
        if (all.size() != 1) {
            throw new IllegalStateException(unit + " has " + all.size() + " relations");
        }
        return all.path(0);
    }

    private static int number(String unit) {
        return Integer.parseInt(unit.substring(unit.indexOf('/') + 1));
    }

    /** The private address of another model is no use. */
    private static JsonNode reachable(JsonNode settings) {
        ObjectNode shown = settings.deepCopy();
        shown.set("private-address", settings.path("ingress-address"));
        return shown;
    }
}
