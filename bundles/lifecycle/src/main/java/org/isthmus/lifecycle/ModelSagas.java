package org.isthmus.lifecycle;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.model.Cause;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelEntry;
import org.isthmus.model.Snapshot;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Reconciler;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * Finishes what spans the controller's documents and those of a model, wherever it was interrupted. Every step looks at what is
 * there and may be repeated: a model being removed loses its documents, then its logs, then its entry; a model being made is
 * confirmed if its documents are there, and forgotten if whoever made it gave up before that.
 */
@Component(service = Reconciler.class)
public final class ModelSagas implements Reconciler {
    /** Longer than any request lives: whoever reserved the name is no longer about to make the model. */
    static final Duration ABANDONED = Duration.ofMinutes(2);

    private final Clock clock;

    @Activate
    public ModelSagas() {
        this(Clock.systemUTC());
    }

    ModelSagas(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String name() {
        return "model-sagas";
    }

    @Override
    public boolean onController() {
        return true;
    }

    @Override
    public Set<Interest> interests() {
        return Set.of(
                Interest.in(Kinds.MODEL_ENTRY, Kinds.MODEL_ENTRIES_UNFINISHED, "creating"),
                Interest.in(Kinds.MODEL_ENTRY, Kinds.MODEL_ENTRIES_UNFINISHED, "removing"));
    }

    @Override
    public CompletionStage<Duration> reconcile(ControllerContext controller, Documents own, Cause cause) {
        Snapshot now = own.snapshot();
        CompletionStage<Duration> all = CompletableFuture.completedFuture(null);
        for (ModelEntry entry : now.listBy(Kinds.MODEL_ENTRIES_UNFINISHED, "removing")) {
            all = all.thenCompose(next -> remove(controller, own, entry.uuid()).thenApply(done -> next));
        }
        for (ModelEntry entry : now.listBy(Kinds.MODEL_ENTRIES_UNFINISHED, "creating")) {
            all = all.thenCompose(next -> create(controller, own, entry).thenApply(later -> sooner(next, later)));
        }
        return all;
    }

    private static CompletionStage<Void> remove(ControllerContext controller, Documents own, String uuid) {
        CompletionStage<Void> documents = controller.store().models().contains(uuid)
                ? controller.store().delete(uuid)
                : CompletableFuture.completedFuture(null);
        return documents.thenCompose(gone -> {
            controller.logs().forget(uuid);
            return controller
                    .models()
                    .call(models -> own.submit(tx -> {
                        models.removeEntry(tx, uuid);
                        return null;
                    }));
        });
    }

    private CompletionStage<Duration> create(ControllerContext controller, Documents own, ModelEntry entry) {
        Optional<Documents> made = controller.store().models().contains(entry.uuid())
                ? controller.store().model(entry.uuid())
                : Optional.empty();
        if (made.isPresent() && made.get().snapshot().model() != null) {
            return controller
                    .models()
                    .call(models -> own.submit(tx -> {
                        if (tx.now().has(Kinds.MODEL_ENTRY, entry.uuid())) {
                            models.confirmEntry(tx, entry.uuid());
                        }
                        return null;
                    }));
        }
        Instant givenUp = entry.created().plus(ABANDONED);
        Duration left = Duration.between(clock.instant(), givenUp);
        if (!left.isNegative() && !left.isZero()) {
            return CompletableFuture.completedFuture(left);
        }
        // By the same way as a removal: should its documents appear yet, they go too.
        return controller
                .models()
                .call(models -> own.submit(tx -> {
                    ModelEntry head = tx.get(Kinds.MODEL_ENTRY, entry.uuid());
                    if (head != null && head.state().equals("creating")) {
                        models.markEntryRemoving(tx, entry.uuid());
                    }
                    return null;
                }));
    }

    private static Duration sooner(Duration one, Duration other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.compareTo(other) < 0 ? one : other;
    }
}
