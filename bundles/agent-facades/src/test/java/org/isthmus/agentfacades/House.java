package org.isthmus.agentfacades;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.isthmus.access.AccessRights;
import org.isthmus.agent.AgentConf;
import org.isthmus.agent.ApiLink;
import org.isthmus.agent.MachineAgent;
import org.isthmus.agent.unit.UnitAgent;
import org.isthmus.api.Address;
import org.isthmus.api.Base;
import org.isthmus.api.Hardware;
import org.isthmus.api.Life;
import org.isthmus.api.Tag;
import org.isthmus.apiserver.ApiServerComponent;
import org.isthmus.application.Applications;
import org.isthmus.blob.FolderBlobsFactory;
import org.isthmus.charm.CharmFolder;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Dialer;
import org.isthmus.client.Endpoint;
import org.isthmus.client.Login;
import org.isthmus.log.SegmentLogsFactory;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Controller;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.engine.RelationEngine;
import org.isthmus.model.store.Blobs;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Logs;
import org.isthmus.model.store.Store;
import org.isthmus.relation.Relations;
import org.isthmus.rpc.ApiServerFactory;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.FacadeSet;
import org.isthmus.spi.Journal;
import org.isthmus.spi.JournalFactory;
import org.isthmus.spi.Plug;
import org.isthmus.state.JournaledStores;

/** A controller with real engines, state, server and TLS; its machines are real agents in this JVM, its provisioner is the test. */
final class House implements AutoCloseable {
    static final String CONTROLLER = "0c0c0c0c-0000-4000-8000-000000000000";
    static final String MODEL = "aaaaaaaa-0000-4000-8000-000000000001";
    static final Duration LIMIT = Duration.ofSeconds(Long.getLong("limit", 60));
    private static final UnitAgent.Times QUICK = new UnitAgent.Times(
            Duration.ofMillis(200),
            Duration.ofMillis(500),
            Duration.ofMillis(200),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60));

    final Path base;
    final Applications applications = new Applications();
    final Relations relations = new Relations();
    final AccessRights access = new AccessRights();
    final Store store;
    final Documents model;
    final Blobs blobs;
    final Logs logs;
    final ApiServerComponent servers = new ApiServerComponent();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final Map<String, Object> answers = new ConcurrentHashMap<>();
    private final Map<String, Running> machines = new HashMap<>();
    private ApiServerFactory.ApiServer server;
    private int port;

    private final AtomicInteger logins = new AtomicInteger();

    private record Running(MachineAgent agent, Thread thread) {}

    House(Path base) throws Exception {
        this.base = base;
        store = new JournaledStores().open(CONTROLLER, base.resolve("store"), true, memory());
        Instant now = Instant.now();
        get(store.controller().submit(tx -> {
            tx.put(
                    Kinds.CONTROLLER,
                    new Controller(CONTROLLER, "test", "localhost", "localhost", Map.of(), "3.6.9", now));
            return null;
        }));
        model = get(store.create(
                MODEL,
                tx -> tx.put(
                        Kinds.MODEL,
                        new ModelRecord(
                                MODEL,
                                "default",
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
                                null,
                                false,
                                null))));
        blobs = new FolderBlobsFactory().open(base.resolve("blobs"));
        logs = new SegmentLogsFactory().open(base.resolve("logs"));
        Plug<ApplicationEngine> applicationPlug = new Plug<>("application engine", timer);
        applicationPlug.bind(applications);
        Plug<RelationEngine> relationPlug = new Plug<>("relation engine", timer);
        relationPlug.bind(relations);
        Plug<AccessEngine> accessPlug = new Plug<>("access engine", timer);
        accessPlug.bind(access);
        answers.put("uuid", CONTROLLER);
        answers.put("name", "test");
        answers.put("store", store);
        answers.put("blobs", blobs);
        answers.put("logs", logs);
        answers.put("applications", applicationPlug);
        answers.put("relations", relationPlug);
        answers.put("access", accessPlug);
        answers.put("apiAddresses", List.of());
        Path ca = base.resolve("ca");
        servers.createAuthority(ca, "test");
        answers.put("caCert", servers.caCert(ca));
        call(servers, "bindFacades", FacadeSet.class, new AgentFacadeSet());
        listen();
    }

    /** What the container does for the component. */
    private static void call(Object component, String method, Class<?> type, Object service) throws Exception {
        Method bind = component.getClass().getDeclaredMethod(method, type, Map.class);
        bind.setAccessible(true);
        bind.invoke(component, service, Map.of("isthmus.facades", "agent"));
    }

    void listen() throws IOException {
        ControllerContext context = ControllerContext.class.cast(Proxy.newProxyInstance(
                House.class.getClassLoader(), new Class<?>[] {ControllerContext.class}, (self, method, args) -> {
                    if (method.getName().equals("apiAddresses")) {
                        logins.incrementAndGet();
                    }
                    return answers.get(method.getName());
                }));
        server = servers.start(context, base.resolve("ca"), "127.0.0.1", port);
        port = server.port();
        answers.put("apiAddresses", List.of("127.0.0.1:" + port));
    }

    /** Each that succeeds tells the addresses. */
    int logins() {
        return logins.get();
    }

    void silence() {
        server.close();
    }

    /** As the agent of a unit asks on a connection of its own. */
    JsonNode ask(String unit, String password, String method, Object params, String key) throws Exception {
        try (Dialer dialer = new Dialer("test")) {
            ApiConnection connection = get(dialer.connect(
                    new Endpoint(List.of(address()), (String) answers.get("caCert"), MODEL),
                    Login.agent(Tag.unit(unit).toString(), password, null),
                    LIMIT));
            return get(connection.call("Uniter", 19, "", method, params, null, key));
        }
    }

    /** Keeps nothing: what is tested here is not the disk. */
    private static JournalFactory memory() {
        return (folder, create) -> Journal.class.cast(Proxy.newProxyInstance(
                House.class.getClassLoader(),
                new Class<?>[] {Journal.class},
                (self, method, args) -> method.getName().equals("heads") ? List.of() : null));
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    Snapshot snapshot() {
        return model.snapshot();
    }

    <R> R submit(Function<Tx, R> decision) throws Exception {
        return get(model.submit(decision));
    }

    /** Uploads a charm folder, and deploys it. */
    void deploy(String name, Path charm, int units) throws Exception {
        String url = charm(name, charm, 0);
        submit(tx -> {
            applications.deploy(
                    tx,
                    new ApplicationEngine.Deploy(
                            name,
                            url,
                            null,
                            units,
                            Map.of(),
                            null,
                            List.of(),
                            Map.of(),
                            false,
                            "token-" + name,
                            Instant.now()));
            relations.addPeers(tx, name, Instant.now());
            return null;
        });
        provision();
    }

    String charm(String name, Path charm, int revision) throws Exception {
        Path zip = base.resolve(name + revision + ".zip");
        try (OutputStream out = Files.newOutputStream(zip)) {
            CharmFolder.zip(charm, out);
        }
        Blobs.Blob blob;
        try (InputStream in = Files.newInputStream(zip)) {
            blob = blobs.put(in, 1 << 30);
        }
        String url = "local:" + name + "-" + revision;
        var read = CharmFolder.read(charm);
        submit(tx -> {
            applications.addCharm(
                    tx, new CharmRecord(url, name, revision, "local", blob.sha256(), blob.size(), read, Instant.now()));
            return null;
        });
        return url;
    }

    /** Starts an agent for each machine that has no instance yet. */
    void provision() throws Exception {
        for (Machine machine : new ArrayList<>(snapshot().all(Kinds.MACHINE))) {
            if (machine.instanceId() == null) {
                String id = machine.id();
                String address = "127.0.1." + (10 + Integer.parseInt(id));
                submit(tx -> {
                    applications.intendStart(
                            tx, id, "token-" + id, "nonce-" + id, access.hashAgentPassword("password-" + id));
                    applications.provisioned(
                            tx,
                            id,
                            "i-" + id,
                            "",
                            new Hardware("amd64", 2L, 1024L, null, "zone-a", null, List.of()),
                            List.of(new Address(address, "ipv4", "local-cloud")),
                            new Base("ubuntu", "22.04"),
                            "juju-" + id);
                    return null;
                });
                start(id, address);
            }
        }
    }

    void restartAgents() throws Exception {
        for (String id : List.copyOf(machines.keySet())) {
            stop(machines.remove(id));
            start(id, "127.0.1." + (10 + Integer.parseInt(id)));
        }
    }

    private static void stop(Running each) throws InterruptedException {
        each.thread().interrupt();
        each.thread().join(10_000);
        each.agent().close();
    }

    private void start(String id, String address) throws IOException {
        Path folder = base.resolve("machine-" + id);
        Files.createDirectories(folder);
        AgentConf conf = new AgentConf(
                "machine-" + id,
                "nonce-" + id,
                "password-" + id,
                MODEL,
                CONTROLLER,
                List.of("127.0.0.1:" + port),
                (String) answers.get("caCert"),
                folder,
                address,
                "3.6.9",
                false);
        MachineAgent agent = new MachineAgent(conf, new ApiLink(conf), QUICK);
        Thread thread = new Thread(
                () -> {
                    try {
                        agent.run();
                    } catch (InterruptedException stopped) {
                        Thread.currentThread().interrupt();
                    }
                },
                "machine-" + id);
        thread.start();
        machines.put(id, new Running(agent, thread));
    }

    /** What the life-cycle reconciler does. */
    void settle() throws Exception {
        submit(tx -> {
            relations.settle(tx, Instant.now());
            applications.settle(tx, Instant.now());
            return null;
        });
    }

    static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    void until(String what, Callable<Boolean> holds) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        Object pause = new Object();
        while (!holds.call()) {
            if (System.nanoTime() > end) {
                List<String> lines = new ArrayList<>();
                logs.read(MODEL, 60, false, line -> true)
                        .next()
                        .lines()
                        .forEach(line -> lines.add(line.entity() + " " + line.level() + " " + line.message()));
                throw new AssertionError("never came true: " + what + "\n"
                        + snapshot().all(Kinds.UNIT) + "\n"
                        + snapshot().all(Kinds.RELATION_UNIT) + "\n" + String.join("\n", lines));
            }
            synchronized (pause) {
                pause.wait(20);
            }
        }
    }

    @Override
    public void close() throws Exception {
        for (Running each : machines.values()) {
            stop(each);
        }
        server.close();
        if (logs instanceof AutoCloseable open) {
            open.close();
        }
        store.close();
        timer.shutdownNow();
    }
}
