package org.isthmus.apiserver;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.isthmus.model.Tx;
import org.isthmus.spi.Plug;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is here, by way of how many connections: a new one may come before the old one is known to be gone. Noted in the model's
 * documents by the engine that owns such notes.
 */
final class Presence<E> {
    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);

    /** Writes one note. */
    interface Note<E> {
        void write(E engine, Tx tx, String who, boolean here, Instant now);
    }

    private final Server server;
    private final Supplier<Plug<E>> engine;
    private final Note<E> note;
    /** By model and name. */
    private final Map<String, Integer> here = new HashMap<>();

    /** @param engine asked for only when somebody comes: not every controller has every engine */
    Presence(Server server, Supplier<Plug<E>> engine, Note<E> note) {
        this.server = server;
        this.engine = engine;
        this.note = note;
    }

    void come(String model, String who) {
        synchronized (here) {
            here.merge(key(model, who), 1, Integer::sum);
        }
        tell(model, who);
    }

    void go(String model, String who) {
        synchronized (here) {
            Integer left = here.merge(key(model, who), -1, (a, b) -> a + b == 0 ? null : a + b);
            if (left != null) {
                return;
            }
        }
        tell(model, who);
    }

    private static String key(String model, String who) {
        return model + " " + who;
    }

    private boolean isHere(String model, String who) {
        synchronized (here) {
            return here.containsKey(key(model, who));
        }
    }

    private void tell(String model, String who) {
        Instant now = Instant.now();
        engine.get()
                .call(with -> {
                    server.context()
                            .store()
                            .model(model)
                            .ifPresent(documents -> server.soft(
                                    documents,
                                    tx ->
                                            // The order of writes is the order of truth: asked again on the head.
                                            note.write(with, tx, who, isHere(model, who), now)));
                    return CompletableFuture.<Void>completedFuture(null);
                })
                .whenComplete((done, failure) -> {
                    if (failure != null && !server.isClosing()) {
                        LOG.warn("presence of {} was not noted: {}", who, failure.toString());
                    }
                });
    }
}
