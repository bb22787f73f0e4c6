package org.isthmus.relation;

import java.time.Instant;
import org.isthmus.api.Code;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.model.Application;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.Relation;
import org.isthmus.model.Relation.Endpoint;
import org.isthmus.model.RelationApplication;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;

/** How relations end: dying, emptied by their units or by force, gone. */
final class Endings {
    private Endings() {}

    static void destroy(Tx tx, int number, Force force) {
        Relation relation = Scopes.need(tx.now(), number);
        if (relation.isPeer()) {
            throw Problem.refuse(Code.NONE, "cannot destroy relation \"%s\": is a peer relation", relation.key());
        }
        begin(tx, relation, force);
        removeIfEmpty(tx, number);
    }

    private static void begin(Tx tx, Relation relation, Force force) {
        Relation after = relation.life() == Life.ALIVE ? relation.withLife(Life.DYING) : relation;
        Force first = relation.force().or(force);
        tx.put(Kinds.RELATION, after.with(b -> b.forced(first.isAsked()).forceAt(first.at())));
        if (relation.life() != Life.ALIVE) {
            return;
        }
        // Nobody runs hooks here for units of another model: each side drains its own, and waits for no other.
        for (RelationUnit unit : tx.now().listBy(Kinds.RELATION_UNITS_IN_SCOPE, relation.id())) {
            if (Inference.isRemote(tx.now(), Names.applicationOf(unit.unit()))) {
                Scopes.leave(tx, relation.number(), unit.unit());
            }
        }
    }

    static void leave(Tx tx, int number, String unit) {
        if (Scopes.leave(tx, number, unit)) {
            Progress.left(tx, number);
            removeIfEmpty(tx, number);
        }
    }

    static void leaveAll(Tx tx, String unit) {
        for (int number : Scopes.of(tx, unit)) {
            leave(tx, number, unit);
        }
    }

    private static void removeIfEmpty(Tx tx, int number) {
        String id = Integer.toString(number);
        Relation relation = tx.get(Kinds.RELATION, id);
        if (relation == null
                || relation.life() == Life.ALIVE
                || tx.now().count(Kinds.RELATION_UNITS_IN_SCOPE, id) > 0
                || keepsSubordinates(tx.now(), relation)) {
            return;
        }
        if (tx.now().count(Kinds.CONNECTIONS_BY_RELATION, id) > 0) {
            // Dead until the offer registry has let go of its connection: what is left to do is found among what ends.
            tx.put(Kinds.RELATION, relation.withLife(Life.DEAD));
            return;
        }
        for (RelationUnit unit : tx.now().listBy(Kinds.RELATION_UNITS_BY_RELATION, id)) {
            tx.remove(Kinds.RELATION_UNIT, unit.id());
        }
        for (RelationApplication application : tx.now().listBy(Kinds.RELATION_APPLICATIONS_BY_RELATION, id)) {
            tx.remove(Kinds.RELATION_APPLICATION, application.id());
        }
        tx.remove(Kinds.RELATION, id);
    }

    /**
     * A dying relation within machines stays until the application engine has seen it and told the subordinate units that they
     * die with it: a subordinate that had not entered yet would otherwise stay behind for ever.
     */
    private static boolean keepsSubordinates(Snapshot now, Relation relation) {
        if (relation.isPeer() || !relation.scope().equals(Endpoints.CONTAINER)) {
            return false;
        }
        for (Endpoint endpoint : relation.endpoints()) {
            if (!Inference.isSubordinate(now, endpoint.application())) {
                continue;
            }
            String principal = relation.counterpartOf(endpoint.application()).application();
            if (joinedOtherwise(now, endpoint.application(), principal)) {
                continue;
            }
            for (Unit unit : now.by(Kinds.UNITS_BY_APPLICATION, endpoint.application())) {
                Unit beside = now.get(Kinds.UNIT, unit.principal());
                if (unit.life() == Life.ALIVE
                        && beside != null
                        && beside.application().equals(principal)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean joinedOtherwise(Snapshot now, String subordinate, String principal) {
        for (Relation other : now.by(Kinds.RELATIONS_BY_APPLICATION, subordinate)) {
            if (other.life() == Life.ALIVE
                    && !other.isPeer()
                    && other.endpointOf(principal) != null
                    && other.scope().equals(Endpoints.CONTAINER)) {
                return true;
            }
        }
        return false;
    }

    static void settle(Tx tx, Instant now) {
        for (Unit unit : tx.now().listBy(Kinds.UNITS_ENDING, Kinds.ENDING)) {
            if (unit.life() == Life.DEAD || unit.force().isDue(now)) {
                leaveAll(tx, unit.name());
            }
        }
        for (Application application : tx.now().listBy(Kinds.APPLICATIONS_ENDING, Kinds.ENDING)) {
            for (Relation relation : tx.now().listBy(Kinds.RELATIONS_BY_APPLICATION, application.name())) {
                begin(tx, relation, application.force());
            }
        }
        for (RemoteApplication remote : tx.now().listBy(Kinds.REMOTE_APPLICATIONS_ENDING, Kinds.ENDING)) {
            for (Relation relation : tx.now().listBy(Kinds.RELATIONS_BY_APPLICATION, remote.name())) {
                begin(tx, relation, remote.force());
            }
        }
        for (Relation relation : tx.now().listBy(Kinds.RELATIONS_ENDING, Kinds.ENDING)) {
            if (relation.force().isDue(now)) {
                for (RelationUnit unit : tx.now().listBy(Kinds.RELATION_UNITS_IN_SCOPE, relation.id())) {
                    Scopes.leave(tx, relation.number(), unit.unit());
                }
            }
            removeIfEmpty(tx, relation.number());
        }
    }
}
