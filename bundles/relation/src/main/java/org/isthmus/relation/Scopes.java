package org.isthmus.relation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.isthmus.api.Code;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.model.Application;
import org.isthmus.model.Kinds;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationApplication;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;

/** Units in and out of relations, and what they say there. */
final class Scopes {
    private Scopes() {}

    static String enter(Tx tx, int number, String unitName, Map<String, String> settings) {
        Snapshot now = tx.now();
        Relation relation = need(now, number);
        String application = Names.applicationOf(unitName);
        boolean remote = Inference.isRemote(now, application);
        // A unit of another model has no record here: its application's stands for it.
        Unit unit = remote ? null : now.need(Kinds.UNIT, unitName);
        Life life = remote ? now.get(Kinds.REMOTE_APPLICATION, application).life() : unit.life();
        needMember(relation, unitName);
        RelationUnit before = now.get(Kinds.RELATION_UNIT, RelationUnit.idOf(number, unitName));
        boolean inside = before != null && before.inScope();
        if (!inside && (relation.life() != Life.ALIVE || life != Life.ALIVE)) {
            throw Problem.refuse(Code.CANNOT_ENTER_SCOPE, "cannot enter scope: unit or relation is not alive");
        }
        if (!inside && relation.suspended()) {
            throw Problem.refuse(Code.CANNOT_ENTER_SCOPE, "cannot enter scope: relation is suspended");
        }
        String subordinate = remote ? null : subordinateToMake(now, relation, unit);
        if (inside) {
            return subordinate;
        }
        String container = "";
        if (!remote && relation.scope().equals(Endpoints.CONTAINER)) {
            container = unit.principal() == null ? unitName : unit.principal();
        }
        long version = before == null ? 0 : before.version() + 1;
        tx.put(
                Kinds.RELATION_UNIT,
                new RelationUnit(
                        number,
                        unitName,
                        true,
                        merged(Map.of(), remote ? settings : Addresses.shown(now, relation, unitName, settings)),
                        version,
                        container));
        return subordinate;
    }

    /** The application whose unit must stand beside this principal; null if none, or if it stands there. */
    private static String subordinateToMake(Snapshot now, Relation relation, Unit unit) {
        if (!relation.scope().equals(Endpoints.CONTAINER)
                || relation.isPeer()
                || unit.principal() != null
                || relation.life() != Life.ALIVE
                || unit.life() != Life.ALIVE) {
            return null;
        }
        String other = relation.counterpartOf(unit.application()).application();
        Application application = now.get(Kinds.APPLICATION, other);
        if (application == null || !application.subordinate()) {
            return null;
        }
        for (Unit beside : now.by(Kinds.UNITS_BY_PRINCIPAL, unit.name())) {
            if (beside.application().equals(other)) {
                if (beside.life() != Life.ALIVE) {
                    throw Problem.refuse(
                            Code.CANNOT_ENTER_SCOPE_YET,
                            "cannot enter scope yet: non-alive subordinate unit has not been removed");
                }
                return null;
            }
        }
        return other;
    }

    /** True when it was in scope. */
    static boolean leave(Tx tx, int number, String unit) {
        RelationUnit at = tx.get(Kinds.RELATION_UNIT, RelationUnit.idOf(number, unit));
        if (at == null || !at.inScope()) {
            return false;
        }
        tx.put(Kinds.RELATION_UNIT, at.withInScope(false));
        return true;
    }

    static List<Integer> of(Tx tx, String unit) {
        List<Integer> numbers = new ArrayList<>();
        for (RelationUnit at : tx.now().by(Kinds.RELATION_UNITS_BY_UNIT, unit)) {
            if (at.inScope()) {
                numbers.add(at.relation());
            }
        }
        return numbers;
    }

    static void write(Tx tx, int number, String unit, Map<String, String> changes) {
        Relation relation = need(tx.now(), number);
        RelationUnit at = tx.get(Kinds.RELATION_UNIT, RelationUnit.idOf(number, unit));
        if (at == null) {
            throw Problem.refuse(
                    Code.NOT_FOUND,
                    "cannot write settings for unit \"%s\" in relation \"%s\": settings not found",
                    unit,
                    relation.key());
        }
        Map<String, String> after = merged(at.settings(), changes);
        if (!after.equals(at.settings())) {
            tx.put(Kinds.RELATION_UNIT, at.withSettings(after).withVersion(at.version() + 1));
        }
    }

    static void writeApplication(Tx tx, int number, String application, Map<String, String> changes) {
        Relation relation = need(tx.now(), number);
        if (relation.endpointOf(application) == null) {
            throw Problem.refuse(
                    Code.NOT_FOUND, "application \"%s\" is not a member of \"%s\"", application, relation.key());
        }
        RelationApplication at = tx.get(Kinds.RELATION_APPLICATION, RelationApplication.idOf(number, application));
        if (at == null) {
            at = new RelationApplication(number, application, Map.of(), 0);
        }
        Map<String, String> after = merged(at.settings(), changes);
        if (!after.equals(at.settings())) {
            tx.put(Kinds.RELATION_APPLICATION, at.withSettings(after).withVersion(at.version() + 1));
        }
    }

    private static Map<String, String> merged(Map<String, String> before, Map<String, String> changes) {
        Map<String, String> after = new TreeMap<>(before);
        if (changes != null) {
            changes.forEach((key, value) -> {
                if (key == null || key.isEmpty()) {
                    throw Problem.notValid("empty setting key");
                }
                if (value == null || value.isEmpty()) {
                    after.remove(key);
                } else {
                    after.put(key, value);
                }
            });
        }
        return after;
    }

    static List<String> members(Snapshot model, int number, String unitName) {
        Relation relation = need(model, number);
        String application = Names.applicationOf(unitName);
        if (relation.endpointOf(application) == null) {
            throw Problem.refuse(Code.NOT_FOUND, "unit \"%s\" is not a member of \"%s\"", unitName, relation.key());
        }
        String other = relation.counterpartOf(application).application();
        boolean inContainer = relation.scope().equals(Endpoints.CONTAINER);
        String container = "";
        if (inContainer) {
            Unit unit = model.get(Kinds.UNIT, unitName);
            container = unit == null || unit.principal() == null ? unitName : unit.principal();
        }
        List<String> members = new ArrayList<>();
        for (RelationUnit at : model.by(Kinds.RELATION_UNITS_IN_SCOPE, Integer.toString(number))) {
            if (Names.applicationOf(at.unit()).equals(other)
                    && !at.unit().equals(unitName)
                    && (!inContainer || at.container().equals(container))) {
                members.add(at.unit());
            }
        }
        return members;
    }

    static Relation need(Snapshot model, int number) {
        Relation relation = model.get(Kinds.RELATION, Integer.toString(number));
        if (relation == null) {
            throw Problem.refuse(Code.NOT_FOUND, "relation %d not found", number);
        }
        return relation;
    }

    private static void needMember(Relation relation, String unit) {
        if (relation.endpointOf(Names.applicationOf(unit)) == null) {
            throw Problem.refuse(Code.NOT_FOUND, "unit \"%s\" is not a member of \"%s\"", unit, relation.key());
        }
    }
}
