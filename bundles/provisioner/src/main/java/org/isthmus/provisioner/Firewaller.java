package org.isthmus.provisioner;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.isthmus.model.Cause;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Snapshot;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Reconciler;
import org.isthmus.spi.CloudProvider.Cloud;
import org.isthmus.spi.CloudProvider.Firewall;
import org.isthmus.spi.CloudProvider.Firewall.Rule;

/**
 * Where a cloud filters traffic: exactly the ports that units of exposed applications opened are open on their machines, to those
 * the application is exposed to; and those of applications that other models use, to who dials them from there. Elsewhere it
 * does nothing.
 */
final class Firewaller implements Reconciler {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** Rules drift when somebody changes them by hand: they are set again this often. */
    private static final Duration AGAIN = Duration.ofMinutes(5);

    private static final Key MODEL = new Key(Kinds.MODEL, ModelRecord.ID);

    /** What is wanted, by model; only to spare work, so it may be lost. */
    private final Map<String, ModelRules> models = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return "firewaller";
    }

    @Override
    public Set<Interest> interests() {
        return Set.of(
                Interest.in(Kinds.MACHINE),
                Interest.in(Kinds.UNIT),
                Interest.in(Kinds.APPLICATION),
                Interest.in(Kinds.RELATION),
                Interest.in(Kinds.RELATION_UNIT),
                Interest.in(Kinds.OFFER_CONNECTION),
                Interest.in(Kinds.MODEL));
    }

    @Override
    public CompletionStage<Duration> reconcile(ControllerContext controller, Documents documents, Cause cause) {
        Snapshot snapshot = documents.snapshot();
        ModelRecord model = snapshot.model();
        boolean off = model != null && "none".equals(model.config().get("firewall-mode"));
        if (model == null || off || model.mode() != ModelRecord.Mode.ACTIVE) {
            return CompletableFuture.completedFuture(null);
        }
        ModelRules known = models.get(model.uuid());
        ModelRules rules = known == null ? new ModelRules() : known;
        // No changed keys: a start, or rules may have drifted since they were set.
        if (known == null || cause.changed().isEmpty() || cause.changed().contains(MODEL)) {
            models.put(model.uuid(), rules);
            rules.readAll(snapshot);
        } else {
            rules.read(snapshot, cause.changed());
        }
        if (rules.isEmpty()) {
            models.remove(model.uuid());
            return CompletableFuture.completedFuture(null);
        }
        Map<String, Set<Rule>> due = rules.due();
        if (due.isEmpty()) {
            return CompletableFuture.completedFuture(AGAIN);
        }
        ModelCloud cloud = new ModelCloud(controller, model);
        if (!cloud.isInstalled()) {
            return CompletableFuture.completedFuture(Duration.ofSeconds(2));
        }
        return cloud.call(LIMIT, opened -> set(opened, due)).thenApply(filtered -> {
            rules.told();
            return filtered ? AGAIN : null;
        });
    }

    private static CompletionStage<Boolean> set(Cloud cloud, Map<String, Set<Rule>> wanted) {
        Firewall firewall = cloud.firewall().orElse(null);
        if (firewall == null) {
            return CompletableFuture.completedFuture(false);
        }
        return CompletableFuture.allOf(wanted.entrySet().stream()
                        .map(entry ->
                                firewall.set(entry.getKey(), entry.getValue()).toCompletableFuture())
                        .toArray(CompletableFuture[]::new))
                .thenApply(done -> true);
    }
}
