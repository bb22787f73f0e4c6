package org.isthmus.state;

import static org.isthmus.state.Documenting.CONTROLLER;
import static org.isthmus.state.Documenting.get;
import static org.isthmus.state.Documenting.model;
import static org.isthmus.state.Documenting.put;
import static org.isthmus.state.Documenting.setModel;
import static org.isthmus.state.Documenting.until;
import static org.isthmus.state.Documenting.uuid;
import static org.isthmus.state.Documenting.value;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.model.AgentPresence;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord.Mode;
import org.isthmus.model.ModelUser;
import org.isthmus.model.Sequence;
import org.isthmus.model.Snapshot;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Store;
import org.isthmus.spi.Journal;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class WriterTest {
    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private final CrashDisk disk = new CrashDisk(1);
    private final String uuid = uuid(1);
    private JournaledStore store;
    private Documents model;

    @Before
    public void open() throws Exception {
        store = JournaledStore.open(CONTROLLER, temporary.getRoot().toPath(), true, disk);
        get(store.controller().submit(tx -> put(tx, "there", 1)));
        model = get(store.create(uuid, tx -> setModel(tx, uuid)));
    }

    @After
    public void close() {
        store.close();
    }

    private void reopen() throws Exception {
        store.close();
        store = JournaledStore.open(CONTROLLER, temporary.getRoot().toPath(), false, disk);
        model = store.model(uuid).orElseThrow();
    }

    private static Problem problem(CompletionStage<?> stage) throws Exception {
        return assertThrows(Refused.class, () -> get(stage)).problem();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private CompletionStage<Void> set(String name, long value) {
        return model.submit(tx -> put(tx, name, value));
    }

    /** Many threads against one model: what they were answered, in the order of the commits, is what a plain map would do. */
    @Test
    public void commandsAreDecidedOneAfterAnother() throws Exception {
        long seed = Long.getLong("isthmus.seed", System.nanoTime());
        System.out.println("commandsAreDecidedOneAfterAnother: -Disthmus.seed=" + seed);
        record Did(long order, String name, long by, long result) {}
        List<CompletionStage<Did>> all = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Random random = new Random(seed + t);
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 1000; i++) {
                    String name = "n" + random.nextInt(10);
                    long by = random.nextInt(100);
                    boolean refuse = random.nextInt(5) == 0;
                    boolean bug = random.nextInt(20) == 0;
                    CompletionStage<Did> stage = model.submit(tx -> {
                        long order = tx.next("order");
                        long result = Math.max(0, value(tx.now(), name)) + by;
                        put(tx, name, result);
                        if (refuse) {
                            throw Problem.refuse(Code.FORBIDDEN, "no");
                        }
                        if (bug) {
                            throw new IllegalStateException("bug");
                        }
                        return new Did(order, name, by, result);
                    });
                    synchronized (all) {
                        all.add(stage);
                    }
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Map<Long, Did> inOrder = new TreeMap<>();
        int failed = 0;
        for (CompletionStage<Did> stage : all) {
            try {
                Did did = get(stage);
                assertNull("no number is given twice", inOrder.put(did.order, did));
            } catch (Refused | IllegalStateException expected) {
                failed++;
            }
        }
        assertTrue(failed > 0);
        assertEquals("Refused leaves no number used", inOrder.size(), value(model.snapshot(), "order"));
        Map<String, Long> plain = new TreeMap<>();
        for (Did did : inOrder.values()) {
            assertEquals(did.result, (long) plain.merge(did.name, did.by, Long::sum));
        }
        for (Map.Entry<String, Long> entry : plain.entrySet()) {
            assertEquals((long) entry.getValue(), value(model.snapshot(), entry.getKey()));
        }
        Snapshot before = model.snapshot();
        assertTrue("batches are shared: " + disk.appends, disk.appends < all.size());
        reopen();
        assertEquals(before.revision(), model.snapshot().revision());
        assertEquals(
                List.copyOf(before.all(Kinds.SEQUENCE)),
                List.copyOf(model.snapshot().all(Kinds.SEQUENCE)));
    }

    @Test
    public void batchesOfAllSetsShareATransaction() throws Exception {
        List<Documents> models = new ArrayList<>();
        for (int i = 10; i < 30; i++) {
            String each = uuid(i);
            models.add(get(store.create(each, tx -> setModel(tx, each))));
        }
        CountDownLatch go = new CountDownLatch(1);
        disk.beforeAppend(() -> await(go));
        // The disk waits until every model has something for it: on a busy machine they come one by one.
        CountDownLatch decided = new CountDownLatch(models.size());
        int before = disk.appends;
        List<CompletionStage<Void>> stages = new ArrayList<>();
        for (Documents each : models) {
            for (int i = 0; i < 50; i++) {
                int number = i;
                stages.add(each.submit(tx -> {
                    if (number == 0) {
                        decided.countDown();
                    }
                    return put(tx, "x", number);
                }));
            }
        }
        assertTrue(decided.await(20, TimeUnit.SECONDS));
        go.countDown();
        for (CompletionStage<Void> stage : stages) {
            get(stage);
        }
        assertTrue("appends: " + (disk.appends - before), disk.appends - before <= 60);
        assertTrue("largest: " + disk.largestAppend, disk.largestAppend > 1);
    }

    @Test
    public void nothingIsSeenBeforeItIsDurable() throws Exception {
        AtomicInteger seen = new AtomicInteger();
        disk.beforeAppend(() -> seen.set((int) value(model.snapshot(), "x")));
        get(set("x", 5));
        assertEquals(-1, seen.get());
        assertEquals(5, value(model.snapshot(), "x"));
    }

    @Test
    public void aFailedAppendFailsTheBatchAndLeavesTheHead() throws Exception {
        get(set("x", 1));
        Snapshot before = model.snapshot();
        disk.failNext(1);
        Problem problem = problem(set("x", 2));
        assertEquals("cannot save: no space left on the disk", problem.message());
        assertEquals(Code.TRY_AGAIN, problem.code());
        assertSame(before, model.snapshot());
        get(set("y", 3));
        assertEquals(1, value(model.snapshot(), "x"));
        assertEquals(3, value(model.snapshot(), "y"));
        reopen();
        assertEquals(1, value(model.snapshot(), "x"));
    }

    @Test
    public void afterRepeatedFailuresItIsReadOnlyUntilAProbeIsWritten() throws Exception {
        disk.failNext(Appender.MAX_FAILURES + 1);
        for (int i = 0; i < Appender.MAX_FAILURES; i++) {
            int number = i;
            problem(set("x", number));
        }
        int appends = disk.appends;
        Problem problem = problem(set("x", 9));
        assertTrue(problem.message(), problem.message().startsWith("the store is read-only"));
        assertTrue(problem.message(), problem.message().endsWith("no space left on the disk"));
        assertEquals("it was not even tried", appends, disk.appends);
        get(model.submit(tx -> {
            tx.put(Kinds.PRESENCE, new AgentPresence("unit-a-0", true, Instant.EPOCH));
            return null;
        }));
        assertEquals("reads go on", -1L, (long) get(model.submit(tx -> value(tx.now(), "x"))));
        until("a probe succeeds", () -> {
            try {
                get(set("x", 10));
                return true;
            } catch (Refused readOnly) {
                return false;
            } catch (Exception bug) {
                throw new AssertionError(bug);
            }
        });
        assertEquals(10, value(model.snapshot(), "x"));
    }

    /** The disk did it and said it did not: those who asked were told it failed, and the next command sees what is there. */
    @Test
    public void aCommitInDoubtIsFoundOutAboutBeforeTheNext() throws Exception {
        get(set("x", 1));
        disk.lieNext(1);
        problem(set("x", 2));
        assertEquals(1, value(model.snapshot(), "x"));
        problem(model.submit(tx -> put(tx, "y", value(tx.now(), "x"))));
        assertEquals(2, value(model.snapshot(), "x"));
        get(model.submit(tx -> put(tx, "y", value(tx.now(), "x"))));
        assertEquals(2, value(model.snapshot(), "y"));
        reopen();
        assertEquals(2, value(model.snapshot(), "x"));
        assertEquals(2, value(model.snapshot(), "y"));
    }

    /** What was told already is not told again: a set that were told of its batch twice would have two deciders. */
    @Test
    public void oneInDoubtThatCannotBeReadDoesNotHurtAnother() throws Exception {
        String damaged = uuid(2);
        Documents other = get(store.create(damaged, tx -> setModel(tx, damaged)));
        Documents third = get(store.create(uuid(3), tx -> setModel(tx, uuid(3))));
        disk.lieNext(2);
        problem(set("x", 1));
        problem(other.submit(tx -> put(tx, "x", 1)));
        disk.unreadable(damaged);
        CountDownLatch go = new CountDownLatch(1);
        disk.beforeAppend(() -> await(go));
        CompletionStage<Void> first = third.submit(tx -> put(tx, "x", 1));
        CountDownLatch decided = new CountDownLatch(2);
        CompletionStage<Void> again = model.submit(tx -> {
            decided.countDown();
            return put(tx, "x", 2);
        });
        CompletionStage<Void> lost = other.submit(tx -> {
            decided.countDown();
            return put(tx, "x", 2);
        });
        await(decided);
        List<CompletionStage<Void>> later = new ArrayList<>();
        for (int i = 0; i < 2 * DocumentSet.MAX_BATCH; i++) {
            later.add(set("later" + i, i));
        }
        go.countDown();
        get(first);
        assertEquals(
                "cannot save: the documents were read again, try again",
                problem(again).message());
        assertTrue(problem(lost).message().endsWith("cannot read " + damaged));
        for (CompletionStage<Void> each : later) {
            get(each);
        }
        assertEquals(1, value(model.snapshot(), "x"));
    }

    @Test
    public void aMakingInDoubtCanBeRepeated() throws Exception {
        String other = uuid(2);
        disk.lieNext(1);
        problem(store.create(other, tx -> setModel(tx, other)));
        assertFalse(store.model(other).isPresent());
        Documents made = get(store.create(other, tx -> put(tx, "second", 1)));
        assertEquals(1, value(made.snapshot(), "second"));
        assertNull(made.snapshot().model());
    }

    @Test
    public void anotherWriterWithAHigherEpochIsNotOverwritten() throws Exception {
        String other = uuid(2);
        Documents second = get(store.create(other, tx -> setModel(tx, other)));
        disk.raiseEpoch(uuid, 7);
        Problem problem = problem(set("x", 1));
        assertTrue(problem.message(), problem.message().contains(uuid));
        get(second.submit(tx -> put(tx, "x", 1)));
        problem(set("x", 1));
    }

    @Test
    public void refusedAndBugsLeaveNothingAndHurtNobodyElse() throws Exception {
        IllegalStateException bug = new IllegalStateException("bug");
        CompletionStage<Void> good = set("good", 1);
        CompletionStage<Object> bad = model.submit(tx -> {
            put(tx, "bad", 1);
            throw bug;
        });
        CompletionStage<Object> refused = model.submit(tx -> {
            put(tx, "refused", 1);
            throw Problem.denied();
        });
        CompletionStage<Void> after = set("after", 1);
        get(good);
        assertSame(bug, assertThrows(IllegalStateException.class, () -> get(bad)));
        assertEquals("permission denied", problem(refused).message());
        get(after);
        assertFalse(model.snapshot().has(Kinds.SEQUENCE, "bad"));
        assertFalse(model.snapshot().has(Kinds.SEQUENCE, "refused"));
        assertEquals(1L, (long) store.metrics().get("state.commands.bugs"));
        assertEquals(1L, (long) store.metrics().get("state.commands.refused"));
    }

    @Test
    public void aDecisionThatChangesNothingWritesNothing() throws Exception {
        int appends = disk.appends;
        Snapshot before = model.snapshot();
        assertEquals("m00000001", get(model.submit(tx -> tx.now().model().name())));
        get(model.submit(tx -> {
            put(tx, "x", 1);
            tx.remove(Kinds.SEQUENCE, "x");
            return null;
        }));
        assertEquals(appends, disk.appends);
        assertSame(before, model.snapshot());
    }

    @Test
    public void softKindsAreSeenAndNotWritten() throws Exception {
        int appends = disk.appends;
        AgentPresence presence = new AgentPresence("unit-a-0", true, Instant.EPOCH);
        get(model.submit(tx -> {
            tx.put(Kinds.PRESENCE, presence);
            return null;
        }));
        assertEquals(appends, disk.appends);
        assertEquals(presence, model.snapshot().get(Kinds.PRESENCE, presence.id()));
        get(set("x", 1));
        assertEquals(1, value(model.snapshot(), "x"));
        reopen();
        assertEquals(1, value(model.snapshot(), "x"));
        assertNull(model.snapshot().get(Kinds.PRESENCE, presence.id()));
    }

    @Test
    public void aKeyedRequestIsAnsweredOnce() throws Exception {
        AtomicInteger decided = new AtomicInteger();
        List<CompletionStage<String>> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(model.submitOnce("unit-a-0:1", tx -> {
                put(tx, "x", value(tx.now(), "x") + 1);
                return "answer " + decided.incrementAndGet();
            }));
        }
        for (CompletionStage<String> stage : all) {
            assertEquals("answer 1", get(stage));
        }
        reopen();
        assertEquals("answer 1", get(model.submitOnce("unit-a-0:1", tx -> "other")));
        assertEquals(0, value(model.snapshot(), "x"));
        assertEquals("no key", get(model.submitOnce(null, tx -> "no key")));
    }

    @Test
    public void aRefusedKeyedRequestIsDecidedAgain() throws Exception {
        problem(model.submitOnce("k", tx -> {
            throw Problem.denied();
        }));
        assertEquals("now", get(model.submitOnce("k", tx -> "now")));
    }

    @Test
    public void whatChangesNothingIsNotRemembered() throws Exception {
        long appends = disk.appends;
        assertEquals("first", get(model.submitOnce("k", tx -> "first")));
        assertEquals("second", get(model.submitOnce("k", tx -> "second")));
        assertEquals(appends, disk.appends);
        assertEquals(0, model.snapshot().count(Kinds.ANSWERED));
    }

    @Test
    public void oldAnswersAreDroppedByCount() throws Exception {
        int total = DocumentSet.ANSWERS + 500;
        List<CompletionStage<String>> all = new ArrayList<>();
        for (int i = 0; i < total; i++) {
            int number = i;
            all.add(model.submitOnce("k" + i, tx -> {
                if (number % 7 == 3) {
                    throw Problem.denied();
                }
                put(tx, "x", number);
                return "a" + number;
            }));
            if (i == 1000 || i == 4300) {
                for (CompletionStage<String> stage : all) {
                    stage.toCompletableFuture().exceptionally(refused -> null).get();
                }
                reopen();
            }
            if (i == 2000) {
                disk.failNext(1);
            }
        }
        for (CompletionStage<String> stage : all) {
            stage.toCompletableFuture().exceptionally(refused -> null).get();
        }
        for (int i = 0; i < 1200; i++) {
            int number = i;
            get(model.submitOnce("later" + i, tx -> {
                put(tx, "y", number);
                return "";
            }));
        }
        assertEquals(DocumentSet.ANSWERS, model.snapshot().count(Kinds.ANSWERED));
        assertNull(model.snapshot().get(Kinds.ANSWERED, "k0"));
        Set<Long> orders = new HashSet<>();
        model.snapshot().all(Kinds.ANSWERED).forEach(a -> assertTrue(orders.add(a.order())));
        long newest = model.snapshot().get(Kinds.ANSWERED, "later1199").order();
        assertTrue(orders.stream().allMatch(o -> o > newest - DocumentSet.ANSWERS));
    }

    @Test
    public void theModeGatesWrites() throws Exception {
        setMode(Mode.MIGRATING);
        Problem problem = problem(set("x", 1));
        assertEquals(Code.MIGRATION_IN_PROGRESS, problem.code());
        assertEquals("model migration in progress", problem.message());
        assertEquals(-1L, (long) get(model.submit(tx -> value(tx.now(), "x"))));
        get(model.submit(tx -> {
            tx.put(Kinds.PRESENCE, new AgentPresence("unit-a-0", true, Instant.EPOCH));
            return null;
        }));
        get(((DocumentSet) model).submitPrivileged(tx -> put(tx, "privileged", 1)));
        setMode(Mode.ACTIVE);
        get(set("x", 1));
    }

    private void setMode(Mode mode) throws Exception {
        get(model.submit(tx -> {
            tx.put(Kinds.MODEL, model(uuid, mode, 1));
            return null;
        }));
    }

    @Test
    public void theEpochNeverFalls() throws Exception {
        get(model.submit(tx -> {
            tx.put(Kinds.MODEL, model(uuid, Mode.ACTIVE, 5));
            return null;
        }));
        assertThrows(IllegalStateException.class, () -> setMode(Mode.ACTIVE));
    }

    @Test
    public void modelsAreMadeOnceAndRemovedForGood() throws Exception {
        Problem problem = problem(store.create(uuid, tx -> {}));
        assertEquals(Code.ALREADY_EXISTS, problem.code());
        String other = uuid(2);
        problem(store.create(other, tx -> {
            throw Problem.denied();
        }));
        assertFalse(store.models().contains(other));
        Documents empty = get(store.create(other, tx -> {}));
        assertEquals(Set.of(uuid, other), store.models());
        CompletionStage<?> watch = empty.watch(Set.of()).changed();
        get(store.delete(other));
        assertEquals(Code.STOPPED, problem(watch).code());
        assertEquals(Code.MODEL_NOT_FOUND, problem(empty.submit(tx -> null)).code());
        assertEquals(Code.MODEL_NOT_FOUND, problem(store.delete(other)).code());
        get(store.create(other, tx -> put(tx, "again", 1)));
        reopen();
        assertEquals(Set.of(uuid, other), store.models());
        assertEquals(1, value(store.model(other).orElseThrow().snapshot(), "again"));
    }

    @Test
    public void summariesFollowAndNeedNoLoading() throws Exception {
        assertEquals(1, store.summaries().size());
        get(model.submit(tx -> {
            tx.put(Kinds.MODEL_USER, new ModelUser("bob", "", "read", "admin", Instant.EPOCH));
            return null;
        }));
        assertEquals(Map.of("bob", "read"), store.summary(uuid).orElseThrow().access());
        store.close();
        store = JournaledStore.open(CONTROLLER, temporary.getRoot().toPath(), false, disk);
        assertEquals(Map.of("bob", "read"), store.summary(uuid).orElseThrow().access());
        assertEquals(1L, (long) store.metrics().get("state.loads"));
    }

    @Test
    public void aDamagedModelSaysWhichAndHurtsNoOther() throws Exception {
        String other = uuid(2);
        get(store.create(other, tx -> setModel(tx, other)));
        store.close();
        disk.damage(other);
        store = JournaledStore.open(CONTROLLER, temporary.getRoot().toPath(), false, disk);
        UncheckedIOException told = assertThrows(UncheckedIOException.class, () -> store.model(other));
        assertTrue(told.getMessage(), told.getMessage().contains("set " + other + ", kind model, id \"model\""));
        assertTrue(store.model(uuid).isPresent());
    }

    @Test
    public void closingWritesWhatIsQueued() throws Exception {
        List<CompletionStage<Void>> all = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            all.add(set("x" + i, i));
        }
        store.close();
        for (CompletionStage<Void> stage : all) {
            get(stage);
        }
        assertEquals(Code.STOPPED, problem(set("late", 1)).code());
        store = JournaledStore.open(CONTROLLER, temporary.getRoot().toPath(), false, disk);
        assertEquals(2001, store.model(uuid).orElseThrow().snapshot().revision());
    }

    @Test
    public void callersMayBlockWithoutHoldingUpTheWriter() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch attached = new CountDownLatch(1);
        disk.beforeAppend(() -> await(attached));
        CompletionStage<Void> blocked = set("x", 1).thenAccept(done -> await(release));
        attached.countDown();
        for (int i = 0; i < 50; i++) {
            int number = i;
            set("y", number);
        }
        until("the writer goes on", () -> value(model.snapshot(), "y") == 49);
        release.countDown();
        get(blocked);
    }

    /** A commit in a model a hundred times larger must not cost much more: a generous bound on what O(log n) says. */
    @Test
    public void aCommitCostsLittleMoreInALargeModel() throws Exception {
        try (Store nowhere = JournaledStore.open(
                CONTROLLER, temporary.newFolder().toPath(), true, (folder, create) -> new Nowhere())) {
            Documents large = get(nowhere.create(uuid, tx -> setModel(tx, uuid)));
            long before = nanos(large, 300);
            long after = nanos(large, 30_000);
            System.out.println("commit among 300: " + before + " ns, among 30 000: " + after + " ns");
            assertTrue("before " + before + " ns, after " + after + " ns", after < before * 8 + 200_000);
        }
    }

    private static long nanos(Documents in, int size) throws Exception {
        get(in.submit(tx -> {
            for (int i = 0; i < size; i++) {
                tx.put(Kinds.SEQUENCE, new Sequence("n" + i, i));
            }
            return null;
        }));
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                int number = i;
                get(in.submit(tx -> put(tx, "n" + number, System.nanoTime())));
            }
            best = Math.min(best, (System.nanoTime() - start) / 100);
        }
        return best;
    }

    /** Costs nothing, keeps nothing. */
    private static final class Nowhere implements Journal {
        @Override
        public List<Head> heads() {
            return List.of();
        }

        @Override
        public void load(String set, RowReader reader) {}

        @Override
        public void append(List<Batch> batches) {}

        @Override
        public void delete(Set<String> sets) {}

        @Override
        public void close() {}
    }
}
