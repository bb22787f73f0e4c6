package org.isthmus.crossmodel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
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

    /** @param published what the record shall hold once the message is answered */
    record Message(RelationChange change, Map<String, String> published) {}

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

    /** The next message; null when the offering side knows all there is. */
    static Message message(
            Snapshot model,
            Relation relation,
            RemoteRelation record,
            String offeringModel,
            String token,
            ObjectMapper json) {
        Relation.Endpoint saas = saas(model, relation);
        String local = relation.counterpartOf(saas.application()).application();
        boolean alive = relation.life() == Life.ALIVE;
        Map<String, String> now = new TreeMap<>();
        now.put(LIFE, alive ? "alive" : "dying");
        List<UnitChange> changed = new ArrayList<>();
        Map<String, String> application = null;
        if (alive && !relation.suspended()) {
            for (RelationUnit unit : model.by(Kinds.RELATION_UNITS_IN_SCOPE, relation.id())) {
                if (Names.applicationOf(unit.unit()).equals(local)) {
                    Map<String, String> settings = OfferingView.reachable(unit.settings());
                    String digest = digest(json, settings);
                    now.put(unit.unit(), digest);
                    if (!digest.equals(record.published().get(unit.unit()))) {
                        changed.add(new UnitChange(Names.numberOf(unit.unit()), settings));
                    }
                }
            }
            RelationApplication bag =
                    model.get(Kinds.RELATION_APPLICATION, RelationApplication.idOf(relation.number(), local));
            if (bag != null) {
                String digest = digest(json, bag.settings());
                now.put(APPLICATION, digest);
                application = digest.equals(record.published().get(APPLICATION)) ? null : bag.settings();
            }
        }
        List<Integer> departed = record.published().keySet().stream()
                .filter(name -> name.indexOf('/') > 0 && !now.containsKey(name))
                .map(Names::numberOf)
                .sorted()
                .toList();
        if (now.equals(record.published())) {
            return null;
        }
        return new Message(
                new RelationChange(
                        record.token(),
                        token,
                        "model-" + offeringModel,
                        record.secret(),
                        record.epoch(),
                        record.sequence() + 1,
                        now.get(LIFE),
                        false,
                        false,
                        null,
                        null,
                        application,
                        changed,
                        departed,
                        false),
                now);
    }

    /** Networks that the offering side's units are dialled from; empty where they dial us. */
    static List<String> egress(Snapshot model, Relation relation) {
        Relation.Endpoint saas = saas(model, relation);
        Relation.Endpoint local = relation.counterpartOf(saas.application());
        if (!local.role().equals("requirer")) {
            return List.of();
        }
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

    static String digest(ObjectMapper json, Map<String, String> settings) {
        try {
            return Authority.hash(json.writeValueAsString(new TreeMap<>(settings)))
                    .substring(0, 32);
        } catch (JsonProcessingException stringsAlwaysEncode) {
            throw new IllegalStateException(stringsAlwaysEncode);
        }
    }
}
