package org.isthmus.lifecycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import org.isthmus.access.AccessRights;
import org.isthmus.application.Applications;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Summary;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.engine.ModelEngine;
import org.isthmus.model.engine.OfferEngine;
import org.isthmus.model.engine.RelationEngine;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.model.store.Leases;
import org.isthmus.model.store.Logs;
import org.isthmus.model.store.Store;
import org.isthmus.model.store.Watch;
import org.isthmus.modeladmin.Models;
import org.isthmus.offer.OfferRegistry;
import org.isthmus.relation.Relations;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.spi.Plug;

/** A controller in memory that can be made to die at its n-th durable step, before or after the step took effect. */
final class FakeHouse implements AutoCloseable {
    static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    final Models models = new Models();
    final Relations relations = new Relations();
    final Applications applications = new Applications();
    final OfferRegistry offers = new OfferRegistry();
    final AccessRights access = new AccessRights();
    final List<String> forgotten = new ArrayList<>();
    final FakeStore store = new FakeStore();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final Plug<ModelEngine> modelPlug = new Plug<>("model engine", timer);
    private final Plug<RelationEngine> relationPlug = new Plug<>("relation engine", timer);
    private final Plug<ApplicationEngine> applicationPlug = new Plug<>("application engine", timer);

    private final Plug<OfferEngine> offerPlug = new Plug<>("offer registry", timer);

    private final Plug<AccessEngine> accessPlug = new Plug<>("access engine", timer);

    /** Steps until the crash; negative: never. */
    int crashIn = -1;

    boolean afterEffect;
    int steps;

    FakeHouse() {
        offerPlug.bind(offers);
        accessPlug.bind(access);
        modelPlug.bind(models);
        relationPlug.bind(relations);
        applicationPlug.bind(applications);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private void durable(Runnable effect) {
        steps++;
        boolean now = crashIn == 0;
        crashIn--;
        if (!now || afterEffect) {
            effect.run();
        }
        if (now) {
            throw new Crash();
        }
    }

    ControllerContext context() {
        return fake(
                ControllerContext.class,
                Map.of(
                        "store",
                        store,
                        "models",
                        modelPlug,
                        "relations",
                        relationPlug,
                        "applications",
                        applicationPlug,
                        "offers",
                        offerPlug,
                        "access",
                        accessPlug,
                        "logs",
                        logs()));
    }

    private Logs logs() {
        return (Logs) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Logs.class}, (self, method, args) -> {
                    durable(() -> forgotten.add((String) args[0]));
                    return null;
                });
    }

    private static <T> T fake(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> answers.get(method.getName())));
    }

    final class FakeDocuments implements Documents {
        private final String id;
        private Snapshot head = Snapshot.empty();

        FakeDocuments(String id) {
            this.id = id;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public Snapshot snapshot() {
            return head;
        }

        void fill(Consumer<Tx> decision) {
            Tx tx = Tx.on(head);
            decision.accept(tx);
            head = tx.now();
        }

        @Override
        public <R> CompletionStage<R> submit(Function<Tx, R> decision) {
            try {
                Tx tx = Tx.on(head);
                R answer = decision.apply(tx);
                durable(() -> head = tx.now());
                return CompletableFuture.completedFuture(answer);
            } catch (RuntimeException failure) {
                return CompletableFuture.failedFuture(failure);
            }
        }

        @Override
        public CompletionStage<String> submitOnce(String key, Function<Tx, String> decision) {
            return submit(decision);
        }

        @Override
        public Watch watch(Set<Interest> interests) {
            throw new UnsupportedOperationException();
        }
    }

    final class FakeStore implements Store {
        final FakeDocuments own = new FakeDocuments("controller");
        final Map<String, FakeDocuments> sets = new TreeMap<>();
        /** Sets that cannot be loaded. */
        final Set<String> damaged = new HashSet<>();

        @Override
        public Documents controller() {
            return own;
        }

        @Override
        public Optional<Documents> model(String uuid) {
            if (damaged.contains(uuid)) {
                throw new UncheckedIOException(new IOException("damaged row in set " + uuid));
            }
            return Optional.ofNullable(sets.get(uuid));
        }

        @Override
        public CompletionStage<Documents> create(String uuid, Consumer<Tx> first) {
            FakeDocuments made = new FakeDocuments(uuid);
            made.fill(first);
            sets.put(uuid, made);
            return CompletableFuture.completedFuture(made);
        }

        @Override
        public CompletionStage<Void> delete(String uuid) {
            try {
                durable(() -> {
                    if (sets.remove(uuid) == null) {
                        throw new IllegalStateException("deleted twice: " + uuid);
                    }
                });
                return CompletableFuture.completedFuture(null);
            } catch (RuntimeException failure) {
                return CompletableFuture.failedFuture(failure);
            }
        }

        @Override
        public Set<String> models() {
            return Set.copyOf(sets.keySet());
        }

        @Override
        public Collection<Summary> summaries() {
            return List.of();
        }

        @Override
        public Optional<Summary> summary(String uuid) {
            return Optional.empty();
        }

        @Override
        public Leases leases(String uuid) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    static Instant at(long seconds) {
        return World.NOW.plusSeconds(seconds);
    }
}
