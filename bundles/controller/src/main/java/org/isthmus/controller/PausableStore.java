package org.isthmus.controller;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.Summary;
import org.isthmus.model.Tx;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Leases;
import org.isthmus.model.store.Store;
import org.isthmus.spi.Plug;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store that can be taken away and brought back while it is in use: rooms `state` and `store-…` are replaced with a pause, not
 * with a restart. While it is away reads see the last snapshot, and writes park in the plug.
 */
final class PausableStore implements Store {
    private static final Logger LOG = LoggerFactory.getLogger(PausableStore.class);
    /** How long reads wait for it. */
    private static final long SOFT_SECONDS = 5;

    private final Plug<Store> plug;
    private final String controllerUuid;
    private final PausableDocuments controller;
    private final Map<String, PausableDocuments> models = new ConcurrentHashMap<>();
    private final Executor tellers;
    /** Changes, and models are entered, while {@link #models} are locked: all that are entered are of this one. */
    private volatile Store live;
    /** It will not come back: who writes is told at once. */
    private volatile boolean ended;

    private volatile List<Summary> lastSummaries = List.of();
    private volatile Set<String> lastModels = Set.of();

    /** @param tellers where who watches is told, after a pause, what the store had not told before */
    PausableStore(String controllerUuid, Store first, ScheduledExecutorService timer, Executor tellers) {
        this.controllerUuid = controllerUuid;
        this.plug = new Plug<>("state", timer);
        this.tellers = tellers;
        this.live = first;
        this.controller = new PausableDocuments(controllerUuid, this::call, Store::controller, tellers);
        controller.follow(first.controller());
        plug.bind(first);
    }

    private <R> CompletionStage<R> call(Function<Store, CompletionStage<R>> work) {
        return ended
                ? CompletableFuture.failedFuture(Problem.refuse(Code.STOPPED, "%s is closed", this))
                : plug.call(work);
    }

    /** Waits for writes in flight, then closes the store. Reads go on with what was last seen. */
    void pause() {
        Store leaving = live;
        if (leaving == null) {
            return;
        }
        plug.unbind(leaving);
        look(leaving);
        synchronized (models) {
            live = null;
        }
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

    /** Goes on with a store that was opened on the same folder: when all that no journal holds is there again, and not before. */
    void resume(Store store) {
        Map<PausableDocuments, Documents> here = new LinkedHashMap<>();
        here.put(controller, store.controller());
        for (Map.Entry<String, PausableDocuments> model : models.entrySet()) {
            Optional<Documents> documents = store.model(model.getKey());
            if (documents.isPresent()) {
                here.put(model.getValue(), documents.get());
            } else {
                models.remove(model.getKey());
                model.getValue().end();
            }
        }
        restoreSoft(here);
        here.forEach(PausableDocuments::follow);
        synchronized (models) {
            live = store;
        }
        plug.bind(store);
    }

    private void restoreSoft(Map<PausableDocuments, Documents> here) {
        List<CompletableFuture<?>> restored = new ArrayList<>();
        here.forEach((set, documents) -> restored.add(set.restoreSoft(documents).toCompletableFuture()));
        try {
            CompletableFuture.allOf(restored.toArray(CompletableFuture[]::new)).get(SOFT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException notAll) {
            LOG.warn("{} goes on before all of its presence is back", this);
        }
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
        for (Store store = live; store != null; store = live) {
            Optional<Documents> loaded = store.model(uuid);
            if (loaded.isEmpty()) {
                return Optional.empty();
            }
            Optional<Documents> entered = enter(store, uuid, loaded.get());
            if (entered.isPresent()) {
                return entered;
            }
        }
        return Optional.empty();
    }

    /** Empty when their store left meanwhile: they are as closed as it is. */
    private Optional<Documents> enter(Store of, String uuid, Documents documents) {
        synchronized (models) {
            return live == of ? Optional.of(models.computeIfAbsent(uuid, id -> wrap(id, documents))) : Optional.empty();
        }
    }

    @Override
    public Optional<Documents> loaded(String uuid) {
        return Optional.ofNullable(models.get(uuid));
    }

    private PausableDocuments wrap(String uuid, Documents documents) {
        PausableDocuments wrapped = new PausableDocuments(
                uuid, this::call, store -> store.model(uuid).orElseThrow(() -> PausableDocuments.gone(uuid)), tellers);
        wrapped.follow(documents);
        return wrapped;
    }

    @Override
    public CompletionStage<Documents> create(String uuid, Consumer<Tx> first) {
        return call(store -> store.create(uuid, first).thenApply(documents -> enter(store, uuid, documents)
                .or(() -> model(uuid))
                .orElseThrow(() -> PausableDocuments.gone(uuid))));
    }

    @Override
    public CompletionStage<Void> delete(String uuid) {
        return call(store -> store.delete(uuid).thenAccept(done -> models.remove(uuid)));
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
                return call(store -> store.leases(uuid).claim(application, unit));
            }

            @Override
            public CompletionStage<Void> release(String application, String unit) {
                return call(store -> store.leases(uuid).release(application, unit));
            }
        };
    }

    @Override
    public void close() {
        ended = true;
        pause();
    }

    @Override
    public String toString() {
        return "store of controller " + controllerUuid;
    }
}
