package org.isthmus.controller;

import static org.junit.Assert.assertEquals;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.isthmus.model.store.BlobsFactory;
import org.isthmus.model.store.LogsFactory;
import org.isthmus.model.store.StoreFactory;
import org.isthmus.rpc.ApiServerFactory;
import org.isthmus.rpc.ControllerHost;
import org.isthmus.spi.JournalFactory;
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
                there(ControllerHost.class));
    }

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
        slot.offer(on((proxy, method, args) -> {
            tries.add(tries.size() + 1);
            throw new IOException("no space left on the disk");
        }));
        assertEquals("failed: no space left on the disk", slot.status().state());
        tries.take();
        assertEquals(Integer.valueOf(1), tries.poll(20, TimeUnit.SECONDS));
        assertEquals("failed: no space left on the disk", slot.status().state());
        slot.end();
        assertEquals("stopped", slot.status().state());
    }
}
