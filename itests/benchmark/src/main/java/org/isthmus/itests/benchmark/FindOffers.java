package org.isthmus.itests.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.isthmus.facades.ClientFacades;
import org.isthmus.model.engine.OfferEngine.Offering;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.Json;
import org.isthmus.wire.OfferCalls.OfferFilter;
import org.isthmus.wire.OfferCalls.OfferFilters;

/** find-offers over 10 000 offers, beside the encoding of its answer and beside 1000 offers. */
final class FindOffers implements Figure {
    private static final int FEW = 1_000;
    private static final int MANY = 10_000;
    private static final int APPLICATIONS = 100;
    private static final int ROUNDS = 21;

    @Override
    public void measure(Report report) throws Exception {
        ObjectMapper json = Json.newMapper();
        try (Site site = new Site("offers");
                Closing<ClientFacades> facades = new Closing<>(new ClientFacades(), ClientFacades::close)) {
            fill(site, "few", FEW);
            fill(site, "many", MANY);
            SiteCall.Asked find = SiteCall.find(facades.value(), "ApplicationOffers", "FindApplicationOffers");
            SiteCall call = new SiteCall(site, null);
            OfferFilters ofFew = filter("few", null);
            OfferFilters ofMany = filter("many", null);
            OfferFilters one = filter("many", "offer9999");
            Object answer = find.ask(call, ofMany);
            int bytes = json.writeValueAsBytes(answer).length;
            Rounds.Measure many = Rounds.seconds(() -> json.writeValueAsBytes(find.ask(call, ofMany)));
            Rounds.Measure encode = Rounds.seconds(() -> json.writeValueAsBytes(answer));
            Rounds.Measure few = Rounds.secondsEach(10, () -> json.writeValueAsBytes(find.ask(call, ofFew)));
            Rounds.Measure named = Rounds.seconds(() -> json.writeValueAsBytes(find.ask(call, one)));
            Rounds.inTurns(ROUNDS, many, encode, few, named);
            Rounds[] all = Rounds.inTurns(ROUNDS, many, encode, few, named);
            report.compare(
                    "find-offers over 10 000 offers, all",
                    "%.1f ms",
                    1e3,
                    all[0],
                    "encoding its " + bytes / 1024 + " KiB",
                    all[1]);
            report.compare(
                    "find-offers over 10 000 offers, one by name",
                    "%.1f ms",
                    1e3,
                    all[3],
                    "encoding all of them",
                    all[1]);
            Rounds[] each = Rounds.inTurns(ROUNDS, () -> many.once() / MANY, () -> few.once() / FEW);
            report.compare("find-offers, one of 10 000", "%.2f us", 1e6, each[0], "one of 1000", each[1]);
        }
    }

    private static OfferFilters filter(String model, String name) {
        return new OfferFilters(
                List.of(new OfferFilter(Site.ADMIN, model, name, null, null, null, List.of(), List.of(), List.of())));
    }

    private static void fill(Site site, String name, int offers) throws Exception {
        Documents model = site.newModel(name);
        Site.get(model.submit(tx -> {
            for (int i = 0; i < APPLICATIONS; i++) {
                FullStatuses.deploy(site, tx, "app" + i);
            }
            for (int i = 0; i < offers; i++) {
                String offer = UUID.randomUUID().toString();
                site.offerEngine.offer(
                        tx,
                        new Offering(
                                offer,
                                "offer" + i,
                                "app" + i % APPLICATIONS,
                                "what it is good for",
                                Map.of("back", "back"),
                                Site.ADMIN,
                                Site.NOW));
                site.rights.grantOffer(tx, offer, Site.ADMIN, "admin");
            }
            return null;
        }));
    }
}
