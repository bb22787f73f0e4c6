package org.isthmus.controller;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.isthmus.api.Code;
import org.isthmus.api.Constraints;
import org.isthmus.api.Life;
import org.isthmus.api.Problem;
import org.isthmus.api.Product;
import org.isthmus.api.Refused;
import org.isthmus.model.Controller;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.StatusValue;
import org.isthmus.model.User;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.ModelEngine;
import org.isthmus.model.store.Store;
import org.isthmus.rpc.ControllerHost.Bootstrap;
import org.isthmus.spi.CloudProvider;
import org.isthmus.spi.CloudProvider.CloudSpec;

/** Makes the folder of a new controller: authority, store, first user, first models. Nothing listens yet. */
final class Bootstrapper {
    private static final long STEP_LIMIT_SECONDS = 60;

    private final Rooms rooms;
    private final Foundations on;
    private final ApiPorts ports;
    private final String bind;

    Bootstrapper(Rooms rooms, Foundations on, ApiPorts ports, String bind) {
        this.rooms = rooms;
        this.on = on;
        this.ports = ports;
        this.bind = bind;
    }

    /** @return `owner/name` of the models to their UUIDs */
    Map<String, String> make(Bootstrap request, String uuid, Path folder, Consumer<String> progress)
            throws IOException {
        Instant now = Instant.now();
        check(request, uuid, progress);
        Files.createDirectories(folder);
        progress.accept("Making the controller's certificate authority");
        on.servers().createAuthority(RunningController.tlsFolder(folder), request.name());
        progress.accept("Making the controller's store");
        Map<String, String> models = new LinkedHashMap<>();
        Map<String, Object> settings = settings(request, folder);
        try (Store store = on.stores().open(uuid, RunningController.storeFolder(folder), true, on.journals())) {
            rooms.access()
                    .call(access -> rooms.models().call(engine -> {
                        fillController(store, request, settings, uuid, now, engine, access);
                        return java.util.concurrent.CompletableFuture.completedFuture(null);
                    }))
                    .toCompletableFuture()
                    .get(STEP_LIMIT_SECONDS, TimeUnit.SECONDS);
            models.put(request.user() + "/controller", makeModel(store, request, "controller", true, uuid, now));
            if (request.defaultModel() != null) {
                models.put(
                        request.user() + "/" + request.defaultModel(),
                        makeModel(store, request, request.defaultModel(), false, uuid, now));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("bootstrap was interrupted", interrupted);
        } catch (ExecutionException | TimeoutException failure) {
            throw asIo(failure);
        }
        return models;
    }

    private static IOException asIo(Exception failure) {
        Problem problem = Refused.of(failure);
        if (problem != null) {
            throw new Refused(problem);
        }
        Throwable cause = failure instanceof ExecutionException ? failure.getCause() : failure;
        return cause instanceof IOException io ? io : new IOException(String.valueOf(cause.getMessage()), cause);
    }

    /** The cloud must be one that an installed provider serves, with a credential it takes. */
    private void check(Bootstrap request, String uuid, Consumer<String> progress) throws IOException {
        String type = request.cloud().type();
        if (!rooms.providerTypes().contains(type)) {
            throw Problem.refuse(
                    Code.NOT_SUPPORTED,
                    "cloud \"%s\" is of type \"%s\", and no provider of that type is installed (installed: %s)",
                    request.cloud().name(),
                    type,
                    String.join(", ", rooms.providerTypes()));
        }
        await(rooms.provider(type).call(provider -> {
            try (CloudProvider.Cloud cloud = provider.open(spec(request, uuid))) {
                cloud.precheck(request.constraints() == null ? Constraints.NONE : request.constraints(), null)
                        .forEach(progress);
                if (cloud.firewall().isEmpty()) {
                    progress.accept("firewall not enforced: on a cloud of type " + type
                            + ", ports are open to whoever reaches the machine, exposed or not");
                }
            }
            return java.util.concurrent.CompletableFuture.completedFuture(null);
        }));
    }

    private static CloudSpec spec(Bootstrap request, String uuid) {
        return new CloudSpec(
                request.cloud().name(),
                request.cloud().type(),
                request.region(),
                request.cloud().endpoint(),
                request.credential() == null ? "empty" : request.credential().authType(),
                request.credential() == null ? Map.of() : request.credential().attributes(),
                request.modelSettings() == null ? Map.of() : request.modelSettings(),
                uuid,
                uuid,
                "controller");
    }

    private Map<String, Object> settings(Bootstrap request, Path folder) throws IOException {
        Map<String, Object> settings = new HashMap<>(request.settings() == null ? Map.of() : request.settings());
        // Clients write the port down: one that was left open is chosen now, for good.
        settings.computeIfPresent("api-port", (name, port) -> "0".equals(String.valueOf(port)) ? null : port);
        if (!settings.containsKey("api-port")) {
            settings.put("api-port", ports.choose(bind, folder.toAbsolutePath()));
        }
        return settings;
    }

    private void fillController(
            Store store,
            Bootstrap request,
            Map<String, Object> settings,
            String uuid,
            Instant now,
            ModelEngine engine,
            AccessEngine access) {
        String hash = access.hashPassword(request.password());
        awaitUnchecked(store.controller().submit(tx -> {
            // The composition root lays the first stone; every later change goes through the engines.
            tx.put(
                    Kinds.CONTROLLER,
                    new Controller(
                            uuid,
                            request.name(),
                            request.cloud().name(),
                            request.region(),
                            Map.of(),
                            Product.AGENT_VERSION,
                            now));
            engine.configureController(tx, settings, List.of());
            engine.putCloud(tx, request.cloud(), false);
            if (request.credential() != null) {
                engine.putCredential(tx, request.credential());
            }
            access.addUser(tx, new User(request.user(), "", hash, "superuser", request.user(), now, false, null));
            return null;
        }));
    }

    private String makeModel(
            Store store, Bootstrap request, String name, boolean controllerModel, String controllerUuid, Instant now)
            throws IOException {
        String uuid = UUID.randomUUID().toString();
        ModelRecord record = new ModelRecord(
                uuid,
                name,
                request.user(),
                "iaas",
                request.cloud().name(),
                request.cloud().type(),
                request.region(),
                request.credential() == null ? null : request.credential().id(),
                Life.ALIVE,
                1,
                ModelRecord.Mode.ACTIVE,
                controllerModel,
                Map.of(),
                Constraints.NONE,
                Product.AGENT_VERSION,
                now,
                new StatusValue("available", "", now),
                false,
                null);
        await(rooms.access().call(access -> rooms.models().call(engine -> store.controller()
                .submit(tx -> {
                    engine.reserveEntry(tx, uuid, name, request.user(), now);
                    return null;
                })
                .thenCompose(reserved -> store.create(uuid, tx -> {
                    engine.create(tx, record);
                    if (request.modelSettings() != null
                            && !request.modelSettings().isEmpty()) {
                        engine.configure(tx, request.modelSettings(), List.of());
                    }
                    access.grantModel(tx, request.user(), "", "admin", request.user(), now);
                    if (controllerModel) {
                        tx.next("machine");
                        tx.put(Kinds.MACHINE, thisHost(controllerUuid, request, now));
                    }
                }))
                .thenCompose(created -> store.controller().submit(tx -> {
                    engine.confirmEntry(tx, uuid);
                    return null;
                })))));
        return uuid;
    }

    /** Machine 0 of the controller's model is where this container runs. */
    private Machine thisHost(String controllerUuid, Bootstrap request, Instant now) {
        HostFacts host = HostFacts.read(request.region());
        return new Machine(
                "0",
                Life.ALIVE,
                host.base(),
                host.base(),
                null,
                Constraints.NONE,
                "controller-" + controllerUuid,
                null,
                null,
                host.name(),
                null,
                host.name(),
                host.hardware(),
                List.of(host.address(bind)),
                new StatusValue("running", "", now),
                new StatusValue("started", "", now),
                Product.AGENT_VERSION,
                true,
                false,
                null,
                now);
    }

    private static <T> T await(CompletionStage<T> stage) throws IOException {
        try {
            return stage.toCompletableFuture().get(STEP_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("bootstrap was interrupted", interrupted);
        } catch (ExecutionException | TimeoutException failure) {
            throw asIo(failure);
        }
    }

    private static <T> T awaitUnchecked(CompletionStage<T> stage) {
        try {
            return await(stage);
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    /** Removes a folder with all that is in it. */
    static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
