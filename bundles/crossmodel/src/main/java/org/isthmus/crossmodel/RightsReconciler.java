package org.isthmus.crossmodel;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.isthmus.model.Cause;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.Relation;
import org.isthmus.model.Snapshot;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Reconciler;

/**
 * The offering side: who is no superuser any more, or is disabled, has the relations suspended that nothing else lets them have.
 * What is revoked on an offer or in its model is suspended there, in the same commit; this is for what the controller says of
 * a user.
 */
final class RightsReconciler implements Reconciler {
    @Override
    public String name() {
        return "crossmodel-rights";
    }

    @Override
    public boolean onController() {
        return true;
    }

    @Override
    public Set<Interest> interests() {
        return Set.of(Interest.in(Kinds.USER));
    }

    @Override
    public CompletionStage<Duration> reconcile(ControllerContext controller, Documents own, Cause cause) {
        boolean everybody = cause.first() || cause.changed().isEmpty();
        Set<String> users = cause.changed().stream().map(Key::id).collect(Collectors.toSet());
        return controller.access().call(access -> {
            CompletionStage<Duration> all = CompletableFuture.completedFuture(null);
            for (String uuid : controller.store().models()) {
                Documents model = controller.store().model(uuid).orElse(null);
                ModelRecord record = model == null ? null : model.snapshot().model();
                // One that is on its way has another controller to ask, before or after.
                if (record != null
                        && record.mode() == ModelRecord.Mode.ACTIVE
                        && !refused(own.snapshot(), model.snapshot(), access, everybody ? null : users)
                                .isEmpty()) {
                    all = all.thenCompose(done -> suspend(controller, own, model, access, everybody ? null : users));
                }
            }
            return all;
        });
    }

    private static CompletionStage<Duration> suspend(
            ControllerContext controller, Documents own, Documents model, AccessEngine access, Set<String> users) {
        Instant now = Instant.now();
        return controller
                .relations()
                .call(relations -> model.submit(tx -> {
                    for (OfferConnection connection : refused(own.snapshot(), tx.now(), access, users)) {
                        relations.setSuspended(tx, connection.relation(), true, Relation.REVOKED, Relation.REVOKE, now);
                    }
                    return null;
                }));
    }

    /** @param users null for all */
    private static List<OfferConnection> refused(
            Snapshot controller, Snapshot model, AccessEngine access, Set<String> users) {
        Stream<OfferConnection> connections = users == null
                ? model.all(Kinds.OFFER_CONNECTION).stream()
                : users.stream().flatMap(user -> model.listBy(Kinds.CONNECTIONS_BY_USER, user).stream());
        return connections
                .filter(connection -> {
                    Relation relation = model.get(Kinds.RELATION, Integer.toString(connection.relation()));
                    return relation != null
                            && !Relation.REVOKE.equals(relation.suspendedCause())
                            // Of one that was removed everything is taken elsewhere.
                            && controller.has(Kinds.USER, connection.user())
                            && !Authority.mayConsume(controller, model, access, connection.offer(), connection.user());
                })
                .toList();
    }
}
