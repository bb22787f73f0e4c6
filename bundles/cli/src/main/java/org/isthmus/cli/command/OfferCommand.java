package org.isthmus.cli.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;

/** `juju offer`. */
final class OfferCommand extends ControllerCommand {
    private static final String FORM = "endpoints must conform to format \"<application-name>:<endpoint-name>[,...]\"";

    /** What the first argument says; the model (`[owner/]name`) may be null. */
    record Endpoints(String model, String application, List<String> names) {
        static Endpoints parse(String text) {
            int colon = text.indexOf(':');
            if (colon < 0 || text.indexOf(':', colon + 1) >= 0) {
                throw Failure.usage(FORM);
            }
            String path = text.substring(0, colon);
            int dot = path.lastIndexOf('.');
            String model = dot < 0 ? null : path.substring(0, dot);
            String application = path.substring(dot + 1);
            if (model != null) {
                int slash = model.indexOf('/');
                if (slash >= 0 && !Names.isUser(model.substring(0, slash))) {
                    throw Failure.usage("user name \"%s\" not valid", model.substring(0, slash));
                }
                if (!Names.isModel(model.substring(slash + 1))) {
                    throw Failure.usage("model name \"%s\" not valid", model.substring(slash + 1));
                }
            }
            if (!Names.isApplication(application)) {
                throw Failure.usage("application name \"%s\" not valid", application);
            }
            List<String> names = List.of(text.substring(colon + 1).split(",", -1));
            if (names.stream().anyMatch(n -> !n.matches("[a-zA-Z0-9_-]+"))) {
                throw Failure.usage(FORM);
            }
            return new Endpoints(model, application, names.stream().distinct().toList());
        }
    }

    @Override
    int run(Session session) {
        noMoreThan(2);
        if (args.isEmpty()) {
            throw Failure.usage("an offer must at least specify application endpoint");
        }
        Endpoints endpoints = Endpoints.parse(args.get(0));
        String name = args.size() == 2 ? args.get(1) : endpoints.application();
        if (!Names.isApplication(name)) {
            throw Failure.usage("offer name \"%s\" not valid", name);
        }
        Data.Controller at = session.controller(controller);
        Target target =
                session.find(at, endpoints.model() == null ? OfferPlace.modelInUse(session, at) : endpoints.model());
        Map<String, String> offered = new LinkedHashMap<>();
        endpoints.names().forEach(n -> offered.put(n, n));
        Map<String, Object> offer = new LinkedHashMap<>();
        offer.put("model-tag", "model-" + target.uuid());
        offer.put("offer-name", name);
        offer.put("application-name", endpoints.application());
        offer.put("endpoints", offered);
        offer.put("owner-tag", "user-" + session.account(at).user());
        session.api(at).one("ApplicationOffers", "Offer", Map.of("Offers", List.of(offer)));
        session.info(
                "Application \"%s\" endpoints [%s] available at \"%s.%s\"",
                endpoints.application(), String.join(", ", endpoints.names()), target.model(), name);
        return 0;
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.endpoints(session, null) : List.of();
    }
}
