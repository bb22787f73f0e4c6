package org.isthmus.apiserver;

import static org.junit.Assert.assertFalse;

import io.netty.util.internal.InternalThreadLocalMap;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.isthmus.api.Life;
import org.isthmus.api.Refused;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Dialer;
import org.isthmus.client.Endpoint;
import org.isthmus.client.Login;
import org.isthmus.model.ConsumerPresence;
import org.isthmus.model.Controller;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.ModelUser;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Summary;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;
import org.isthmus.model.User;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.engine.ModelEngine;
import org.isthmus.model.engine.OfferEngine;
import org.isthmus.model.engine.RelationEngine;
import org.isthmus.model.store.Blobs;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Leases;
import org.isthmus.model.store.Logs;
import org.isthmus.model.store.Store;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.ControllerHost;
import org.isthmus.spi.CharmSource;
import org.isthmus.spi.CloudProvider;
import org.isthmus.spi.Plug;

/** A controller in memory with two models and one user of each kind, its real server, and a real client. */
final class World implements AutoCloseable, ControllerContext {
    static final String CONTROLLER = "0c0c0c0c-0000-4000-8000-000000000000";
    static final String MODEL = "aaaaaaaa-0000-4000-8000-000000000001";
    static final String OTHER = "bbbbbbbb-0000-4000-8000-000000000002";
    static final Duration LIMIT = Duration.ofSeconds(20);

    final Path base;
    final FakeAccess engine = new FakeAccess();
    final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    final ExecutorService pool = Executors.newFixedThreadPool(2);
    final Plug<AccessEngine> access = new Plug<>("access engine", timer);
    final Plug<OfferEngine> offers = new Plug<>("offer registry", timer);
    final FakeDocuments controller = new FakeDocuments(CONTROLLER, pool);
    final Map<String, FakeDocuments> models = new ConcurrentHashMap<>();
    private final Store store = new FakeStore();
    final FakeLogs logs = new FakeLogs();
    /** What the server is given. */
    volatile Logs told = logs;

    final Costs costs;
    final ApiServers servers;
    final Server server;
    final Dialer dialer = new Dialer("test-client");

    World() throws Exception {
        this(Limits.USUAL, new Failures(Duration.ofMillis(5), Duration.ofMillis(50)));
    }

    World(Limits limits, Failures failures) throws Exception {
        this(new Costs(limits, Runtime.getRuntime().maxMemory()), failures);
    }

    World(Costs costs, Failures failures) throws Exception {
        this.costs = costs;
        base = Files.createTempDirectory("apiserver-test");
        access.bind(engine.asEngine());
        offers.bind((OfferEngine) Proxy.newProxyInstance(
                OfferEngine.class.getClassLoader(), new Class<?>[] {OfferEngine.class}, (proxy, method, args) -> {
                    ((Tx) args[0])
                            .put(
                                    Kinds.CONSUMER_PRESENCE,
                                    new ConsumerPresence((String) args[1], (boolean) args[2], (Instant) args[3]));
                    return null;
                }));
        fill();
        servers = new ApiServers(costs, failures);
        Path ca = base.resolve("ca");
        servers.createAuthority(ca, "test");
        server = servers.start(this, ca, "127.0.0.1", 0);
    }

    private void fill() throws Exception {
        Instant now = Instant.now();
        get(controller.submit(tx -> {
            tx.put(
                    Kinds.CONTROLLER,
                    new Controller(CONTROLLER, "test", "localhost", "localhost", Map.of(), "3.6.9", now));
            tx.put(Kinds.USER, new User("admin", "Administrator", "#secret", "superuser", "", now, false, null));
            for (String user : List.of("nobody", "reader", "writer", "owner")) {
                tx.put(Kinds.USER, new User(user, user, "#secret", "login", "admin", now, false, null));
            }
            tx.put(Kinds.USER, new User("gone", "gone", "#secret", "login", "admin", now, true, null));
            return null;
        }));
        for (String uuid : List.of(MODEL, OTHER)) {
            FakeDocuments model = new FakeDocuments(uuid, pool);
            models.put(uuid, model);
            String secret = uuid.equals(MODEL) ? "secret" : "other";
            get(model.submit(tx -> {
                tx.put(Kinds.MODEL, record(uuid, now));
                if (uuid.equals(MODEL)) {
                    tx.put(Kinds.MODEL_USER, new ModelUser("reader", "", "read", "admin", now));
                    tx.put(Kinds.MODEL_USER, new ModelUser("writer", "", "write", "admin", now));
                    tx.put(Kinds.MODEL_USER, new ModelUser("owner", "", "admin", "admin", now));
                }
                machine(tx, "0", "!" + secret);
                machine(tx, "1", "!" + secret);
                unit(tx, "mysql/0", "0", "!" + secret);
                unit(tx, "mysql/1", "1", "!" + secret);
                return null;
            }));
        }
    }

    static ModelRecord record(String uuid, Instant now) {
        return new ModelRecord(
                uuid,
                "m",
                "admin",
                "iaas",
                "localhost",
                "localhost",
                "localhost",
                null,
                Life.ALIVE,
                1,
                ModelRecord.Mode.ACTIVE,
                false,
                Map.of(),
                null,
                "3.6.9",
                now,
                status(),
                false,
                null);
    }

    static StatusValue status() {
        return null;
    }

    static void machine(Tx tx, String id, String hash) {
        tx.put(
                Kinds.MACHINE,
                new Machine(
                        id,
                        Life.ALIVE,
                        null,
                        null,
                        null,
                        null,
                        null,
                        "nonce",
                        hash,
                        "i-" + id,
                        null,
                        null,
                        null,
                        List.of(),
                        null,
                        null,
                        "3.6.9",
                        false,
                        false,
                        null,
                        Instant.now()));
    }

    static void unit(Tx tx, String name, String machine, String hash) {
        tx.put(
                Kinds.UNIT,
                new Unit(
                        name,
                        name.substring(0, name.indexOf('/')),
                        Life.ALIVE,
                        machine,
                        null,
                        hash,
                        null,
                        null,
                        null,
                        null,
                        List.of(),
                        null,
                        false,
                        null,
                        "3.6.9",
                        Instant.now()));
    }

    FakeDocuments model() {
        return models.get(MODEL);
    }

    Endpoint endpoint(String modelUuid) throws Exception {
        return new Endpoint(List.of("127.0.0.1:" + server.port()), caCert(), modelUuid);
    }

    ApiConnection connect(String modelUuid) throws Exception {
        return get(dialer.connect(endpoint(modelUuid), LIMIT));
    }

    ApiConnection connect(String modelUuid, Login login) throws Exception {
        return get(dialer.connect(endpoint(modelUuid), login, LIMIT));
    }

    static Login machine0() {
        return Login.agent("machine-0", "secret", "nonce");
    }

    static <T> T get(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            while (cause instanceof CompletionException && cause.getCause() != null) {
                cause = cause.getCause();
            }
            if (cause instanceof Exception known) {
                throw known;
            }
            throw failed;
        }
    }

    /** The refusal that the stage fails with, as `message|code`. */
    static String refusal(CompletionStage<?> stage) throws Exception {
        try {
            Object value = get(stage);
            throw new AssertionError("not refused, but answered " + value);
        } catch (Refused refused) {
            return refused.problem().message() + "|" + refused.problem().code().wire();
        }
    }

    /** Waits for a condition with a limit. */
    static void until(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        Object pause = new Object();
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("never came true: " + what);
            }
            synchronized (pause) {
                pause.wait(5);
            }
        }
    }

    /** Netty's map on a thread of others: it would hold this bundle's loader when the bundle is replaced. */
    private void noThreadOfOthersWasTouched() {
        Callable<Boolean> touched = () -> InternalThreadLocalMap.getIfSet() != null;
        try {
            assertFalse("the caller's thread", touched.call());
            assertFalse("the timer's thread", timer.submit(touched).get(LIMIT.toSeconds(), TimeUnit.SECONDS));
            // Both threads of the pool.
            CyclicBarrier both = new CyclicBarrier(2);
            Callable<Boolean> met = () -> {
                both.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
                return touched.call();
            };
            for (Future<Boolean> thread : List.of(pool.submit(met), pool.submit(met))) {
                assertFalse("a writer's thread", thread.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
            }
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    @Override
    public void close() {
        dialer.close();
        servers.close();
        noThreadOfOthersWasTouched();
        timer.shutdownNow();
        pool.shutdown();
        try (var files = Files.walk(base)) {
            files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
        } catch (java.io.IOException left) {
            throw new java.io.UncheckedIOException(left);
        }
    }

    // --- context

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
        throw new UnsupportedOperationException();
    }

    @Override
    public Logs logs() {
        return told;
    }

    @Override
    public List<String> apiAddresses() {
        return server == null ? List.of() : List.of("127.0.0.1:" + server.port());
    }

    @Override
    public String caCert() {
        try {
            return servers.caCert(base.resolve("ca"));
        } catch (java.io.IOException missing) {
            throw new java.io.UncheckedIOException(missing);
        }
    }

    @Override
    public Plug<ApplicationEngine> applications() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Plug<RelationEngine> relations() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Plug<OfferEngine> offers() {
        return offers;
    }

    @Override
    public Plug<ModelEngine> models() {
        throw new UnsupportedOperationException();
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

    /** Both models and the controller's documents. */
    private final class FakeStore implements Store {
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
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Void> delete(String uuid) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Set<String> models() {
            return models.keySet();
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
}
