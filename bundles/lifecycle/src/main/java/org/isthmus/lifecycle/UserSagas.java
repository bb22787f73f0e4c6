package org.isthmus.lifecycle;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.isthmus.model.Cause;
import org.isthmus.model.Credential;
import org.isthmus.model.DepartedUser;
import org.isthmus.model.Kinds;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.Relation;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Summary;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.RelationEngine;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Reconciler;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * A removed user's rights go out of every model, and relations made in their name are suspended; only then is the name free: who
 * gets it next must not inherit anything. Every step looks at what is there and may be repeated.
 */
@Component(service = Reconciler.class)
public final class UserSagas implements Reconciler {
    private final Clock clock;

    @Activate
    public UserSagas() {
        this(Clock.systemUTC());
    }

    UserSagas(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String name() {
        return "user-sagas";
    }

    @Override
    public boolean onController() {
        return true;
    }

    @Override
    public Set<Interest> interests() {
        return Set.of(Interest.in(Kinds.DEPARTED_USER));
    }

    @Override
    public CompletionStage<Duration> reconcile(ControllerContext controller, Documents own, Cause cause) {
        Strands strands = new Strands();
        for (DepartedUser user : own.snapshot().all(Kinds.DEPARTED_USER)) {
            strands.begin(() -> depart(controller, own, user.name()));
        }
        return strands.end();
    }

    private CompletionStage<Duration> depart(ControllerContext controller, Documents own, String user) {
        Strands models = new Strands();
        for (String uuid : controller.store().models()) {
            models.begin(() -> controller
                    .store()
                    .model(uuid)
                    .map(model -> forget(controller, model, user))
                    .orElseGet(() -> CompletableFuture.completedFuture(null)));
        }
        return models.end()
                .thenCompose(done -> credentials(controller, own, user))
                .thenCompose(done -> controller
                        .access()
                        .call(access -> own.submit(tx -> {
                            access.departed(tx, user);
                            return null;
                        })));
    }

    private CompletionStage<Duration> forget(ControllerContext controller, Documents model, String user) {
        if (!isKnown(model.snapshot(), user)) {
            return CompletableFuture.completedFuture(null);
        }
        Instant now = clock.instant();
        return controller.access().call(access -> controller
                .relations()
                .call(relations -> model.submit(tx -> {
                    forget(tx, user, access, relations, now);
                    return null;
                })));
    }

    private static boolean isKnown(Snapshot model, String user) {
        return model.has(Kinds.MODEL_USER, user)
                || model.has(Kinds.LAST_CONNECTION, user)
                || !model.listBy(Kinds.OFFER_USERS_BY_USER, user).isEmpty()
                || !model.listBy(Kinds.CONNECTIONS_BY_USER, user).isEmpty();
    }

    private static void forget(Tx tx, String user, AccessEngine access, RelationEngine relations, Instant now) {
        access.forgetUser(tx, user);
        for (OfferConnection connection : tx.now().listBy(Kinds.CONNECTIONS_BY_USER, user)) {
            Relation relation = tx.now().get(Kinds.RELATION, Integer.toString(connection.relation()));
            if (relation != null) {
                relations.setSuspended(tx, connection.relation(), true, Relation.REVOKED, Relation.REVOKE, now);
            }
        }
    }

    /** Those that no model works with: its machines could not be stopped without. */
    private static CompletionStage<Void> credentials(ControllerContext controller, Documents own, String user) {
        Set<String> used = controller.store().summaries().stream()
                .map(Summary::credential)
                .filter(id -> id != null)
                .collect(Collectors.toSet());
        List<String> left = own.snapshot().all(Kinds.CREDENTIAL).stream()
                .filter(credential -> credential.owner().equals(user) && !used.contains(credential.id()))
                .map(Credential::id)
                .toList();
        if (left.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return controller
                .models()
                .call(models -> own.submit(tx -> {
                    left.stream()
                            .filter(id -> tx.now().has(Kinds.CREDENTIAL, id))
                            .forEach(id -> models.removeCredential(tx, id));
                    return null;
                }));
    }
}
