package org.isthmus.controller;

import static org.junit.Assert.assertFalse;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.isthmus.model.Cause;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelEntry;
import org.isthmus.model.Sequence;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.model.store.Store;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Reconciler;
import org.isthmus.state.JournaledStores;
import org.isthmus.store.derby.DerbyJournals;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Reconcilers come, go and come back changed, and work on every model that there is. */
public class ReconcilerHostTest {
    private static final String UUID = "11111111-1111-4111-8111-111111111111";
    private static final String MODEL = "22222222-2222-4222-8222-222222222222";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Executors executors = new Executors();
    private final Rooms rooms = new Rooms(executors.timer());
    private Store store;
    private ReconcilerHost host;

    private record Run(String version, String set, Cause cause) {}

    private final BlockingQueue<Run> runs = new LinkedBlockingQueue<>();

    private class Provisioner implements Reconciler {
        private final String version;
        private final Set<Interest> interests;
        private boolean fails;

        private Provisioner(String version, Interest... interests) {
            this.version = version;
            this.interests = Set.of(interests);
        }

        @Override
        public String name() {
            return "provisioner";
        }

        @Override
        public Set<Interest> interests() {
            return interests;
        }

        @Override
        public CompletionStage<Duration> reconcile(ControllerContext controller, Documents model, Cause cause) {
            runs.add(new Run(version, model.id(), cause));
            return fails
                    ? CompletableFuture.failedFuture(new IllegalStateException("not now"))
                    : CompletableFuture.completedFuture(null);
        }
    }

    @Before
    public void open() throws Exception {
        store = new JournaledStores().open(UUID, folder.getRoot().toPath().resolve("store"), true, new DerbyJournals());
        ControllerContext controller = (ControllerContext) Proxy.newProxyInstance(
                ControllerContext.class.getClassLoader(),
                new Class<?>[] {ControllerContext.class},
                (self, method, args) -> switch (method.getName()) {
                    case "store" -> store;
                    case "uuid" -> UUID;
                    default -> throw new AssertionError("not here: " + method);
                });
        host = new ReconcilerHost(controller, rooms, executors);
        host.start();
    }

    @After
    public void close() {
        host.close();
        store.close();
        executors.close();
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private void addModel() throws Exception {
        get(store.create(MODEL, tx -> tx.put(Kinds.SEQUENCE, new Sequence("first", 1))));
        get(store.controller().submit(tx -> {
            tx.put(Kinds.MODEL_ENTRY, new ModelEntry(MODEL, "m", "admin", "present", Instant.EPOCH));
            return null;
        }));
    }

    private void set(String name, long value) throws Exception {
        get(store.model(MODEL).orElseThrow().submit(tx -> {
            tx.put(Kinds.SEQUENCE, new Sequence(name, value));
            return null;
        }));
    }

    /** It may be asked more often than it must. */
    private void await(String what, Predicate<Run> wanted) throws Exception {
        List<Run> others = new ArrayList<>();
        for (Run run = runs.poll(20, TimeUnit.SECONDS); run != null; run = runs.poll(20, TimeUnit.SECONDS)) {
            if (wanted.test(run)) {
                return;
            }
            others.add(run);
        }
        throw new AssertionError(what + ", only " + others);
    }

    private static Predicate<Run> first(String version) {
        return run -> run.equals(new Run(version, MODEL, new Cause(Set.of(), true)));
    }

    private static Predicate<Run> told(String version, String sequence) {
        return run -> run.version().equals(version) && run.cause().changed().contains(key(sequence));
    }

    private static Key key(String name) {
        return new Key(Kinds.SEQUENCE, name);
    }

    /** As when the plug gave up waiting for it. */
    @Test
    public void oneThatCouldNotSayItsInterestsWorksOnModelsMadeMeanwhile() throws Exception {
        addModel();
        Provisioner before = new Provisioner("1", Interest.in(Kinds.SEQUENCE)) {
            @Override
            public Set<Interest> interests() {
                runs.add(new Run("1", "asked", null));
                throw new IllegalStateException("not now");
            }
        };
        rooms.bind(before);
        // Of the controller's own documents it is not asked.
        await("it was asked", run -> run.set().equals("asked"));
        rooms.unbind(before);
        rooms.bind(new Provisioner("2", Interest.in(Kinds.SEQUENCE)));
        await("it looks at the model", first("2"));
        set("a", 1);
        await("it is told", told("2", "a"));
    }

    @Test
    public void whatANewVersionIsInterestedInIsFollowed() throws Exception {
        addModel();
        Provisioner before = new Provisioner("1", Interest.in(Kinds.SEQUENCE, "a"));
        rooms.bind(before);
        await("it looks at the model", first("1"));
        rooms.bind(new Provisioner("2", Interest.in(Kinds.SEQUENCE, "b")));
        rooms.unbind(before);
        await("it looks at all", first("2"));
        set("a", 1);
        set("b", 1);
        await("it is told", told("2", "b"));
        runs.forEach(run ->
                assertFalse("and no more of the other: " + run, told("2", "a").test(run)));
    }

    private void comeAgain() throws Exception {
        addModel();
        Provisioner before = new Provisioner("1", Interest.in(Kinds.SEQUENCE));
        rooms.bind(before);
        await("it looks at the model", first("1"));
        rooms.unbind(before);
        set("a", 1);
        rooms.bind(new Provisioner("2", Interest.in(Kinds.SEQUENCE)));
    }

    @Test
    public void whatChangedWhileItWasAwayIsTold() throws Exception {
        comeAgain();
        await("it is told", told("2", "a"));
    }

    /** It holds nothing of what the one before it knew of, be it interested in the same. */
    @Test
    public void whoComesAgainLooksAtAll() throws Exception {
        comeAgain();
        await(
                "it looks at all",
                run -> run.version().equals("2")
                        && run.set().equals(MODEL)
                        && run.cause().first());
    }

    @Test
    public void aFirstLookThatFailedIsAFirstLookAgain() throws Exception {
        addModel();
        Provisioner failing = new Provisioner("1", Interest.in(Kinds.SEQUENCE));
        failing.fails = true;
        rooms.bind(failing);
        await("it looks at the model", first("1"));
        await("and again", first("1"));
    }
}
