package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.OfferUrl;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju find-offers`, and `find-endpoints` as it was in 2.2. */
final class FindOffersCommand extends ControllerCommand {
    private final boolean old;

    @Mixin
    Format format = new Format();

    @Option(names = "--url", paramLabel = "URL", description = "Return results matching the offer URL")
    String url;

    @Option(names = "--interface", paramLabel = "NAME", description = "Return results matching the interface name")
    String interfaceName;

    @Option(names = "--offer", paramLabel = "NAME", description = "Return results matching the offer name")
    String offer;

    @Option(names = "--endpoint", paramLabel = "NAME", description = "Return results matching the endpoint name")
    String endpoint;

    /** @param old prints the table of 2.2 */
    FindOffersCommand(boolean old) {
        this.old = old;
    }

    /** Where to look, and for what. */
    record Search(String controller, Map<String, Object> filter) {}

    Search search() {
        String part = optional();
        if (part != null && url != null) {
            throw Failure.usage("URL term cannot be specified twice");
        }
        part = part == null ? url : part;
        if (part != null && offer != null) {
            throw Failure.usage("cannot specify both a URL term and offer name");
        }
        Map<String, Object> filter = new LinkedHashMap<>();
        String named = controller;
        String endpointName = endpoint;
        if (part != null) {
            OfferUrl partial = OfferUrl.parsePartial(part);
            named = partial.controller() == null ? named : partial.controller();
            put(filter, "owner-name", partial.user());
            put(filter, "model-name", partial.model());
            put(filter, "offer-name", partial.offer() == null ? null : "^" + partial.offer() + "$");
            endpointName = endpoint == null ? partial.endpoint() : endpoint;
        }
        put(filter, "offer-name", offer);
        Map<String, Object> at = new LinkedHashMap<>();
        put(at, "interface", interfaceName);
        put(at, "name", endpointName);
        if (!at.isEmpty()) {
            filter.put("endpoints", List.of(at));
        }
        return new Search(named, filter);
    }

    private static void put(Map<String, Object> filter, String key, String value) {
        if (value != null && !value.isEmpty()) {
            filter.put(key, value);
        }
    }

    @Override
    int run(Session session) {
        format.choose("tabular", "yaml", "json");
        Search search = search();
        Data.Controller at = session.controller(search.controller());
        List<JsonNode> offers = new ArrayList<>();
        session.api(at)
                .call("ApplicationOffers", "FindApplicationOffers", Map.of("Filters", List.of(search.filter())))
                .path("results")
                .forEach(offers::add);
        if (offers.isEmpty()) {
            throw Failure.of("no matching application offers found");
        }
        String user = session.account(at).user();
        return format.print(
                session,
                () -> Offers.found(offers, at.name(), user, old),
                () -> Offers.foundDocument(offers, at.name(), user));
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.offers(session, controller) : List.of();
    }
}
