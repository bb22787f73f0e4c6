package org.isthmus.state;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.isthmus.model.Change;
import org.isthmus.model.Entity;
import org.isthmus.model.Index;
import org.isthmus.model.Key;
import org.isthmus.model.Kind;
import org.isthmus.model.store.Interest;

/** The watches of one document set, found by what they ask for: telling costs those concerned, not those that exist. */
final class Watches {
    private record Place(Index<?> index, String key) {}

    private final Map<Kind<?>, Set<InterestWatch>> byKind = new HashMap<>();
    private final Map<Key, Set<InterestWatch>> byEntity = new HashMap<>();
    private final Map<Place, Set<InterestWatch>> byPlace = new HashMap<>();
    /** Indexes that somebody watches, with how many do. */
    private final Map<Kind<?>, Map<Index<?>, Integer>> indexes = new HashMap<>();

    private final Set<InterestWatch> all = new HashSet<>();
    private final Executor tellers;
    private final Metrics metrics;
    private boolean stopped;

    Watches(Executor tellers, Metrics metrics) {
        this.tellers = tellers;
        this.metrics = metrics;
    }

    InterestWatch add(Set<Interest> interests) {
        for (Interest interest : interests) {
            if (interest instanceof Interest.InIndex in && !in.kind().indexes().contains(in.index())) {
                throw new IllegalArgumentException(
                        in.kind() + " has no index " + in.index().name());
            }
        }
        InterestWatch watch = new InterestWatch(this, interests, tellers);
        synchronized (this) {
            if (!stopped) {
                all.add(watch);
                for (Interest interest : watch.interests()) {
                    enter(interest, watch);
                }
                return watch;
            }
        }
        watch.stop();
        return watch;
    }

    private void enter(Interest interest, InterestWatch watch) {
        if (interest instanceof Interest.InKind in) {
            byKind.computeIfAbsent(in.kind(), k -> new LinkedHashSet<>()).add(watch);
        } else if (interest instanceof Interest.InEntity in) {
            byEntity.computeIfAbsent(new Key(in.kind(), in.id()), k -> new LinkedHashSet<>())
                    .add(watch);
        } else if (interest instanceof Interest.InIndex in) {
            byPlace.computeIfAbsent(new Place(in.index(), in.key()), k -> new LinkedHashSet<>())
                    .add(watch);
            indexes.computeIfAbsent(in.kind(), k -> new HashMap<>()).merge(in.index(), 1, Integer::sum);
        }
    }

    synchronized void remove(InterestWatch watch) {
        if (!all.remove(watch)) {
            return;
        }
        for (Interest interest : watch.interests()) {
            if (interest instanceof Interest.InKind in) {
                leave(byKind, in.kind(), watch);
            } else if (interest instanceof Interest.InEntity in) {
                leave(byEntity, new Key(in.kind(), in.id()), watch);
            } else if (interest instanceof Interest.InIndex in) {
                leave(byPlace, new Place(in.index(), in.key()), watch);
                indexes.computeIfPresent(in.kind(), (kind, counts) -> {
                    counts.computeIfPresent(in.index(), (index, count) -> count == 1 ? null : count - 1);
                    return counts.isEmpty() ? null : counts;
                });
            }
        }
    }

    private static <K> void leave(Map<K, Set<InterestWatch>> map, K key, InterestWatch watch) {
        map.computeIfPresent(key, (k, watches) -> {
            watches.remove(watch);
            return watches.isEmpty() ? null : watches;
        });
    }

    synchronized int size() {
        return all.size();
    }

    /** How many places are kept for watches; 0 when there are none. */
    synchronized int places() {
        return byKind.size() + byEntity.size() + byPlace.size() + indexes.size();
    }

    void tell(Collection<Change> changes) {
        for (Change change : changes) {
            for (InterestWatch watch : concerned(change)) {
                watch.tell(change);
            }
        }
    }

    private synchronized Collection<InterestWatch> concerned(Change change) {
        if (all.isEmpty()) {
            return List.of();
        }
        Set<InterestWatch> concerned = new LinkedHashSet<>();
        addAll(concerned, byKind.get(change.key().kind()));
        addAll(concerned, byEntity.get(change.key()));
        Map<Index<?>, Integer> watched = indexes.get(change.key().kind());
        if (watched != null) {
            for (Index<?> index : watched.keySet()) {
                addKeys(concerned, index, change.before());
                addKeys(concerned, index, change.after());
            }
        }
        return concerned;
    }

    private <E extends Entity> void addKeys(Set<InterestWatch> concerned, Index<E> index, Entity image) {
        if (image == null) {
            return;
        }
        @SuppressWarnings("unchecked")
        E entity = (E) image;
        for (String key : index.keys().apply(entity)) {
            addAll(concerned, byPlace.get(new Place(index, key)));
        }
    }

    private static void addAll(Set<InterestWatch> to, Set<InterestWatch> more) {
        if (more != null) {
            to.addAll(more);
        }
    }

    void told() {
        metrics.watchesTold.increment();
    }

    /** The document set is gone, or the store closes. */
    void stop() {
        List<InterestWatch> left;
        synchronized (this) {
            stopped = true;
            left = List.copyOf(all);
        }
        for (InterestWatch watch : left) {
            watch.close();
        }
    }
}
