package org.isthmus.state;

import static org.isthmus.state.Documenting.CONTROLLER;
import static org.isthmus.state.Documenting.get;
import static org.isthmus.state.Documenting.put;
import static org.isthmus.state.Documenting.until;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.model.Change;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.Sequence;
import org.isthmus.model.Snapshot;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.model.store.Watch;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class WatchTest {
    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private JournaledStore store;
    private Documents documents;

    @Before
    public void open() throws Exception {
        store = JournaledStore.open(CONTROLLER, temporary.getRoot().toPath(), true, new CrashDisk(1));
        documents = store.controller();
    }

    @After
    public void close() {
        store.close();
    }

    private void set(String name, long value) throws Exception {
        get(documents.submit(tx -> put(tx, name, value)));
    }

    private static Key key(String name) {
        return new Key(Kinds.SEQUENCE, name);
    }

    private static Set<String> ids(Set<Key> keys) {
        return keys.stream().map(Key::id).collect(Collectors.toSet());
    }

    @Test
    public void aKindAnEntityAndAnIndexAreTold() throws Exception {
        Watch kind = documents.watch(Set.of(Interest.in(Kinds.SEQUENCE)));
        Watch entity = documents.watch(Set.of(Interest.in(Kinds.SEQUENCE, "a")));
        Watch index = documents.watch(Set.of(Interest.in(Kinds.RELATION_UNIT, Kinds.RELATION_UNITS_IN_SCOPE, "1")));
        CompletionStage<Set<Key>> askedEntity = entity.changed();
        set("b", 1);
        assertEquals(Set.of(key("b")), get(kind.changed()));
        assertFalse(askedEntity.toCompletableFuture().isDone());
        set("a", 1);
        assertEquals(Set.of(key("a")), get(askedEntity));
        relationUnit(1, true);
        relationUnit(2, true);
        assertEquals(Set.of(id(1)), ids(get(index.changed())));
        relationUnit(1, false);
        assertEquals("leaving the index is told too", Set.of(id(1)), ids(get(index.changed())));
        CompletionStage<Set<Key>> askedIndex = index.changed();
        relationUnit(2, false);
        set("c", 1);
        assertFalse(askedIndex.toCompletableFuture().isDone());
        assertThrows(
                IllegalArgumentException.class,
                () -> documents.watch(Set.of(Interest.in(Kinds.SEQUENCE, Kinds.UNITS_BY_MACHINE, "0"))));
    }

    private static String id(int relation) {
        return relationUnitOf(relation, true).id();
    }

    private static RelationUnit relationUnitOf(int relation, boolean inScope) {
        return new RelationUnit(relation, "mysql/0", inScope, Map.of(), inScope ? 1 : 2, "");
    }

    private void relationUnit(int relation, boolean inScope) throws Exception {
        get(documents.submit(tx -> {
            tx.put(Kinds.RELATION_UNIT, relationUnitOf(relation, inScope));
            return null;
        }));
    }

    @Test
    public void changesAreCoalescedWhileNobodyAsks() throws Exception {
        Watch watch = documents.watch(Set.of(Interest.in(Kinds.SEQUENCE), Interest.in(Kinds.SEQUENCE, "a")));
        for (int i = 0; i < 100; i++) {
            set("a", i);
            set("b", i);
        }
        assertEquals(Set.of(key("a"), key("b")), get(watch.changed()));
        CompletionStage<Set<Key>> next = watch.changed();
        assertFalse(next.toCompletableFuture().isDone());
        assertThrows(IllegalStateException.class, () -> get(watch.changed()));
        get(documents.submit(tx -> {
            tx.remove(Kinds.SEQUENCE, "a");
            return null;
        }));
        assertEquals(Set.of(key("a")), get(next));
    }

    @Test
    public void anAskerWhoGaveUpLosesNothing() throws Exception {
        Watch watch = documents.watch(Set.of(Interest.in(Kinds.SEQUENCE)));
        CompletableFuture<Set<Key>> asked = watch.changed().toCompletableFuture();
        asked.cancel(false);
        set("a", 1);
        assertEquals(Set.of(key("a")), get(watch.changed()));
    }

    @Test
    public void itCompletesOnThePoolAndNotOnTheWriter() throws Exception {
        Watch watch = documents.watch(Set.of(Interest.in(Kinds.SEQUENCE)));
        CompletionStage<String> where =
                watch.changed().thenApply(keys -> Thread.currentThread().getName());
        set("a", 1);
        assertTrue(get(where), get(where).startsWith("state-tell"));
    }

    @Test
    public void aClosedWatchFailsItsAskerAndLeavesNothingBehind() throws Exception {
        Watches watches = new Watches(Runnable::run, new Metrics());
        InterestWatch watch = watches.add(Set.of(
                Interest.in(Kinds.UNIT),
                Interest.in(Kinds.UNIT, "a/0"),
                Interest.in(Kinds.UNIT, Kinds.UNITS_BY_MACHINE, "0")));
        CompletionStage<Set<Key>> asked = watch.changed();
        watch.close();
        watch.close();
        Problem problem = assertThrows(Refused.class, () -> get(asked)).problem();
        assertEquals(Code.STOPPED, problem.code());
        assertThrows(Refused.class, () -> get(watch.changed()));
        assertEquals(0, watches.size());
        assertEquals(0, watches.places());
    }

    @Test
    public void memoryIsBoundedForAnAskerWhoNeverAsks() {
        Watches watches = new Watches(Runnable::run, new Metrics());
        InterestWatch watch = watches.add(Set.of(Interest.in(Kinds.SEQUENCE)));
        for (int i = 0; i <= InterestWatch.MAX_GONE + 1; i++) {
            Sequence gone = new Sequence("s" + i, 1);
            watches.tell(List.of(new Change(key(gone.name()), gone, null)));
        }
        assertThrows(Refused.class, () -> get(watch.changed()));
        assertEquals(0, watches.size());
    }

    /** Who looks at what it is told of, and only there, always ends with a true copy. */
    @Test
    public void aFollowerEndsWithATrueCopy() throws Exception {
        long seed = Long.getLong("isthmus.seed", System.nanoTime());
        System.out.println("aFollowerEndsWithATrueCopy: -Disthmus.seed=" + seed);
        Map<String, Long> copy = new HashMap<>();
        AtomicBoolean failed = new AtomicBoolean();
        Watch watch = documents.watch(Set.of(Interest.in(Kinds.SEQUENCE)));
        follow(watch, copy, failed);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            Random random = new Random(seed + t);
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 2000; i++) {
                    String name = "s" + random.nextInt(50);
                    boolean remove = random.nextInt(4) == 0;
                    long value = random.nextInt();
                    CompletionStage<Object> stage = documents.submit(tx -> {
                        if (remove) {
                            tx.remove(Kinds.SEQUENCE, name);
                        } else {
                            put(tx, name, value);
                        }
                        return null;
                    });
                    if (random.nextInt(20) == 0) {
                        stage.toCompletableFuture()
                                .orTimeout(20, TimeUnit.SECONDS)
                                .join();
                    }
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        get(documents.submit(tx -> null));
        Map<String, Long> truth = new HashMap<>();
        documents.snapshot().all(Kinds.SEQUENCE).forEach(s -> truth.put(s.name(), s.next()));
        until("the copy is true", () -> {
            synchronized (copy) {
                return copy.equals(truth);
            }
        });
        assertFalse(failed.get());
    }

    private void follow(Watch watch, Map<String, Long> copy, AtomicBoolean failed) {
        watch.changed().whenComplete((keys, stopped) -> {
            if (stopped != null) {
                return;
            }
            if (keys.isEmpty()) {
                failed.set(true);
            }
            Snapshot now = documents.snapshot();
            synchronized (copy) {
                for (Key key : keys) {
                    Sequence sequence = now.get(Kinds.SEQUENCE, key.id());
                    if (sequence == null) {
                        copy.remove(key.id());
                    } else {
                        copy.put(key.id(), sequence.next());
                    }
                }
            }
            follow(watch, copy, failed);
        });
    }
}
