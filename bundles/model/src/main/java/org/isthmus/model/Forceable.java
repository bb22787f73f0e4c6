package org.isthmus.model;

import java.time.Instant;

/** What ends when others have let go of it, or by force. */
public interface Forceable {
    boolean forced();

    /** When force is used; null in what was forced before there was a wait. */
    Instant forceAt();

    default Force force() {
        return Force.stored(forced(), forceAt());
    }
}
