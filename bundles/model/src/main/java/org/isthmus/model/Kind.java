package org.isthmus.model;

import java.util.List;

/**
 * A kind of entity: how it is stored, by which keys it is found, and which room may write it.
 *
 * @param name in the journal; never changes
 * @param type the record
 * @param schema version of the stored form; raise it together with a step in {@link Upgrades}
 * @param owner the room that alone may write it
 * @param soft true for what lives in memory only and is rebuilt on reconnect: in snapshots and watches, never in the journal
 * @param indexes the keys by which sets of it are found in O(log n)
 */
public record Kind<E extends Entity>(
        String name, Class<E> type, int schema, String owner, boolean soft, List<Index<E>> indexes) {

    @Override
    public boolean equals(Object other) {
        return other instanceof Kind<?> kind && kind.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
