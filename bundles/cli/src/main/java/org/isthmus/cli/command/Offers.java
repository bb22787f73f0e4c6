package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.isthmus.api.Names;
import org.isthmus.cli.text.Colour;
import org.isthmus.cli.text.Table;
import org.isthmus.cli.text.Times;

/** What ApplicationOffers answers, as tables and documents. */
final class Offers {
    private static final int WRAP = 45;
    private static final int DESCRIPTION = 180;
    private static final Duration PRESENT = Duration.ofSeconds(2);

    private Offers() {}

    static String url(JsonNode offer) {
        return offer.path("offer-url").asText("");
    }

    private static List<JsonNode> sorted(List<JsonNode> offers, String key) {
        List<JsonNode> list = new ArrayList<>(offers);
        list.sort(Comparator.comparing((JsonNode o) -> o.path(key).asText(""), Names.NATURAL));
        return list;
    }

    static List<JsonNode> endpoints(JsonNode offer) {
        List<JsonNode> list = new ArrayList<>();
        offer.path("endpoints").forEach(list::add);
        list.sort(Comparator.comparing((JsonNode e) -> e.path("name").asText()));
        return list;
    }

    /** What this user may do with it; `-` where nobody says. */
    static String access(JsonNode offer, String user) {
        for (JsonNode each : offer.path("users")) {
            if (each.path("user").asText().equals(user)) {
                return each.path("access").asText("-");
            }
        }
        return "-";
    }

    // ---- find-offers

    /** @param old the columns of 2.2, without the controller */
    static String found(List<JsonNode> offers, String store, String user, boolean old) {
        Table table =
                old ? new Table("URL", "Access", "Interfaces") : new Table("Store", "URL", "Access", "Interfaces");
        for (JsonNode offer : sorted(offers, "offer-url")) {
            TreeSet<String> interfaces = new TreeSet<>();
            offer.path("endpoints")
                    .forEach(e -> interfaces.add(
                            e.path("interface").asText() + ":" + e.path("name").asText()));
            List<String> row =
                    new ArrayList<>(List.of(store, url(offer), access(offer, user), String.join(", ", interfaces)));
            table.row(old ? row.subList(1, 4) : row);
        }
        return table.toString();
    }

    static Map<String, Object> foundDocument(List<JsonNode> offers, String store, String user) {
        Map<String, Object> document = new LinkedHashMap<>();
        for (JsonNode offer : sorted(offers, "offer-url")) {
            Map<String, Object> at = new LinkedHashMap<>();
            at.put("access", access(offer, user));
            at.put("endpoints", endpointDocument(offer));
            at.put("users", userDocument(offer));
            document.put(store + ":" + url(offer), at);
        }
        return document;
    }

    static Map<String, Object> endpointDocument(JsonNode offer) {
        Map<String, Object> document = new LinkedHashMap<>();
        for (JsonNode endpoint : endpoints(offer)) {
            Map<String, Object> at = new LinkedHashMap<>();
            at.put("interface", endpoint.path("interface").asText());
            at.put("role", endpoint.path("role").asText());
            document.put(endpoint.path("name").asText(), at);
        }
        return document;
    }

    static Map<String, Object> userDocument(JsonNode offer) {
        Map<String, Object> document = new TreeMap<>();
        for (JsonNode each : offer.path("users")) {
            Map<String, Object> at = new LinkedHashMap<>();
            if (!each.path("display-name").asText("").isEmpty()) {
                at.put("display-name", each.path("display-name").asText());
            }
            at.put("access", each.path("access").asText());
            document.put(each.path("user").asText(), at);
        }
        return document;
    }

    // ---- show-offer

    static String shown(JsonNode offer, String store, String user, boolean old) {
        Table table = old
                ? new Table("URL", "Access", "Description", "Endpoint", "Interface", "Role")
                : new Table("Store", "URL", "Access", "Description", "Endpoint", "Interface", "Role");
        List<String> description =
                wrap(cut(offer.path("application-description").asText("")));
        List<JsonNode> endpoints = endpoints(offer);
        for (int i = 0; i < Math.max(1, Math.max(description.size(), endpoints.size())); i++) {
            JsonNode endpoint = i < endpoints.size() ? endpoints.get(i) : null;
            List<String> row = new ArrayList<>(List.of(
                    i == 0 ? store : "",
                    i == 0 ? url(offer) : "",
                    i == 0 ? access(offer, user) : "",
                    i < description.size() ? description.get(i) : "",
                    endpoint == null ? "" : endpoint.path("name").asText(),
                    endpoint == null ? "" : endpoint.path("interface").asText(),
                    endpoint == null ? "" : endpoint.path("role").asText()));
            table.row(old ? row.subList(1, 7) : row);
        }
        return table.toString();
    }

    static Map<String, Object> shownDocument(JsonNode offer, String store, String user) {
        Map<String, Object> at = new LinkedHashMap<>();
        at.put("description", offer.path("application-description").asText(""));
        at.put("access", access(offer, user));
        at.put("endpoints", endpointDocument(offer));
        at.put("users", userDocument(offer));
        return Map.of(store + ":" + url(offer), at);
    }

    static String cut(String description) {
        return description.length() <= DESCRIPTION ? description : description.substring(0, DESCRIPTION - 3) + "...";
    }

    /** Lines of at most 45 columns; a longer word has a line of its own. */
    static List<String> wrap(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.strip().split("\\s+")) {
            if (line.length() > 0 && line.length() + 1 + word.length() > WRAP) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        if (line.length() > 0) {
            lines.add(line.toString());
        }
        return lines;
    }

    // ---- offers

    private static List<JsonNode> connections(JsonNode offer) {
        List<JsonNode> list = new ArrayList<>();
        offer.path("connections").forEach(list::add);
        list.sort(Comparator.comparing((JsonNode c) -> c.path("username").asText())
                .thenComparing(c -> c.path("relation-id").asInt()));
        return list;
    }

    private static String status(JsonNode connection) {
        return connection.path("status").path("status").asText("");
    }

    /** `joined`; `joined, lost, last seen 5 minutes ago` where the consuming side does not answer. */
    private static String statusCell(JsonNode connection, Colour colour, Instant now) {
        String word = status(connection);
        Instant seen = Times.parse(connection.path("last-seen").asText(""));
        String shown =
                switch (word) {
                    case "broken", "error" -> colour.bad(word);
                    default -> colour.status(word);
                };
        return seen == null || Duration.between(seen, now).compareTo(PRESENT) < 0
                ? shown
                : shown + ", lost, last seen " + Times.ago(seen, now);
    }

    static String connected(List<JsonNode> offers, Colour colour, Instant now) {
        Table table =
                new Table("Offer", "User", "Relation ID", "Status", "Endpoint", "Interface", "Role", "Ingress subnets");
        for (JsonNode offer : sorted(offers, "offer-name")) {
            String name = offer.path("offer-name").asText();
            Map<String, JsonNode> endpoints = new LinkedHashMap<>();
            endpoints(offer).forEach(e -> endpoints.put(e.path("name").asText(), e));
            boolean first = true;
            for (JsonNode connection : connections(offer)) {
                String endpoint = connection.path("endpoint").asText("");
                JsonNode declared = endpoints.get(endpoint);
                List<String> subnets = new ArrayList<>();
                connection.path("ingress-subnets").forEach(s -> subnets.add(s.asText()));
                table.row(
                        first ? name : "",
                        connection.path("username").asText(),
                        connection.path("relation-id").asText(),
                        statusCell(connection, colour, now),
                        endpoint,
                        declared == null ? "" : declared.path("interface").asText(),
                        declared == null ? "" : declared.path("role").asText(),
                        String.join(",", subnets));
                first = false;
            }
            if (first) {
                table.row(name, "-");
            }
        }
        return table.toString();
    }

    /** @param old the columns of 2.2, where `Connected` counts the users */
    static String summary(List<JsonNode> offers, String store, boolean old) {
        Table table = old
                ? new Table("Application", "Charm", "Connected", "Store", "URL", "Endpoint", "Interface", "Role")
                : new Table(
                        "Offer", "Application", "Charm", "Connected", "Store", "URL", "Endpoint", "Interface", "Role");
        for (JsonNode offer : sorted(offers, old ? "application-name" : "offer-name")) {
            List<JsonNode> connections = connections(offer);
            long joined =
                    connections.stream().filter(c -> status(c).equals("joined")).count();
            boolean first = true;
            for (JsonNode endpoint : endpoints(offer)) {
                List<String> row = new ArrayList<>(List.of(
                        first ? offer.path("offer-name").asText() : "",
                        first ? offer.path("application-name").asText() : "",
                        first ? offer.path("charm-url").asText("") : "",
                        first ? old ? "" + connections.size() : joined + "/" + connections.size() : "",
                        first ? store : "",
                        first ? url(offer) : "",
                        endpoint.path("name").asText(),
                        endpoint.path("interface").asText(),
                        endpoint.path("role").asText()));
                table.row(old ? row.subList(1, row.size()) : row);
                first = false;
            }
        }
        return table.toString();
    }

    static Map<String, Object> document(List<JsonNode> offers, String store, ZoneId zone) {
        Map<String, Object> document = new LinkedHashMap<>();
        for (JsonNode offer : sorted(offers, "offer-name")) {
            Map<String, Object> at = new LinkedHashMap<>();
            at.put("application", offer.path("application-name").asText());
            at.put("store", store);
            at.put("charm", offer.path("charm-url").asText(""));
            at.put("offer-url", url(offer));
            at.put("endpoints", endpointDocument(offer));
            List<Object> connections = new ArrayList<>();
            connections(offer).forEach(c -> connections.add(connection(c, zone)));
            if (!connections.isEmpty()) {
                at.put("connections", connections);
            }
            at.put("users", userDocument(offer));
            document.put(offer.path("offer-name").asText(), at);
        }
        return document;
    }

    private static Map<String, Object> connection(JsonNode connection, ZoneId zone) {
        Map<String, Object> at = new LinkedHashMap<>();
        at.put(
                "source-model-uuid",
                Session.tagId(connection.path("source-model-tag").asText()));
        at.put("username", connection.path("username").asText());
        at.put("relation-id", connection.path("relation-id").asInt());
        at.put("endpoint", connection.path("endpoint").asText());
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("current", status(connection));
        String message = connection.path("status").path("info").asText("");
        if (!message.isEmpty()) {
            status.put("message", message);
        }
        Instant since = Times.parse(connection.path("status").path("since").asText(""));
        if (since != null) {
            status.put("since", Times.since(since, zone, false));
        }
        at.put("status", status);
        Instant seen = Times.parse(connection.path("last-seen").asText(""));
        if (seen != null) {
            at.put("last-seen", Times.since(seen, zone, false));
        }
        List<String> subnets = new ArrayList<>();
        connection.path("ingress-subnets").forEach(s -> subnets.add(s.asText()));
        if (!subnets.isEmpty()) {
            at.put("ingress-subnets", subnets);
        }
        return at;
    }
}
