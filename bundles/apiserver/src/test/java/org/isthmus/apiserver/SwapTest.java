package org.isthmus.apiserver;

import static org.isthmus.apiserver.World.get;
import static org.isthmus.apiserver.World.until;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Login;
import org.isthmus.rpc.FacadeSet;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

public class SwapTest {
    private World world;

    @Before
    public void open() throws Exception {
        world = new World();
    }

    @After
    public void close() {
        world.close();
    }

    /** Loads the facades of the tests anew, as a bundle that was updated does. */
    private static final class Bundle extends ClassLoader {
        Bundle() {
            super(SwapTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(Things.class.getName())) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null) {
                    return loaded;
                }
                try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                    byte[] bytes = in.readAllBytes();
                    return defineClass(name, bytes, 0, bytes.length);
                } catch (IOException missing) {
                    throw new ClassNotFoundException(name, missing);
                }
            }
        }
    }

    private static FacadeSet load() throws Exception {
        return (FacadeSet)
                new Bundle().loadClass(Things.class.getName()).getConstructor().newInstance();
    }

    @Test
    public void aSetIsReplacedUnderLoadAndNoCallFails() throws Exception {
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        AtomicLong answered = new AtomicLong();
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        AtomicBoolean over = new AtomicBoolean();
        swap(null, loaders);
        List<ApiConnection> connections = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            connections.add(world.connect(World.MODEL, Login.user("writer", "secret")));
        }
        ApiConnection watching = connections.get(0);
        String id = get(watching.call("Thing", 3, "", "Watch", null))
                .path("watcher-id")
                .asText();
        List<CompletableFuture<Void>> loops = new ArrayList<>();
        for (ApiConnection c : connections) {
            loops.add(loop(() -> c.call("Thing", 3, "", "Write", Map.of("name", "n")), over, answered, failures));
            loops.add(loop(() -> c.call("Thing", 3, "", "Read", Map.of("name", "n")), over, answered, failures));
        }
        FacadeSet current = bound;
        int swaps = 40;
        for (int n = 0; n < swaps; n++) {
            long at = answered.get();
            until("load goes on", () -> answered.get() > at + 20 || !failures.isEmpty());
            // The old one leaves first, as when a bundle is updated: calls park in between.
            world.servers.unbind("things", current);
            current = null;
            bound = null;
            long during = answered.get();
            swap(null, loaders);
            current = bound;
            assertTrue(answered.get() >= during);
        }
        over.set(true);
        for (CompletableFuture<Void> loop : loops) {
            get(loop);
        }
        assertEquals(List.of(), new ArrayList<>(failures));
        System.out.println("swaps: " + swaps + ", calls answered meanwhile: " + answered.get() + ", failed: 0");
        // A watcher made by the first set is told by the last one.
        JsonNode next = get(watching.call("ThingWatcher", 1, id, "Next", null));
        assertEquals("n", next.path("name").asText());
        world.servers.unbind("things", current);
        current = null;
        bound = null;
        for (ApiConnection c : connections) {
            c.close();
        }
        until("no class of a set is held", () -> {
            System.gc();
            return loaders.stream().allMatch(l -> l.get() == null);
        });
    }

    private FacadeSet bound;

    private void swap(FacadeSet before, List<WeakReference<ClassLoader>> loaders) throws Exception {
        FacadeSet set = load();
        loaders.add(new WeakReference<>(set.getClass().getClassLoader()));
        world.servers.bind("things", set);
        if (before != null) {
            world.servers.unbind("things", before);
        }
        bound = set;
    }

    private interface Asking {
        java.util.concurrent.CompletionStage<JsonNode> ask();
    }

    private static CompletableFuture<Void> loop(
            Asking asking, AtomicBoolean over, AtomicLong answered, ConcurrentLinkedQueue<Throwable> failures) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        step(asking, over, answered, failures, done);
        return done;
    }

    private static void step(
            Asking asking,
            AtomicBoolean over,
            AtomicLong answered,
            ConcurrentLinkedQueue<Throwable> failures,
            CompletableFuture<Void> done) {
        asking.ask().whenCompleteAsync((answer, failure) -> {
            if (failure != null) {
                failures.add(failure);
                done.complete(null);
                return;
            }
            answered.incrementAndGet();
            if (over.get()) {
                done.complete(null);
            } else {
                step(asking, over, answered, failures, done);
            }
        });
    }

    @Test
    public void theAccessEngineIsReplacedUnderLoad() throws Exception {
        world.servers.bind("things", new Things());
        ApiConnection c = world.connect(World.MODEL, Login.user("writer", "secret"));
        AtomicLong answered = new AtomicLong();
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Void>> loops = new ArrayList<>();
        for (int n = 0; n < 8; n++) {
            loops.add(loop(() -> c.call("Thing", 3, "", "Write", Map.of("name", "n")), over, answered, failures));
        }
        var engine = world.access
                .call(e -> CompletableFuture.completedFuture(e))
                .toCompletableFuture()
                .get();
        for (int n = 0; n < 50; n++) {
            long at = answered.get();
            until("load goes on", () -> answered.get() > at + 10 || !failures.isEmpty());
            world.access.unbind(engine);
            engine = new FakeAccess().asEngine();
            world.access.bind(engine);
        }
        over.set(true);
        for (CompletableFuture<Void> loop : loops) {
            get(loop);
        }
        assertEquals(List.of(), new ArrayList<>(failures));
    }

    @Test
    public void idleConnectionsAreSmall() throws Exception {
        world.servers.bind("things", new Things());
        int count = 200;
        // Raw TLS clients of this JVM would be counted too; so the figure is an upper bound for the server's side.
        long before = used();
        List<ApiConnection> all = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            all.add(world.connect(World.MODEL, World.machine0()));
        }
        assertEquals(count, world.server.connections());
        long each = (used() - before) / count;
        System.out.println("heap per idle agent connection, server and client side together: " + each / 1024 + " KiB");
        assertTrue("bytes per connection: " + each, each < 400 << 10);
        for (ApiConnection c : all) {
            c.close();
        }
        until("all gone", () -> world.server.connections() == 0);
    }

    private static long used() {
        for (int n = 0; n < 3; n++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
