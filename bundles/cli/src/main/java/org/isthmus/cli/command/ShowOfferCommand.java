package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;

/** `juju show-offer`, and `show-endpoints` as it was in 2.2. */
final class ShowOfferCommand extends ControllerCommand {
    private final boolean old;

    @Mixin
    Format format = new Format();

    /** @param old prints the table of 2.2 */
    ShowOfferCommand(boolean old) {
        this.old = old;
    }

    @Override
    int run(Session session) {
        format.choose("tabular", "yaml", "json");
        String name = optional();
        if (name == null) {
            throw Failure.usage("must specify offer URL");
        }
        OfferPlace place = OfferPlace.ofName(session, name, session.controller(controller));
        JsonNode offer = session.api(place.controller())
                .one(
                        "ApplicationOffers",
                        "ApplicationOffers",
                        Map.of("offer-urls", List.of(place.url().toString()), "bakery-version", 3))
                .path("result");
        String store = place.controller().name();
        String user = session.account(place.controller()).user();
        return format.print(
                session, () -> Offers.shown(offer, store, user, old), () -> Offers.shownDocument(offer, store, user));
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.offers(session, controller) : List.of();
    }
}
