package org.isthmus.lifecycle;

import java.time.Instant;
import org.isthmus.api.Life;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.engine.RelationEngine;

/** Lets everything that ends in one model take all the steps it can take now. */
final class Settlement {
    private Settlement() {}

    /** Whether there is anything to do; costs the same for a model of any size. */
    static boolean isDue(Snapshot model) {
        ModelRecord record = model.model();
        return record != null
                && record.mode() == ModelRecord.Mode.ACTIVE
                && (record.life() != Life.ALIVE
                        || model.count(Kinds.UNITS_ENDING, Kinds.ENDING) > 0
                        || model.count(Kinds.APPLICATIONS_ENDING, Kinds.ENDING) > 0
                        || model.count(Kinds.RELATIONS_ENDING, Kinds.ENDING) > 0
                        || model.count(Kinds.MACHINES_ENDING, Kinds.ENDING) > 0);
    }

    /** One engine's step may let the other take one; ends because life only moves forward. True: the model is an empty shell. */
    static boolean settle(Tx tx, RelationEngine relations, ApplicationEngine applications, Instant now) {
        Snapshot before;
        do {
            before = tx.now();
            relations.settle(tx, now);
            applications.settle(tx, now);
        } while (tx.now() != before);
        return isEmptyShell(tx.now());
    }

    static boolean isEmptyShell(Snapshot model) {
        ModelRecord record = model.model();
        return record != null
                && record.life() != Life.ALIVE
                && model.count(Kinds.APPLICATION) == 0
                && model.count(Kinds.UNIT) == 0
                && model.count(Kinds.RELATION) == 0
                && model.count(Kinds.MACHINE) == 0;
    }
}
