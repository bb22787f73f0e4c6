package org.isthmus.crossmodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.model.Kinds;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationApplication;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.RemoteRelation;
import org.isthmus.model.Snapshot;
import org.isthmus.wire.crossmodel.CrossModelCalls.RelationChange;
import org.isthmus.wire.crossmodel.CrossModelCalls.UnitChange;

/** What a consuming model has to say about one of its relations with a SAAS. */
final class ConsumingView {
    private static final String APPLICATION = "application";
    private static final String LIFE = "life";

    /** @param tells what the far side knows once the message is answered: names to versions */
    record Message(RelationChange change, Map<String, String> tells) {}

    private ConsumingView() {}

    /** The endpoint of the SAAS; null for a relation without one. */
    static Relation.Endpoint saas(Snapshot model, Relation relation) {
        for (Relation.Endpoint endpoint : relation.endpoints()) {
            RemoteApplication remote = model.get(Kinds.REMOTE_APPLICATION, endpoint.application());
            if (remote != null && !remote.proxy()) {
                return endpoint;
            }
        }
        return null;
    }

    /**
     * The next message; null when the offering side knows all there is.
     *
     * @param told what it knows; null for not known: then all is told
     */
    static Message message(
            Snapshot model,
            Relation relation,
            RemoteRelation record,
            long sequence,
            Map<String, String> told,
            String offeringModel,
            String token) {
        Relation.Endpoint saas = saas(model, relation);
        String local = relation.counterpartOf(saas.application()).application();
        boolean alive = relation.life() == Life.ALIVE;
        Map<String, String> before = told == null ? Map.of() : told;
        Map<String, String> now = new TreeMap<>();
        now.put(LIFE, alive ? "alive" : "dying");
        List<UnitChange> changed = new ArrayList<>();
        Map<String, String> application = null;
        if (alive && !relation.suspended()) {
            for (RelationUnit unit : model.by(Kinds.RELATION_UNITS_IN_SCOPE, relation.id())) {
                if (Names.applicationOf(unit.unit()).equals(local)) {
                    String version = Long.toString(unit.version());
                    now.put(unit.unit(), version);
                    if (!version.equals(before.get(unit.unit()))) {
                        changed.add(
                                new UnitChange(Names.numberOf(unit.unit()), OfferingView.reachable(unit.settings())));
                    }
                }
            }
            RelationApplication bag =
                    model.get(Kinds.RELATION_APPLICATION, RelationApplication.idOf(relation.number(), local));
            if (bag != null) {
                String version = Long.toString(bag.version());
                now.put(APPLICATION, version);
                application = version.equals(before.get(APPLICATION)) ? null : bag.settings();
            }
        }
        if (now.equals(told)) {
            return null;
        }
        List<Integer> departed = before.keySet().stream()
                .filter(name -> name.indexOf('/') > 0 && !now.containsKey(name))
                .map(Names::numberOf)
                .sorted()
                .toList();
        return new Message(
                new RelationChange(
                        record.token(),
                        token,
                        "model-" + offeringModel,
                        record.secret(),
                        record.epoch(),
                        sequence,
                        now.get(LIFE),
                        false,
                        false,
                        null,
                        null,
                        application,
                        changed,
                        departed,
                        told == null,
                        null,
                        null),
                now);
    }

    /** Whether units here dial those of the offering side; else those dial us. */
    static boolean dials(Snapshot model, Relation relation) {
        return saas(model, relation).role().equals("provider");
    }

    /** Networks that the offering side's units are dialled from. */
    static List<String> egress(Snapshot model, Relation relation) {
        Relation.Endpoint local = relation.counterpartOf(saas(model, relation).application());
        if (!relation.egress().isEmpty()) {
            return relation.egress();
        }
        Object configured = model.model().config().get("egress-subnets");
        if (configured != null && !configured.toString().isBlank()) {
            return List.of(configured.toString().trim().split("\\s*,\\s*"));
        }
        TreeSet<String> addresses = new TreeSet<>();
        for (RelationUnit unit : model.by(Kinds.RELATION_UNITS_IN_SCOPE, relation.id())) {
            String address = unit.settings().get("ingress-address");
            if (Names.applicationOf(unit.unit()).equals(local.application()) && address != null && !address.isEmpty()) {
                addresses.add(address + (address.contains(":") ? "/128" : "/32"));
            }
        }
        return List.copyOf(addresses);
    }
}
