package org.isthmus.relation;

import java.time.Instant;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.model.Kinds;
import org.isthmus.model.Relation;
import org.isthmus.model.Relation.Endpoint;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;

/**
 * The status that a relation has by itself: joined with the first unit of each side, suspended with the last of ours. Juju's
 * leaders report both; here they are facts of the scope, and stand in the commit that makes them.
 */
final class Progress {
    private Progress() {}

    /** After a unit entered, or a status was set back. Costs nothing once it is joined. */
    static void entered(Tx tx, int number, Instant now) {
        Relation relation = tx.get(Kinds.RELATION, Integer.toString(number));
        if (relation != null
                && relation.life() == Life.ALIVE
                && !relation.suspended()
                && relation.status().status().equals("joining")
                && relation.endpoints().stream().allMatch(side -> isThere(tx.now(), relation, side))) {
            tx.put(Kinds.RELATION, relation.withStatus(new StatusValue("joined", "", now)));
        }
    }

    /** Every application has `juju-info` without saying so: its units need not come. */
    private static boolean isThere(Snapshot now, Relation relation, Endpoint side) {
        if (side.name().equals("juju-info") && side.role().equals(Endpoints.PROVIDER)) {
            return true;
        }
        for (RelationUnit unit : now.by(Kinds.RELATION_UNITS_IN_SCOPE, relation.id())) {
            if (Names.applicationOf(unit.unit()).equals(side.application())) {
                return true;
            }
        }
        return false;
    }

    /** After a unit left, or the relation was suspended. */
    static void left(Tx tx, int number) {
        Relation relation = tx.get(Kinds.RELATION, Integer.toString(number));
        if (relation == null
                || !relation.suspended()
                || !relation.status().status().equals("suspending")) {
            return;
        }
        for (RelationUnit unit : tx.now().by(Kinds.RELATION_UNITS_IN_SCOPE, relation.id())) {
            if (!Inference.isRemote(tx.now(), Names.applicationOf(unit.unit()))) {
                return;
            }
        }
        StatusValue status = relation.status();
        tx.put(Kinds.RELATION, relation.withStatus(new StatusValue("suspended", status.message(), status.since())));
    }
}
