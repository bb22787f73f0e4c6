package org.isthmus.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * All documents of one model (or of one controller) at one moment. Immutable: a reader holds it as long as it likes. One change
 * makes a new snapshot in O(log n), sharing the rest.
 */
public final class Snapshot {
    /** The persistent maps stay behind this class; another library can take their place. */
    private final PMap<String, TreePMap<String, Entity>> tables;

    private final PMap<String, PMap<String, TreePMap<String, Entity>>> indexes;
    private final long revision;

    private Snapshot(
            PMap<String, TreePMap<String, Entity>> tables,
            PMap<String, PMap<String, TreePMap<String, Entity>>> indexes,
            long revision) {
        this.tables = tables;
        this.indexes = indexes;
        this.revision = revision;
    }

    public static Snapshot empty() {
        HashPMap<String, TreePMap<String, Entity>> tables = HashTreePMap.empty();
        HashPMap<String, PMap<String, TreePMap<String, Entity>>> indexes = HashTreePMap.empty();
        return new Snapshot(tables, indexes, 0);
    }

    /** Counts the commits of this document set; rises by one with each. */
    public long revision() {
        return revision;
    }

    public Snapshot withRevision(long newRevision) {
        return new Snapshot(tables, indexes, newRevision);
    }

    /** The entity, or null. */
    public <E extends Entity> E get(Kind<E> kind, String id) {
        TreePMap<String, Entity> table = tables.get(kind.name());
        return table == null || id == null ? null : kind.type().cast(table.get(id));
    }

    public <E extends Entity> Optional<E> find(Kind<E> kind, String id) {
        return Optional.ofNullable(get(kind, id));
    }

    /** The entity; refuses with `<kind> "<id>" not found`. */
    public <E extends Entity> E need(Kind<E> kind, String id) {
        E entity = get(kind, id);
        if (entity == null) {
            throw Problem.notFound(kind.name(), id);
        }
        return entity;
    }

    public boolean has(Kind<?> kind, String id) {
        TreePMap<String, Entity> table = tables.get(kind.name());
        return table != null && table.containsKey(id);
    }

    /** Every entity of the kind, in natural order of their ids. A view: costs nothing but the walk. */
    @SuppressWarnings("unchecked")
    public <E extends Entity> Collection<E> all(Kind<E> kind) {
        TreePMap<String, Entity> table = tables.get(kind.name());
        return table == null ? List.of() : (Collection<E>) table.values();
    }

    public int count(Kind<?> kind) {
        TreePMap<String, Entity> table = tables.get(kind.name());
        return table == null ? 0 : table.size();
    }

    /** The entities that stand under this key of the index, in natural order of their ids. A view. */
    @SuppressWarnings("unchecked")
    public <E extends Entity> Collection<E> by(Index<E> index, String key) {
        TreePMap<String, Entity> found = under(index, key);
        return found == null ? List.of() : (Collection<E>) found.values();
    }

    public int count(Index<?> index, String key) {
        TreePMap<String, Entity> found = under(index, key);
        return found == null ? 0 : found.size();
    }

    private TreePMap<String, Entity> under(Index<?> index, String key) {
        PMap<String, TreePMap<String, Entity>> keys = indexes.get(index.name());
        return keys == null || key == null ? null : keys.get(key);
    }

    /** Shorthand for the one record of the model; null in a controller's documents. */
    public ModelRecord model() {
        return get(Kinds.MODEL, ModelRecord.ID);
    }

    /** Shorthand for the one record of the controller; null in a model's documents. */
    public Controller controller() {
        return get(Kinds.CONTROLLER, Controller.ID);
    }

    public <E extends Entity> Snapshot with(Kind<E> kind, E entity) {
        return replace(kind, entity.id(), entity);
    }

    public <E extends Entity> Snapshot without(Kind<E> kind, String id) {
        return replace(kind, id, null);
    }

    /** This snapshot with these after-images, as a journal holds them. */
    public Snapshot applied(Collection<Change> changes) {
        Snapshot at = this;
        for (Change change : changes) {
            at = at.applied(change.key().kind(), change.key().id(), change.after());
        }
        return at;
    }

    private <E extends Entity> Snapshot applied(Kind<E> kind, String id, Entity after) {
        return replace(kind, id, after == null ? null : kind.type().cast(after));
    }

    private <E extends Entity> Snapshot replace(Kind<E> kind, String id, E after) {
        TreePMap<String, Entity> table = tables.get(kind.name());
        table = table == null ? TreePMap.empty(Names.NATURAL) : table;
        E before = kind.type().cast(table.get(id));
        if (before == null && after == null) {
            return this;
        }
        TreePMap<String, Entity> newTable = after == null ? table.minus(id) : table.plus(id, after);
        PMap<String, PMap<String, TreePMap<String, Entity>>> newIndexes = indexes;
        for (Index<E> index : kind.indexes()) {
            newIndexes = reindex(newIndexes, index, id, before, after);
        }
        return new Snapshot(tables.plus(kind.name(), newTable), newIndexes, revision);
    }

    private static <E extends Entity> PMap<String, PMap<String, TreePMap<String, Entity>>> reindex(
            PMap<String, PMap<String, TreePMap<String, Entity>>> indexes,
            Index<E> index,
            String id,
            E before,
            E after) {
        PMap<String, TreePMap<String, Entity>> keys = indexes.get(index.name());
        if (keys == null) {
            keys = HashTreePMap.empty();
        }
        Collection<String> keep = after == null ? List.of() : index.keys().apply(after);
        if (before != null) {
            for (String key : index.keys().apply(before)) {
                if (!keep.contains(key)) {
                    TreePMap<String, Entity> left = keys.get(key).minus(id);
                    keys = left.isEmpty() ? keys.minus(key) : keys.plus(key, left);
                }
            }
        }
        for (String key : keep) {
            TreePMap<String, Entity> under = keys.get(key);
            under = under == null ? TreePMap.empty(Names.NATURAL) : under;
            keys = keys.plus(key, under.plus(id, after));
        }
        return indexes.plus(index.name(), keys);
    }

    /** A copy of what {@link #by} shows, for loops that change what they walk. */
    public <E extends Entity> List<E> listBy(Index<E> index, String key) {
        return new ArrayList<>(by(index, key));
    }
}
