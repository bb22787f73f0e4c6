package org.isthmus.controller;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.isthmus.controller.Host.Departure;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.engine.ModelEngine;
import org.isthmus.model.engine.OfferEngine;
import org.isthmus.model.engine.RelationEngine;
import org.isthmus.model.store.BlobsFactory;
import org.isthmus.model.store.LogsFactory;
import org.isthmus.model.store.StoreFactory;
import org.isthmus.rpc.ApiServerFactory;
import org.isthmus.rpc.ControllerHost;
import org.isthmus.rpc.Reconciler;
import org.isthmus.spi.CharmSource;
import org.isthmus.spi.CloudProvider;
import org.isthmus.spi.JournalFactory;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one composition root: binds every room that comes into the plugs, and tells the host what it can stand on. */
@Component(
        service = {ControllerHost.class, HostComponent.class},
        immediate = true)
public final class HostComponent implements ControllerHost {
    private static final Logger LOG = LoggerFactory.getLogger(HostComponent.class);

    private final Executors executors = new Executors();
    private final Rooms rooms = new Rooms(executors.timer());
    private final Host host;
    private final BundleContext context;
    private final Path base;
    private final List<Object> foundations = new ArrayList<>();

    @Activate
    public HostComponent(BundleContext context, @Reference ConfigurationAdmin configurations) {
        String named = context.getProperty("isthmus.base");
        Path folder = Path.of(named == null ? System.getProperty("karaf.base", ".") : named);
        this.context = context;
        this.base = folder;
        ApiPorts ports = new ApiPorts(Path.of("/var/tmp/isthmus-api-ports"));
        host = new Host(folder, ports, rooms, executors, new FileConfigurations(configurations, folder.resolve("etc")));
        host.onRemoved(this::endIfIsolated);
        host.sweep();
    }

    @Deactivate
    void deactivate() {
        host.close();
        executors.close();
    }

    Host host() {
        return host;
    }

    @Override
    public java.util.concurrent.CompletionStage<Bootstrapped> bootstrap(
            Bootstrap request, java.util.function.Consumer<String> progress) {
        return host.bootstrap(request, progress);
    }

    @Override
    public List<Status> controllers() {
        return host.controllers();
    }

    @Override
    public java.util.concurrent.CompletionStage<Void> remove(
            String uuid, boolean force, java.util.function.Consumer<String> progress) {
        return host.remove(uuid, force, progress);
    }

    /** A container that was made for one controller ends with it; whoever asked for its end is answered first. */
    private void endIfIsolated() {
        // A file marks it. In other containers a folder of that name has the isolated ones that were made from here.
        if (host.controllers().isEmpty() && Files.isRegularFile(base.resolve("isolated"))) {
            executors.timer().schedule(this::stopFramework, 2, TimeUnit.SECONDS);
        }
    }

    private void stopFramework() {
        try {
            context.getBundle(0).stop();
        } catch (BundleException failure) {
            LOG.error("This container cannot end by itself; bin/stop ends it", failure);
        }
    }

    @Override
    public java.util.concurrent.CompletionStage<Void> settled() {
        // Read each time: a controller that was removed meanwhile is not waited for when the shell alone is replaced.
        return host.settled(FileConfigurations.found(base.resolve("etc")));
    }

    // --- engines and plug-ins: class A, replaced without a failed request

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindApplications(ApplicationEngine engine) {
        rooms.applications().bind(engine);
    }

    void unbindApplications(ApplicationEngine engine) {
        rooms.applications().unbind(engine);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindRelations(RelationEngine engine) {
        rooms.relations().bind(engine);
    }

    void unbindRelations(RelationEngine engine) {
        rooms.relations().unbind(engine);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindModels(ModelEngine engine) {
        rooms.models().bind(engine);
    }

    void unbindModels(ModelEngine engine) {
        rooms.models().unbind(engine);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindAccess(AccessEngine engine) {
        rooms.access().bind(engine);
    }

    void unbindAccess(AccessEngine engine) {
        rooms.access().unbind(engine);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindOffers(OfferEngine engine) {
        rooms.offers().bind(engine);
    }

    void unbindOffers(OfferEngine engine) {
        rooms.offers().unbind(engine);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindProvider(CloudProvider provider) {
        rooms.provider(provider.type()).bind(provider);
    }

    void unbindProvider(CloudProvider provider) {
        rooms.provider(provider.type()).unbind(provider);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindCharmSource(CharmSource source) {
        rooms.bind(source);
    }

    void unbindCharmSource(CharmSource source) {
        rooms.unbind(source);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindReconciler(Reconciler reconciler) {
        rooms.bind(reconciler);
    }

    void unbindReconciler(Reconciler reconciler) {
        rooms.unbind(reconciler);
    }

    // --- foundations: class B, a pause; and class C, a restart of the controllers

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindStores(StoreFactory factory) {
        came(factory);
    }

    void unbindStores(StoreFactory factory) {
        left(factory, Departure.PAUSE);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindJournals(JournalFactory factory) {
        came(factory);
    }

    void unbindJournals(JournalFactory factory) {
        left(factory, Departure.PAUSE);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindBlobs(BlobsFactory factory) {
        came(factory);
    }

    void unbindBlobs(BlobsFactory factory) {
        left(factory, Departure.STOP);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindLogs(LogsFactory factory) {
        came(factory);
    }

    void unbindLogs(LogsFactory factory) {
        left(factory, Departure.STOP);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindServers(ApiServerFactory factory) {
        came(factory);
    }

    void unbindServers(ApiServerFactory factory) {
        left(factory, Departure.STOP);
    }

    private void came(Object factory) {
        synchronized (foundations) {
            foundations.add(factory);
            host.standOn(current());
        }
        host.offer();
    }

    private void left(Object factory, Departure means) {
        synchronized (foundations) {
            foundations.remove(factory);
            host.standOn(current());
        }
        // Whether it is the newest does not matter: a controller goes on with an older one as long as that is there.
        host.leave(factory, means);
        host.offer();
    }

    /** The newest of each. */
    private Foundations current() {
        Foundations now = Foundations.NONE;
        for (Object factory : foundations) {
            if (factory instanceof StoreFactory stores) {
                now = now.with(stores);
            }
            if (factory instanceof JournalFactory journals) {
                now = now.with(journals);
            }
            if (factory instanceof BlobsFactory blobs) {
                now = now.with(blobs);
            }
            if (factory instanceof LogsFactory logs) {
                now = now.with(logs);
            }
            if (factory instanceof ApiServerFactory servers) {
                now = now.with(servers);
            }
        }
        return now;
    }

    /** Controllers as configurations of the container, each with its file in etc. */
    private static final class FileConfigurations implements ControllerConfigurations {
        private static final String FACTORY = "org.isthmus.controller";
        private static final String FILE_NAME = "felix.fileinstall.filename";

        private final ConfigurationAdmin admin;
        private final Path etc;

        private FileConfigurations(ConfigurationAdmin admin, Path etc) {
            this.admin = admin;
            this.etc = etc;
        }

        /** Which controllers the files name: the configuration service takes them up a little later. */
        private static Set<String> found(Path etc) {
            Set<String> found = new HashSet<>();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(etc, FACTORY + "-*.cfg")) {
                for (Path file : files) {
                    String name = file.getFileName().toString();
                    found.add(name.substring(FACTORY.length() + 1, name.length() - ".cfg".length()));
                }
            } catch (IOException noSuchFolder) {
                return Set.of();
            }
            return found;
        }

        private Path file(String uuid) {
            return etc.resolve(FACTORY + "-" + instance(uuid) + ".cfg");
        }

        /** File install splits a file's name at its first dash: behind it there must be none. */
        private static String instance(String uuid) {
            return uuid.replace("-", "");
        }

        @Override
        public void write(String uuid, Dictionary<String, Object> settings) throws IOException {
            ConfigurationFile.write(file(uuid), settings);
            settings.put(FILE_NAME, file(uuid).toUri().toString());
            admin.getFactoryConfiguration(FACTORY, instance(uuid), "?").update(settings);
        }

        @Override
        public Map<String, String> known() {
            Map<String, String> known = new TreeMap<>();
            for (String instance : found(etc)) {
                Properties settings = new Properties();
                try (Reader file = Files.newBufferedReader(etc.resolve(FACTORY + "-" + instance + ".cfg"))) {
                    settings.load(file);
                    known.put(settings.getProperty("uuid", ""), settings.getProperty("name", ""));
                } catch (IOException | IllegalArgumentException gone) {
                    LOG.debug("the configuration {} was not read: {}", instance, gone.getMessage());
                }
            }
            return known;
        }

        @Override
        public void delete(String uuid) throws IOException {
            Files.deleteIfExists(file(uuid));
            var configuration = admin.getFactoryConfiguration(FACTORY, instance(uuid), "?");
            configuration.delete();
        }
    }
}
