package org.isthmus.crossmodel;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
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
    private final ExternalControllers externals;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Pump> pumps = new ConcurrentHashMap<>();

    CrossModelReconciler(Links links, ExternalControllers externals) {
        this.links = links;
        this.externals = externals;
    }

    @Override
    public String name() {
        return "crossmodel";
    }

    @Override
    public Set<Interest> interests() {
        return Set.of(
                // What it says of its networks.
                Interest.in(Kinds.MODEL),
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
            if (key.kind().equals(Kinds.MODEL)) {
                now.all(Kinds.REMOTE_RELATION).forEach(record -> relations.add(record.relation()));
            } else if (key.kind().equals(Kinds.REMOTE_APPLICATION)) {
                touch(now, key.id(), relations, saas);
                if (!now.has(Kinds.REMOTE_APPLICATION, key.id())) {
                    externals.look(controller);
                }
            } else {
                if (key.kind().equals(Kinds.REMOTE_RELATION) && !now.has(Kinds.REMOTE_RELATION, key.id())) {
                    externals.look(controller);
                }
                int hash = key.id().indexOf('#');
                relations.add(Integer.valueOf(hash < 0 ? key.id() : key.id().substring(0, hash)));
            }
        }
        for (String name : saas) {
            kick(controller, model, "saas " + name, end -> new SaasPump(controller, model, name, links, end));
        }
        for (int number : relations) {
            String what = "relation " + number;
            if (concerns(now, number) || pumps.containsKey(key(controller, model, what))) {
                kick(controller, model, what, end -> new RelationPump(controller, model, number, links, random, end));
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

    private static String key(ControllerContext controller, Documents model, String what) {
        return controller.uuid() + "/" + model.id() + "/" + what;
    }

    /** A pump that is over takes no more kicks, and one of a controller that was started anew belongs to what is gone. */
    private void kick(ControllerContext controller, Documents model, String what, Function<Runnable, Pump> make) {
        String key = key(controller, model, what);
        Pump known = pumps.get(key);
        while (known == null || !known.isOf(controller, model) || !known.kick()) {
            if (known != null) {
                pumps.remove(key, known);
                known.close();
            }
            known = pumps.computeIfAbsent(key, k -> {
                Pump[] made = new Pump[1];
                made[0] = make.apply(() -> pumps.remove(k, made[0]));
                return made[0];
            });
        }
    }

    void close() {
        Map.copyOf(pumps).values().forEach(Pump::close);
    }
}
