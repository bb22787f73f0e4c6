package org.isthmus.api;

/** Life of an entity. It only ever moves forward. */
public enum Life {
    ALIVE,
    DYING,
    DEAD;

    /** The word on the wire and in status output. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
