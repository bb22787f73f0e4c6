package org.isthmus.rpc;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.isthmus.api.Constraints;
import org.isthmus.model.CloudRecord;
import org.isthmus.model.Credential;

/**
 * Service of room `controller`: makes and ends controllers of this container. One of the two privileged doors beside the API;
 * whoever holds this service is the host's operator.
 */
public interface ControllerHost {
    /**
     * @param name of the controller, unique in this container
     * @param credential null where the cloud wants none
     * @param defaultModel name of a first model, null for none
     * @param user first superuser
     * @param settings of the controller (`controller-config` keys)
     * @param modelSettings given to both models
     */
    record Bootstrap(
            String name,
            CloudRecord cloud,
            String region,
            Credential credential,
            String defaultModel,
            String user,
            String password,
            Constraints constraints,
            Map<String, Object> settings,
            Map<String, Object> modelSettings) {}

    /** What the client writes to its files. {@code models}: `owner/name` to UUID. */
    record Bootstrapped(
            String uuid,
            String name,
            List<String> apiAddresses,
            String caCert,
            Map<String, String> models,
            String agentVersion) {}

    /** @param progress lines to show while it works. Nothing stays behind when it fails. */
    CompletionStage<Bootstrapped> bootstrap(Bootstrap request, Consumer<String> progress);

    /** `running`, `starting`, `waiting for X` or `failed: …`, by controller. */
    record Status(String uuid, String name, String state) {}

    List<Status> controllers();

    /**
     * Completes when every controller that was configured when this container started runs, or has failed to; what waits to
     * tell its users that it is ready waits for this. Never takes longer than a minute. Fails when this service leaves meanwhile: who
     * comes in its place is asked anew.
     */
    default CompletionStage<Void> settled() {
        return java.util.concurrent.CompletableFuture.completedFuture(null);
    }

    /**
     * Removes a controller that has no models of others left, with its store. The API's `DestroyController` ends here.
     *
     * @param force kill-controller: stops machines and removes whatever is there
     */
    CompletionStage<Void> remove(String uuid, boolean force, Consumer<String> progress);
}
