package org.isthmus.apiserver;

import static org.isthmus.apiserver.World.get;
import static org.isthmus.apiserver.World.refusal;
import static org.isthmus.apiserver.World.until;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Login;
import org.isthmus.model.Controller;
import org.isthmus.model.Kinds;
import org.junit.After;
import org.junit.Test;

public class LimitsTest {
    private World world;
    /** In which a message must make progress. */
    private static Duration message = Duration.ofSeconds(60);

    @After
    public void close() {
        if (world != null) {
            world.close();
        }
    }

    private static Limits limits(Duration login, Duration pinger, int strangers) {
        return new Limits(
                1 << 20,
                256 << 10,
                8 << 10,
                strangers,
                2,
                login,
                Duration.ofMillis(100),
                Duration.ofMillis(3000),
                pinger,
                1 << 20,
                4,
                100,
                3,
                Duration.ofMillis(50),
                message);
    }

    private void open(Limits limits) throws Exception {
        world = new World(limits, new Failures(Duration.ofMillis(100), Duration.ofMillis(800)));
        world.servers.bind("things", new Things());
    }

    @Test
    public void strangersAreFewAndHaveLittleTime() throws Exception {
        open(limits(Duration.ofMillis(500), Duration.ofMinutes(1), 3));
        List<Socket> silent = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
            silent.add(new Socket("127.0.0.1", world.server.port()));
        }
        until("three strangers", () -> world.server.unauthenticated() == 3);
        try (Socket fourth = new Socket("127.0.0.1", world.server.port())) {
            fourth.setSoTimeout(20_000);
            assertEquals(-1, fourth.getInputStream().read());
        }
        for (Socket each : silent) {
            each.setSoTimeout(20_000);
            assertEquals(
                    "dropped for want of a login", -1, each.getInputStream().read());
            each.close();
        }
        until("none left", () -> world.server.unauthenticated() == 0 && world.server.channels() == 0);
        RawSocket idle = RawSocket.open(world, "/api");
        assertEquals("told why", 1008, (int) idle.closed.get(20, TimeUnit.SECONDS));
        ApiConnection user = world.connect(null, Login.user("admin", "secret"));
        until("logged in is no stranger", () -> world.server.unauthenticated() == 0);
        get(user.ping(World.LIMIT));
    }

    /** Whoever sends nothing, or only begins, holds nobody up. */
    @Test
    public void silentStrangersShutNobodyOut() throws Exception {
        open(limits(Duration.ofSeconds(60), Duration.ofMinutes(1), 300));
        List<Socket> silent = new ArrayList<>();
        try {
            for (int n = 0; n < 250; n++) {
                silent.add(new Socket("127.0.0.1", world.server.port()));
            }
            until("strangers", () -> world.server.unauthenticated() == 250);
            get(world.connect(null, Login.user("admin", "secret")).ping(World.LIMIT));
        } finally {
            for (Socket each : silent) {
                each.close();
            }
        }
        until("none left", () -> world.server.unauthenticated() == 0);
    }

    @Test
    public void handshakesWaitTheirTurn() throws Exception {
        open(limits(Duration.ofSeconds(20), Duration.ofMinutes(1), 500));
        List<CompletionStage<ApiConnection>> all = new ArrayList<>();
        for (int n = 0; n < 40; n++) {
            all.add(world.dialer.connect(world.endpoint(null), Login.user("admin", "secret"), World.LIMIT));
        }
        for (CompletionStage<ApiConnection> each : all) {
            get(each).close();
        }
        until("all gone", () -> world.server.connections() == 0);
    }

    @Test
    public void strangersMaySendLittle() throws Exception {
        open(limits(Duration.ofSeconds(20), Duration.ofMinutes(1), 50));
        RawSocket raw = RawSocket.open(world, "/api");
        try {
            raw.send("{\"type\":\"" + "x".repeat(100 << 10) + "\"}");
        } catch (java.util.concurrent.ExecutionException cut) {
            assertTrue(cut.getCause() instanceof IOException);
        }
        raw.closed.get(20, TimeUnit.SECONDS);
        ApiConnection c = world.connect(World.MODEL, Login.user("reader", "secret"));
        assertEquals(
                500 << 10,
                get(c.call("Thing", 3, "", "Late", Map.of("a", "x".repeat(500 << 10))))
                        .path("a")
                        .asText()
                        .length());
        // More than a frame may have.
        try {
            get(c.call("Thing", 3, "", "Late", Map.of("a", "x".repeat(2 << 20))));
            throw new AssertionError("taken");
        } catch (IOException closed) {
            assertFalse(c.isOpen());
        }
    }

    @Test
    public void agentsMustPingAndUsersNeedNot() throws Exception {
        open(limits(Duration.ofSeconds(20), Duration.ofMillis(600), 50));
        ApiConnection quiet = world.connect(World.MODEL, World.machine0());
        ApiConnection far = world.connect(World.MODEL, Login.anonymous());
        ApiConnection alive = world.connect(World.MODEL, Login.agent("machine-1", "secret", "nonce"));
        alive.keepAlive(Duration.ofMillis(100));
        ApiConnection user = world.connect(World.MODEL, Login.user("reader", "secret"));
        get(quiet.closed());
        get(far.closed());
        get(alive.ping(World.LIMIT));
        get(user.ping(World.LIMIT));
        assertTrue(alive.isOpen() && user.isOpen());
    }

    @Test
    public void slowReadersAreDropped() throws Exception {
        open(limits(Duration.ofSeconds(20), Duration.ofMinutes(1), 50));
        RawSocket raw = RawSocket.open(world, "/model/" + World.MODEL + "/api");
        raw.ask("{\"type\":\"Admin\",\"request\":\"Login\",\"version\":3,\"params\":{\"auth-tag\":\"user-reader\","
                + "\"credentials\":\"secret\"},\"request-id\":1}");
        raw.stopReading();
        for (int n = 2; n < 40; n++) {
            try {
                raw.send(
                        "{\"type\":\"Thing\",\"request\":\"Big\",\"version\":3,\"params\":{\"size\":3000000},\"request-id\":"
                                + n + "}");
            } catch (java.util.concurrent.ExecutionException gone) {
                break;
            }
        }
        until("the slow one is dropped", () -> world.server.connections() == 0);
    }

    @Test
    public void wrongPasswordsGetSlower() throws Exception {
        open(limits(Duration.ofSeconds(20), Duration.ofMinutes(1), 50));
        ApiConnection c = world.connect(null);
        long start = System.nanoTime();
        for (int n = 0; n < 4; n++) {
            assertTrue(refusal(c.login(Login.user("admin", "guess" + n))).startsWith("invalid entity name"));
        }
        // 100 + 200 + 400 + 800 ms
        assertTrue(System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(1500));
        List<CompletionStage<?>> guesses = new ArrayList<>();
        for (int n = 0; n < 30; n++) {
            guesses.add(world.connect(null).login(Login.user("admin", "guess" + n)));
        }
        int again = 0;
        for (CompletionStage<?> guess : guesses) {
            if (refusal(guess).endsWith("|try again")) {
                again++;
            }
        }
        assertTrue("only a few guesses at a time: " + again, again >= 17);
        get(c.login(Login.user("admin", "secret")));
        // Another user of the same host is not bothered.
        world.connect(null, Login.user("reader", "secret")).close();
    }

    /** On one host everybody is of the same: whoever guesses there does not keep those out who know. */
    @Test
    public void rightPasswordsGetThroughWrongOnes() throws Exception {
        world = new World(
                limits(Duration.ofSeconds(60), Duration.ofMinutes(1), 100),
                new Failures(Duration.ofMillis(100), Duration.ofMillis(800)));
        world.connect(null, Login.user("admin", "secret")).close();
        List<CompletionStage<?>> guesses = new ArrayList<>();
        for (String name : List.of("admin", "owner")) {
            for (int n = 0; n < 8; n++) {
                guesses.add(world.connect(null).login(Login.user(name, "guess" + n)));
            }
        }
        // One that was proved before waits for nobody, a new one for those that came before it.
        long start = System.nanoTime();
        world.connect(null, Login.user("admin", "secret"));
        long known = System.nanoTime() - start;
        assertTrue("wrong ones still wait for their answers", guesses.stream().anyMatch(g -> !g.toCompletableFuture()
                .isDone()));
        world.connect(null, Login.user("owner", "secret"));
        long fresh = System.nanoTime() - start;
        assertTrue(
                known / 1_000_000 + " ms, " + fresh / 1_000_000 + " ms",
                known < TimeUnit.SECONDS.toNanos(5) && fresh < TimeUnit.SECONDS.toNanos(15));
        for (CompletionStage<?> guess : guesses) {
            assertTrue(refusal(guess).startsWith("invalid entity name"));
        }
    }

    @Test
    public void agentsAreLetInAtARate() throws Exception {
        open(limits(Duration.ofSeconds(20), Duration.ofMinutes(1), 50));
        get(world.controller.submit(tx -> {
            Controller c = tx.now().controller();
            tx.put(Kinds.CONTROLLER, c.withSettings(Map.of("agent-ratelimit-max", 2, "agent-ratelimit-rate", "1h")));
            return null;
        }));
        ApiConnection first = world.connect(World.MODEL, World.machine0());
        world.connect(World.MODEL, World.machine0());
        assertEquals("try again|try again", refusal(world.connect(World.MODEL).login(World.machine0())));
        // Units of a connection that is in, and users, are not held up.
        get(first.login(Login.agent("unit-mysql-0", "secret", null)));
        world.connect(null, Login.user("admin", "secret"));
    }

    @Test
    public void aConnectionHasOnlySoManyWatchers() throws Exception {
        open(limits(Duration.ofSeconds(20), Duration.ofMinutes(1), 50));
        ApiConnection c = world.connect(World.MODEL, Login.user("reader", "secret"));
        for (int n = 0; n < 3; n++) {
            get(c.call("Thing", 3, "", "Watch", null));
        }
        assertEquals(
                "too many watchers on this connection|quota limit exceeded",
                refusal(c.call("Thing", 3, "", "Watch", null)));
        // Far more requests than are worked on at a time: each is answered.
        List<CompletionStage<?>> many = new ArrayList<>();
        for (int n = 0; n < 300; n++) {
            many.add(c.call("Thing", 3, "", "Authenticated", Map.of("name", "n")));
        }
        for (CompletionStage<?> each : many) {
            get(each);
        }
    }
}
