package org.isthmus.lifecycle;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.model.Answered;
import org.isthmus.model.Cause;
import org.isthmus.model.Kinds;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.OfferEngine;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Reconciler;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * Carries endings on: what is dying or dead in a model takes its next step, and a dying model that is empty is handed to
 * {@link ModelSagas} by the mark in the controller's documents.
 */
@Component(service = Reconciler.class)
public final class LifecycleReconciler implements Reconciler {
    private final Clock clock;

    @Activate
    public LifecycleReconciler() {
        this(Clock.systemUTC());
    }

    LifecycleReconciler(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String name() {
        return "lifecycle";
    }

    @Override
    public Set<Interest> interests() {
        return Set.of(
                Interest.in(Kinds.MODEL),
                Interest.in(Kinds.UNIT, Kinds.UNITS_ENDING, Kinds.ENDING),
                Interest.in(Kinds.APPLICATION, Kinds.APPLICATIONS_ENDING, Kinds.ENDING),
                Interest.in(Kinds.RELATION, Kinds.RELATIONS_ENDING, Kinds.ENDING),
                Interest.in(Kinds.REMOTE_APPLICATION, Kinds.REMOTE_APPLICATIONS_ENDING, Kinds.ENDING),
                Interest.in(Kinds.REMOTE_RELATION),
                Interest.in(Kinds.MACHINE, Kinds.MACHINES_ENDING, Kinds.ENDING));
    }

    @Override
    public CompletionStage<Duration> reconcile(ControllerContext controller, Documents model, Cause cause) {
        if (!Settlement.isDue(model.snapshot())) {
            return CompletableFuture.completedFuture(null);
        }
        // One moment for both: what is not due for the one must be waited for by the other.
        Instant now = clock.instant();
        CompletionStage<Boolean> settled = Settlement.needsOffers(model.snapshot())
                ? controller.offers().call(offers -> controller
                        .access()
                        .call(access -> settle(controller, model, offers, access, now)))
                : settle(controller, model, null, null, now);
        return settled.thenCompose(empty -> empty
                ? handOver(controller, model)
                : CompletableFuture.completedFuture(Settlement.untilForced(model.snapshot(), now)));
    }

    private CompletionStage<Boolean> settle(
            ControllerContext controller, Documents model, OfferEngine offers, AccessEngine access, Instant now) {
        return controller
                .relations()
                .call(relations -> controller.applications().call(applications -> {
                    Settlement.Engines engines = new Settlement.Engines(relations, applications, offers, access);
                    return model.submit(tx -> Settlement.settle(tx, engines, now));
                }));
    }

    /**
     * The entry goes next, and the documents with it. Whoever asked for the removal and lost the answer asks the controller again:
     * it must not say that there is no such model.
     */
    private static CompletionStage<Duration> handOver(ControllerContext controller, Documents model) {
        String asked = model.snapshot().all(Kinds.ANSWERED).stream()
                .filter(answer -> answer.key().startsWith(Answered.MODEL_REMOVAL))
                .max(Comparator.comparingLong(Answered::order))
                .map(Answered::key)
                .orElse(null);
        return controller
                .models()
                .call(models -> controller.store().controller().submitOnce(asked, tx -> {
                    models.markEntryRemoving(tx, model.id());
                    return "";
                }))
                .thenApply(done -> null);
    }
}
