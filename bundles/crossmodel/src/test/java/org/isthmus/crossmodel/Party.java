package org.isthmus.crossmodel;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.isthmus.access.AccessRights;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.api.Tag;
import org.isthmus.application.Applications;
import org.isthmus.facades.ClientFacades;
import org.isthmus.lifecycle.LifecycleReconciler;
import org.isthmus.lifecycle.ModelSagas;
import org.isthmus.model.Cause;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.User;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.engine.ModelEngine;
import org.isthmus.model.engine.OfferEngine;
import org.isthmus.model.engine.RelationEngine;
import org.isthmus.model.store.Blobs;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Logs;
import org.isthmus.model.store.Store;
import org.isthmus.model.store.Watch;
import org.isthmus.modeladmin.Models;
import org.isthmus.offer.OfferRegistry;
import org.isthmus.relation.Relations;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Caller;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.ControllerHost;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.rpc.Next;
import org.isthmus.rpc.Reconciler;
import org.isthmus.rpc.WatchHandle;
import org.isthmus.spi.CharmSource;
import org.isthmus.spi.CloudProvider;
import org.isthmus.spi.Plug;
import org.isthmus.state.JournaledStores;

/** One controller: real engines, real store, real facades, real reconcilers; what is made up is the network and its agents. */
final class Party implements AutoCloseable {
    static final int LIMIT_SECONDS = 30;

    final String uuid;
    final String name;
    private final Path folder;
    private final Net net;
    private final Patience patience;
    private final MemoryDisk disk = new MemoryDisk();
    private final ClientFacades client = new ClientFacades();
    private final List<Object> facades = new ArrayList<>();
    private volatile Running running;
    private volatile boolean cut;
    private boolean created;

    Party(String uuid, String name, Path folder, Net net, Patience patience) throws IOException {
        this.uuid = uuid;
        this.name = name;
        this.folder = folder;
        this.net = net;
        this.patience = patience;
        facades.addAll(client.facades());
        facades.addAll(new CrossModelFacades().facades());
        net.parties.put(uuid, this);
        start();
    }

    boolean isUp() {
        return running != null;
    }

    boolean isCut() {
        return cut;
    }

    void cut(boolean is) {
        cut = is;
        if (is) {
            net.breakAll(uuid, true);
        }
    }

    void start() throws IOException {
        Running starting = new Running(new JournaledStores().open(uuid, folder, !created, disk));
        created = true;
        running = starting;
        starting.reconcile();
    }

    void stop() {
        Running stopping = running;
        running = null;
        net.breakAll(uuid, false);
        stopping.close();
    }

    Store store() {
        Running up = running;
        if (up == null) {
            throw new IllegalStateException("down");
        }
        return up.store;
    }

    ControllerContext context() {
        Running up = running;
        if (up == null) {
            throw new IllegalStateException("down");
        }
        return up;
    }

    void add(String model) {
        running.loops(model);
    }

    @Override
    public void close() {
        if (running != null) {
            stop();
        }
        client.close();
    }

    static <T> T get(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            Problem problem = Refused.of(failure);
            if (problem != null) {
                throw new Refused(problem);
            }
            if (failure.getCause() instanceof IllegalStateException down) {
                throw down;
            }
            throw failure;
        } catch (TimeoutException late) {
            throw new AssertionError("no answer in " + LIMIT_SECONDS + " s", late);
        }
    }

    /** As an operator. */
    JsonNode ask(String user, String model, String facade, String method, Object params) throws Exception {
        JsonNode answer =
                net.json.valueToTree(get(serve(user, model, facade, method, net.json.valueToTree(params), handle -> {
                    throw new IllegalStateException("no watchers here");
                })));
        for (JsonNode item : answer.path("results")) {
            if (item.path("error").isObject()) {
                throw new Refused(new Problem(
                        org.isthmus.api.Code.ofWire(
                                item.path("error").path("code").asText("")),
                        item.path("error").path("message").asText()));
            }
        }
        return answer;
    }

    @SuppressWarnings("unchecked")
    CompletionStage<Object> serve(
            String user,
            String model,
            String facade,
            String method,
            JsonNode params,
            Function<WatchHandle, String> watcher) {
        Running at = running;
        if (at == null) {
            throw new IllegalStateException("down");
        }
        for (Object each : facades) {
            if (!each.getClass().getAnnotation(Facade.class).name().equals(facade)) {
                continue;
            }
            for (java.lang.reflect.Method m : each.getClass().getMethods()) {
                Method marked = m.getAnnotation(Method.class);
                String wire = marked == null || !marked.name().isEmpty()
                        ? (marked == null ? "" : marked.name())
                        : Character.toUpperCase(m.getName().charAt(0))
                                + m.getName().substring(1);
                if (wire.equals(method)) {
                    if ((user == null) != (marked.access() == Access.ANONYMOUS)) {
                        throw Problem.denied();
                    }
                    try {
                        m.setAccessible(true);
                        Object argument = net.json
                                .readerFor(net.json.constructType(m.getGenericParameterTypes()[1]))
                                .readValue(params);
                        Object answer = m.invoke(each, new Asked(at, user, model, watcher), argument);
                        return answer instanceof CompletionStage<?> stage
                                ? (CompletionStage<Object>) stage
                                : CompletableFuture.completedFuture(answer);
                    } catch (InvocationTargetException thrown) {
                        return CompletableFuture.failedFuture(thrown.getCause());
                    } catch (IOException | IllegalAccessException bug) {
                        throw new IllegalStateException(bug);
                    }
                }
            }
        }
        throw new IllegalStateException("no " + facade + "." + method);
    }

    @SuppressWarnings("unchecked")
    CompletionStage<Object> tell(WatchHandle handle, Set<Key> keys) {
        Running at = running;
        if (at == null) {
            return CompletableFuture.failedFuture(new IOException("down"));
        }
        for (Object each : facades) {
            if (each.getClass().getAnnotation(Facade.class).name().equals(handle.facade())) {
                for (java.lang.reflect.Method m : each.getClass().getMethods()) {
                    if (m.isAnnotationPresent(Next.class)) {
                        try {
                            Object answer = m.invoke(each, new Asked(at, null, null, null), handle, keys);
                            return answer instanceof CompletionStage<?> stage
                                    ? (CompletionStage<Object>) stage
                                    : CompletableFuture.completedFuture(answer);
                        } catch (InvocationTargetException thrown) {
                            return CompletableFuture.failedFuture(thrown.getCause());
                        } catch (IllegalAccessException bug) {
                            throw new IllegalStateException(bug);
                        }
                    }
                }
            }
        }
        throw new IllegalStateException("no watcher " + handle.facade());
    }

    /** From start to stop. */
    private final class Running implements ControllerContext {
        private final Store store;
        private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
        private final Plug<ApplicationEngine> applications = plug(new Applications());
        private final Plug<RelationEngine> relations = plug(new Relations());
        private final Plug<OfferEngine> offers = plug(new OfferRegistry());
        private final Plug<ModelEngine> models = plug(new Models());
        private final Plug<AccessEngine> access = plug(new AccessRights());
        private final Links links = new Links(net.dial(uuid), patience);
        private final ExternalControllers externals = new ExternalControllers(links);
        private final CrossModelReconciler crossModel = new CrossModelReconciler(links, externals);
        private final List<Reconciler> all = List.of(
                crossModel,
                new OutboxReconciler(links, externals, new CrossModelMetrics()),
                new RightsReconciler(),
                new LifecycleReconciler(),
                new ModelSagas());
        private final List<Loop> loops = new ArrayList<>();
        private boolean closed;

        Running(Store store) {
            this.store = store;
        }

        private <T> Plug<T> plug(T service) {
            Plug<T> plug = new Plug<>("engine", timer);
            plug.bind(service);
            return plug;
        }

        void reconcile() {
            store.models().forEach(this::loops);
            all.stream().filter(Reconciler::onController).forEach(r -> loop(r, store.controller()));
        }

        void loops(String model) {
            all.stream()
                    .filter(r -> !r.onController())
                    .forEach(r -> loop(r, store.model(model).orElseThrow()));
        }

        private synchronized void loop(Reconciler reconciler, Documents documents) {
            if (!closed) {
                Loop loop = new Loop(this, reconciler, documents, timer);
                loops.add(loop);
                loop.start();
            }
        }

        void close() {
            synchronized (this) {
                closed = true;
            }
            loops.forEach(Loop::close);
            crossModel.close();
            links.close();
            store.close();
            timer.shutdownNow();
        }

        @Override
        public String uuid() {
            return uuid;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Store store() {
            return store;
        }

        @Override
        public Blobs blobs() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Logs logs() {
            return (Logs) java.lang.reflect.Proxy.newProxyInstance(
                    Logs.class.getClassLoader(), new Class<?>[] {Logs.class}, (proxy, method, args) -> null);
        }

        @Override
        public List<String> apiAddresses() {
            return List.of(name + ":17070");
        }

        @Override
        public String caCert() {
            return "PEM";
        }

        @Override
        public Plug<ApplicationEngine> applications() {
            return applications;
        }

        @Override
        public Plug<RelationEngine> relations() {
            return relations;
        }

        @Override
        public Plug<OfferEngine> offers() {
            return offers;
        }

        @Override
        public Plug<ModelEngine> models() {
            return models;
        }

        @Override
        public Plug<AccessEngine> access() {
            return access;
        }

        @Override
        public Plug<CloudProvider> provider(String cloudType) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<String> providerTypes() {
            return List.of();
        }

        @Override
        public Plug<List<CharmSource>> charmSources() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ControllerHost host() {
            throw new UnsupportedOperationException();
        }
    }

    /** What the controller's room does for each reconciler and document set. */
    private static final class Loop {
        private final ControllerContext controller;
        private final Reconciler reconciler;
        private final Documents documents;
        private final ScheduledExecutorService timer;
        private final Watch watch;
        private Set<Key> changed = new HashSet<>();
        private boolean first = true;
        private boolean running;
        private boolean wanted;
        private boolean closed;

        Loop(ControllerContext controller, Reconciler reconciler, Documents documents, ScheduledExecutorService timer) {
            this.controller = controller;
            this.reconciler = reconciler;
            this.documents = documents;
            this.timer = timer;
            this.watch = documents.watch(reconciler.interests());
        }

        void start() {
            listen();
            again();
        }

        private void listen() {
            watch.changed().whenComplete((keys, failure) -> {
                if (failure == null) {
                    synchronized (this) {
                        changed.addAll(keys);
                    }
                    again();
                    listen();
                }
            });
        }

        private void again() {
            synchronized (this) {
                if (closed) {
                    return;
                }
                wanted = true;
                if (running) {
                    return;
                }
                running = true;
            }
            submit(this::run, 0);
        }

        private void submit(Runnable task, long millis) {
            try {
                timer.schedule(task, millis, TimeUnit.MILLISECONDS);
            } catch (java.util.concurrent.RejectedExecutionException closing) {
                close();
            }
        }

        private void run() {
            Cause cause;
            synchronized (this) {
                wanted = false;
                cause = new Cause(Set.copyOf(changed), first);
                first = false;
                changed = new HashSet<>();
            }
            CompletionStage<Duration> stage;
            try {
                stage = reconciler.reconcile(controller, documents, cause);
            } catch (RuntimeException failure) {
                stage = CompletableFuture.failedFuture(failure);
            }
            stage.whenComplete((next, failure) -> {
                boolean now;
                synchronized (this) {
                    if (failure != null) {
                        changed.addAll(cause.changed());
                    }
                    now = wanted && !closed;
                    running = now;
                }
                if (now) {
                    submit(this::run, 0);
                } else if (failure != null || next != null) {
                    submit(this::again, failure != null ? 20 : next.toMillis());
                }
            });
        }

        void close() {
            synchronized (this) {
                closed = true;
            }
            watch.close();
        }
    }

    /** A request. */
    private record Asked(Running at, String user, String on, Function<WatchHandle, String> watcher) implements Call {
        @Override
        public Caller caller() {
            return new Caller(user, Set.<Tag>of(), user == null, 1, "127.0.0.1:5");
        }

        @Override
        public ControllerContext controller() {
            return at;
        }

        @Override
        public Documents model() {
            return at.store()
                    .model(on)
                    .orElseThrow(() -> Problem.refuse(org.isthmus.api.Code.MODEL_NOT_FOUND, "no model"));
        }

        @Override
        public boolean onModel() {
            return on != null;
        }

        @Override
        public int version() {
            return 5;
        }

        @Override
        public JsonNode params() {
            return null;
        }

        @Override
        public String trace() {
            return "t";
        }

        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public String modelAccess(Snapshot snapshot) {
            return isSuperuser() ? "admin" : new AccessRights().modelAccess(snapshot, user);
        }

        @Override
        public boolean isSuperuser() {
            User known = at.store().controller().snapshot().get(Kinds.USER, user);
            return known != null && known.access().equals("superuser");
        }

        @Override
        public <R> CompletionStage<R> submit(Function<Tx, R> decision) {
            return model().submit(decision);
        }

        @Override
        public String watch(WatchHandle handle) {
            return watcher.apply(handle);
        }
    }
}
