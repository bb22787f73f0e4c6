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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finishes what spans the controller's documents and those of a model, wherever it was interrupted. Every step looks at what is
 * there and may be repeated: a model being removed loses its documents, then its logs, then its entry; a model being made is
 * confirmed if its documents are there, and forgotten if whoever made it gave up before that. No model holds up another.
 */
@Component(service = Reconciler.class)
public final class ModelSagas implements Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(ModelSagas.class);

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
        // Before the entries are: a set that is there now had its entry before.
        Set<String> sets = cause.first() ? controller.store().models() : Set.of();
        Snapshot now = own.snapshot();
        Strands strands = new Strands();
        for (ModelEntry entry : now.listBy(Kinds.MODEL_ENTRIES_UNFINISHED, "removing")) {
            strands.begin(() -> remove(controller, own, entry.uuid()));
        }
        for (ModelEntry entry : now.listBy(Kinds.MODEL_ENTRIES_UNFINISHED, "creating")) {
            strands.begin(() -> create(controller, own, entry));
        }
        for (String uuid : sets) {
            if (!now.has(Kinds.MODEL_ENTRY, uuid)) {
                strands.begin(() -> forget(controller, uuid));
            }
        }
        return strands.end();
    }

    /**
     * Documents without an entry, for which no saga is under way: the journal could not say whether their first commit was saved,
     * whoever made the model was told that it failed, and it was. Nobody ever knew of them.
     */
    private static CompletionStage<Duration> forget(ControllerContext controller, String uuid) {
        Documents left;
        try {
            left = controller.store().model(uuid).orElse(null);
        } catch (RuntimeException damaged) {
            LOG.error("Documents {} are of no model that the controller knows; they are left", uuid, damaged);
            return CompletableFuture.completedFuture(null);
        }
        if (left == null) {
            return CompletableFuture.completedFuture(null);
        }
        Snapshot model = left.snapshot();
        if (model.count(Kinds.APPLICATION) + model.count(Kinds.MACHINE) + model.count(Kinds.REMOTE_APPLICATION) > 0) {
            LOG.error("Documents {} are of no model that the controller knows, but are in use; they are left", uuid);
            return CompletableFuture.completedFuture(null);
        }
        LOG.warn("Documents {} are of no model: its making was told to have failed; they are removed", uuid);
        return controller.store().delete(uuid).thenApply(gone -> null);
    }

    private static CompletionStage<Duration> remove(ControllerContext controller, Documents own, String uuid) {
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
}
