package org.isthmus.apiserver;

import static org.isthmus.apiserver.World.get;
import static org.isthmus.apiserver.World.refusal;
import static org.isthmus.apiserver.World.until;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Login;
import org.isthmus.rpc.Json;
import org.junit.After;
import org.junit.Test;

/** What peers may make the controller hold: each, and all together. */
public class CostsTest {
    /** 4 MiB for all who have no password, 16 MiB for those who have. */
    private static final long HEAP = 64 << 20;

    private static final String IN =
            "{\"type\":\"Admin\",\"request\":\"Login\",\"version\":3,\"request-id\":1,\"params\":";
    private static final String ANONYMOUS = IN + "{\"auth-tag\":\"user-jujuanonymous\"}}";
    private static final String READER = IN + "{\"auth-tag\":\"user-reader\",\"credentials\":\"secret\"}}";

    private World world;

    @After
    public void close() {
        if (world != null) {
            world.close();
        }
    }

    private Costs open(int strangers, long heap) throws Exception {
        Limits limits = new Limits(
                1 << 20,
                256 << 10,
                32 << 10,
                strangers,
                8,
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                Duration.ofSeconds(60),
                Duration.ofMinutes(1),
                8 << 20,
                16,
                1000,
                3,
                Duration.ofMillis(50));
        world = new World(new Costs(limits, heap), new Failures(Duration.ofMillis(100), Duration.ofMillis(800)));
        world.servers.bind("things", new Things());
        return world.costs;
    }

    private ApiConnection reader() throws Exception {
        return world.connect(World.MODEL, Login.user("reader", "secret"));
    }

    private static Map<String, Object> things(int count) {
        return Map.of("a", Collections.nCopies(count, Map.of()));
    }

    private void nothingIsHeld() throws Exception {
        for (Share share : List.of(world.costs.ofStrangers(), world.costs.anonymous(), world.costs.known())) {
            until("nothing is held", () -> share.taken() == 0);
        }
    }

    @Test
    public void emptyThingsWeighWhatTheyWillCost() throws Exception {
        byte[] text = ("{\"Request-Id\":7,\"params\":{\"request-id\":8,\"a\":[" + "{},".repeat(100_000) + "{}]}}")
                .getBytes(StandardCharsets.UTF_8);
        Weight weight = Weight.of(Json.newMapper(), text);
        assertEquals(7, weight.number());
        assertTrue("weighs " + weight.bytes(), weight.bytes() > 40_000_000);
        byte[] usual = "{\"request-id\":1,\"type\":\"Client\",\"request\":\"FullStatus\",\"params\":{\"patterns\":[]}}"
                .getBytes(StandardCharsets.UTF_8);
        assertTrue(Weight.of(Json.newMapper(), usual).bytes() < 3000);
    }

    /** A login without a password opens no door. */
    @Test
    public void whoHasNoPasswordMaySayLittle() throws Exception {
        open(50, HEAP);
        ApiConnection big = world.connect(World.MODEL, Login.anonymous());
        try {
            get(big.call("Far", 1, "", "Hello", Map.of("a", "x".repeat(500 << 10))));
            throw new AssertionError("taken");
        } catch (IOException closed) {
            assertFalse(big.isOpen());
        }
        nothingIsHeld();
        ApiConnection many = world.connect(World.MODEL, Login.anonymous());
        for (int n = 0; n < 30; n++) {
            get(many.call("Far", 1, "", "Hello", Map.of("a", "x".repeat(200 << 10))));
        }
        nothingIsHeld();
        // What a user may say.
        get(reader().call("Thing", 3, "", "Late", Map.of("a", "x".repeat(500 << 10))));
        nothingIsHeld();
    }

    /** Small as text, and more objects than there is memory: refused before one of them is made, whoever asks. */
    @Test
    public void countlessThingsAreRefused() throws Exception {
        Costs costs = open(50, HEAP);
        List<CompletionStage<?>> asked = new ArrayList<>();
        ApiConnection user = reader();
        List<ApiConnection> callers = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            callers.add(world.connect(World.MODEL, Login.anonymous()));
            callers.add(reader());
        }
        for (ApiConnection each : callers) {
            asked.add(each.call("Far", 1, "", "Hello", things(80_000)));
            assertEquals(Map.of("a", 1), Json.newMapper().convertValue(late(user, Map.of("a", 1)), Map.class));
        }
        for (CompletionStage<?> each : asked) {
            assertEquals("the request is too large|quota limit exceeded", refusal(each));
        }
        nothingIsHeld();
        // Those others hold the memory: their time may come.
        assertTrue(costs.known().heavy().take(costs.known().heavy().most()));
        assertEquals(
                "the controller is too busy, try again|try again",
                refusal(callers.get(1).call("Far", 1, "", "Hello", things(1000))));
        get(callers.get(1).call("Far", 1, "", "Hello", things(100)));
        costs.known().heavy().give(costs.known().heavy().most());
        get(callers.get(1).call("Far", 1, "", "Hello", things(1000)));
        nothingIsHeld();
    }

    private static Object late(ApiConnection by, Map<String, Object> params) throws Exception {
        return get(by.call("Thing", 3, "", "Late", params));
    }

    @Test
    public void halfMessagesOfManyAreBounded() throws Exception {
        Costs costs = open(50, HEAP);
        ApiConnection user = reader();
        List<RawSocket> halves = new ArrayList<>();
        for (int n = 0; n < 17; n++) {
            RawSocket half = RawSocket.open(world, "/api");
            halves.add(half);
            half.ask(ANONYMOUS);
            try {
                half.sendBeginning("x".repeat(200 << 10));
            } catch (ExecutionException cut) {
                assertTrue(cut.getCause() instanceof IOException);
            }
            assertTrue(costs.anonymous().taken() <= HEAP / 16);
            late(user, Map.of("a", n));
        }
        until(
                "some are sent away",
                () -> halves.stream().filter(h -> h.closed.isDone()).count() >= 5);
        assertEquals(1013, (int) halves.stream()
                .filter(h -> h.closed.isDone())
                .findFirst()
                .orElseThrow()
                .closed
                .get());
        // Small messages of their like have memory of their own.
        get(world.connect(World.MODEL, Login.anonymous()).call("Far", 1, "", "Hello", null));
        late(user, Map.of("a", "x".repeat(500 << 10)));
        halves.forEach(RawSocket::close);
        nothingIsHeld();
    }

    @Test
    public void answersThatAreNotReadAreBounded() throws Exception {
        Costs costs = open(50, HEAP);
        ApiConnection user = reader();
        List<RawSocket> slow = new ArrayList<>();
        String path = "/model/" + World.MODEL + "/api";
        for (int n = 0; n < 6; n++) {
            RawSocket raw = RawSocket.open(world, path);
            slow.add(raw);
            raw.ask(READER);
            raw.stopReading();
            for (int id = 2; id < 5 && !raw.closed.isDone(); id++) {
                try {
                    raw.send("{\"type\":\"Thing\",\"request\":\"Big\",\"version\":3,\"params\":{\"size\":3000000},"
                            + "\"request-id\":" + id + "}");
                } catch (ExecutionException cut) {
                    assertTrue(cut.getCause() instanceof IOException);
                    break;
                }
            }
            // One answer more than the limit may be there.
            until("bounded", () -> costs.known().answers().waiting() <= HEAP / 8 + 3_000_100);
            late(user, Map.of("a", "x".repeat(300 << 10)));
        }
        until("the slowest were cut", () -> world.server.connections() < 7);
        assertTrue(user.isOpen());
        slow.forEach(RawSocket::close);
        until("nothing waits", () -> costs.known().answers().waiting() == 0);
    }

    /** They make room when others come, until they have shown something: a watcher is given to nobody who has not. */
    @Test
    public void whoHasNoPasswordRemainsAStranger() throws Exception {
        Costs costs = open(3, HEAP);
        List<ApiConnection> idle = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
            idle.add(world.connect(World.MODEL, Login.anonymous()));
        }
        assertEquals(3, costs.strangers().count());
        ApiConnection[] user = new ApiConnection[1];
        until("the oldest makes room", () -> {
            try {
                user[0] = world.dialer
                        .connect(world.endpoint(null), Login.user("admin", "secret"), Duration.ofSeconds(5))
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS);
                return true;
            } catch (ExecutionException full) {
                return false;
            }
        });
        get(idle.get(0).closed());
        assertTrue(idle.get(2).isOpen() && user[0].isOpen());
        until("users are none", () -> costs.strangers().count() == 2);
    }
}
