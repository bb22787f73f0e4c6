package org.isthmus.crossmodel;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Json;

/** Links of all controllers of this container, and what they share. */
final class Links implements AutoCloseable {
    private final Dial dial;
    private final Patience patience;
    private final Threads threads = new Threads();
    private final ObjectMapper json = Json.newMapper();
    private final Map<String, Link> links = new HashMap<>();

    Links(Dial dial, Patience patience) {
        this.dial = dial;
        this.patience = patience;
    }

    Threads threads() {
        return threads;
    }

    ObjectMapper json() {
        return json;
    }

    Patience patience() {
        return patience;
    }

    /**
     * The link to a controller, used from now on by `user`, which is run when it comes up or goes down.
     *
     * @param target UUID of the other controller; null, or its own, for models of the same one
     */
    Link use(ControllerContext from, String target, Runnable user) {
        boolean self = target == null || target.isEmpty() || target.equals(from.uuid());
        String key = from.uuid() + ">" + (self ? from.uuid() : target);
        synchronized (links) {
            Link known = links.get(key);
            if (known != null && !known.isFrom(from)) {
                // The controller was started anew: what hangs on the old one is over.
                known.close();
                known = null;
            }
            if (known == null) {
                known = new Link(from, self ? null : target, dial, threads, patience);
                links.put(key, known);
            }
            known.join(user);
            return known;
        }
    }

    /** A link that nobody uses is taken down. */
    void leave(Link link, Runnable user) {
        synchronized (links) {
            if (link.leave(user)) {
                links.values().remove(link);
                link.close();
            }
        }
    }

    @Override
    public void close() {
        List<Link> leaving;
        synchronized (links) {
            leaving = new ArrayList<>(links.values());
            links.clear();
        }
        threads.close();
        // Whoever is told of it on this thread may come back here for another link.
        leaving.forEach(Link::close);
        dial.close();
    }
}
