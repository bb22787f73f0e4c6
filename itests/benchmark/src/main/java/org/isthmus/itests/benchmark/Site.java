package org.isthmus.itests.benchmark;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.isthmus.access.AccessRights;
import org.isthmus.api.Constraints;
import org.isthmus.api.Life;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.application.Applications;
import org.isthmus.charm.Charm;
import org.isthmus.charm.CharmManifest;
import org.isthmus.charm.CharmMetadata;
import org.isthmus.charm.CharmRelation;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.CloudRecord;
import org.isthmus.model.Controller;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.StatusValue;
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
import org.isthmus.modeladmin.Models;
import org.isthmus.offer.OfferRegistry;
import org.isthmus.relation.Relations;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.ControllerHost;
import org.isthmus.spi.CharmSource;
import org.isthmus.spi.CloudProvider;
import org.isthmus.spi.Plug;
import org.isthmus.state.JournaledStores;
import org.isthmus.store.derby.DerbyJournals;

/** One controller without a container: the real store on the disk and the real engines, with nothing that dials or reconciles. */
final class Site implements ControllerContext, AutoCloseable {
    static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    static final String ADMIN = "admin";
    private static final int LIMIT_SECONDS = 120;

    final Applications applicationEngine = new Applications();
    final Relations relationEngine = new Relations();
    final OfferRegistry offerEngine = new OfferRegistry();
    final AccessRights rights = new AccessRights();
    private final Models modelEngine = new Models();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1, work -> {
        Thread thread = new Thread(work, "site-timer");
        thread.setDaemon(true);
        return thread;
    });
    private final Plug<ApplicationEngine> applications = plug("application engine", applicationEngine);
    private final Plug<RelationEngine> relations = plug("relation engine", relationEngine);
    private final Plug<OfferEngine> offers = plug("offer registry", offerEngine);
    private final Plug<ModelEngine> models = plug("model engine", modelEngine);
    private final Plug<AccessEngine> access = plug("access engine", rights);
    private final Plug<List<CharmSource>> charmSources = plug("charm sources", new ArrayList<>());
    private final String uuid = UUID.randomUUID().toString();
    private final Path folder;
    private final DerbyJournals journals = new DerbyJournals();
    private Store store;

    Site(String name) throws Exception {
        folder = Folders.fresh(name);
        store = new JournaledStores().open(uuid, folder.resolve("store"), true, journals);
        get(store.controller().submit(tx -> {
            tx.put(Kinds.CONTROLLER, new Controller(uuid, "figures", "localhost", "localhost", Map.of(), "3.6.9", NOW));
            tx.put(Kinds.USER, new User(ADMIN, "", rights.hashPassword("secret"), "superuser", "", NOW, false, null));
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

    /** As at a start of the controller: its store is opened and each of its models is loaded. Seconds of loading one. */
    double reopen() throws Exception {
        store.close();
        store = new JournaledStores().open(uuid, folder.resolve("store"), false, journals);
        long begin = System.nanoTime();
        for (String model : store.models()) {
            store.model(model).orElseThrow();
        }
        return (System.nanoTime() - begin) / 1e9 / store.models().size();
    }

    private <T> Plug<T> plug(String name, T service) {
        Plug<T> plug = new Plug<>(name, timer);
        plug.bind(service);
        return plug;
    }

    Path folder() {
        return folder;
    }

    /** An empty model of the admin. */
    Documents newModel(String name) throws Exception {
        String model = UUID.randomUUID().toString();
        get(store.controller().submit(tx -> {
            modelEngine.reserveEntry(tx, model, name, ADMIN, NOW);
            return null;
        }));
        Documents documents = get(store.create(model, tx -> {
            modelEngine.create(
                    tx,
                    new ModelRecord(
                            model,
                            name,
                            ADMIN,
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
                            Constraints.NONE,
                            "3.6.9",
                            NOW,
                            new StatusValue("available", "", NOW),
                            false,
                            null));
            rights.grantModel(tx, ADMIN, "", "admin", ADMIN, NOW);
        }));
        get(store.controller().submit(tx -> {
            modelEngine.confirmEntry(tx, model);
            return null;
        }));
        return documents;
    }

    /** A charm that provides `back` and requires `front`, both of interface `talk`, and has no peers. */
    static CharmRecord charm(String name) {
        CharmMetadata metadata = new CharmMetadata(
                name,
                "summary",
                "description",
                false,
                Map.of("back", new CharmRelation("back", "provider", "talk", "global", 0, false)),
                Map.of("front", new CharmRelation("front", "requirer", "talk", "global", 0, false)),
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                List.of("jammy"),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                null,
                null);
        return new CharmRecord(
                "local:" + name + "-0",
                name,
                0,
                "local",
                "0".repeat(64),
                1,
                new Charm(metadata, Map.of(), Map.of(), CharmManifest.NONE, 0, "1.2.3"),
                NOW);
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

    @Override
    public void close() throws Exception {
        store.close();
        journals.close();
        timer.shutdownNow();
        Folders.delete(folder);
    }

    @Override
    public String uuid() {
        return uuid;
    }

    @Override
    public String name() {
        return "figures";
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
                throw new UnsupportedOperationException();
            }

            @Override
            public InputStream open(String sha256) {
                throw Problem.notFound("blob", sha256);
            }

            @Override
            public boolean has(String sha256) {
                return false;
            }

            @Override
            public long retain(Set<String> referenced) {
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
                return List.of();
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
        return "";
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
        return null;
    }

    Optional<Documents> model(String model) {
        return store.model(model);
    }
}
