package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.isthmus.api.Names;
import org.isthmus.api.OfferUrl;

/** `juju grant` and `juju revoke`: of a controller, of models, or of offers. Silent when all went well. */
final class GrantCommand extends ControllerCommand {
    private static final Set<String> OF_CONTROLLER = Set.of("login", "superuser");
    private static final Set<String> OF_MODEL = Set.of("read", "write", "admin");
    private static final Set<String> OF_OFFER = Set.of("read", "consume", "admin");

    private final String action;

    GrantCommand(String action) {
        this.action = action;
    }

    /** What the line says; at most one of the lists has something. */
    record Rights(String user, String access, List<String> models, List<OfferUrl> offers) {
        static Rights parse(String action, List<String> args) {
            if (args.isEmpty()) {
                throw Failure.usage("no user specified");
            }
            if (args.size() < 2) {
                throw Failure.usage("no permission level specified");
            }
            String user = args.get(0);
            if (!Names.isUser(user)) {
                throw Failure.usage("invalid username: \"%s\"", user);
            }
            String access = args.get(1);
            List<String> models = new ArrayList<>();
            List<OfferUrl> offers = new ArrayList<>();
            for (String arg : args.subList(2, args.size())) {
                if (OfferUrl.looksLikeOne(arg)) {
                    OfferUrl url = OfferUrl.parse(arg);
                    if (url.endpoint() != null) {
                        throw Failure.usage("saas offer \"%s\" shouldn't include endpoint", arg);
                    }
                    offers.add(url);
                } else {
                    int slash = arg.indexOf('/');
                    boolean owner = slash < 0 || Names.isUser(arg.substring(0, slash));
                    if (!owner || !Names.isModel(arg.substring(slash + 1))) {
                        throw Failure.usage("model name \"%s\" not valid", arg);
                    }
                    models.add(arg);
                }
            }
            if (!models.isEmpty() && !offers.isEmpty()) {
                throw Failure.usage("either specify model names or offer URLs but not both");
            }
            level(action, access, models, offers);
            return new Rights(user, access, models, offers);
        }

        private static void level(String action, String access, List<String> models, List<OfferUrl> offers) {
            if (models.isEmpty() && offers.isEmpty()) {
                if (OF_CONTROLLER.contains(access)) {
                    return;
                }
                if (OF_MODEL.contains(access)) {
                    throw Failure.usage(
                            "You have specified a model access permission \"%s\".\n"
                                    + "If you intended to change model access, you need to specify one or more model names.\n"
                                    + "See 'juju help %s'.",
                            access, action);
                }
                if (OF_OFFER.contains(access)) {
                    throw Failure.usage(
                            "You have specified an offer access permission \"%s\".\n"
                                    + "If you intended to change offer access, you need to specify one or more offer URLs.\n"
                                    + "See 'juju help %s'.",
                            access, action);
                }
                throw Failure.usage("\"%s\" controller access not valid", access);
            }
            if (OF_CONTROLLER.contains(access)) {
                throw Failure.usage(
                        "You have specified a controller access permission \"%s\".\n"
                                + "If you intended to change controller access, do not specify any model names or offer URLs.\n"
                                + "See 'juju help %s'.",
                        access, action);
            }
            if (!models.isEmpty() && !OF_MODEL.contains(access)) {
                throw Failure.usage("\"%s\" model access not valid", access);
            }
            if (!offers.isEmpty() && !OF_OFFER.contains(access)) {
                throw Failure.usage("\"%s\" offer access not valid", access);
            }
        }
    }

    @Override
    int run(Session session) {
        Rights rights = Rights.parse(action, args);
        Data.Controller at = session.controller(controller);
        if (!rights.offers().isEmpty()) {
            return offers(session, at, rights);
        }
        Api api = session.api(at);
        if (rights.models().isEmpty()) {
            told(api.errors(
                    "Controller", "ModifyControllerAccess", Map.of("changes", List.of(change(rights, null, null)))));
            return 0;
        }
        List<Object> changes = new ArrayList<>();
        for (String model : rights.models()) {
            changes.add(change(
                    rights, "model-tag", "model-" + session.find(at, model).uuid()));
        }
        told(api.errors("ModelManager", "ModifyModelAccess", Map.of("changes", changes)));
        return 0;
    }

    private int offers(Session session, Data.Controller at, Rights rights) {
        Map<String, List<Object>> changes = new LinkedHashMap<>();
        for (OfferUrl url : rights.offers()) {
            OfferPlace place = OfferPlace.of(session, url, at);
            changes.computeIfAbsent(place.controller().name(), name -> new ArrayList<>())
                    .add(change(rights, "offer-url", place.url().toString()));
        }
        List<String> errors = new ArrayList<>();
        changes.forEach((name, list) -> errors.addAll(session.api(session.controller(name))
                .errors("ApplicationOffers", "ModifyOfferAccess", Map.of("changes", list))));
        told(errors);
        return 0;
    }

    private Map<String, Object> change(Rights rights, String key, String value) {
        Map<String, Object> change = new LinkedHashMap<>();
        change.put("user-tag", "user-" + rights.user());
        change.put("action", action);
        change.put("access", rights.access());
        if (key != null) {
            change.put(key, value);
        }
        return change;
    }

    private static void told(List<String> errors) {
        List<String> messages = errors.stream().filter(Objects::nonNull).toList();
        if (!messages.isEmpty()) {
            throw Failure.of("%s", String.join("\n", messages));
        }
    }

    @Override
    List<String> complete(Session session) {
        if (args.isEmpty()) {
            return Candidates.users(session, controller);
        }
        if (args.size() == 1) {
            return List.of("admin", "consume", "login", "read", "superuser", "write");
        }
        List<String> names = new ArrayList<>(Candidates.models(session));
        names.addAll(Candidates.offers(session, controller));
        names.removeAll(args);
        return names;
    }
}
