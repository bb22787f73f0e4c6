package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Option;

/** `juju remove-offer`. */
final class RemoveOfferCommand extends ControllerCommand {
    @Option(names = "--force", description = "Remove the offer as well as any relations to the offer")
    boolean force;

    @Option(
            names = {"-y", "--yes", "--no-prompt"},
            description = "Do not prompt for confirmation")
    boolean noPrompt;

    @Override
    int run(Session session) {
        if (args.isEmpty()) {
            throw Failure.usage("no offers specified");
        }
        Data.Controller at = session.controller(controller);
        List<String> urls = new ArrayList<>();
        String first = null;
        for (String arg : args) {
            OfferPlace place = OfferPlace.ofName(session, arg, at);
            first = first == null ? place.controller().name() : first;
            if (!first.equals(place.controller().name())) {
                throw Failure.usage("all offer URLs must use the same controller");
            }
            urls.add(place.url().toString());
        }
        if (force && !noPrompt) {
            String answer = session.ask(
                    "WARNING! This command will remove offers: " + String.join(", ", urls)
                            + "\nThis includes all relations to those offers.\n\nContinue [y/N]? ",
                    false);
            if (!List.of("y", "yes").contains(answer.strip().toLowerCase(java.util.Locale.ROOT))) {
                throw Failure.of("offer removal: aborted");
            }
        }
        Map<String, Object> params = new LinkedHashMap<>();
        params.put("offer-urls", urls);
        params.put("force", force);
        List<String> errors =
                session.api(session.controller(first)).errors("ApplicationOffers", "DestroyOffers", params).stream()
                        .filter(Objects::nonNull)
                        .toList();
        if (!errors.isEmpty()) {
            throw Failure.of("%s", String.join("\n", errors));
        }
        return 0;
    }

    @Override
    List<String> complete(Session session) {
        List<String> names = new ArrayList<>(Candidates.offers(session, controller));
        names.removeAll(args);
        return names;
    }
}
