package org.isthmus.apiserver;

import static org.isthmus.apiserver.World.get;
import static org.isthmus.apiserver.World.until;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
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
}
