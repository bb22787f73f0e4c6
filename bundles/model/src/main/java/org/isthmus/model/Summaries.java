package org.isthmus.model;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.isthmus.api.Hardware;

/** Makes the summary row of a model, and keeps it right at a cost that depends on what changed, not on the model's size. */
public final class Summaries {
    private Summaries() {}

    /** From nothing, in O(machines + users); null for a document set without a model record. */
    public static Summary of(Snapshot snapshot) {
        if (snapshot.model() == null) {
            return null;
        }
        long cores = 0;
        for (Machine machine : snapshot.all(Kinds.MACHINE)) {
            cores += cores(machine);
        }
        return summary(snapshot, cores, access(snapshot));
    }

    /**
     * What follows {@code before} after these changes; the same object when nothing of it changed.
     *
     * @param before summary of the snapshot before the changes, or null when there was none
     * @param after snapshot with the changes
     */
    public static Summary next(Summary before, Snapshot after, Collection<Change> changes) {
        if (before == null || after.model() == null) {
            return of(after);
        }
        boolean touched = false;
        boolean users = false;
        long cores = before.cores();
        for (Change change : changes) {
            Kind<?> kind = change.key().kind();
            if (kind.equals(Kinds.MACHINE)) {
                cores += cores((Machine) change.after()) - cores((Machine) change.before());
                touched = true;
            } else if (kind.equals(Kinds.MODEL_USER)) {
                users = true;
                touched = true;
            } else if (kind.equals(Kinds.MODEL) || kind.equals(Kinds.UNIT) || kind.equals(Kinds.APPLICATION)) {
                touched = true;
            }
        }
        if (!touched) {
            return before;
        }
        Summary next = summary(after, cores, users ? access(after) : before.access());
        return next.equals(before) ? before : next;
    }

    private static Summary summary(Snapshot snapshot, long cores, Map<String, String> access) {
        ModelRecord model = snapshot.model();
        return new Summary(
                model.uuid(),
                model.name(),
                model.owner(),
                model.type(),
                model.cloud(),
                model.cloudType(),
                model.region(),
                model.credential(),
                model.life(),
                model.controllerModel(),
                model.agentVersion(),
                model.status(),
                snapshot.count(Kinds.MACHINE),
                cores,
                snapshot.count(Kinds.UNIT),
                snapshot.count(Kinds.APPLICATION),
                access,
                model.created());
    }

    private static Map<String, String> access(Snapshot snapshot) {
        Map<String, String> access = new LinkedHashMap<>();
        for (ModelUser user : snapshot.all(Kinds.MODEL_USER)) {
            access.put(user.user(), user.access());
        }
        return access;
    }

    private static long cores(Machine machine) {
        Hardware hardware = machine == null ? null : machine.hardware();
        return hardware == null || hardware.cores() == null ? 0 : hardware.cores();
    }
}
