package org.isthmus.controller;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.isthmus.model.Controller;
import org.isthmus.model.Summary;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.engine.ModelEngine;
import org.isthmus.model.engine.OfferEngine;
import org.isthmus.model.engine.RelationEngine;
import org.isthmus.model.store.Blobs;
import org.isthmus.model.store.Logs;
import org.isthmus.model.store.Store;
import org.isthmus.rpc.ApiServerFactory.ApiServer;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.ControllerHost;
import org.isthmus.spi.CharmSource;
import org.isthmus.spi.CloudProvider;
import org.isthmus.spi.Plug;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One controller that runs: its store is open, its server listens, its reconcilers work. */
final class RunningController implements ControllerContext, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningController.class);

    private final String uuid;
    private final String name;
    private final Path folder;
    private final Rooms rooms;
    private final Executors executors;
    private final ControllerHost host;
    private final PausableStore store;
    private final Blobs blobs;
    private final Logs logs;
    private final String caCert;
    private final String bind;
    private volatile String controllerModel;
    private ReconcilerHost reconcilers;
    private ApiServer server;
    private final List<Future<?>> timed = new ArrayList<>();
    private int port;

    /**
     * Opens what is there; makes nothing. A folder without a store fails.
     *
     * @param bind address that the API listens on
     */
    RunningController(
            String uuid,
            Path folder,
            String bind,
            Foundations on,
            Rooms rooms,
            Executors executors,
            ControllerHost host)
            throws IOException {
        this.uuid = uuid;
        this.folder = folder;
        this.bind = bind;
        this.rooms = rooms;
        this.executors = executors;
        this.host = host;
        if (!Files.isDirectory(storeFolder(folder))) {
            throw new NoSuchFileException(
                    storeFolder(folder).toString(), null, "the store of controller " + uuid + " is missing");
        }
        this.caCert = on.servers().caCert(tlsFolder(folder));
        Store opened = on.stores().open(uuid, storeFolder(folder), false, on.journals());
        Logs openedLogs = null;
        try {
            Controller record =
                    Objects.requireNonNull(opened.controller().snapshot().controller(), "controller record");
            this.name = record.name();
            this.port = port(record);
            this.blobs = on.blobs().open(folder.resolve("blobs"));
            openedLogs = on.logs().open(folder.resolve("logs"));
            this.logs = openedLogs;
        } catch (IOException | RuntimeException failure) {
            opened.close();
            closeQuietly(openedLogs);
            throw failure;
        }
        this.store = new PausableStore(uuid, opened, executors.timer(), executors.workers());
    }

    static Path storeFolder(Path folder) {
        return folder.resolve("store");
    }

    static Path tlsFolder(Path folder) {
        return folder.resolve("tls");
    }

    private static int port(Controller record) {
        Object port = record.settings().get("api-port");
        return port instanceof Number number ? number.intValue() : Integer.parseInt(String.valueOf(port));
    }

    /** Listens and begins to reconcile. */
    void start(Foundations on) throws IOException {
        server = on.servers().start(this, tlsFolder(folder), bind, port);
        port = server.port();
        reconcilers = new ReconcilerHost(this, rooms, executors);
        reconcilers.start();
        AbsentAgents absence = new AbsentAgents(this);
        timed.add(executors
                .timer()
                .schedule(() -> executors.operations().execute(absence), AbsentAgents.GRACE_SECONDS, TimeUnit.SECONDS));
        UnusedCharms unused = new UnusedCharms(store, blobs, applications(), InstantSource.system());
        timed.add(executors
                .timer()
                .scheduleWithFixedDelay(
                        () -> executors.operations().execute(unused),
                        UnusedCharms.FIRST.toSeconds(),
                        UnusedCharms.PERIOD.toSeconds(),
                        TimeUnit.SECONDS));
    }

    /** The rooms that keep state are leaving: requests park until {@link #resume}. */
    void pause() {
        if (!store.isPaused()) {
            LOG.info("Controller {} pauses: its state room is being replaced", name);
            store.pause();
        }
    }

    boolean isPaused() {
        return store.isPaused();
    }

    void resume(Foundations on) throws IOException {
        if (store.isPaused()) {
            Store opened = on.stores().open(uuid, storeFolder(folder), false, on.journals());
            try {
                store.resume(opened);
            } catch (RuntimeException damaged) {
                // The next try finds it locked otherwise.
                opened.close();
                throw damaged;
            }
            LOG.info("Controller {} goes on", name);
        }
    }

    @Override
    public void close() {
        timed.forEach(each -> each.cancel(false));
        if (server != null) {
            server.close();
        }
        if (reconcilers != null) {
            reconcilers.close();
        }
        store.close();
        closeQuietly(blobs);
        // Last, so that its own log has it too.
        LOG.info("Controller {} is closed", name);
        closeQuietly(logs);
    }

    private static void closeQuietly(Object thing) {
        if (thing instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception failure) {
                LOG.warn("Cannot close {}", thing, failure);
            }
        }
    }

    /** UUID of the model that stands for the controller itself; null while it is not known. */
    String controllerModel() {
        String known = controllerModel;
        if (known == null) {
            for (Summary summary : store.summaries()) {
                if (summary.controllerModel()) {
                    known = summary.uuid();
                }
            }
            controllerModel = known;
        }
        return known;
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
        return blobs;
    }

    @Override
    public Logs logs() {
        return logs;
    }

    @Override
    public List<String> apiAddresses() {
        return List.of(bind + ":" + port);
    }

    @Override
    public String caCert() {
        return caCert;
    }

    @Override
    public Plug<ApplicationEngine> applications() {
        return rooms.applications();
    }

    @Override
    public Plug<RelationEngine> relations() {
        return rooms.relations();
    }

    @Override
    public Plug<ModelEngine> models() {
        return rooms.models();
    }

    @Override
    public Plug<AccessEngine> access() {
        return rooms.access();
    }

    @Override
    public Plug<OfferEngine> offers() {
        return rooms.offers();
    }

    @Override
    public Plug<CloudProvider> provider(String cloudType) {
        return rooms.provider(cloudType);
    }

    @Override
    public List<String> providerTypes() {
        return rooms.providerTypes();
    }

    @Override
    public Plug<List<CharmSource>> charmSources() {
        return rooms.charmSources();
    }

    @Override
    public List<Plug<?>> plugs() {
        List<Plug<?>> plugs = new ArrayList<>(rooms.plugs());
        plugs.add(store.plug());
        return plugs;
    }

    @Override
    public ControllerHost host() {
        return host;
    }
}
