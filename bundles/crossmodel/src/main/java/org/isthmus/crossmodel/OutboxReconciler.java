package org.isthmus.crossmodel;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.client.ApiConnection;
import org.isthmus.model.Cause;
import org.isthmus.model.Kinds;
import org.isthmus.model.Outgoing;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Reconciler;
import org.isthmus.wire.crossmodel.CrossModelCalls.RelationChange;
import org.isthmus.wire.crossmodel.CrossModelCalls.RelationChanges;

/** Sends what far sides must still hear about relations that are gone here, for as long as it takes. */
final class OutboxReconciler implements Reconciler {
    private static final Duration UNREACHABLE = Duration.ofSeconds(5);
    private static final int AT_ONCE = 32;

    private final Links links;

    OutboxReconciler(Links links) {
        this.links = links;
    }

    @Override
    public String name() {
        return "crossmodel-outbox";
    }

    @Override
    public boolean onController() {
        return true;
    }

    @Override
    public Set<Interest> interests() {
        return Set.of(Interest.in(Kinds.OUTGOING), Interest.in(Kinds.EXTERNAL_CONTROLLER));
    }

    @Override
    public CompletionStage<Duration> reconcile(ControllerContext controller, Documents own, Cause cause) {
        List<CompletableFuture<Boolean>> sent = new ArrayList<>();
        for (Outgoing outgoing : own.snapshot().all(Kinds.OUTGOING)) {
            if (sent.size() == AT_ONCE) {
                break;
            }
            sent.add(send(controller, own, outgoing).toCompletableFuture());
        }
        return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
                .thenCompose(all -> forgetControllers(controller, own))
                .thenApply(done -> own.snapshot().count(Kinds.OUTGOING) == 0 ? null : UNREACHABLE);
    }

    private CompletionStage<Boolean> send(ControllerContext controller, Documents own, Outgoing outgoing) {
        ApiConnection up = links.to(controller, outgoing.controller()).connection(() -> {});
        if (up == null) {
            return CompletableFuture.completedFuture(false);
        }
        RelationChange message;
        try {
            message = links.json().readValue(outgoing.message(), RelationChange.class);
        } catch (JsonProcessingException damaged) {
            return dequeue(controller, own, outgoing);
        }
        return RelationPump.one(
                        up.call("CrossModelRelations", "PublishRelationChanges", new RelationChanges(List.of(message))),
                        "results")
                .handle((answer, failure) -> failure == null || isDefinite(failure))
                .thenCompose(definite ->
                        definite ? dequeue(controller, own, outgoing) : CompletableFuture.completedFuture(false));
    }

    /** Nothing of it is there, or never was. */
    private static boolean isDefinite(Throwable failure) {
        Problem problem = Refused.of(failure);
        return problem != null && (problem.code() == Code.NOT_FOUND || problem.code() == Code.MODEL_NOT_FOUND);
    }

    private static CompletionStage<Boolean> dequeue(ControllerContext controller, Documents own, Outgoing outgoing) {
        return controller
                .offers()
                .call(offers -> own.submit(tx -> {
                    offers.dequeue(tx, outgoing.uuid());
                    return true;
                }));
    }

    /** A controller that no SAAS refers to, and to which nothing is owed, is forgotten. */
    private static CompletionStage<Void> forgetControllers(ControllerContext controller, Documents own) {
        if (own.snapshot().count(Kinds.EXTERNAL_CONTROLLER) == 0) {
            return CompletableFuture.completedFuture(null);
        }
        Set<String> referred = new HashSet<>();
        for (String uuid : controller.store().models()) {
            controller.store().model(uuid).ifPresent(model -> {
                for (RemoteApplication remote : model.snapshot().all(Kinds.REMOTE_APPLICATION)) {
                    if (remote.sourceController() != null) {
                        referred.add(remote.sourceController());
                    }
                }
            });
        }
        return controller
                .offers()
                .call(offers -> own.submit(tx -> {
                    offers.retainExternalControllers(tx, referred);
                    return null;
                }));
    }
}
