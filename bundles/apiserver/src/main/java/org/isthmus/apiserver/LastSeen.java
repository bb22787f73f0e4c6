package org.isthmus.apiserver;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.isthmus.model.store.Documents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes when a user was last here: at the login, and once a minute of work after it, for clients may keep one connection for many
 * commands. Nobody waits for it; where it cannot be noted, as in a model that is being moved, the time before stands.
 */
final class LastSeen {
    private static final Logger LOG = LoggerFactory.getLogger(LastSeen.class);
    private static final long AGAIN = TimeUnit.MINUTES.toNanos(1);

    private final Server server;
    private final String user;
    private final List<Documents> where = new ArrayList<>();
    /** When it is to be noted again. */
    private final AtomicLong next = new AtomicLong(System.nanoTime());

    /** @param model null for a connection to the controller */
    LastSeen(Server server, String user, Documents model) {
        this.server = server;
        this.user = user;
        where.add(server.context().store().controller());
        if (model != null) {
            where.add(model);
        }
    }

    /** It asks for something. */
    void now() {
        long now = System.nanoTime();
        long due = next.get();
        if (now - due >= 0 && next.compareAndSet(due, now + AGAIN)) {
            where.forEach(this::note);
        }
    }

    private void note(Documents documents) {
        Instant when = Instant.now();
        server.context()
                .access()
                .call(engine -> documents.submit(tx -> {
                    // A note that comes late must not be found by the next one of this name.
                    if (Rights.user(server.context().store().controller().snapshot(), user) != null) {
                        engine.connected(tx, user, when);
                    }
                    return null;
                }))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.debug("That {} is here was not noted in {}", user, documents.id(), failure);
                    }
                });
    }
}
