package org.isthmus.controller;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.isthmus.api.Code;
import org.isthmus.api.Refused;
import org.isthmus.model.AgentPresence;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.Sequence;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.model.store.Store;
import org.isthmus.model.store.StoreFactory;
import org.isthmus.model.store.Watch;
import org.isthmus.spi.JournalFactory;
import org.isthmus.state.JournaledStores;
import org.isthmus.store.derby.DerbyJournals;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class PausableStoreTest {
    private static final String UUID = "11111111-1111-4111-8111-111111111111";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService tellers = Executors.newSingleThreadExecutor(task -> new Thread(task, "tellers"));
    private final StoreFactory stores = new JournaledStores();
    private final JournalFactory journals = new DerbyJournals();
    private PausableStore store;

    @Before
    public void open() throws Exception {
        store = new PausableStore(UUID, open(true), timer, tellers);
        // A store without its controller's documents is refused when it is opened again.
        store.controller().submit(tx -> tx.next("first")).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private Store open(boolean create) throws Exception {
        return open(create, folder.getRoot().toPath().resolve("store"));
    }

    private Store open(boolean create, Path at) throws Exception {
        return stores.open(UUID, at, create, journals);
    }

    @After
    public void close() {
        store.close();
        timer.shutdownNow();
        tellers.shutdownNow();
    }

    private static CompletableFuture<Long> next(Documents documents) {
        return documents.submit(tx -> tx.next("n")).toCompletableFuture();
    }

    @Test
    public void writesParkWhileTheStoreIsAwayAndNoneIsLost() throws Exception {
        Documents documents = store.controller();
        List<CompletableFuture<Long>> answers = new ArrayList<>();
        answers.add(next(documents));
        answers.get(0).get(10, TimeUnit.SECONDS);
        store.pause();
        assertTrue(store.isPaused());
        for (int i = 0; i < 50; i++) {
            answers.add(next(documents));
        }
        assertFalse("a write must wait for the store", answers.get(1).isDone());
        assertEquals(
                "reads go on", 1, documents.snapshot().get(Kinds.SEQUENCE, "n").next());
        store.resume(open(false));
        for (int i = 0; i < answers.size(); i++) {
            assertEquals(Long.valueOf(i), sorted(answers).get(i));
        }
        assertEquals(51, documents.snapshot().get(Kinds.SEQUENCE, "n").next());
    }

    private static List<Long> sorted(List<CompletableFuture<Long>> answers) throws Exception {
        List<Long> values = new ArrayList<>();
        for (CompletableFuture<Long> answer : answers) {
            values.add(answer.get(10, TimeUnit.SECONDS));
        }
        values.sort(Long::compare);
        return values;
    }

    @Test
    public void watchesOutliveThePause() throws Exception {
        Documents documents = store.controller();
        try (Watch watch = documents.watch(Set.of(Interest.in(Kinds.SEQUENCE)))) {
            CompletableFuture<Set<Key>> changed = watch.changed().toCompletableFuture();
            store.pause();
            assertFalse(changed.isDone());
            store.resume(open(false));
            next(documents).get(10, TimeUnit.SECONDS);
            assertEquals(Set.of(new Key(Kinds.SEQUENCE, "n")), changed.get(10, TimeUnit.SECONDS));
        }
    }

    private static final Key N = new Key(Kinds.SEQUENCE, "n");

    private static Set<Key> told(CompletionStage<Set<Key>> asked) throws Exception {
        return asked.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    public void whatChangedWhileNobodyAskedIsToldAfterThePause() throws Exception {
        Documents documents = store.controller();
        try (Watch watch = documents.watch(Set.of(Interest.in(Kinds.SEQUENCE)))) {
            next(documents).get(10, TimeUnit.SECONDS);
            store.pause();
            store.resume(open(false));
            assertEquals(Set.of(N), told(watch.changed()));
        }
        try (Watch watch = documents.watch(Set.of(Interest.in(Kinds.SEQUENCE)))) {
            next(documents).get(10, TimeUnit.SECONDS);
            store.pause();
            CompletionStage<Set<Key>> meanwhile = watch.changed();
            assertEquals("who asks meanwhile need not wait", Set.of(N), told(meanwhile));
            store.resume(open(false));
            assertFalse(
                    "and is told once", watch.changed().toCompletableFuture().isDone());
        }
    }

    /** The commit is answered and its telling is somewhere between the store and who asked. */
    @Test
    public void whatIsBeingToldWhenThePauseBeginsIsTold() throws Exception {
        Documents documents = store.controller();
        for (int i = 0; i < 40; i++) {
            try (Watch watch = documents.watch(Set.of(Interest.in(Kinds.SEQUENCE)))) {
                CompletionStage<Set<Key>> asked = watch.changed();
                next(documents).get(10, TimeUnit.SECONDS);
                store.pause();
                store.resume(open(false));
                assertEquals(Set.of(N), told(asked));
            }
        }
    }

    /** As of a lease that ends, or of a request that is past the plug: the store closes only after it. */
    @Test
    public void whatTheStoreCommitsWhileItClosesIsSeenAndTold() throws Exception {
        store.close();
        Store inner = open(false);
        PausableStore closing = new PausableStore(
                UUID,
                (Store) Proxy.newProxyInstance(
                        Store.class.getClassLoader(), new Class<?>[] {Store.class}, (self, method, args) -> {
                            if (method.getName().equals("close")) {
                                next(inner.controller()).get(10, TimeUnit.SECONDS);
                            }
                            return method.invoke(inner, args);
                        }),
                timer,
                tellers);
        Documents documents = closing.controller();
        Watch idle = documents.watch(Set.of(Interest.in(Kinds.SEQUENCE)));
        Watch asking = documents.watch(Set.of(Interest.in(Kinds.SEQUENCE)));
        CompletionStage<Set<Key>> asked = asking.changed();
        closing.pause();
        assertEquals(1, documents.snapshot().get(Kinds.SEQUENCE, "n").next());
        closing.resume(open(false));
        assertEquals(Set.of(N), told(asked));
        assertEquals(Set.of(N), told(idle.changed()));
        closing.close();
    }

    @Test
    public void anAskerWhoGaveUpLosesNothing() throws Exception {
        Documents documents = store.controller();
        Watch watch = documents.watch(Set.of(Interest.in(Kinds.SEQUENCE)));
        watch.changed().toCompletableFuture().cancel(false);
        next(documents).get(10, TimeUnit.SECONDS);
        assertEquals(Set.of(N), told(watch.changed()));
    }

    @Test
    public void watchesOfAModelThatDoesNotComeBackStop() throws Exception {
        String model = "22222222-2222-4222-8222-222222222222";
        Documents documents = store.create(model, tx -> tx.put(Kinds.SEQUENCE, new Sequence("first", 7)))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        CompletionStage<Set<Key>> asked =
                documents.watch(Set.of(Interest.in(Kinds.SEQUENCE))).changed();
        store.pause();
        Store meanwhile = open(false);
        meanwhile.delete(model).toCompletableFuture().get(10, TimeUnit.SECONDS);
        store.resume(meanwhile);
        ExecutionException stopped = assertThrows(ExecutionException.class, () -> told(asked));
        assertEquals(Code.STOPPED, Refused.of(stopped).code());
    }

    @Test
    public void whatNoJournalHoldsIsThereAfterThePause() throws Exception {
        Documents documents = store.controller();
        documents
                .submit(tx -> {
                    tx.put(Kinds.PRESENCE, new AgentPresence("machine-0", true, Instant.EPOCH));
                    return null;
                })
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        store.pause();
        store.resume(open(false));
        assertTrue(
                "no read is without it",
                documents.snapshot().get(Kinds.PRESENCE, "machine-0").alive());
    }

    @Test
    public void whatWasLoadedFromAStoreThatLeftIsNotKept() throws Exception {
        String model = "22222222-2222-4222-8222-222222222222";
        Store first = open(true, folder.getRoot().toPath().resolve("other"));
        first.controller().submit(tx -> tx.next("first")).toCompletableFuture().get(10, TimeUnit.SECONDS);
        first.create(model, tx -> tx.put(Kinds.SEQUENCE, new Sequence("first", 7)))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        PausableStore[] made = new PausableStore[1];
        // Between the loading and the entering of a model: the store is replaced, whole.
        Store slow = (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (self, method, args) -> {
                    Object loaded = method.invoke(first, args);
                    if (method.getName().equals("model")) {
                        made[0].pause();
                        made[0].resume(open(false, folder.getRoot().toPath().resolve("other")));
                    }
                    return loaded;
                });
        made[0] = new PausableStore(UUID, slow, timer, tellers);
        Documents documents = made[0].model(model).orElseThrow();
        Watch watch = documents.watch(Set.of(Interest.in(Kinds.SEQUENCE)));
        next(documents).get(10, TimeUnit.SECONDS);
        assertEquals(1, documents.snapshot().get(Kinds.SEQUENCE, "n").next());
        assertEquals(Set.of(N), told(watch.changed()));
        made[0].close();
    }

    @Test
    public void nobodyWaitsForAStoreThatIsClosedForGood() {
        Documents documents = store.controller();
        store.close();
        CompletableFuture<Long> refused = next(documents);
        assertTrue(refused.isCompletedExceptionally());
    }

    @Test
    public void modelsMadeBeforeThePauseAreThereAfterIt() throws Exception {
        String model = "22222222-2222-4222-8222-222222222222";
        Documents documents = store.create(model, tx -> tx.put(Kinds.SEQUENCE, new Sequence("first", 7)))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        store.pause();
        assertEquals(Set.of(model), store.models());
        store.resume(open(false));
        assertEquals(7, documents.snapshot().get(Kinds.SEQUENCE, "first").next());
        assertEquals(documents, store.model(model).orElseThrow());
    }
}
