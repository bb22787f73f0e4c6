package org.isthmus.controller;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.model.CloudRecord;
import org.isthmus.model.Credential;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Summary;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Store;
import org.isthmus.spi.CloudProvider;
import org.isthmus.spi.CloudProvider.CloudSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes down what a controller runs before its store is removed. */
final class Remover {
    private static final Logger LOG = LoggerFactory.getLogger(Remover.class);
    private static final long STOP_LIMIT_SECONDS = 120;

    private final Rooms rooms;
    private final Executors executors;

    Remover(Rooms rooms, Executors executors) {
        this.rooms = rooms;
        this.executors = executors;
    }

    void remove(ControllerSlot slot, boolean force, Consumer<String> progress) throws IOException {
        RunningController running = slot.serving();
        if (running != null) {
            List<Summary> hosted = running.store().summaries().stream()
                    .filter(s -> !s.controllerModel())
                    .toList();
            if (!hosted.isEmpty() && !force) {
                throw Problem.refuse(Code.HAS_HOSTED_MODELS, "controller has hosted models (%d)", hosted.size());
            }
            stopMachines(slot.uuid(), running.store(), progress);
            return;
        }
        if (!force) {
            throw Problem.refuse(
                    Code.TRY_AGAIN, "controller is %s", slot.status().state());
        }
        // It does not serve, but its machines may: its store knows them.
        Store store;
        try {
            store = slot.openStore();
        } catch (Refused waiting) {
            throw waiting;
        } catch (IOException | RuntimeException unreadable) {
            LOG.error("The store of {} cannot be read; machines it may have are left", slot.folder(), unreadable);
            progress.accept("The controller's store cannot be read (" + unreadable.getMessage()
                    + "); machines it may have are left as they are");
            return;
        }
        try (store) {
            stopMachines(slot.uuid(), store, progress);
        }
    }

    private void stopMachines(String controllerUuid, Store store, Consumer<String> progress) throws IOException {
        for (String model : store.models()) {
            stopMachines(controllerUuid, store, model, progress);
        }
    }

    private void stopMachines(String controllerUuid, Store store, String model, Consumer<String> progress)
            throws IOException {
        Documents documents = store.model(model).orElse(null);
        ModelRecord record = documents == null ? null : documents.snapshot().model();
        if (record == null || record.controllerModel()) {
            return;
        }
        progress.accept("Stopping the machines of model " + record.name());
        Snapshot controller = store.controller().snapshot();
        CloudRecord cloud = controller.get(Kinds.CLOUD, record.cloud());
        Credential credential = controller.get(Kinds.CREDENTIAL, record.credential());
        if (cloud == null) {
            LOG.warn("Model {} is on cloud {}, which is not known any more", record.name(), record.cloud());
            return;
        }
        CloudSpec spec = new CloudSpec(
                cloud.name(),
                cloud.type(),
                record.region(),
                cloud.endpoint(),
                credential == null ? "empty" : credential.authType(),
                credential == null ? Map.of() : credential.attributes(),
                record.config(),
                controllerUuid,
                model,
                record.name());
        await(rooms.provider(cloud.type()).call(provider -> {
            CloudProvider.Cloud opened = provider.open(spec);
            return opened.list()
                    .thenCompose(instances -> opened.stop(
                            instances.stream().map(CloudProvider.Instance::id).toList()))
                    .whenComplete((done, failure) -> executors.workers().execute(opened::close));
        }));
    }

    private static <T> T await(CompletionStage<T> stage) throws IOException {
        try {
            return stage.toCompletableFuture().get(STOP_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        } catch (TimeoutException late) {
            throw new IOException("machines did not stop within " + STOP_LIMIT_SECONDS + " s", late);
        } catch (ExecutionException failure) {
            Problem problem = Refused.of(failure);
            if (problem != null) {
                throw new Refused(problem);
            }
            throw new IOException(failure.getCause());
        }
    }
}
