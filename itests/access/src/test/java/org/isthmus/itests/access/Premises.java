package org.isthmus.itests.access;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.isthmus.access.AccessRights;
import org.isthmus.agentfacades.AgentFacadeSet;
import org.isthmus.api.Address;
import org.isthmus.api.Base;
import org.isthmus.api.Hardware;
import org.isthmus.api.Life;
import org.isthmus.apiserver.ApiServerComponent;
import org.isthmus.application.Applications;
import org.isthmus.blob.FolderBlobsFactory;
import org.isthmus.charm.CharmArchive;
import org.isthmus.crossmodel.CrossModelFacades;
import org.isthmus.facades.ClientFacades;
import org.isthmus.log.SegmentLogsFactory;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.CloudRecord;
import org.isthmus.model.Controller;
import org.isthmus.model.Credential;
import org.isthmus.model.Entity;
import org.isthmus.model.Kind;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.User;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.engine.OfferEngine;
import org.isthmus.model.store.Blobs;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Logs;
import org.isthmus.model.store.Store;
import org.isthmus.offer.OfferRegistry;
import org.isthmus.relation.Relations;
import org.isthmus.rpc.ApiServerFactory;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.ControllerHost;
import org.isthmus.rpc.FacadeSet;
import org.isthmus.spi.Journal;
import org.isthmus.spi.JournalFactory;
import org.isthmus.spi.Plug;
import org.isthmus.state.JournaledStores;

/** A whole controller with its real server and every facade set, in which two teams have a model each. */
final class Premises implements AutoCloseable {
    static final String CONTROLLER = "0c0c0c0c-0000-4000-8000-000000000000";
    static final String CONTROLLER_MODEL = "aaaaaaaa-0000-4000-8000-000000000000";
    static final String MINE = "aaaaaaaa-0000-4000-8000-000000000001";
    static final String THEIRS = "aaaaaaaa-0000-4000-8000-000000000002";
    static final String OFFER = "eeeeeeee-0000-4000-8000-000000000001";
    static final String PASSWORD = "a password";
    /** Stands in what only the other team may read, and is never part of a question. */
    static final String SECRET = "xsecret";

    final Applications applications = new Applications();
    final Relations relations = new Relations();
    final OfferRegistry offers = new OfferRegistry();
    final org.isthmus.modeladmin.Models models = new org.isthmus.modeladmin.Models();
    final AccessRights access = new AccessRights();
    final ClientFacades clientFacades = new ClientFacades();
    final List<FacadeSet> sets = List.of(clientFacades, new AgentFacadeSet(), new CrossModelFacades());
    final Store store;
    final Blobs blobs;
    final Logs logs;
    final String caCert;
    final int port;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final Map<String, Object> answers = new ConcurrentHashMap<>();
    private final ApiServerFactory.ApiServer server;
    private final Instant now = Instant.now();
    private final Path base;

    Premises(Path base) throws Exception {
        this.base = base;
        store = new JournaledStores().open(CONTROLLER, base.resolve("store"), true, memory());
        blobs = new FolderBlobsFactory().open(base.resolve("blobs"));
        logs = new SegmentLogsFactory().open(base.resolve("logs"));
        people();
        model(CONTROLLER_MODEL, "controller", "admin", true);
        model(MINE, "mine", "ada", false);
        model(THEIRS, "zebramodel", "zebrauser", false);
        submit(MINE, tx -> {
            access.grantModel(tx, "rita", "Rita", "read", "ada", now);
            access.grantModel(tx, "will", "Will", "write", "ada", now);
            return null;
        });
        deploy(MINE, "wp", "wp", 2, "requires:\n  db: {interface: mysql}\n");
        deploy(MINE, "sql", "sql", 1, "provides:\n  db: {interface: mysql}\n");
        submit(MINE, tx -> relations.addRelation(tx, List.of("wp", "sql"), List.of(), now));
        deploy(THEIRS, "zebraapp", "zebra", 1, "provides:\n  db: {interface: mysql}\n");
        submit(THEIRS, tx -> {
            offers.offer(
                    tx,
                    new OfferEngine.Offering(
                            OFFER, "zebraoffer", "zebraapp", SECRET, Map.of("db", "db"), "zebrauser", now));
            access.grantOffer(tx, OFFER, "zebrauser", "admin");
            return null;
        });
        answers.put("uuid", CONTROLLER);
        answers.put("name", "test");
        answers.put("store", store);
        answers.put("blobs", blobs);
        answers.put("logs", logs);
        answers.put("applications", plug("application engine", applications));
        answers.put("relations", plug("relation engine", relations));
        answers.put("offers", plug("offer registry", offers));
        answers.put("models", plug("model engine", models));
        answers.put("access", plug("access engine", access));
        answers.put("charmSources", plug("charm sources", List.of()));
        answers.put("providerTypes", List.of());
        answers.put("provider", new Plug<>("provider", timer));
        answers.put("apiAddresses", List.of());
        answers.put("host", nothingDone(ControllerHost.class));
        ApiServerComponent servers = new ApiServerComponent();
        Path ca = base.resolve("ca");
        servers.createAuthority(ca, "test");
        caCert = servers.caCert(ca);
        answers.put("caCert", caCert);
        for (FacadeSet set : sets) {
            var bind = servers.getClass().getDeclaredMethod("bindFacades", FacadeSet.class, Map.class);
            bind.setAccessible(true);
            bind.invoke(servers, set, Map.of("isthmus.facades", set.getClass().getSimpleName()));
        }
        server = servers.start(
                proxy(ControllerContext.class, (method, args) -> answers.get(method)), ca, "127.0.0.1", 0);
        port = server.port();
        answers.put("apiAddresses", List.of("127.0.0.1:" + port));
    }

    private interface Answer {
        Object to(String method, Object[] args);
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                Premises.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, args) -> answer.to(method.getName(), args)));
    }

    private static <T> T nothingDone(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                Premises.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, args) -> method.getReturnType() == CompletionStage.class
                        ? CompletableFuture.completedFuture(null)
                        : method.getReturnType() == List.class ? List.of() : null));
    }

    /** Keeps nothing: what is tested here is not the disk. */
    private static JournalFactory memory() {
        return (folder, create) -> proxy(Journal.class, (method, args) -> method.equals("heads") ? List.of() : null);
    }

    private <T> Plug<T> plug(String name, T service) {
        Plug<T> plug = new Plug<>(name, timer);
        plug.bind(service);
        return plug;
    }

    private void people() throws Exception {
        String hash = access.hashPassword(PASSWORD);
        get(store.controller().submit(tx -> {
            tx.put(
                    Kinds.CONTROLLER,
                    new Controller(CONTROLLER, "test", "localhost", "localhost", Map.of(), "3.6.9", now));
            for (String name : List.of("admin", "dora", "lone", "rita", "will", "ada", "zebrauser")) {
                tx.put(
                        Kinds.USER,
                        new User(
                                name,
                                name.equals("zebrauser") ? SECRET : "The " + name,
                                hash,
                                name.equals("admin") ? "superuser" : "login",
                                "admin",
                                now,
                                name.equals("dora"),
                                null));
            }
            tx.put(
                    Kinds.CLOUD,
                    new CloudRecord(
                            "localhost",
                            "localhost",
                            List.of("empty", "userpass"),
                            "",
                            List.of(new CloudRecord.Region("localhost", "")),
                            Map.of()));
            tx.put(
                    Kinds.CREDENTIAL,
                    new Credential(
                            "localhost", "zebrauser", "zebracred", "userpass", Map.of("password", SECRET), false));
            return null;
        }));
    }

    private void model(String uuid, String name, String owner, boolean ofController) throws Exception {
        get(store.controller().submit(tx -> {
            models.reserveEntry(tx, uuid, name, owner, now);
            return null;
        }));
        ModelRecord record = new ModelRecord(
                uuid,
                name,
                owner,
                "iaas",
                "localhost",
                "localhost",
                "localhost",
                owner.equals("zebrauser") ? "localhost/zebrauser/zebracred" : null,
                Life.ALIVE,
                1,
                ModelRecord.Mode.ACTIVE,
                ofController,
                Map.of(),
                null,
                "3.6.9",
                now,
                null,
                false,
                null);
        get(store.create(uuid, tx -> {
            models.create(tx, record);
            access.grantModel(tx, owner, owner, "admin", owner, now);
        }));
        get(store.controller().submit(tx -> {
            models.confirmEntry(tx, uuid);
            return null;
        }));
    }

    private static byte[] archive(String name, String metadata) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, String> file : Map.of(
                            "metadata.yaml",
                            "name: " + name + "\nsummary: s\ndescription: d\n" + metadata,
                            "config.yaml",
                            "options:\n  title: {type: string, default: hello, description: t}\n",
                            "hooks/install",
                            "#!/bin/sh\n")
                    .entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private void deploy(String model, String name, String charm, int units, String metadata) throws Exception {
        byte[] archive = archive(charm, metadata);
        Blobs.Blob blob = blobs.put(new ByteArrayInputStream(archive), 1 << 30);
        String url = "local:" + charm + "-0";
        Path zip = base.resolve(charm + ".zip");
        Files.write(zip, archive);
        var read = CharmArchive.read(zip);
        submit(model, tx -> {
            applications.addCharm(tx, new CharmRecord(url, charm, 0, "local", blob.sha256(), blob.size(), read, now));
            applications.deploy(
                    tx,
                    new ApplicationEngine.Deploy(
                            name,
                            url,
                            null,
                            units,
                            Map.of("title", model.equals(THEIRS) ? SECRET : "t"),
                            null,
                            List.of(),
                            Map.of(),
                            false,
                            "token-" + name,
                            now));
            return null;
        });
        for (var machine : new ArrayList<>(snapshot(model).all(Kinds.MACHINE))) {
            if (machine.instanceId() == null) {
                String id = machine.id();
                submit(model, tx -> {
                    applications.intendStart(tx, id, "token-" + id, "nonce-" + id, access.hashAgentPassword(PASSWORD));
                    applications.provisioned(
                            tx,
                            id,
                            "i-" + id,
                            "",
                            new Hardware("amd64", 2L, 1024L, null, "zone-a", null, List.of()),
                            List.of(new Address("127.0.1.1", "ipv4", "local-cloud")),
                            new Base("ubuntu", "22.04"),
                            "juju-" + id);
                    return null;
                });
            }
        }
        submit(model, tx -> {
            for (int unit = 0; unit < units; unit++) {
                applications.setUnitPassword(tx, name + "/" + unit, access.hashAgentPassword(PASSWORD));
            }
            return null;
        });
    }

    Snapshot snapshot(String model) {
        return store.model(model).orElseThrow().snapshot();
    }

    <R> R submit(String model, Function<Tx, R> decision) throws Exception {
        return get(store.model(model).orElseThrow().submit(decision));
    }

    /** Everything durable in these documents, by kind and id. */
    static Map<String, Entity> durable(Documents documents) {
        Map<String, Entity> all = new TreeMap<>();
        Snapshot snapshot = documents.snapshot();
        for (Kind<?> kind : Kinds.all()) {
            // That somebody is here is noted beside whatever he calls.
            if (!kind.soft() && !kind.equals(Kinds.LAST_CONNECTION)) {
                for (Entity entity : every(snapshot, kind)) {
                    all.put(kind.name() + " " + entity.id(), entity);
                }
            }
        }
        return all;
    }

    private static <E extends Entity> Collection<E> every(Snapshot snapshot, Kind<E> kind) {
        return snapshot.all(kind);
    }

    /** Revisions of all documents, and everything durable of those that moved. */
    final class Record {
        private final Map<String, Long> revisions = new HashMap<>();
        private final Map<String, Map<String, Entity>> contents = new HashMap<>();

        private Map<String, Documents> documents() {
            Map<String, Documents> all = new TreeMap<>();
            all.put("controller", store.controller());
            store.models().forEach(uuid -> store.model(uuid).ifPresent(found -> all.put(uuid, found)));
            return all;
        }

        /** What changed since it was asked last, except in these documents; then starts anew. */
        List<String> changes(String... except) {
            List<String> changed = new ArrayList<>();
            documents().forEach((name, at) -> {
                long revision = at.snapshot().revision();
                if (Long.valueOf(revision).equals(revisions.put(name, revision))) {
                    return;
                }
                Map<String, Entity> now = durable(at);
                Map<String, Entity> before = contents.put(name, now);
                if (before != null && !List.of(except).contains(name)) {
                    now.forEach((key, entity) -> {
                        if (!entity.equals(before.get(key))) {
                            changed.add(name + ": " + key + " is " + entity + ", was " + before.get(key));
                        }
                    });
                    before.keySet().stream()
                            .filter(key -> !now.containsKey(key))
                            .forEach(key -> changed.add(name + ": " + key + " is gone"));
                }
            });
            return changed;
        }
    }

    static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(Duration.ofSeconds(60).toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() throws Exception {
        server.close();
        clientFacades.close();
        if (logs instanceof AutoCloseable open) {
            open.close();
        }
        store.close();
        timer.shutdownNow();
    }
}
