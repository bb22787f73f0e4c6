package org.isthmus.apiserver;

import static org.isthmus.apiserver.World.get;
import static org.isthmus.apiserver.World.refusal;
import static org.isthmus.apiserver.World.until;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocket;
import org.isthmus.client.Https;
import org.isthmus.client.Login;
import org.isthmus.client.MessageStream;
import org.isthmus.model.Kinds;
import org.isthmus.model.store.Logs;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

public class HttpTest {
    private static final String THINGS = "/model-" + World.MODEL + "/things/";
    private World world;

    @Before
    public void open() throws Exception {
        world = new World();
        world.servers.bind("things", new Things());
    }

    @After
    public void close() {
        world.close();
    }

    private Https https(Login login) throws Exception {
        return new Https(world.dialer, world.endpoint(null), login, World.LIMIT);
    }

    @Test
    public void uploadsAreAskedForAndStreamed() throws Exception {
        byte[] content = new byte[30 << 20];
        new Random(7).nextBytes(content);
        Path file = world.base.resolve("thing.zip");
        Files.write(file, content);
        Https.Answer answer = get(https(Login.user("writer", "secret"))
                .upload("POST", THINGS + "a%20b?q=1&q=2", file, "application/zip", Map.of()));
        assertEquals(content.length, answer.body().path("size").asLong());
        assertEquals(
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)),
                answer.body().path("sha256").asText());
        assertEquals("a b", answer.body().path("name").asText());
        assertEquals("1", answer.body().path("q").asText());
        assertEquals("local:thing-1", answer.headers().get("juju-curl"));
        // Small ones, one after the other over one connection.
        Https small = https(Login.user("writer", "secret"));
        for (int n = 0; n < 20; n++) {
            assertEquals(
                    n,
                    get(small.upload("POST", THINGS + "x", new byte[n], "application/zip", Map.of()))
                            .body()
                            .path("size")
                            .asInt());
        }
    }

    /** Whoever needs no password for what it says stays a stranger, and holds no thread while it says it. */
    @Test
    public void strangersThatDripHoldNobodyUp() throws Exception {
        Https.Answer whole = get(https(null).upload("POST", "/hello", new byte[60_000], "application/json", Map.of()));
        assertEquals(60_000, whole.body().path("size").asInt());
        assertEquals(
                "more than any may say is not waited for",
                65 << 10,
                get(https(null).upload("POST", "/hello", new byte[1 << 20], "application/json", Map.of()))
                        .body()
                        .path("size")
                        .asInt());
        List<SSLSocket> dripping = new ArrayList<>();
        try {
            for (int n = 0; n < 40; n++) {
                SSLSocket stranger = RawSocket.tls(world);
                dripping.add(stranger);
                stranger.getOutputStream()
                        .write("POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{"
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            }
            until("all are strangers", () -> world.server.unauthenticated() >= 40);
            get(https(Login.user("writer", "secret"))
                    .upload("POST", THINGS + "x", new byte[5 << 20], "application/zip", Map.of()));
            assertTrue(world.server.unauthenticated() >= 40);
        } finally {
            for (SSLSocket each : dripping) {
                each.close();
            }
        }
        until("none left", () -> world.server.unauthenticated() == 0);
    }

    @Test
    public void whoMayNotIsToldBeforeTheBody() throws Exception {
        byte[] content = new byte[5 << 20];
        assertEquals(
                "permission denied|unauthorized access",
                refusal(https(Login.user("reader", "secret"))
                        .upload("POST", THINGS + "x", content, "application/zip", Map.of())));
        assertEquals(
                "invalid entity name or password|unauthorized access",
                refusal(https(Login.user("writer", "bad"))
                        .upload("POST", THINGS + "x", content, "application/zip", Map.of())));
        assertEquals(
                "authentication failed: no credentials provided|unauthorized access",
                refusal(https(null).upload("POST", THINGS + "x", content, "application/zip", Map.of())));
        assertEquals(
                "unknown model: \"nope\"|model not found",
                refusal(https(Login.user("admin", "secret"))
                        .upload("POST", "/model-nope/things/x", content, "application/zip", Map.of())));
        assertEquals(
                "not found|not found",
                refusal(https(Login.user("admin", "secret")).get("/nothing")));
        assertEquals(
                "method not allowed|method not allowed",
                refusal(https(Login.user("admin", "secret")).get(THINGS + "x")));
        assertEquals(
                "not wanted|bad request",
                refusal(https(Login.user("writer", "secret"))
                        .upload("POST", THINGS + "unread", content, "application/zip", Map.of())));
    }

    @Test
    public void aBodyThatNobodyWantsDoesNotHideTheAnswer() throws Exception {
        // A client that sends without asking first still reads its refusal.
        HttpResponse<String> answer = RawSocket.http(world)
                .send(
                        HttpRequest.newBuilder(URI.create("https://localhost:" + world.server.port() + THINGS + "x"))
                                .header(
                                        "Authorization",
                                        "Basic " + Base64.getEncoder().encodeToString("user-reader:secret".getBytes()))
                                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[8 << 20]))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertEquals(403, answer.statusCode());
        assertTrue(answer.body(), answer.body().contains("permission denied"));
    }

    @Test
    public void continueIsSaidOnlyToThoseWhoMay() throws Exception {
        try (SSLSocket socket = (SSLSocket)
                RawSocket.http(world).sslContext().getSocketFactory().createSocket("localhost", world.server.port())) {
            socket.setSoTimeout(20_000);
            String basic = Base64.getEncoder().encodeToString("user-writer:secret".getBytes());
            socket.getOutputStream()
                    .write(("POST " + THINGS + "x HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic " + basic
                                    + "\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
                            .getBytes());
            socket.getOutputStream().flush();
            assertEquals("HTTP/1.1 100 Continue", line(socket.getInputStream()));
            assertEquals("", line(socket.getInputStream()));
            socket.getOutputStream().write("abc".getBytes());
            socket.getOutputStream().flush();
            assertEquals("HTTP/1.1 200 OK", line(socket.getInputStream()));
        }
        try (SSLSocket socket = (SSLSocket)
                RawSocket.http(world).sslContext().getSocketFactory().createSocket("localhost", world.server.port())) {
            socket.setSoTimeout(20_000);
            String basic = Base64.getEncoder().encodeToString("user-reader:secret".getBytes());
            socket.getOutputStream()
                    .write(("POST " + THINGS + "x HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic " + basic
                                    + "\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
                            .getBytes());
            socket.getOutputStream().flush();
            assertEquals("HTTP/1.1 403 Forbidden", line(socket.getInputStream()));
        }
    }

    private static String line(InputStream in) throws Exception {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Test
    public void agentsDownload() throws Exception {
        String path = "/model/" + World.MODEL + "/things?size=" + (3 << 20);
        try (InputStream body = get(https(World.machine0()).download(path))) {
            assertEquals(3 << 20, body.readAllBytes().length);
        }
        assertEquals(
                "permission denied|unauthorized access",
                refusal(https(Login.user("owner", "secret")).download(path)));
    }

    @Test
    public void healthAndFigures() throws Exception {
        assertEquals(
                "running", get(https(null).get("/health")).body().path("status").asText());
        world.servers.bind(sink -> {
            sink.counter("isthmus_test_total", "of a test", 3, "kind", "a\"b");
            sink.counter("isthmus_test_total", "of a test", 4, "kind", "c");
        });
        try (InputStream body = get(https(null).download("/metrics"))) {
            String text = new String(body.readAllBytes());
            assertTrue(text, text.contains("isthmus_api_connections{controller=\"test\"} 0\n"));
            assertTrue(text, text.contains("isthmus_plug_bound{plug=\"facades things\"} 1\n"));
            assertTrue(text, text.contains("isthmus_plug_waits_total{plug=\"facades things\"} 0\n"));
            assertTrue(
                    text,
                    text.contains(
                            "# TYPE isthmus_test_total counter\nisthmus_test_total{kind=\"a\\\"b\"} 3\nisthmus_test_total{kind=\"c\"} 4\n"));
        }
        assertEquals(
                "permission denied|unauthorized access",
                refusal(https(Login.user("reader", "secret")).download("/metrics")));
    }

    private Logs.Line line(String entity, String level, String module, String message) {
        return new Logs.Line(Instant.now(), World.MODEL, entity, level, module, "f:1", List.of(), message);
    }

    @Test
    public void theDebugLogTellsThePastThenThePresent() throws Exception {
        world.logs.append(line("unit-mysql-0", "INFO", "juju.worker", "one"));
        world.logs.append(line("unit-mysql-0", "DEBUG", "juju.worker.uniter", "two"));
        world.logs.append(line("machine-0", "WARNING", "juju.workers", "three"));
        world.logs.append(line("unit-web-1", "ERROR", "unit.web/1", "four"));
        assertEquals(List.of("three", "four"), past("backlog=2"));
        assertEquals(List.of("one", "two", "three", "four"), past("replay=true"));
        assertEquals(List.of("one", "two"), past("replay=true&includeEntity=unit-mysql-*"));
        assertEquals(List.of("one", "two"), past("replay=true&includeEntity=mysql/0"));
        assertEquals(List.of("three", "four"), past("replay=true&excludeEntity=unit-mysql-0"));
        assertEquals(List.of("one", "two"), past("replay=true&includeModule=juju.worker"));
        assertEquals(List.of("three", "four"), past("replay=true&excludeModule=juju.worker"));
        assertEquals(List.of("three", "four"), past("replay=true&level=WARNING"));
        assertEquals(List.of("one"), past("replay=true&maxLines=1"));
        assertEquals(List.of(), past("replay=true&startTime=2999-01-01T00:00:00Z"));
        assertTrue(refusal(stream("level=LOUD", Login.user("reader", "secret"), new LinkedBlockingQueue<>()))
                .endsWith("|bad request"));
        assertEquals(
                "permission denied|unauthorized access",
                refusal(stream("", Login.user("nobody", "secret"), new LinkedBlockingQueue<>())));
        assertEquals(
                "invalid entity name or password|unauthorized access",
                refusal(stream("", Login.user("reader", "bad"), new LinkedBlockingQueue<>())));

        BlockingQueue<JsonNode> live = new LinkedBlockingQueue<>();
        MessageStream following = get(stream("backlog=1", Login.user("reader", "secret"), live));
        assertEquals("four", live.poll(20, TimeUnit.SECONDS).path("msg").asText());
        world.logs.append(line("machine-0", "INFO", "m", "five"));
        JsonNode five = live.poll(20, TimeUnit.SECONDS);
        assertEquals("five", five.path("msg").asText());
        assertEquals(
                List.of("tag", "ts", "sev", "mod", "loc", "msg"),
                five.properties().stream().map(Map.Entry::getKey).toList());
        following.close();
        until("the follower is gone", () -> world.logs.readers.isEmpty());
    }

    @Test
    public void nobodyFollowsTheLogForLongerThanTheControllerSays() throws Exception {
        World.get(world.controller.submit(tx -> {
            tx.put(Kinds.CONTROLLER, tx.now().controller().withSettings(Map.of("max-debug-log-duration", "20ms")));
            return null;
        }));
        MessageStream following = get(stream("", Login.user("reader", "secret"), new LinkedBlockingQueue<>()));
        following.closed().toCompletableFuture().get(20, TimeUnit.SECONDS);
        until("the follower is gone", () -> world.logs.readers.isEmpty());
    }

    private java.util.concurrent.CompletionStage<MessageStream> stream(
            String query, Login login, BlockingQueue<JsonNode> into) throws Exception {
        return MessageStream.open(
                world.dialer,
                world.endpoint(World.MODEL),
                login,
                "/model/" + World.MODEL + "/log?" + query,
                World.LIMIT,
                into::add);
    }

    private List<String> past(String query) throws Exception {
        BlockingQueue<JsonNode> lines = new LinkedBlockingQueue<>();
        MessageStream stream = get(stream(query + "&noTail=true", Login.user("reader", "secret"), lines));
        get(stream.closed());
        return lines.stream().map(l -> l.path("msg").asText()).collect(Collectors.toCollection(ArrayList::new));
    }

    @Test
    public void agentsSendTheirLogs() throws Exception {
        String path = "/model/" + World.MODEL + "/logsink";
        assertEquals(
                "permission denied|unauthorized access",
                refusal(MessageStream.open(
                        world.dialer,
                        world.endpoint(World.MODEL),
                        Login.user("admin", "secret"),
                        path,
                        World.LIMIT,
                        m -> {})));
        MessageStream sink = get(MessageStream.open(
                world.dialer, world.endpoint(World.MODEL), World.machine0(), path, World.LIMIT, m -> {}));
        for (int n = 0; n < 5000; n++) {
            String entity = n == 1 ? "unit-mysql-0" : n == 2 ? "unit-mysql-1" : "";
            sink.send(Map.of(
                    "t",
                    "2026-01-01T00:00:00.5Z",
                    "m",
                    "juju",
                    "l",
                    "x:1",
                    "v",
                    "INFO",
                    "x",
                    "message " + n,
                    "e",
                    entity));
        }
        until("all are written", () -> world.logs.lines.size() == 5000);
        for (int n = 0; n < 5000; n++) {
            assertEquals("message " + n, world.logs.lines.get(n).message());
        }
        assertEquals("machine-0", world.logs.lines.get(0).entity());
        assertEquals("unit-mysql-0", world.logs.lines.get(1).entity());
        assertEquals("not its own unit", "machine-0", world.logs.lines.get(2).entity());
        sink.close();
    }

    @Test
    public void filesOfTheAuthorityAreForNobodyElse() throws Exception {
        Path ca = world.base.resolve("ca");
        for (String file : List.of("ca-cert.pem", "ca-key.pem", "server-cert.pem", "server-key.pem")) {
            assertEquals(
                    "rw-------",
                    java.nio.file.attribute.PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(ca.resolve(file))));
        }
        byte[] before = Files.readAllBytes(ca.resolve("server-cert.pem"));
        new Authority(ca).server(Arrays.asList("127.0.0.1", "localhost"));
        assertTrue(Arrays.equals(before, Files.readAllBytes(ca.resolve("server-cert.pem"))));
        new Authority(ca).server(List.of("127.9.8.7", "fd00::1"));
        new Authority(ca).server(List.of("fd00::1"));
        byte[] after = Files.readAllBytes(ca.resolve("server-cert.pem"));
        assertFalse(Arrays.equals(before, after));
        try {
            world.servers.createAuthority(ca, "again");
            throw new AssertionError("made a second CA");
        } catch (java.io.IOException refused) {
            assertTrue(refused.getMessage(), refused.getMessage().startsWith("there is a CA in "));
        }
        try {
            world.servers.start(world, ca, "127.0.0.1", world.server.port());
            throw new AssertionError("bound twice");
        } catch (java.io.IOException taken) {
            assertTrue(
                    taken.getMessage(),
                    taken.getMessage()
                            .startsWith("port " + world.server.port() + " of 127.0.0.1 is taken by process "
                                    + ProcessHandle.current().pid()));
        }
        assertFalse(world.controller.snapshot().has(Kinds.USER, "ghost"));
    }
}
