package org.isthmus.controller;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.isthmus.api.Constraints;
import org.isthmus.api.Life;
import org.isthmus.application.Applications;
import org.isthmus.blob.FolderBlobsFactory;
import org.isthmus.charm.Charm;
import org.isthmus.charm.CharmManifest;
import org.isthmus.charm.CharmMetadata;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.engine.ApplicationEngine.Deploy;
import org.isthmus.model.store.Blobs;
import org.isthmus.model.store.Blobs.Blob;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Store;
import org.isthmus.spi.Plug;
import org.isthmus.state.JournaledStores;
import org.isthmus.store.derby.DerbyJournals;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class UnusedCharmsTest {
    private static final String CONTROLLER = "11111111-1111-4111-8111-111111111111";
    private static final Instant UPLOADED = Instant.parse("2026-01-01T00:00:00Z");

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final ScheduledExecutorService timer = java.util.concurrent.Executors.newSingleThreadScheduledExecutor();
    private final Plug<ApplicationEngine> applications = new Plug<>("application engine", timer);
    private final Applications engine = new Applications();
    private Store store;
    private Blobs blobs;

    @Before
    public void open() throws Exception {
        applications.bind(engine);
        Path root = folder.getRoot().toPath();
        store = new JournaledStores().open(CONTROLLER, root.resolve("store"), true, new DerbyJournals());
        blobs = new FolderBlobsFactory().open(root.resolve("blobs"));
    }

    @After
    public void close() {
        store.close();
        timer.shutdownNow();
    }

    private Documents model(String uuid) throws Exception {
        return store.create(uuid, tx -> tx.put(Kinds.MODEL, record(uuid)))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    private static ModelRecord record(String uuid) {
        return new ModelRecord(
                uuid,
                "m" + uuid.charAt(0),
                "admin",
                "iaas",
                "localhost",
                "localhost",
                null,
                null,
                Life.ALIVE,
                0,
                ModelRecord.Mode.ACTIVE,
                false,
                Map.of(),
                Constraints.parse(""),
                "3.6.9",
                UPLOADED,
                new StatusValue("available", "", UPLOADED),
                false,
                null);
    }

    private static void does(Documents model, Consumer<Tx> decision) throws Exception {
        model.submit(tx -> {
                    decision.accept(tx);
                    return null;
                })
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    /** An archive of yesterday, and the record that names it. */
    private Blob upload(Documents model, String name) throws Exception {
        Blob blob = archive(name);
        CharmMetadata metadata = new CharmMetadata(
                name, "", "", false, Map.of(), null, null, null, null, null, null, null, null, null, null, null, null);
        CharmManifest manifest =
                new CharmManifest(List.of(new CharmManifest.CharmBase("ubuntu", "22.04/stable", List.of("amd64"))));
        Charm charm = new Charm(metadata, Map.of(), null, manifest, 0, "");
        does(
                model,
                tx -> engine.addCharm(
                        tx,
                        new CharmRecord(
                                "local:" + name + "-0",
                                name,
                                0,
                                "local",
                                blob.sha256(),
                                blob.size(),
                                charm,
                                UPLOADED)));
        return blob;
    }

    private Blob archive(String content) throws IOException {
        Blob blob = blobs.put(new ByteArrayInputStream(content.getBytes()), 1000);
        Path file = folder.getRoot()
                .toPath()
                .resolve("blobs")
                .resolve(blob.sha256().substring(0, 2))
                .resolve(blob.sha256());
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        return blob;
    }

    private void deploy(Documents model, String name) throws Exception {
        does(
                model,
                tx -> engine.deploy(
                        tx,
                        new Deploy(
                                name,
                                "local:" + name + "-0",
                                null,
                                0,
                                Map.of(),
                                Constraints.parse(""),
                                List.of(),
                                Map.of(),
                                false,
                                "token",
                                UPLOADED)));
    }

    private void look(Duration later) {
        new UnusedCharms(store, blobs, applications, () -> UPLOADED.plus(later)).run();
    }

    @Test
    public void whatNoModelUsesIsRemovedAndNothingElse() throws Exception {
        Documents one = model("22222222-2222-4222-8222-222222222222");
        Documents two = model("33333333-3333-4333-8333-333333333333");
        Blob used = upload(one, "used");
        deploy(one, "used");
        Blob shared = upload(one, "shared");
        upload(two, "shared");
        deploy(two, "shared");
        Blob refused = upload(two, "refused");
        Blob orphan = archive("its commit was refused");

        look(UnusedCharms.PATIENCE);
        assertFalse(blobs.has(orphan.sha256()));
        assertTrue("its deployment may still come", blobs.has(refused.sha256()));

        look(UnusedCharms.PATIENCE.plusSeconds(1));
        // Behind it in the writers' queues: the records are gone when these are answered.
        does(one, tx -> {});
        does(two, tx -> {});
        assertFalse(two.snapshot().has(Kinds.CHARM, "local:refused-0"));
        assertFalse(one.snapshot().has(Kinds.CHARM, "local:shared-0"));
        look(UnusedCharms.PATIENCE.plusSeconds(2));
        assertFalse(blobs.has(refused.sha256()));
        assertTrue(blobs.has(used.sha256()));
        assertTrue("another model uses it", blobs.has(shared.sha256()));
        assertEquals(1, one.snapshot().all(Kinds.CHARM).size());
    }

    /** Each commit is answered before the next line runs: what is forgotten in a look is gone within that look. */
    private Store atOnce() {
        return (Store) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Store.class},
                (store, method, args) -> method.getName().equals("model")
                        ? this.store.model((String) args[0]).map(this::atOnce)
                        : method.invoke(this.store, args));
    }

    private Documents atOnce(Documents model) {
        return (Documents) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Documents.class}, (documents, method, args) -> {
                    Object answer = method.invoke(model, args);
                    if (answer instanceof CompletionStage<?> stage) {
                        stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
                    }
                    return answer;
                });
    }

    @Test
    public void whoHasFoundACharmHasUntilTheNextLookToReadIt() throws Exception {
        Documents one = model("22222222-2222-4222-8222-222222222222");
        Blob archive = upload(one, "found");
        Duration later = UnusedCharms.PATIENCE.plusSeconds(1);
        new UnusedCharms(atOnce(), blobs, applications, () -> UPLOADED.plus(later)).run();
        assertFalse(one.snapshot().has(Kinds.CHARM, "local:found-0"));
        assertTrue(blobs.has(archive.sha256()));
        look(later);
        assertFalse(blobs.has(archive.sha256()));
    }
}
