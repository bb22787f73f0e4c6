package org.isthmus.provisioner;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.isthmus.api.Problem;
import org.isthmus.model.CloudRecord;
import org.isthmus.model.Credential;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Snapshot;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.spi.CloudProvider.Cloud;
import org.isthmus.spi.CloudProvider.CloudSpec;

/** The cloud of one model, opened for each call: credentials and settings may have changed since the last. */
final class ModelCloud {
    private final ControllerContext controller;
    private final ModelRecord model;

    ModelCloud(ControllerContext controller, ModelRecord model) {
        this.controller = controller;
        this.model = model;
    }

    boolean isInstalled() {
        return controller.providerTypes().contains(model.cloudType());
    }

    /** Calls with a time limit; the cloud is closed when the call's stage completes. */
    <R> CompletionStage<R> call(Duration limit, Function<Cloud, CompletionStage<R>> function) {
        CloudSpec spec = spec();
        return controller.provider(model.cloudType()).call(provider -> {
            Cloud cloud = provider.open(spec);
            CompletionStage<R> stage;
            try {
                stage = function.apply(cloud);
            } catch (RuntimeException failure) {
                cloud.close();
                throw failure;
            }
            return stage.toCompletableFuture()
                    .orTimeout(limit.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                    .whenComplete((done, failure) -> cloud.close());
        });
    }

    private CloudSpec spec() {
        Snapshot documents = controller.store().controller().snapshot();
        CloudRecord cloud = documents.get(Kinds.CLOUD, model.cloud());
        if (cloud == null) {
            throw Problem.notFound("cloud", model.cloud());
        }
        Credential credential = documents.get(Kinds.CREDENTIAL, model.credential());
        if (credential != null && credential.revoked()) {
            throw Problem.notValid("credential \"%s\" is not valid: it was revoked", credential.id());
        }
        String endpoint = cloud.regions().stream()
                .filter(region -> region.name().equals(model.region()))
                .map(CloudRecord.Region::endpoint)
                .filter(text -> text != null && !text.isEmpty())
                .findFirst()
                .orElse(cloud.endpoint());
        return new CloudSpec(
                cloud.name(),
                cloud.type(),
                model.region(),
                endpoint,
                credential == null ? "empty" : credential.authType(),
                credential == null ? Map.of() : credential.attributes(),
                model.config(),
                controller.uuid(),
                model.uuid(),
                model.name());
    }
}
