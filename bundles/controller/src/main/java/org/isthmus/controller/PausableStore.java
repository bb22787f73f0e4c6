package org.isthmus.controller;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.isthmus.model.Summary;
import org.isthmus.model.Tx;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Leases;
import org.isthmus.model.store.Store;
import org.isthmus.spi.Plug;

/**
 * A store that can be taken away and brought back while it is in use: rooms `state` and `store-…` are replaced with a pause, not
 * with a restart. While it is away reads see the last snapshot, and writes park in the plug.
 */
final class PausableStore implements Store {
    private final Plug<Store> plug;
    private final String controllerUuid;
    private final PausableDocuments controller;
    private final Map<String, PausableDocuments> models = new ConcurrentHashMap<>();
    private final Executor tellers;
    private volatile Store live;
    private volatile List<Summary> lastSummaries = List.of();
    private volatile Set<String> lastModels = Set.of();

    /** @param tellers where who watches is told, after a pause, what the store had not told before */
    PausableStore(String controllerUuid, Store first, ScheduledExecutorService timer, Executor tellers) {
        this.controllerUuid = controllerUuid;
        this.plug = new Plug<>("state", timer);
        this.tellers = tellers;
        this.live = first;
        this.controller = new PausableDocuments(controllerUuid, plug, Store::controller, tellers);
        controller.resume(first.controller(), null);
        plug.bind(first);
    }

    /** Waits for writes in flight, then closes the store. Reads go on with what was last seen. */
    void pause() {
        Store leaving = live;
        if (leaving == null) {
            return;
        }
        plug.unbind(leaving);
        look(leaving);
        live = null;
        // What is past the plug, and what the store does by itself, is still committed, seen and told.
        controller.leave();
        models.values().forEach(PausableDocuments::leave);
        leaving.close();
        look(leaving);
        controller.pause();
        models.values().forEach(PausableDocuments::pause);
    }

    private void look(Store store) {
        lastSummaries = new ArrayList<>(store.summaries());
        lastModels = Set.copyOf(store.models());
    }

    Plug<Store> plug() {
        return plug;
    }

    boolean isPaused() {
        return live == null;
    }

    /** Goes on with a store that was opened on the same folder. */
    void resume(Store store) {
        controller.resume(store.controller(), controller.snapshot());
        for (Map.Entry<String, PausableDocuments> model : models.entrySet()) {
            Optional<Documents> documents = store.model(model.getKey());
            if (documents.isPresent()) {
                model.getValue().resume(documents.get(), model.getValue().snapshot());
            } else {
                models.remove(model.getKey());
                model.getValue().end();
            }
        }
        live = store;
        plug.bind(store);
    }

    @Override
    public Documents controller() {
        return controller;
    }

    @Override
    public Optional<Documents> model(String uuid) {
        PausableDocuments known = models.get(uuid);
        if (known != null) {
            return Optional.of(known);
        }
        Store store = live;
        if (store == null) {
            return Optional.empty();
        }
        return store.model(uuid).map(documents -> models.computeIfAbsent(uuid, id -> wrap(id, documents)));
    }

    @Override
    public Optional<Documents> loaded(String uuid) {
        return Optional.ofNullable(models.get(uuid));
    }

    private PausableDocuments wrap(String uuid, Documents documents) {
        PausableDocuments wrapped = new PausableDocuments(
                uuid, plug, store -> store.model(uuid).orElseThrow(() -> PausableDocuments.gone(uuid)), tellers);
        wrapped.resume(documents, null);
        return wrapped;
    }

    @Override
    public CompletionStage<Documents> create(String uuid, Consumer<Tx> first) {
        return plug.call(store -> store.create(uuid, first)
                .thenApply(documents -> models.computeIfAbsent(uuid, id -> wrap(id, documents))));
    }

    @Override
    public CompletionStage<Void> delete(String uuid) {
        return plug.call(store -> store.delete(uuid).thenAccept(done -> models.remove(uuid)));
    }

    @Override
    public Set<String> models() {
        Store store = live;
        return store == null ? lastModels : store.models();
    }

    @Override
    public Collection<Summary> summaries() {
        Store store = live;
        return store == null ? lastSummaries : store.summaries();
    }

    @Override
    public Optional<Summary> summary(String uuid) {
        Store store = live;
        return store == null
                ? lastSummaries.stream().filter(s -> s.uuid().equals(uuid)).findFirst()
                : store.summary(uuid);
    }

    @Override
    public Map<String, Long> metrics() {
        Store store = live;
        return store == null ? Map.of() : store.metrics();
    }

    @Override
    public Leases leases(String uuid) {
        return new Leases() {
            @Override
            public CompletionStage<Boolean> claim(String application, String unit) {
                return plug.call(store -> store.leases(uuid).claim(application, unit));
            }

            @Override
            public CompletionStage<Void> release(String application, String unit) {
                return plug.call(store -> store.leases(uuid).release(application, unit));
            }
        };
    }

    @Override
    public void close() {
        pause();
    }

    @Override
    public String toString() {
        return "store of controller " + controllerUuid;
    }
}
