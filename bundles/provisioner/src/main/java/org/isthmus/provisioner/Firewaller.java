package org.isthmus.provisioner;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.isthmus.api.Life;
import org.isthmus.model.Application;
import org.isthmus.model.Application.ExposedEndpoint;
import org.isthmus.model.Cause;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Unit;
import org.isthmus.model.Unit.UnitPort;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Reconciler;
import org.isthmus.spi.CloudProvider.Cloud;
import org.isthmus.spi.CloudProvider.Firewall;
import org.isthmus.spi.CloudProvider.Firewall.Rule;

/**
 * Where a cloud filters traffic: exactly the ports that units of exposed applications opened are open on their machines, to those
 * the application is exposed to. Elsewhere it does nothing.
 */
final class Firewaller implements Reconciler {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** Rules drift when somebody changes them by hand: they are set again this often. */
    private static final Duration AGAIN = Duration.ofMinutes(5);

    private static final Set<String> EVERYBODY = Set.of("0.0.0.0/0", "::/0");

    /** What was last set, by model; only to spare calls, so it may be lost. */
    private final Map<String, Map<String, Set<Rule>>> last = new ConcurrentHashMap<>();

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
        Map<String, Set<Rule>> wanted = wanted(snapshot);
        boolean changed = !cause.changed().isEmpty();
        if (wanted.isEmpty() || changed && wanted.equals(last.get(model.uuid()))) {
            return CompletableFuture.completedFuture(wanted.isEmpty() ? null : AGAIN);
        }
        ModelCloud cloud = new ModelCloud(controller, model);
        if (!cloud.isInstalled()) {
            return CompletableFuture.completedFuture(Duration.ofSeconds(2));
        }
        return cloud.call(LIMIT, opened -> set(opened, wanted)).thenApply(filtered -> {
            last.put(model.uuid(), wanted);
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

    /** The rules of every instance of the model, by instance id. */
    static Map<String, Set<Rule>> wanted(Snapshot snapshot) {
        Map<String, Set<Rule>> out = new TreeMap<>();
        for (Machine machine : snapshot.all(Kinds.MACHINE)) {
            if (machine.instanceId() == null || machine.controller() || machine.life() == Life.DEAD) {
                continue;
            }
            // By port: one opened for two reasons is open to both kinds of callers.
            Map<org.isthmus.api.PortRange, Set<String>> sources = new HashMap<>();
            for (Unit unit : snapshot.by(Kinds.UNITS_BY_MACHINE, machine.id())) {
                Application application = snapshot.get(Kinds.APPLICATION, unit.application());
                if (application == null || !application.exposed()) {
                    continue;
                }
                for (UnitPort port : unit.ports()) {
                    Set<String> callers = callers(application, port.endpoint());
                    if (!callers.isEmpty()) {
                        sources.computeIfAbsent(port.range(), any -> new HashSet<>())
                                .addAll(callers);
                    }
                }
            }
            Set<Rule> rules = new HashSet<>();
            sources.forEach((range, callers) -> rules.add(new Rule(range, Set.copyOf(callers))));
            out.put(machine.instanceId(), rules);
        }
        return out;
    }

    /** A port opened for every endpoint is open to whomever any endpoint is exposed to. */
    private static Set<String> callers(Application application, String endpoint) {
        Map<String, ExposedEndpoint> exposed = application.exposedEndpoints();
        if (exposed.isEmpty()) {
            return EVERYBODY;
        }
        Set<String> out = new HashSet<>();
        boolean every = endpoint == null || endpoint.isEmpty();
        exposed.forEach((name, to) -> {
            boolean all = name.isEmpty() && !exposed.containsKey(endpoint);
            if (every || all || name.equals(endpoint)) {
                boolean open = to.cidrs().isEmpty() && to.spaces().isEmpty();
                out.addAll(open ? EVERYBODY : to.cidrs());
            }
        });
        return out;
    }
}
