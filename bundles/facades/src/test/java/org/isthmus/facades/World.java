package org.isthmus.facades;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.isthmus.access.AccessRights;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.api.Tag;
import org.isthmus.application.Applications;
import org.isthmus.model.CloudRecord;
import org.isthmus.model.Controller;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.ModelUser;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Summary;
import org.isthmus.model.Tx;
import org.isthmus.model.User;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.engine.ModelEngine;
import org.isthmus.model.engine.OfferEngine;
import org.isthmus.model.engine.RelationEngine;
import org.isthmus.model.store.Blobs;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.model.store.Leases;
import org.isthmus.model.store.Logs;
import org.isthmus.model.store.Store;
import org.isthmus.model.store.Watch;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Caller;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.ControllerHost;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.HttpRoute;
import org.isthmus.rpc.Json;
import org.isthmus.rpc.Method;
import org.isthmus.spi.CharmSource;
import org.isthmus.spi.CloudProvider;
import org.isthmus.spi.Plug;

/** One controller in memory, with the real engines behind its plugs; asked as the server asks: by name and JSON. */
final class World implements ControllerContext, AutoCloseable {
    static final String CONTROLLER = "0c0c0c0c-0000-4000-8000-000000000000";
    static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final int LIMIT_SECONDS = 20;

    final ObjectMapper json = Json.newMapper();
    final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    final ClientFacades set = new ClientFacades();
    final Memory store = new Memory();
    final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    final List<CharmSource> sources = new ArrayList<>();
    final List<String> removed = new ArrayList<>();

    private final Plug<ApplicationEngine> applications = plug("application engine", new Applications());
    private final Plug<RelationEngine> relations = plug("relation engine", new org.isthmus.relation.Relations());
    private final Plug<OfferEngine> offers = plug("offer registry", new org.isthmus.offer.OfferRegistry());
    private final Plug<ModelEngine> models = plug("model engine", new org.isthmus.modeladmin.Models());
    private final AccessRights rights = new AccessRights();
    private final Plug<AccessEngine> access = plug("access engine", rights);
    private final Plug<List<CharmSource>> charmSources = plug("charm sources", sources);

    World() throws Exception {
        get(store.controller.submit(tx -> {
            tx.put(
                    Kinds.CONTROLLER,
                    new Controller(CONTROLLER, "test", "localhost", "localhost", Map.of(), "3.6.9", NOW));
            tx.put(Kinds.USER, new User("admin", "Administrator", "#", "superuser", "", NOW, false, null));
            tx.put(Kinds.USER, new User("bob", "Bob", "#", "login", "admin", NOW, false, null));
            tx.put(
                    Kinds.CLOUD,
                    new CloudRecord(
                            "localhost",
                            "localhost",
                            List.of("empty"),
                            "",
                            List.of(new CloudRecord.Region("localhost", "")),
                            Map.of()));
            return null;
        }));
    }

    private <T> Plug<T> plug(String name, T service) {
        Plug<T> plug = new Plug<>(name, timer);
        plug.bind(service);
        return plug;
    }

    @Override
    public void close() {
        set.close();
        timer.shutdownNow();
    }

    static <T> T get(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            Problem problem = Refused.of(failure);
            if (problem != null) {
                throw new Refused(problem);
            }
            throw failure;
        }
    }

    /** Calls a method by its wire names, as this user, on this model (null: a controller connection). */
    JsonNode call(String user, String model, String facade, String method, String params) throws Exception {
        return json.valueToTree(raw(user, model, facade, method, params));
    }

    Object raw(String user, String model, String facade, String method, String params) throws Exception {
        for (Object each : set.facades()) {
            Facade declared = each.getClass().getAnnotation(Facade.class);
            if (!declared.name().equals(facade)) {
                continue;
            }
            for (java.lang.reflect.Method m : each.getClass().getMethods()) {
                Method marked = m.getAnnotation(Method.class);
                if (marked != null && wireName(m, marked).equals(method)) {
                    m.setAccessible(true);
                    TestCall call = new TestCall(this, user, model, marked.access(), declared.until());
                    call.check(
                            model == null
                                    ? null
                                    : store.model(model).orElseThrow().snapshot());
                    Object[] args = m.getParameterCount() == 1
                            ? new Object[] {call}
                            : new Object[] {
                                call,
                                json.readerFor(json.constructType(m.getGenericParameterTypes()[1]))
                                        .readValue(params == null ? "{}" : params)
                            };
                    try {
                        Object answer = m.invoke(each, args);
                        return answer instanceof CompletionStage<?> stage ? get(stage) : answer;
                    } catch (java.lang.reflect.InvocationTargetException thrown) {
                        throw thrown.getCause() instanceof RuntimeException refused ? refused : thrown;
                    }
                }
            }
        }
        throw new AssertionError("no " + facade + "." + method);
    }

    static String wireName(java.lang.reflect.Method method, Method marked) {
        return marked.name().isEmpty()
                ? Character.toUpperCase(method.getName().charAt(0))
                        + method.getName().substring(1)
                : marked.name();
    }

    /** Asks an HTTP route; answers status, and the body as text. */
    String http(String user, String model, String method, String pattern, HttpRoute.HttpRequest request)
            throws Exception {
        return new String(bytes(user, model, method, pattern, request), StandardCharsets.UTF_8);
    }

    byte[] bytes(String user, String model, String method, String pattern, HttpRoute.HttpRequest request)
            throws Exception {
        for (HttpRoute route : set.routes()) {
            if (route.method().equals(method) && route.pattern().equals(pattern)) {
                TestCall call = new TestCall(this, user, model, route.access(), 1);
                call.check(store.model(model).orElseThrow().snapshot());
                HttpRoute.HttpAnswer answer = get(route.handle(call, request));
                try (InputStream body = answer.body()) {
                    return body.readAllBytes();
                }
            }
        }
        throw new AssertionError("no route " + method + " " + pattern);
    }

    /** Makes a model as admin; answers its UUID. */
    String newModel(String name) throws Exception {
        return call(
                        "admin",
                        null,
                        "ModelManager",
                        "CreateModel",
                        "{\"name\":\"" + name + "\",\"owner-tag\":\"user-admin\"}")
                .get("uuid")
                .asText();
    }

    /** A zip of these files. */
    static byte[] zip(Map<String, String> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    static byte[] charm(String name, String more) throws IOException {
        return zip(Map.of(
                "metadata.yaml",
                "name: " + name + "\nsummary: s\ndescription: d\n" + more,
                "config.yaml",
                "options:\n  title: {type: string, default: hello, description: t}\n  port: {type: int, default: 80}\n",
                "hooks/install",
                "#!/bin/sh\n"));
    }

    /** Uploads by POST; answers the charm's URL. */
    String upload(String model, byte[] archive) throws Exception {
        String body = http(
                "admin",
                model,
                "POST",
                "/model/{model}/charms",
                new HttpRoute.HttpRequest(
                        Map.of("model", model),
                        Map.of("series", "jammy"),
                        Map.of(),
                        new ByteArrayInputStream(archive)));
        return json.readTree(body).get("charm-url").asText();
    }

    static String sha(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (java.security.NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    // --- what a controller has

    @Override
    public String uuid() {
        return CONTROLLER;
    }

    @Override
    public String name() {
        return "test";
    }

    @Override
    public Store store() {
        return store;
    }

    @Override
    public Blobs blobs() {
        return new Blobs() {
            @Override
            public Blob put(InputStream content, long limit) throws IOException {
                byte[] all = content.readAllBytes();
                blobs.put(sha(all), all);
                return new Blob(sha(all), all.length);
            }

            @Override
            public InputStream open(String sha256) {
                byte[] content = blobs.get(sha256);
                if (content == null) {
                    throw Problem.notFound("blob", sha256);
                }
                return new ByteArrayInputStream(content);
            }

            @Override
            public boolean has(String sha256) {
                return blobs.containsKey(sha256);
            }

            @Override
            public long retain(Set<String> referenced) {
                blobs.keySet().retainAll(referenced);
                return 0;
            }
        };
    }

    @Override
    public Logs logs() {
        return new Logs() {
            @Override
            public void append(Line line) {}

            @Override
            public Reader read(String model, int past, boolean follow, Predicate<Line> filter) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void history(String model, String entity, String type, StatusValue status) {}

            @Override
            public List<Entry> history(String model, String entity, String type, int limit) {
                return (type == null ? List.of("workload", "juju-unit") : List.of(type))
                        .stream()
                                .map(t -> new Entry(entity, t, new StatusValue("active", t, NOW)))
                                .toList();
            }

            @Override
            public void forget(String model) {}
        };
    }

    @Override
    public List<String> apiAddresses() {
        return List.of("127.0.0.1:17070");
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
        return new Plug<>(cloudType, timer);
    }

    @Override
    public List<String> providerTypes() {
        return List.of();
    }

    @Override
    public Plug<List<CharmSource>> charmSources() {
        return charmSources;
    }

    @Override
    public ControllerHost host() {
        return new ControllerHost() {
            @Override
            public CompletionStage<Bootstrapped> bootstrap(Bootstrap request, Consumer<String> progress) {
                throw new UnsupportedOperationException();
            }

            @Override
            public List<Status> controllers() {
                return List.of();
            }

            @Override
            public CompletionStage<Void> remove(String uuid, boolean force, Consumer<String> progress) {
                removed.add(uuid + (force ? " forced" : ""));
                return CompletableFuture.completedFuture(null);
            }
        };
    }

    /** Document sets in memory, decided on the caller's thread; failures are injected by document set and count. */
    final class Memory implements Store {
        final MemoryDocuments controller = new MemoryDocuments(CONTROLLER);
        final Map<String, MemoryDocuments> models = new ConcurrentHashMap<>();
        RuntimeException failCreate;

        @Override
        public Documents controller() {
            return controller;
        }

        @Override
        public Optional<Documents> model(String uuid) {
            return Optional.ofNullable(models.get(uuid));
        }

        @Override
        public CompletionStage<Documents> create(String uuid, Consumer<Tx> first) {
            if (failCreate != null) {
                return CompletableFuture.failedFuture(failCreate);
            }
            MemoryDocuments documents = new MemoryDocuments(uuid);
            return documents
                    .submit(tx -> {
                        first.accept(tx);
                        return null;
                    })
                    .thenApply(done -> {
                        models.put(uuid, documents);
                        return documents;
                    });
        }

        @Override
        public CompletionStage<Void> delete(String uuid) {
            models.remove(uuid);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public Set<String> models() {
            return models.keySet();
        }

        @Override
        public Collection<Summary> summaries() {
            return models.values().stream().map(d -> summary(d.snapshot())).toList();
        }

        private Summary summary(Snapshot model) {
            ModelRecord r = model.model();
            Map<String, String> access = new HashMap<>();
            for (ModelUser user : model.all(Kinds.MODEL_USER)) {
                access.put(user.user(), user.access());
            }
            return new Summary(
                    r.uuid(),
                    r.name(),
                    r.owner(),
                    r.type(),
                    r.cloud(),
                    r.cloudType(),
                    r.region(),
                    r.credential(),
                    r.life(),
                    r.controllerModel(),
                    r.agentVersion(),
                    r.status(),
                    model.count(Kinds.MACHINE),
                    0,
                    model.count(Kinds.UNIT),
                    model.count(Kinds.APPLICATION),
                    access,
                    r.created());
        }

        @Override
        public Optional<Summary> summary(String uuid) {
            return Optional.ofNullable(models.get(uuid)).map(d -> summary(d.snapshot()));
        }

        @Override
        public Leases leases(String uuid) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    /** One document set. */
    static final class MemoryDocuments implements Documents {
        private final String id;
        private Snapshot head = Snapshot.empty();
        final Set<Key> changed = new java.util.HashSet<>();
        /** Taken one by one; a null lets the next submit pass. */
        final Deque<Optional<RuntimeException>> failures = new ArrayDeque<>();
        /** Done once, before the next decision: what another commits after the caller has looked. */
        Runnable meanwhile;

        MemoryDocuments(String id) {
            this.id = id;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public synchronized Snapshot snapshot() {
            return head;
        }

        @Override
        public synchronized <R> CompletionStage<R> submit(Function<Tx, R> decision) {
            Runnable first = meanwhile;
            if (first != null) {
                meanwhile = null;
                first.run();
            }
            Optional<RuntimeException> failure = failures.isEmpty() ? Optional.empty() : failures.poll();
            if (failure.isPresent()) {
                return CompletableFuture.failedFuture(failure.get());
            }
            try {
                Tx tx = Tx.on(head);
                R answer = decision.apply(tx);
                tx.changes().forEach(c -> changed.add(c.key()));
                head = tx.now().withRevision(head.revision() + 1);
                return CompletableFuture.completedFuture(answer);
            } catch (RuntimeException refused) {
                return CompletableFuture.failedFuture(refused);
            }
        }

        /** Keys that changed since this was last asked. */
        synchronized Set<Key> take() {
            Set<Key> keys = Set.copyOf(changed);
            changed.clear();
            return keys;
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

    /** A request as the server makes it. */
    static final class TestCall implements Call {
        private final World world;
        private final String user;
        private final String model;
        private final Access access;
        private final int version;

        TestCall(World world, String user, String model, Access access, int version) {
            this.world = world;
            this.user = user;
            this.model = model;
            this.access = access;
            this.version = version;
        }

        void check(Snapshot snapshot) {
            boolean allowed =
                    switch (access) {
                        case CHECKED_INSIDE, AUTHENTICATED, CONTROLLER_LOGIN -> user != null;
                        case CONTROLLER_SUPERUSER -> isSuperuser();
                        case MODEL_READ -> Checks.rank(modelAccess(snapshot)) >= 1;
                        case MODEL_WRITE -> Checks.rank(modelAccess(snapshot)) >= 2;
                        case MODEL_ADMIN -> Checks.rank(modelAccess(snapshot)) >= 3;
                        default -> false;
                    };
            if (!allowed) {
                throw Problem.denied();
            }
        }

        @Override
        public Caller caller() {
            return new Caller(user, Set.<Tag>of(), false, 1, "127.0.0.1:5");
        }

        @Override
        public ControllerContext controller() {
            return world;
        }

        @Override
        public Documents model() {
            if (model == null) {
                throw Problem.refuse(Code.NOT_SUPPORTED, "not on a controller connection");
            }
            return world.store.model(model).orElseThrow();
        }

        @Override
        public boolean onModel() {
            return model != null;
        }

        @Override
        public int version() {
            return version;
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
            return NOW;
        }

        @Override
        public String modelAccess(Snapshot snapshot) {
            return isSuperuser() ? "admin" : world.rights.modelAccess(snapshot, user);
        }

        @Override
        public boolean isSuperuser() {
            return Checks.superuser(world.store.controller().snapshot(), this);
        }

        @Override
        public <R> CompletionStage<R> submit(Function<Tx, R> decision) {
            return model().submit(tx -> {
                check(tx.now());
                return decision.apply(tx);
            });
        }
    }
}
