package org.isthmus.provisioner;

import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.isthmus.access.AccessRights;
import org.isthmus.api.Address;
import org.isthmus.api.Constraints;
import org.isthmus.api.Hardware;
import org.isthmus.api.Life;
import org.isthmus.application.Applications;
import org.isthmus.model.Cause;
import org.isthmus.model.CloudRecord;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.model.store.Logs;
import org.isthmus.model.store.Store;
import org.isthmus.model.store.Watch;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.spi.CloudProvider;
import org.isthmus.spi.Plug;

/** One controller with one model over real engines, a cloud that does as it is told, and a clock that moves when asked. */
final class World implements AutoCloseable {
    static final String MODEL = "0e3f7a52-1111-4222-8333-444455556666";

    final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    final Memory model = new Memory(MODEL);
    final Memory controller = new Memory("c");
    final FakeProvider provider = new FakeProvider();
    final AccessEngine access = new AccessRights();
    final ManualClock clock = new ManualClock();
    final Plug<CloudProvider> providerPlug = new Plug<>("provider", timer);
    boolean installed = true;
    ProvisionerSettings settings = new ProvisionerSettings(
            3,
            Duration.ofSeconds(10),
            2,
            Duration.ofSeconds(30),
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofSeconds(5));
    Provisioner provisioner = new Provisioner(settings, clock);
    final List<String> logged = new CopyOnWriteArrayList<>();
    private boolean first = true;
    private final ControllerContext context;

    World() {
        Plug<ApplicationEngine> applications = new Plug<>("application engine", timer);
        applications.bind(new Applications());
        Plug<AccessEngine> accesses = new Plug<>("access engine", timer);
        accesses.bind(access);
        providerPlug.bind(provider);
        Store store = (Store) Proxy.newProxyInstance(
                World.class.getClassLoader(), new Class<?>[] {Store.class}, (self, method, args) -> controller);
        context = (ControllerContext) Proxy.newProxyInstance(
                World.class.getClassLoader(),
                new Class<?>[] {ControllerContext.class},
                (self, method, args) -> switch (method.getName()) {
                    case "uuid" -> "c";
                    case "apiAddresses" -> List.of("127.0.0.1:17070");
                    case "caCert" -> "PEM";
                    case "applications" -> applications;
                    case "access" -> accesses;
                    case "provider" -> providerPlug;
                    case "providerTypes" -> installed ? List.of("fake") : List.of();
                    case "store" -> store;
                    case "logs" -> logs();
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        controller.write(
                tx -> tx.put(Kinds.CLOUD, new CloudRecord("aws", "fake", List.of("empty"), "", List.of(), Map.of())));
        model.write(tx -> tx.put(
                Kinds.MODEL,
                new ModelRecord(
                        MODEL,
                        "m",
                        "admin",
                        "iaas",
                        "aws",
                        "fake",
                        "r",
                        null,
                        Life.ALIVE,
                        1,
                        ModelRecord.Mode.ACTIVE,
                        false,
                        Map.of(),
                        Constraints.NONE,
                        "3.6.9",
                        Instant.EPOCH,
                        null,
                        false,
                        null)));
    }

    private Logs logs() {
        return (Logs) Proxy.newProxyInstance(
                World.class.getClassLoader(), new Class<?>[] {Logs.class}, (self, method, args) -> {
                    if (args[0] instanceof Logs.Line line) {
                        logged.add(line.model() + " " + line.entity() + " " + line.level() + " " + line.message());
                    }
                    return null;
                });
    }

    String addMachine() {
        String[] id = new String[1];
        model.write(tx -> id[0] = new Applications()
                .addMachine(tx, new ApplicationEngine.AddMachine(null, Constraints.NONE, null, clock.instant())));
        return id[0];
    }

    Machine machine(String id) {
        return model.snapshot().get(Kinds.MACHINE, id);
    }

    void change(String id, Function<Machine, Machine> change) {
        model.write(tx -> tx.put(Kinds.MACHINE, change.apply(tx.need(Kinds.MACHINE, id))));
    }

    String status(String id) {
        StatusValue status = machine(id).instanceStatus();
        return status.message().isEmpty() ? status.status() : status.status() + ": " + status.message();
    }

    /** One turn; the time it asks to be called again, or null. */
    Duration turn() throws Exception {
        Cause cause = new Cause(Set.of(), first);
        first = false;
        return provisioner
                .reconcile(context, model, cause)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    Duration firewallTurn(Firewaller firewaller) throws Exception {
        return firewaller
                .reconcile(context, model, new Cause(Set.of(), true))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    /** As the container is killed and started again. */
    void crash() {
        provisioner = new Provisioner(settings, clock);
        first = true;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    static final class ManualClock extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** Documents in memory: one decision at a time. */
    static final class Memory implements Documents {
        private final String id;
        private volatile Snapshot head = Snapshot.empty();

        Memory(String id) {
            this.id = id;
        }

        synchronized void write(java.util.function.Consumer<Tx> decision) {
            Tx tx = Tx.on(head);
            decision.accept(tx);
            head = tx.now().withRevision(head.revision() + 1);
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public Snapshot snapshot() {
            return head;
        }

        @Override
        public <R> CompletionStage<R> submit(Function<Tx, R> decision) {
            try {
                List<R> result = new ArrayList<>();
                write(tx -> result.add(decision.apply(tx)));
                return CompletableFuture.completedFuture(result.get(0));
            } catch (RuntimeException refused) {
                return CompletableFuture.failedFuture(refused);
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

    /** Keeps instances by token; fails and hangs as told. */
    final class FakeProvider implements CloudProvider, CloudProvider.Cloud {
        volatile List<String> warnings = List.of();
        final Map<String, Instance> instances = new LinkedHashMap<>();
        final List<String> calls = new ArrayList<>();
        final List<Map<String, String>> tags = new ArrayList<>();
        final Map<String, Set<Firewall.Rule>> rules = new LinkedHashMap<>();
        final List<CompletableFuture<Instance>> held = new ArrayList<>();
        RuntimeException failure;
        CompletableFuture<Void> stops = CompletableFuture.completedFuture(null);
        boolean failAfterStart;
        boolean hold;
        boolean filtered;

        @Override
        public CompletionStage<Instance> start(StartRequest request, Progress progress) {
            Machine machine = machine(request.machineId());
            if (!request.token().equals(machine.clientToken())) {
                throw new AssertionError("the token was not journaled first");
            }
            calls.add("start " + request.machineId());
            tags.add(request.tags());
            if (failure != null && !failAfterStart) {
                return CompletableFuture.failedFuture(failure);
            }
            if (!instances.containsKey(request.token())) {
                if (!access.passwordMatches(machine, request.agent().password())) {
                    throw new AssertionError("an instance with a password that opens nothing");
                }
                String id = "i-" + request.token().substring(0, 6);
                instances.put(
                        request.token(),
                        new Instance(
                                id,
                                "juju-" + request.machineId(),
                                request.token(),
                                request.machineId(),
                                "running",
                                "Running",
                                List.of(new Address("10.0.0." + request.machineId(), "ipv4", "local-cloud")),
                                new Hardware("amd64", 1L, 512L, null, "a", null, List.of()),
                                "debian@12",
                                "host"));
            }
            progress.report("allocating", "Creating");
            if (failure != null) {
                return CompletableFuture.failedFuture(failure);
            }
            if (hold) {
                CompletableFuture<Instance> later = new CompletableFuture<>();
                held.add(later);
                return later;
            }
            return CompletableFuture.completedFuture(instances.get(request.token()));
        }

        @Override
        public CompletionStage<Void> stop(Collection<String> ids) {
            calls.add("stop");
            instances.values().removeIf(instance -> ids.contains(instance.id()));
            return stops;
        }

        @Override
        public CompletionStage<List<Instance>> list() {
            return CompletableFuture.completedFuture(List.copyOf(instances.values()));
        }

        @Override
        public Optional<Firewall> firewall() {
            return !filtered
                    ? Optional.empty()
                    : Optional.of(new Firewall() {
                        @Override
                        public CompletionStage<Void> set(String instance, Set<Rule> wanted) {
                            rules.put(instance, wanted);
                            return CompletableFuture.completedFuture(null);
                        }

                        @Override
                        public CompletionStage<Set<Rule>> rules(String instance) {
                            return CompletableFuture.completedFuture(rules.get(instance));
                        }
                    });
        }

        @Override
        public String type() {
            return "fake";
        }

        @Override
        public Map<String, List<CredentialAttribute>> credentialSchemas() {
            return Map.of();
        }

        @Override
        public List<Region> defaultRegions() {
            return List.of();
        }

        @Override
        public Cloud open(CloudSpec spec) {
            return this;
        }

        @Override
        public List<String> precheck(Constraints constraints, String placement) {
            return warnings;
        }

        @Override
        public List<String> zones() {
            return List.of();
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
