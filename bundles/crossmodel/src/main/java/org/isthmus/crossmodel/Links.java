package org.isthmus.crossmodel;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.Map;
import org.isthmus.client.Dialer;
import org.isthmus.client.Endpoint;
import org.isthmus.model.ExternalController;
import org.isthmus.model.Kinds;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Json;

/** Links of all controllers of this container, and what they share. */
final class Links implements AutoCloseable {
    private final Dialer dialer = new Dialer("isthmus-crossmodel-dial");
    private final Threads threads = new Threads();
    private final ObjectMapper json = Json.newMapper();
    private final Map<String, Link> links = new HashMap<>();

    Threads threads() {
        return threads;
    }

    ObjectMapper json() {
        return json;
    }

    /** @param target UUID of the other controller; null, or its own, for models of the same one */
    Link to(ControllerContext from, String target) {
        boolean self = target == null || target.isEmpty() || target.equals(from.uuid());
        String key = from.uuid() + ">" + (self ? from.uuid() : target);
        synchronized (links) {
            return links.computeIfAbsent(
                    key,
                    k -> new Link(
                            self ? from.name() : target,
                            () -> self ? own(from) : external(from, target),
                            dialer,
                            threads));
        }
    }

    private static Endpoint own(ControllerContext controller) {
        return Endpoint.controller(controller.apiAddresses(), controller.caCert());
    }

    private static Endpoint external(ControllerContext from, String target) {
        ExternalController known = from.store().controller().snapshot().get(Kinds.EXTERNAL_CONTROLLER, target);
        return known == null ? null : Endpoint.controller(known.addresses(), known.caCert());
    }

    @Override
    public void close() {
        synchronized (links) {
            links.values().forEach(Link::close);
            links.clear();
        }
        threads.close();
        dialer.close();
    }
}
