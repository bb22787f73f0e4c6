package org.isthmus.crossmodel;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.isthmus.model.Cause;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.Relation;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.RemoteRelation;
import org.isthmus.model.Snapshot;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Reconciler;

/** The consuming side: a pump for each relation with a SAAS, and one for each SAAS; kicked by what changed. */
final class CrossModelReconciler implements Reconciler {
    private final Links links;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Pump> pumps = new ConcurrentHashMap<>();

    CrossModelReconciler(Links links) {
        this.links = links;
    }

    @Override
    public String name() {
        return "crossmodel";
    }

    @Override
    public Set<Interest> interests() {
        return Set.of(
                Interest.in(Kinds.REMOTE_APPLICATION),
                Interest.in(Kinds.REMOTE_RELATION),
                Interest.in(Kinds.RELATION),
                Interest.in(Kinds.RELATION_UNIT),
                Interest.in(Kinds.RELATION_APPLICATION));
    }

    @Override
    public CompletionStage<Duration> reconcile(ControllerContext controller, Documents model, Cause cause) {
        Snapshot now = model.snapshot();
        Set<Integer> relations = new HashSet<>();
        Set<String> saas = new HashSet<>();
        if (cause.first() || cause.changed().isEmpty()) {
            now.all(Kinds.REMOTE_APPLICATION).forEach(remote -> touch(now, remote.name(), relations, saas));
            for (RemoteRelation record : now.all(Kinds.REMOTE_RELATION)) {
                relations.add(record.relation());
            }
        }
        for (Key key : cause.changed()) {
            if (key.kind().equals(Kinds.REMOTE_APPLICATION)) {
                touch(now, key.id(), relations, saas);
            } else {
                int hash = key.id().indexOf('#');
                relations.add(Integer.valueOf(hash < 0 ? key.id() : key.id().substring(0, hash)));
            }
        }
        saas.forEach(name -> pump(
                        controller, model, "saas " + name, end -> new SaasPump(controller, model, name, links, end))
                .kick());
        for (int number : relations) {
            if (concerns(now, number)) {
                pump(
                                controller,
                                model,
                                "relation " + number,
                                end -> new RelationPump(controller, model, number, links, random, end))
                        .kick();
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    private static void touch(Snapshot now, String name, Set<Integer> relations, Set<String> saas) {
        RemoteApplication remote = now.get(Kinds.REMOTE_APPLICATION, name);
        if (remote != null && !remote.proxy()) {
            saas.add(name);
        }
        for (Relation relation : now.by(Kinds.RELATIONS_BY_APPLICATION, name)) {
            relations.add(relation.number());
        }
    }

    private static boolean concerns(Snapshot now, int number) {
        Relation relation = now.get(Kinds.RELATION, Integer.toString(number));
        return now.has(Kinds.REMOTE_RELATION, Integer.toString(number))
                || (relation != null && ConsumingView.saas(now, relation) != null);
    }

    private Pump pump(
            ControllerContext controller,
            Documents model,
            String what,
            java.util.function.Function<Runnable, Pump> make) {
        String key = controller.uuid() + "/" + model.id() + "/" + what;
        return pumps.computeIfAbsent(key, k -> make.apply(() -> pumps.remove(k)));
    }

    void close() {
        Map.copyOf(pumps).values().forEach(Pump::close);
    }
}
