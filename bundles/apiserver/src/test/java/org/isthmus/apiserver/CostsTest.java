package org.isthmus.apiserver;

import static org.isthmus.apiserver.World.get;
import static org.isthmus.apiserver.World.refusal;
import static org.isthmus.apiserver.World.until;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.isthmus.api.Code;
import org.isthmus.api.Refused;
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
    private static final String POST_CHUNKED =
            "POST /hello HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String ANONYMOUS = IN + "{\"auth-tag\":\"user-jujuanonymous\"}}";
    private static final String READER = IN + "{\"auth-tag\":\"user-reader\",\"credentials\":\"secret\"}}";

    private final Things things = new Things();
    private World world;
    /** In which a message must make progress. */
    private Duration message = Duration.ofSeconds(60);

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
                Duration.ofMillis(50),
                message);
        world = new World(new Costs(limits, heap), new Failures(Duration.ofMillis(100), Duration.ofMillis(800)));
        world.servers.bind("things", things);
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
        for (int n = 0; n < 30; n++) {
            RawSocket half = RawSocket.open(world, "/api");
            halves.add(half);
            half.ask(ANONYMOUS);
            try {
                half.sendBeginning("x".repeat(200 << 10));
            } catch (ExecutionException cut) {
                assertTrue(cut.getCause() instanceof IOException);
            }
            until("bounded", () -> costs.anonymous().taken() <= HEAP / 16);
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

    /** Whoever is known and lets large messages wait for their ends makes room for those of others. */
    @Test
    public void halfMessagesOfUsersShutNoUserOut() throws Exception {
        Costs costs = open(50, HEAP);
        ApiConnection user = reader();
        List<RawSocket> halves = new ArrayList<>();
        for (int n = 0; n < 25; n++) {
            RawSocket half = RawSocket.open(world, "/model/" + World.MODEL + "/api");
            halves.add(half);
            half.ask(READER);
            half.sendBeginning("x".repeat(900 << 10));
            late(user, Map.of("a", "x".repeat(200 << 10)));
            until("bounded", () -> costs.known().taken() <= HEAP / 4);
        }
        until("told why", () -> halves.stream().anyMatch(h -> h.closed.getNow(0) == 1013));
        assertTrue(user.isOpen());
        halves.forEach(RawSocket::close);
        nothingIsHeld();
    }

    /** So a search is short, however many are connected. */
    @Test
    public void onlyThoseInTheMiddleOfAMessageAreLookedAtForRoom() throws Exception {
        Uploads uploads = open(50, HEAP).uploads();
        ApiConnection user = reader();
        for (int n = 0; n < 20; n++) {
            late(user, Map.of("a", n));
        }
        assertEquals(0, uploads.count());
        RawSocket half = RawSocket.open(world, "/model/" + World.MODEL + "/api");
        half.ask(READER);
        for (int n = 0; n < 2; n++) {
            half.sendBeginning("{\"request-id\":2,\"type\":\"Thing\",\"version\":3,\"request\":\"Late\",\"params\":{");
            until("in the middle of it", () -> uploads.count() == 1);
            uploads.makeRoom(world.costs.known(), 1 << 20);
            assertEquals("it holds little, and stays", 1, uploads.count());
            assertEquals(2, half.ask("}}").path("request-id").asInt());
            uploads.makeRoom(world.costs.known(), 1 << 20);
            assertEquals("forgotten", 0, uploads.count());
        }
        half.sendBeginning("{");
        until("in the middle of it", () -> uploads.count() == 1);
        half.close();
        until("gone", () -> uploads.count() == 0);
        nothingIsHeld();
    }

    /** What is whole is worked at: nobody is sent away for what waits for its answer. */
    @Test
    public void wholeMessagesMakeNoRoom() throws Exception {
        Costs costs = open(50, HEAP);
        things.gates.put("gate", new CompletableFuture<>());
        List<ApiConnection> callers = new ArrayList<>();
        List<CompletionStage<?>> asked = new ArrayList<>();
        for (int n = 0; n < 9; n++) {
            ApiConnection caller = world.connect(World.MODEL, Login.user("writer", "secret"));
            callers.add(caller);
            asked.add(caller.call("Thing", 3, "", "Write", Map.of("name", "gate", "a", "x".repeat(500 << 10))));
        }
        until("they fill it", () -> costs.known().heavy().taken() > 10 << 20);
        assertEquals(
                "the controller is too busy, try again|try again",
                refusal(reader().call("Thing", 3, "", "Late", Map.of("a", "x".repeat(600 << 10)))));
        things.gates.get("gate").complete(null);
        int answered = 0;
        for (CompletionStage<?> each : asked) {
            try {
                get(each);
                answered++;
            } catch (Refused busy) {
                assertEquals(Code.TRY_AGAIN, busy.problem().code());
            }
        }
        assertTrue("answered: " + answered, answered >= 7);
        assertTrue(callers.stream().allMatch(ApiConnection::isOpen));
        nothingIsHeld();
    }

    @Test
    public void answersThatCannotBeWrittenCostNothing() throws Exception {
        open(50, HEAP);
        ApiConnection user = reader();
        // More than are worked on at a time.
        for (int n = 0; n < 40; n++) {
            assertTrue(refusal(user.call("Thing", 3, "", "Unspeakable", null)).startsWith("internal error"));
        }
        nothingIsHeld();
    }

    private ApiConnection comesIn() throws Exception {
        return world.connect(null, Login.user("admin", "secret"));
    }

    /** A charge is for what is here: who announces a body and sends none holds nothing. */
    @Test
    public void bodiesOfStrangersAreChargedAsTheyCome() throws Exception {
        Costs costs = open(500, 4 << 20);
        List<SSLSocket> posts = new ArrayList<>();
        for (int n = 0; n < 20; n++) {
            posts.add(post("Content-Length: 60000\r\n\r\n"));
        }
        until("they are here", () -> costs.ofStrangers().taken() > 0);
        assertTrue("held: " + costs.ofStrangers().taken(), costs.ofStrangers().taken() < 20 * 1000);
        comesIn();
        // More than there is: those who hold most go.
        for (SSLSocket each : posts) {
            send(each, "x".repeat(30_000));
            comesIn().close();
        }
        assertTrue(
                "sent away: " + costs.strangers().sentAway(), costs.strangers().sentAway() > 0);
        until("never more than there is", () -> costs.ofStrangers().taken() <= 256 << 10);
        for (SSLSocket each : posts) {
            each.close();
        }
        nothingIsHeld();
    }

    private SSLSocket post(String rest) throws Exception {
        SSLSocket socket = RawSocket.tls(world);
        send(socket, "POST /hello HTTP/1.1\r\nHost: localhost\r\n" + rest);
        return socket;
    }

    /** The other side may have sent it away. */
    private static void send(SSLSocket to, String text) throws IOException {
        try {
            to.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            to.getOutputStream().flush();
        } catch (SocketException | SSLException gone) {
            to.close();
        }
    }

    /** As text in objects. */
    @Test
    public void headsOfStrangersAreCharged() throws Exception {
        Costs costs = open(500, 4 << 20);
        List<SSLSocket> all = new ArrayList<>();
        for (int n = 0; n < 40; n++) {
            SSLSocket head = RawSocket.tls(world);
            all.add(head);
            send(head, "GET /health HTTP/1.1\r\nX: " + "x".repeat(12_000));
        }
        until("they fill it", () -> costs.ofStrangers().taken() > 200 << 10);
        shutNobodyOut(costs, all);
    }

    /** Each costs more than its bytes. */
    @Test
    public void chunksOfStrangersAreCharged() throws Exception {
        Costs costs = open(500, 4 << 20);
        List<SSLSocket> all = new ArrayList<>();
        for (int n = 0; n < 40; n++) {
            SSLSocket post = RawSocket.tls(world);
            all.add(post);
            send(post, POST_CHUNKED);
        }
        // Else chunks that come with a head count as one.
        until("the heads are here", () -> costs.ofStrangers().taken() >= 40 * 2L * POST_CHUNKED.length());
        for (SSLSocket each : all) {
            send(each, "1\r\nx\r\n".repeat(1000));
        }
        until("some had to go", () -> costs.strangers().sentAway() > 0);
        shutNobodyOut(costs, all);
    }

    private void shutNobodyOut(Costs costs, List<SSLSocket> all) throws Exception {
        until("never more than there is", () -> costs.ofStrangers().taken() <= 256 << 10);
        comesIn();
        for (SSLSocket each : all) {
            each.close();
        }
        nothingIsHeld();
    }

    @Test
    public void headsHaveFewLines() throws Exception {
        open(50, HEAP);
        for (int lines : List.of(100, 200)) {
            try (SSLSocket socket = RawSocket.tls(world)) {
                send(socket, "GET /health HTTP/1.1\r\n" + "a: b\r\n".repeat(lines) + "\r\n");
                byte[] answer = socket.getInputStream().readNBytes(12);
                assertEquals(
                        lines == 100 ? "HTTP/1.1 200" : "HTTP/1.1 431", new String(answer, StandardCharsets.US_ASCII));
            }
        }
    }

    @Test
    public void halfMessagesOfStrangersShutNobodyOut() throws Exception {
        Costs costs = open(500, 4 << 20);
        List<RawSocket> halves = new ArrayList<>();
        for (int n = 0; n < 30; n++) {
            RawSocket half = RawSocket.open(world, "/api");
            halves.add(half);
            half.sendBeginning("x".repeat(25_000));
            comesIn().close();
        }
        assertTrue(
                "sent away: " + costs.strangers().sentAway(), costs.strangers().sentAway() > 0);
        until("told why", () -> halves.stream().anyMatch(h -> h.closed.getNow(0) == 1013));
        halves.forEach(RawSocket::close);
        nothingIsHeld();
    }

    /** What waits for its turn or its answer keeps a name and a password, not what else was sent. */
    @Test
    public void loginsThatWaitCostLittle() throws Exception {
        Costs costs = open(500, HEAP);
        List<RawSocket> guesses = new ArrayList<>();
        for (int n = 0; n < 20; n++) {
            RawSocket guess = RawSocket.open(world, "/api");
            guesses.add(guess);
            guess.send(IN + "{\"auth-tag\":\"user-owner\",\"credentials\":\"x\",\"macaroons\":[" + "{},".repeat(200)
                    + "{}]}}");
        }
        until("they wait", () -> costs.ofStrangers().taken() > 0);
        comesIn();
        until("light", () -> costs.ofStrangers().taken() <= 20 * (9 << 10));
        long waiting = guesses.stream().filter(each -> each.messages.isEmpty()).count();
        assertTrue("they still wait: " + waiting, waiting > 10);
        guesses.forEach(RawSocket::close);
        nothingIsHeld();
    }

    /** Small as text, and less than there is memory. */
    @Test
    public void loginsAreLight() throws Exception {
        Costs costs = open(50, HEAP);
        RawSocket heavy = RawSocket.open(world, "/api");
        String login = IN + "{\"macaroons\":[" + "{},".repeat(2000) + "{}]}}";
        long weight = Weight.of(Json.newMapper(), login.getBytes(StandardCharsets.UTF_8))
                .bytes();
        assertTrue(
                "weighs " + weight,
                weight > Charge.LIGHT && weight < costs.ofStrangers().heavy().most());
        assertEquals("quota limit exceeded", heavy.ask(login).path("error-code").asText());
        heavy.close();
        nothingIsHeld();
    }

    @Test
    public void pingsCostNothing() throws Exception {
        Costs costs = open(50, HEAP);
        for (String login : List.of(READER, ANONYMOUS)) {
            RawSocket raw = RawSocket.open(world, "/model/" + World.MODEL + "/api");
            raw.ask(login);
            for (int n = 0; n < 3000; n++) {
                raw.ping(120);
            }
            nothingIsHeld();
            raw.sendBeginning("{");
            for (int n = 0; n < 100; n++) {
                raw.ping(120);
            }
            until(
                    "the beginning",
                    () -> costs.known().taken() + costs.anonymous().taken() > 0);
            until("and only it", () -> costs.known().taken() + costs.anonymous().taken() < 300);
            raw.close();
            nothingIsHeld();
        }
    }

    /** Each part of a message is an object, and a copy of all before it when there are many. */
    @Test
    public void partsOfMessagesAreCharged() throws Exception {
        open(50, HEAP);
        RawSocket raw = RawSocket.open(world, "/api");
        raw.ask(ANONYMOUS);
        try {
            for (int n = 0; n < 5000; n++) {
                raw.sendBeginning("x");
            }
        } catch (ExecutionException cut) {
            assertTrue(cut.getCause() instanceof IOException);
        }
        assertEquals(1009, (int) raw.closed.get(20, TimeUnit.SECONDS));
        nothingIsHeld();
    }

    @Test
    public void messagesThatAreBegunMustEnd() throws Exception {
        message = Duration.ofMillis(200);
        open(50, HEAP);
        ApiConnection user = reader();
        for (boolean withParts : List.of(true, false)) {
            RawSocket half = RawSocket.open(world, "/model/" + World.MODEL + "/api");
            half.ask(READER);
            half.sendBeginning("x".repeat(withParts ? 300 << 10 : 1));
            assertEquals(1008, (int) half.closed.get(20, TimeUnit.SECONDS));
        }
        late(user, Map.of("a", "x".repeat(500 << 10)));
        nothingIsHeld();
    }

    @Test
    public void parkedCallsKeepNothing() throws Exception {
        byte[] text =
                ("{\"request-id\":7,\"type\":\"T\",\"version\":2,\"id\":\"3\",\"request\":\"Next\",\"trace-id\":\"abc\","
                                + "\"request-key\":\"" + "k".repeat(1000) + "\",\"params\":{\"a\":[{},{}]}}")
                        .getBytes(StandardCharsets.UTF_8);
        Request bare = Request.read(Json.newMapper(), text).bare();
        assertEquals(
                "7 T(2).Next 3 abc {} ",
                bare.number() + " " + bare.name() + " " + bare.id() + " " + bare.trace() + " " + bare.params() + " "
                        + bare.key());
    }
}
