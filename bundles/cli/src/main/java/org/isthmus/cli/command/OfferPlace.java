package org.isthmus.cli.command;

import org.isthmus.api.Names;
import org.isthmus.api.OfferUrl;

/**
 * An offer and the controller that has it.
 *
 * @param url with its user, without controller and endpoint
 */
record OfferPlace(Data.Controller controller, OfferUrl url) {

    /** A whole URL; one without a controller is of the one in use, one without a user is the user's own. */
    static OfferPlace of(Session session, String text, Data.Controller inUse) {
        OfferUrl url = OfferUrl.parse(text);
        if (url.endpoint() != null) {
            throw Failure.of("saas offer \"%s\" shouldn't include endpoint", text);
        }
        return of(session, url, inUse);
    }

    static OfferPlace of(Session session, OfferUrl url, Data.Controller inUse) {
        Data.Controller controller = url.controller() == null ? inUse : session.controller(url.controller());
        OfferUrl here = url.withController(null).withoutEndpoint();
        return new OfferPlace(
                controller,
                here.user() == null ? here.withUser(session.account(controller).user()) : here);
    }

    /** As {@link #of}; a bare name is an offer of the model in use. */
    static OfferPlace ofName(Session session, String text, Data.Controller inUse) {
        if (!Names.isApplication(text)) {
            return of(session, text, inUse);
        }
        String model = modelInUse(session, inUse);
        int slash = model.indexOf('/');
        return new OfferPlace(
                inUse, new OfferUrl(null, model.substring(0, slash), model.substring(slash + 1), text, null));
    }

    /** `owner/name` of the model that JUJU_MODEL names, or of the controller's current one. */
    static String modelInUse(Session session, Data.Controller controller) {
        String named = session.env("JUJU_MODEL");
        if (!named.isEmpty()) {
            Target target = session.target(null);
            if (target.controller().equals(controller.name())) {
                return target.model();
            }
        }
        String current = session.data().currentModel(controller.name());
        if (current == null) {
            throw Failure.of("no current model, please specify one: use \"juju switch\" or a whole offer URL");
        }
        return current;
    }

    /** `controller:user/model.offer`. */
    String whole() {
        return url.withController(controller.name()).toString();
    }
}
