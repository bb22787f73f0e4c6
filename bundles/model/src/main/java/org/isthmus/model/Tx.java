package org.isthmus.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One decision in the making: reads see the head snapshot with everything decided so far in the same request. Nothing of it is
 * visible to others before it is durable. Used by one thread.
 */
public final class Tx {
    private final Work work;
    private final String room;

    /** Shared by the views that {@link #as} makes. */
    private static final class Work {
        private Snapshot now;
        private final Map<Key, Change> changes = new LinkedHashMap<>();
    }

    private Tx(Work work, String room) {
        this.work = work;
        this.room = room;
    }

    /** Starts on this head; `*` may write every kind (tests, import, composition). */
    public static Tx on(Snapshot head) {
        Work work = new Work();
        work.now = head;
        return new Tx(work, "*");
    }

    /** The same decision seen by one engine: it may write only the kinds it owns. Every engine calls this first. */
    public Tx as(String owner) {
        return new Tx(work, owner);
    }

    /** All there is, with what was decided so far. */
    public Snapshot now() {
        return work.now;
    }

    public <E extends Entity> E get(Kind<E> kind, String id) {
        return work.now.get(kind, id);
    }

    /** As {@link Snapshot#need}. */
    public <E extends Entity> E need(Kind<E> kind, String id) {
        return work.now.need(kind, id);
    }

    public <E extends Entity> void put(Kind<E> kind, E entity) {
        record(kind, entity.id(), entity);
    }

    public <E extends Entity> void remove(Kind<E> kind, String id) {
        record(kind, id, null);
    }

    private <E extends Entity> void record(Kind<E> kind, String id, E after) {
        if (!room.equals("*") && !kind.owner().equals("*") && !kind.owner().equals(room)) {
            throw new IllegalStateException(room + " must not write " + kind + ", which " + kind.owner() + " owns");
        }
        Entity current = work.now.get(kind, id);
        if (Objects.equals(current, after)) {
            return;
        }
        Key key = new Key(kind, id);
        Change earlier = work.changes.get(key);
        Entity before = earlier == null ? current : earlier.before();
        if (Objects.equals(before, after)) {
            work.changes.remove(key);
        } else {
            work.changes.put(key, new Change(key, before, after));
        }
        work.now = after == null ? work.now.without(kind, id) : work.now.with(kind, after);
    }

    /** Takes the next number of a sequence; numbers are never given twice, even after a failed use. */
    public long next(String sequence) {
        Sequence at = get(Kinds.SEQUENCE, sequence);
        long number = at == null ? 0 : at.next();
        put(Kinds.SEQUENCE, new Sequence(sequence, number + 1));
        return number;
    }

    public List<Change> changes() {
        return new ArrayList<>(work.changes.values());
    }
}
