package org.isthmus.apiserver;

import static org.isthmus.apiserver.World.get;
import static org.isthmus.apiserver.World.until;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Login;
import org.isthmus.client.MessageStream;
import org.isthmus.log.SegmentLogsFactory;
import org.isthmus.model.store.Logs;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** The debug log over the logs that a controller really has. */
public class DebugLogTest {
    private World world;
    private Logs logs;

    @Before
    public void open() throws Exception {
        world = new World();
        logs = new SegmentLogsFactory().open(world.base.resolve("logs"));
        world.told = logs;
    }

    @After
    public void close() throws Exception {
        ((AutoCloseable) logs).close();
        world.close();
    }

    private Logs.Line line(String message) {
        return new Logs.Line(Instant.now(), World.MODEL, "unit-mysql-0", "INFO", "juju", "f:1", List.of(), message);
    }

    private MessageStream follow(String query, BlockingQueue<JsonNode> into) throws Exception {
        return get(MessageStream.open(
                world.dialer,
                world.endpoint(World.MODEL),
                Login.user("reader", "secret"),
                "/model/" + World.MODEL + "/log?" + query,
                World.LIMIT,
                into::add));
    }

    /** Readers come and go while hooks are chatty: nobody waits for anybody. */
    @Test
    public void readersLeaveWhileLinesArrive() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger written = new AtomicInteger();
        List<Thread> hooks = new ArrayList<>();
        for (int n = 0; n < 2; n++) {
            Thread hook = new Thread(() -> {
                while (!over.get()) {
                    logs.append(line("line " + written.incrementAndGet()));
                }
            });
            hook.setDaemon(true);
            hook.start();
            hooks.add(hook);
        }
        try {
            for (int n = 0; n < 40; n++) {
                BlockingQueue<JsonNode> lines = new LinkedBlockingQueue<>();
                MessageStream reader = follow("backlog=10", lines);
                for (int heard = 0; heard < 20; heard++) {
                    assertFalse("a reader hears nothing", lines.poll(20, TimeUnit.SECONDS) == null);
                }
                reader.close();
            }
            assertEquals(
                    "no thread waits for another in a circle",
                    null,
                    ManagementFactory.getThreadMXBean().findDeadlockedThreads());
            int before = written.get();
            until("hooks go on", () -> written.get() > before);
            try (ApiConnection c = world.connect(World.MODEL, Login.user("reader", "secret"))) {
                get(c.ping(World.LIMIT));
            }
        } finally {
            over.set(true);
        }
        for (Thread hook : hooks) {
            hook.join(20_000);
            assertFalse(hook.isAlive());
        }
    }

    private List<String> past(String query) throws Exception {
        BlockingQueue<JsonNode> lines = new LinkedBlockingQueue<>();
        get(follow(query + "&noTail=true", lines).closed());
        return lines.stream().map(line -> line.path("msg").asText()).toList();
    }

    @Test
    public void whatIsAskedForIsTold() throws Exception {
        for (int n = 0; n < 30_000; n++) {
            String level = n % 100 == 0 ? "ERROR" : "INFO";
            logs.append(new Logs.Line(
                    Instant.now(), World.MODEL, "unit-mysql-" + n % 3, level, "juju", "", List.of(), "line " + n));
        }
        assertEquals(List.of("line 29998", "line 29999"), past("backlog=2&maxLines=2"));
        assertEquals(List.of("line 0", "line 1"), past("replay=true&maxLines=2"));
        assertEquals(30_000, past("replay=true").size());
        assertEquals(300, past("replay=true&level=ERROR").size());
        assertEquals(List.of("line 29800", "line 29900"), past("backlog=2&level=ERROR"));
        assertEquals(10_000, past("replay=true&includeEntity=mysql/1").size());
        assertEquals(20_000, past("replay=true&excludeEntity=unit-mysql-1").size());
        assertEquals(List.of(), past("backlog=5&includeModule=other"));
    }

    /** Reads nothing until it is let go on. */
    private final class SlowReader implements AutoCloseable {
        final BlockingQueue<JsonNode> lines = new LinkedBlockingQueue<>();
        final CountDownLatch heard = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);
        private final MessageStream stream;

        SlowReader(String query) throws Exception {
            stream = get(MessageStream.open(
                    world.dialer,
                    world.endpoint(World.MODEL),
                    Login.user("reader", "secret"),
                    "/model/" + World.MODEL + "/log?" + query,
                    World.LIMIT,
                    line -> {
                        heard.countDown();
                        try {
                            goOn.await();
                        } catch (InterruptedException ended) {
                            Thread.currentThread().interrupt();
                        }
                        lines.add(line);
                    }));
        }

        String next() throws InterruptedException {
            JsonNode line = lines.poll(20, TimeUnit.SECONDS);
            assertNotNull("nothing is told any more", line);
            return line.path("msg").asText();
        }

        @Override
        public void close() {
            goOn.countDown();
            stream.close();
        }
    }

    /** More waits for it than a connection may leave unread; still it is not cut, and what it gets is all. */
    @Test
    public void aSlowReaderIsWaitedFor() throws Exception {
        close();
        world = new World(outbound(256 << 10), new Failures(Duration.ofMillis(5), Duration.ofMillis(50)));
        logs = new SegmentLogsFactory().open(world.base.resolve("logs"));
        world.told = logs;
        int past = 20_000;
        for (int n = 0; n < past; n++) {
            logs.append(line("line " + n));
        }
        try (SlowReader reader = new SlowReader("replay=true");
                SlowReader leaves = new SlowReader("replay=true")) {
            int all = past + 20_000;
            for (int n = past; n < all; n++) {
                logs.append(line("line " + n));
                if (n == past + 10_000) {
                    leaves.close();
                }
            }
            reader.goOn.countDown();
            for (int n = 0; n < all; n++) {
                assertEquals("line " + n, reader.next());
            }
            logs.append(line("afterwards"));
            assertEquals("afterwards", reader.next());
        }
    }

    private static Limits outbound(long bytes) {
        Limits usual = Limits.USUAL;
        return new Limits(
                usual.frame(),
                usual.anonymous(),
                usual.beforeLogin(),
                usual.unauthenticated(),
                usual.handshakes(),
                usual.loginTime(),
                usual.ping(),
                usual.pong(),
                usual.pinger(),
                bytes,
                usual.inFlight(),
                usual.queue(),
                usual.watchers(),
                usual.housekeeping(),
                Duration.ofSeconds(60));
    }

    /** What is lost is lost by the log's own bound, and said where it is missing. */
    @Test
    public void linesThatLeftTheLogAreMentioned() throws Exception {
        logs.append(line("before"));
        try (SlowReader reader = new SlowReader("backlog=1")) {
            assertTrue("it has its place in the log", reader.heard.await(20, TimeUnit.SECONDS));
            int all = 4000;
            String text = "x".repeat(20_000);
            for (int n = 0; n < all; n++) {
                logs.append(line(n + " " + text));
            }
            reader.goOn.countDown();
            assertEquals("before", reader.next());
            boolean mentioned = false;
            int expected = 0;
            while (expected < all) {
                String message = reader.next();
                if (message.startsWith("lines are missing here")) {
                    mentioned = true;
                    expected = -1;
                    continue;
                }
                int number = Integer.parseInt(message.split(" ")[0]);
                assertTrue(number + " after " + expected, expected < 0 || number == expected);
                expected = number + 1;
            }
            assertTrue(mentioned);
        }
    }

    /** Who logs does not feel who reads: prints how long one line takes, at worst and in the middle. */
    @Test
    public void aReplayKeepsNobodyWaiting() throws Exception {
        for (int n = 0; n < 200_000; n++) {
            logs.append(line("line " + n));
        }
        String alone = latencies(() -> false, 20_000);
        List<MessageStream> readers = new ArrayList<>();
        AtomicInteger heard = new AtomicInteger();
        for (int n = 0; n < 4; n++) {
            readers.add(get(MessageStream.open(
                    world.dialer,
                    world.endpoint(World.MODEL),
                    Login.user("reader", "secret"),
                    "/model/" + World.MODEL + "/log?replay=true",
                    World.LIMIT,
                    line -> heard.incrementAndGet())));
        }
        String amid = latencies(() -> heard.get() < 200_000, 20_000);
        System.out.println("append alone: " + alone + "; during 4 replays: " + amid + "; heard " + heard.get());
        readers.forEach(MessageStream::close);
    }

    private String latencies(Callable<Boolean> more, int least) throws Exception {
        List<Long> nanos = new ArrayList<>();
        while (nanos.size() < least || more.call()) {
            long from = System.nanoTime();
            logs.append(line("new"));
            nanos.add(System.nanoTime() - from);
            if (nanos.size() > 2_000_000) {
                break;
            }
        }
        nanos.sort(null);
        return String.format(
                Locale.ROOT,
                "%d lines, median %.1f µs, 99.9 %% %.1f µs, worst %.1f ms",
                nanos.size(),
                nanos.get(nanos.size() / 2) / 1e3,
                nanos.get((int) (nanos.size() * 0.999)) / 1e3,
                nanos.get(nanos.size() - 1) / 1e6);
    }
}
