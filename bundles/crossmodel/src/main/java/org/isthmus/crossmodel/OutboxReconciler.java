package org.isthmus.crossmodel;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.model.Cause;
import org.isthmus.model.Kinds;
import org.isthmus.model.Outgoing;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Reconciler;
import org.isthmus.wire.crossmodel.CrossModelCalls.RelationChange;
import org.isthmus.wire.crossmodel.CrossModelCalls.RelationChanges;

/** Sends what far sides must still hear about relations that are gone here, for as long as it takes. */
final class OutboxReconciler implements Reconciler {
    /** Of one far side; those of one that is away hold up nobody else's. */
    private static final int AT_ONCE = 32;

    private final Links links;
    private final ExternalControllers externals;
    private final CrossModelMetrics metrics;
    /** Links in use, by the uuids of both controllers; guarded by this. */
    private final Map<String, Line> lines = new HashMap<>();

    private record Line(Link link, Runnable user) {}

    OutboxReconciler(Links links, ExternalControllers externals, CrossModelMetrics metrics) {
        this.links = links;
        this.externals = externals;
        this.metrics = metrics;
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
        // A model that goes takes its SAAS along, and with it a reason to know other controllers.
        return Set.of(
                Interest.in(Kinds.OUTGOING), Interest.in(Kinds.EXTERNAL_CONTROLLER), Interest.in(Kinds.MODEL_ENTRY));
    }

    @Override
    public CompletionStage<Duration> reconcile(ControllerContext controller, Documents own, Cause cause) {
        metrics.follow(controller);
        externals.look(controller);
        Map<String, List<Outgoing>> byTarget = new HashMap<>();
        for (Outgoing outgoing : own.snapshot().all(Kinds.OUTGOING)) {
            List<Outgoing> of = byTarget.computeIfAbsent(outgoing.controller(), k -> new ArrayList<>());
            if (of.size() < AT_ONCE) {
                of.add(outgoing);
            }
        }
        hangUp(controller, byTarget.keySet());
        List<CompletableFuture<Boolean>> sent = new ArrayList<>();
        boolean[] dialling = new boolean[1];
        byTarget.forEach((target, messages) -> {
            Link link = line(controller, target);
            Peer up = link.peer();
            dialling[0] |= up == null && link.failure() == null;
            if (up != null) {
                messages.forEach(
                        m -> sent.add(send(controller, own, link, up, m).toCompletableFuture()));
            }
        });
        return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
                .thenApply(done -> next(own, dialling[0]));
    }

    private Duration next(Documents own, boolean dialling) {
        if (own.snapshot().count(Kinds.OUTGOING) > 0) {
            return dialling ? links.patience().first() : links.patience().outbox();
        }
        // By level: whatever news was missed, a controller that nobody needs is found in the end.
        return own.snapshot().count(Kinds.EXTERNAL_CONTROLLER) > 0
                ? links.patience().last()
                : null;
    }

    private synchronized Link line(ControllerContext controller, String target) {
        String key = controller.uuid() + ">" + target;
        Line known = lines.get(key);
        Runnable user = known == null ? new Object()::hashCode : known.user();
        // Its host asks again by the clock: news of the link need not reach it.
        Line line = new Line(links.use(controller, target, user), user);
        lines.put(key, line);
        return line.link();
    }

    private synchronized void hangUp(ControllerContext controller, Set<String> needed) {
        lines.entrySet().removeIf(entry -> {
            String[] ends = entry.getKey().split(">", 2);
            boolean idle = ends[0].equals(controller.uuid()) && !needed.contains(ends[1]);
            if (idle) {
                links.leave(entry.getValue().link(), entry.getValue().user());
            }
            return idle;
        });
    }

    private CompletionStage<Boolean> send(
            ControllerContext controller, Documents own, Link link, Peer up, Outgoing outgoing) {
        RelationChange message;
        try {
            message = links.json().readValue(outgoing.message(), RelationChange.class);
        } catch (JsonProcessingException damaged) {
            return dequeue(controller, own, outgoing);
        }
        return RelationPump.one(link.call(
                        up, "CrossModelRelations", "PublishRelationChanges", new RelationChanges(List.of(message))))
                .handle((answer, failure) -> failure == null || isDefinite(outgoing, failure))
                .thenCompose(definite ->
                        definite ? dequeue(controller, own, outgoing) : CompletableFuture.completedFuture(false));
    }

    /** Nothing of it is there, and no registration that was under way can still arrive. */
    private boolean isDefinite(Outgoing outgoing, Throwable failure) {
        Problem problem = Refused.of(failure);
        return problem != null
                && (problem.code() == Code.NOT_FOUND || problem.code() == Code.MODEL_NOT_FOUND)
                && outgoing.created()
                        .isBefore(Instant.now().minus(links.patience().late()));
    }

    private static CompletionStage<Boolean> dequeue(ControllerContext controller, Documents own, Outgoing outgoing) {
        return controller
                .offers()
                .call(offers -> own.submit(tx -> {
                    offers.dequeue(tx, outgoing.uuid());
                    return true;
                }));
    }
}
