package org.isthmus.api;

import java.util.regex.Pattern;

/**
 * Where an offer is found: `[controller:][user/]model.offer[:endpoint]` (core/crossmodel/offerurl.go). Parts that were not said
 * are null.
 */
public record OfferUrl(String controller, String user, String model, String offer, String endpoint) {
    /** What may stand behind a colon and be an endpoint: so one with a dash needs the controller in front. */
    private static final Pattern ENDPOINT = Pattern.compile("[a-zA-Z0-9]+");

    /** Whether an argument of `integrate` is a URL rather than `application:endpoint`: it names a model. */
    public static boolean looksLikeOne(String text) {
        try {
            OfferUrl url = parse(text);
            return url.model != null && url.offer != null;
        } catch (Refused notOne) {
            return false;
        }
    }

    /** A whole URL; refuses what lacks the model or the offer. */
    public static OfferUrl parse(String text) {
        OfferUrl url = parsePartial(text);
        if (url.model == null) {
            throw Problem.notValid("offer URL is missing model: \"%s\"", text);
        }
        if (url.offer == null) {
            throw Problem.notValid("offer URL is missing application: \"%s\"", text);
        }
        return url;
    }

    /** As find-offers takes them: `ctrl:`, `user/`, `user/model`, `model.offer` too. */
    public static OfferUrl parsePartial(String text) {
        if (text == null || text.isEmpty() || text.startsWith(":")) {
            throw invalid(text);
        }
        String[] parts = text.split(":", -1);
        String controller = null;
        String endpoint = null;
        String path;
        if (parts.length == 1) {
            path = text;
        } else if (parts.length == 2) {
            boolean isEndpoint = ENDPOINT.matcher(parts[1]).matches();
            controller = isEndpoint ? null : parts[0];
            path = isEndpoint ? parts[0] : parts[1];
            endpoint = isEndpoint ? parts[1] : null;
        } else if (parts.length == 3) {
            controller = parts[0];
            path = parts[1];
            endpoint = parts[2].isEmpty() ? null : parts[2];
        } else {
            throw invalid(text);
        }
        return path(text, controller, path, endpoint);
    }

    private static OfferUrl path(String text, String controller, String path, String endpoint) {
        String user = null;
        String rest = path;
        int slash = path.indexOf('/');
        if (slash >= 0) {
            user = path.substring(0, slash);
            rest = path.substring(slash + 1);
            if (user.isEmpty() || rest.indexOf('/') >= 0) {
                throw invalid(text);
            }
        }
        String model = rest;
        String offer = null;
        int dot = rest.indexOf('.');
        if (dot >= 0) {
            model = rest.substring(0, dot);
            offer = rest.substring(dot + 1);
        }
        model = model.isEmpty() ? null : model;
        offer = offer == null || offer.isEmpty() ? null : offer;
        if (user != null && !Names.isUser(user)) {
            throw Problem.notValid("user name \"%s\" not valid", user);
        }
        if (model != null && !Names.isModel(model)) {
            throw Problem.notValid("model name \"%s\" not valid", model);
        }
        if (offer != null && !Names.isApplication(offer)) {
            throw Problem.notValid("application name \"%s\" not valid", offer);
        }
        return new OfferUrl(controller, user, model, offer, endpoint);
    }

    private static Refused invalid(String text) {
        return Problem.notValid(
                "application offer URL has invalid form, must be [<user/]<model>.<appname>: \"%s\"", text);
    }

    public OfferUrl withUser(String owner) {
        return new OfferUrl(controller, owner, model, offer, endpoint);
    }

    public OfferUrl withController(String name) {
        return new OfferUrl(name, user, model, offer, endpoint);
    }

    public OfferUrl withoutEndpoint() {
        return new OfferUrl(controller, user, model, offer, null);
    }

    /** `user/model.offer`, without controller and endpoint. */
    public String path() {
        return (user == null ? "" : user + "/") + model + "." + offer;
    }

    @Override
    public String toString() {
        return (controller == null || controller.isEmpty() ? "" : controller + ":")
                + path()
                + (endpoint == null ? "" : ":" + endpoint);
    }
}
