package org.isthmus.controller;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.isthmus.api.Code;
import org.isthmus.api.Refused;
import org.isthmus.controller.Host.Departure;
import org.isthmus.model.Controller;
import org.isthmus.model.Kinds;
import org.isthmus.model.store.Blobs;
import org.isthmus.model.store.BlobsFactory;
import org.isthmus.model.store.Logs;
import org.isthmus.model.store.LogsFactory;
import org.isthmus.model.store.Store;
import org.isthmus.model.store.StoreFactory;
import org.isthmus.rpc.ApiServerFactory;
import org.isthmus.rpc.ControllerHost;
import org.isthmus.spi.JournalFactory;
import org.isthmus.state.JournaledStores;
import org.isthmus.store.derby.DerbyJournals;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** One controller's place: what keeps it from running may pass. */
public class ControllerSlotTest {
    private static final String NORTH = "11111111-1111-4111-8111-111111111111";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Executors executors = new Executors();

    @After
    public void end() {
        executors.close();
    }

    private static <T> T there(Class<T> type, InvocationHandler does) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, does));
    }

    private static <T> T there(Class<T> type) {
        return there(type, (proxy, method, args) -> {
            throw new AssertionError("not here: " + method);
        });
    }

    private ControllerSlot slot() {
        return new ControllerSlot(
                NORTH,
                "north",
                folder.getRoot().toPath(),
                "127.0.0.1",
                new Rooms(executors.timer()),
                executors,
                there(ControllerHost.class),
                () -> there);
    }

    /** What there is to stand on. */
    private volatile Foundations there = Foundations.NONE;

    private static Foundations on(InvocationHandler servers) {
        return new Foundations(
                there(StoreFactory.class),
                there(JournalFactory.class),
                there(BlobsFactory.class),
                there(LogsFactory.class),
                there(ApiServerFactory.class, servers));
    }

    @Test
    public void oneThatCannotRunSaysWhyAndIsTriedAgainUntilItIsEnded() throws Exception {
        Files.createDirectories(RunningController.storeFolder(folder.getRoot().toPath()));
        BlockingQueue<Integer> tries = new LinkedBlockingQueue<>();
        ControllerSlot slot = slot();
        there = on((proxy, method, args) -> {
            tries.add(tries.size() + 1);
            throw new IOException("no space left on the disk");
        });
        slot.offer();
        assertEquals("failed: no space left on the disk", slot.status().state());
        tries.take();
        assertEquals(Integer.valueOf(1), tries.poll(20, TimeUnit.SECONDS));
        assertEquals("failed: no space left on the disk", slot.status().state());
        slot.end();
        assertEquals("stopped", slot.status().state());
    }

    /** A store that is really there; the rest only answers. */
    private static Foundations real(StoreFactory stores, JournalFactory journals) {
        return new Foundations(
                stores,
                journals,
                there(BlobsFactory.class, (proxy, method, args) -> there(Blobs.class)),
                there(LogsFactory.class, (proxy, method, args) -> there(Logs.class, (logs, close, none) -> null)),
                there(
                        ApiServerFactory.class,
                        (proxy, method, args) -> method.getName().equals("caCert")
                                ? "authority"
                                : there(
                                        ApiServerFactory.ApiServer.class,
                                        (server, asked, none) -> asked.getReturnType() == int.class ? 17070 : null)));
    }

    private void makeStore() throws Exception {
        try (Store store = new JournaledStores()
                .open(NORTH, RunningController.storeFolder(folder.getRoot().toPath()), true, new DerbyJournals())) {
            store.controller()
                    .submit(tx -> {
                        tx.put(
                                Kinds.CONTROLLER,
                                new Controller(
                                        NORTH,
                                        "north",
                                        "localhost",
                                        "localhost",
                                        Map.of("api-port", 17070),
                                        "3.6.0",
                                        Instant.EPOCH));
                        return null;
                    })
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
        }
    }

    private static Code refusal(boolean force, ControllerSlot slot, Rooms rooms, Executors executors) {
        return Refused.of(assertThrows(
                        Refused.class, () -> new Remover(rooms, executors).remove(slot, force, line -> {})))
                .code();
    }

    @Test
    public void onePausedThatCannotGoOnAtOnceIsReadyWhenItDoes() throws Exception {
        makeStore();
        StoreFactory stores = new JournaledStores();
        AtomicBoolean full = new AtomicBoolean();
        StoreFactory newer = (uuid, at, create, journals) -> {
            if (full.get()) {
                throw new IOException("no space left on the disk");
            }
            return stores.open(uuid, at, create, journals);
        };
        JournalFactory journals = new DerbyJournals();
        ControllerSlot slot = slot();
        there = real(stores, journals);
        slot.offer();
        RunningController running = slot.ready().get(20, TimeUnit.SECONDS);
        assertSame(running, slot.serving());
        full.set(true);
        there = real(newer, journals);
        slot.leave(stores, Departure.PAUSE);
        slot.offer();
        assertEquals("failed: no space left on the disk", slot.status().state());
        assertNull(slot.serving());
        Rooms rooms = new Rooms(executors.timer());
        assertEquals("it is not taken for a dead one", Code.TRY_AGAIN, refusal(false, slot, rooms, executors));
        full.set(false);
        assertSame(running, slot.ready().get(20, TimeUnit.SECONDS));
        assertEquals("running", slot.status().state());
        assertSame(running, slot.serving());
        assertEquals(
                "nor is its store opened twice",
                Code.TRY_AGAIN,
                assertThrows(Refused.class, slot::openStore).problem().code());
        new Remover(rooms, executors).remove(slot, false, line -> {});
        slot.end();
    }

    @Test
    public void whatLeftBeforeAnOfferIsTakenIsNotStoodOn() throws Exception {
        makeStore();
        StoreFactory stores = new JournaledStores();
        there = real(stores, new DerbyJournals());
        ControllerSlot slot = slot();
        slot.offer();
        slot.ready().get(20, TimeUnit.SECONDS);
        there = there.with((StoreFactory) null);
        slot.leave(stores, Departure.PAUSE);
        // Was submitted when the store's factory was still there.
        slot.offer();
        assertNull(slot.serving());
        assertEquals("waiting for bundle state", slot.status().state());
        slot.end();
    }

    /** A new version is installed beside the one that runs, which is removed then. */
    @Test
    public void anOlderRoomThatIsStoodOnIsLetGoWhenItLeaves() throws Exception {
        makeStore();
        JournalFactory older = new DerbyJournals();
        List<String> opened = new ArrayList<>();
        JournalFactory newer = (at, create) -> {
            opened.add("newer");
            return new DerbyJournals().open(at, create);
        };
        StoreFactory stores = new JournaledStores();
        ControllerSlot slot = slot();
        there = real(stores, older);
        slot.offer();
        RunningController running = slot.ready().get(20, TimeUnit.SECONDS);
        there = there.with(newer);
        slot.offer();
        assertEquals("it goes on as it is", List.of(), opened);
        slot.leave(newer, Departure.PAUSE);
        assertSame("what it does not stand on may go", running, slot.serving());
        slot.leave(older, Departure.PAUSE);
        assertNull(slot.serving());
        slot.offer();
        assertSame(running, slot.serving());
        assertEquals(List.of("newer"), opened);
        slot.end();
    }
}
