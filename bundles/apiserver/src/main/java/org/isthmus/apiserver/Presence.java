package org.isthmus.apiserver;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.isthmus.model.Tx;
import org.isthmus.model.store.Documents;
import org.isthmus.spi.Plug;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is here, by which signs of life: a new connection may come before the old one is known to be gone. Noted in the model's
 * documents by the engine that owns such notes.
 */
final class Presence<E> {
    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);

    /** Writes one note. */
    interface Note<E> {
        void write(E engine, Tx tx, String who, boolean here, Instant now);
    }

    private record Who(String model, String name) {}

    private final Server server;
    private final Supplier<Plug<E>> engine;
    private final Note<E> note;
    /** None has no signs. The signs themselves and not their number: that one is gone may be found out twice. */
    private final Map<Who, Set<Object>> here = new HashMap<>();
    /** Whose note could not be written; guarded by {@link #here}. */
    private final Set<Who> untold = new HashSet<>();

    /** @param engine asked for only when somebody comes: not every controller has every engine */
    Presence(Server server, Supplier<Plug<E>> engine, Note<E> note) {
        this.server = server;
        this.engine = engine;
        this.note = note;
    }

    /** @param sign what shows it: a connection, a watcher; known by its identity */
    void come(Object sign, String model, String name) {
        Who who = new Who(model, name);
        synchronized (here) {
            here.computeIfAbsent(who, w -> new HashSet<>()).add(sign);
        }
        tell(who);
    }

    /** Does nothing when that sign is gone already, or never was. */
    void go(Object sign, String model, String name) {
        Who who = new Who(model, name);
        synchronized (here) {
            Set<Object> signs = here.get(who);
            if (signs == null || !signs.remove(sign) || !signs.isEmpty()) {
                return;
            }
            here.remove(who);
        }
        tell(who);
    }

    /** Tries the notes again that could not be written. */
    void again() {
        List<Who> all;
        synchronized (here) {
            all = List.copyOf(untold);
            untold.clear();
        }
        all.forEach(this::tell);
    }

    private boolean isHere(Who who) {
        synchronized (here) {
            return here.containsKey(who);
        }
    }

    private void tell(Who who) {
        Instant now = Instant.now();
        engine.get()
                .call(with -> server.context()
                        .store()
                        .model(who.model())
                        .map(documents -> write(with, documents, who, now))
                        .orElseGet(() -> CompletableFuture.completedFuture(null)))
                .whenComplete((done, failure) -> {
                    if (failure != null && !server.isClosing()) {
                        LOG.warn("presence of {} was not noted: {}", who.name(), failure.toString());
                        synchronized (here) {
                            untold.add(who);
                        }
                    }
                });
    }

    private CompletionStage<Void> write(E with, Documents documents, Who who, Instant now) {
        return documents.submit(tx -> {
            // The order of writes is the order of truth: asked again on the head.
            note.write(with, tx, who.name(), isHere(who), now);
            return null;
        });
    }
}
