package org.isthmus.relation;

import java.util.Map;
import java.util.TreeMap;
import org.isthmus.api.Address;
import org.isthmus.api.Names;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Unit;

/** Which addresses a unit shows in a relation: to another model the public one, which is the one it is reached by from there. */
final class Addresses {
    private static final String INGRESS = "ingress-address";
    private static final String EGRESS = "egress-subnets";

    private Addresses() {}

    /** @param own what the unit says of itself */
    static Map<String, String> shown(Snapshot now, Relation relation, String unit, Map<String, String> own) {
        boolean crossModel = !relation.isPeer()
                && relation.endpoints().stream().anyMatch(each -> Inference.isRemote(now, each.application()));
        if (!crossModel || !own.containsKey(INGRESS)) {
            return own;
        }
        Map<String, String> shown = new TreeMap<>(own);
        String address = publicAddress(now, unit);
        if (address != null) {
            shown.put(INGRESS, address);
            shown.put(EGRESS, alone(address));
        }
        String networks = egress(now, relation);
        if (!networks.isEmpty()) {
            shown.put(EGRESS, networks);
        }
        return shown;
    }

    /** @param relation null for none in particular */
    static Map<String, String> of(Snapshot now, Relation relation, String unit, String address) {
        Map<String, String> own = Map.of(INGRESS, address, EGRESS, alone(address));
        if (relation != null) {
            return shown(now, relation, unit, own);
        }
        String networks = egress(now);
        return networks.isEmpty() ? own : Map.of(INGRESS, address, EGRESS, networks);
    }

    /** Where a unit in scope dials from as things are now; nothing for one of another model, which says that itself. */
    static Map<String, String> networks(Snapshot now, Relation relation, RelationUnit unit) {
        String own = unit.settings().get("private-address");
        if (own == null || Inference.isRemote(now, Names.applicationOf(unit.unit()))) {
            return Map.of();
        }
        return Map.of(EGRESS, of(now, relation, unit.unit(), own).get(EGRESS));
    }

    private static String alone(String address) {
        return address + (address.contains(":") ? "/128" : "/32");
    }

    /** What --via says, or the model does; empty where each unit dials from its own address. */
    private static String egress(Snapshot now, Relation relation) {
        return relation.egress().isEmpty() ? egress(now) : String.join(",", relation.egress());
    }

    private static String egress(Snapshot now) {
        Object configured = now.model() == null ? null : now.model().config().get(EGRESS);
        return configured == null ? "" : configured.toString().replaceAll("\\s", "");
    }

    /** Null where there is none, and for a unit of another model, whose own side has seen to it. */
    private static String publicAddress(Snapshot now, String name) {
        Unit unit = now.get(Kinds.UNIT, name);
        if (unit != null && unit.machine() == null && unit.principal() != null) {
            unit = now.get(Kinds.UNIT, unit.principal());
        }
        Machine machine = unit == null || unit.machine() == null ? null : now.get(Kinds.MACHINE, unit.machine());
        return machine == null
                ? null
                : machine.addresses().stream()
                        .filter(address -> "public".equals(address.scope()))
                        .findFirst()
                        .map(Address::value)
                        .orElse(null);
    }
}
