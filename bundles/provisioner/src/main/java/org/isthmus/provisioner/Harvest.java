package org.isthmus.provisioner;

import java.util.Locale;
import org.isthmus.model.Snapshot;

/** Which instances that no machine needs are stopped: the model's `provisioner-harvest-mode`. */
enum Harvest {
    NONE(false, false),
    /** Those of which the model knows nothing. */
    UNKNOWN(false, true),
    /** Those of machines, and of starts, that ended here; one of a machine that a newer copy of the model knows stays. */
    DESTROYED(true, false),
    ALL(true, true);

    private final boolean destroyed;
    private final boolean unknown;

    Harvest(boolean destroyed, boolean unknown) {
        this.destroyed = destroyed;
        this.unknown = unknown;
    }

    static Harvest of(Snapshot snapshot) {
        Object mode = snapshot.model().config().get("provisioner-harvest-mode");
        return mode == null ? DESTROYED : valueOf(mode.toString().toUpperCase(Locale.ROOT));
    }

    /** Whether the instance of a machine that was removed is stopped. */
    boolean destroyed() {
        return destroyed;
    }

    /** Whether an instance that no machine has is stopped; @param ended if the model once started it. */
    boolean takes(boolean ended) {
        return unknown || ended && destroyed;
    }
}
