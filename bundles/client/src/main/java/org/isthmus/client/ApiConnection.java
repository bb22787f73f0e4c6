package org.isthmus.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Product;
import org.isthmus.api.Refused;

/**
 * One connection to a controller's API. Calls may overlap; answers come in any order. What the server refuses fails the stage
 * with {@link Refused}; a lost connection fails every pending call with IOException. It never reconnects by itself.
 */
public final class ApiConnection implements AutoCloseable {
    private final Dialer dialer;
    private final String address;
    private final WebSocket socket;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();
    private final CompletableFuture<Throwable> closed = new CompletableFuture<>();
    /** The end of the chain of frames: a socket takes one at a time. */
    private CompletableFuture<?> sending = CompletableFuture.completedFuture(null);

    private volatile LoginResult login;
    private volatile ScheduledFuture<?> pinging;

    private ApiConnection(Dialer dialer, String address, WebSocket socket) {
        this.dialer = dialer;
        this.address = address;
        this.socket = socket;
    }

    /** `host:port` that answered. */
    public String address() {
        return address;
    }

    /** The first login's answer; null before it. */
    public LoginResult loginResult() {
        return login;
    }

    /** Completes when the connection is gone, with the reason. */
    public CompletionStage<Throwable> closed() {
        return closed.minimalCompletionStage();
    }

    public boolean isOpen() {
        return !closed.isDone();
    }

    /** Logs in; on an agent's connection, further calls add the identities of its units. */
    public CompletionStage<LoginResult> login(Login who) {
        ObjectNode params = dialer.json().createObjectNode();
        params.put("auth-tag", who.tag());
        params.put("credentials", who.password() == null ? "" : who.password());
        params.put("nonce", who.nonce() == null ? "" : who.nonce());
        params.putArray("macaroons");
        params.put("client-version", Product.SERVER_VERSION);
        return call("Admin", 3, "", "Login", params).thenApply(answer -> {
            LoginResult result = read(answer);
            if (login == null) {
                login = result;
            }
            return result;
        });
    }

    private static LoginResult read(JsonNode answer) {
        List<String> servers = new ArrayList<>();
        for (JsonNode server : answer.path("servers")) {
            for (JsonNode at : server) {
                String host = at.path("value").asText();
                servers.add((host.contains(":") ? "[" + host + "]" : host) + ":"
                        + at.path("port").asInt());
            }
        }
        Map<String, List<Integer>> facades = new HashMap<>();
        for (JsonNode facade : answer.path("facades")) {
            List<Integer> versions = new ArrayList<>();
            facade.path("versions").forEach(v -> versions.add(v.asInt()));
            facades.put(facade.path("name").asText(), List.copyOf(versions));
        }
        JsonNode user = answer.path("user-info");
        return new LoginResult(
                idOf(answer.path("controller-tag").asText("")),
                idOf(answer.path("model-tag").asText("")),
                answer.path("server-version").asText(""),
                servers,
                facades,
                idOf(user.path("identity").asText("")),
                user.path("controller-access").asText(""),
                user.path("model-access").asText(""),
                answer);
    }

    private static String idOf(String tag) {
        return tag.substring(tag.indexOf('-') + 1);
    }

    /** The highest version that the server offers among these; 0 when there is none. Without versions: the server's highest. */
    public int bestVersion(String facade, int... known) {
        LoginResult at = login;
        List<Integer> offered = at == null ? List.of() : at.facades().getOrDefault(facade, List.of());
        int best = 0;
        for (int version : offered) {
            boolean wanted = known.length == 0;
            for (int each : known) {
                wanted |= each == version;
            }
            if (wanted && version > best) {
                best = version;
            }
        }
        return best;
    }

    /** Calls with the server's highest version of the facade. */
    public CompletionStage<JsonNode> call(String facade, String method, Object params) {
        return call(facade, method, params, null);
    }

    /** @param trace as below */
    public CompletionStage<JsonNode> call(String facade, String method, Object params, String trace) {
        return call(facade, method, params, trace, null);
    }

    /** @param key as below */
    public CompletionStage<JsonNode> call(String facade, String method, Object params, String trace, String key) {
        int version = bestVersion(facade);
        if (version == 0) {
            return CompletableFuture.failedFuture(Problem.refuse(
                    Code.NOT_IMPLEMENTED,
                    "the controller does not offer the facade \"%s\" on this connection",
                    facade));
        }
        return call(facade, version, "", method, params, trace, key);
    }

    /**
     * One request.
     *
     * @param id of a watcher; empty for none
     * @param params a record of `wire`, a JsonNode, a Map, or null
     */
    public CompletionStage<JsonNode> call(String facade, int version, String id, String method, Object params) {
        return call(facade, version, id, method, params, null);
    }

    /** @param trace carried to the server's logs; null lets the server choose one */
    public CompletionStage<JsonNode> call(
            String facade, int version, String id, String method, Object params, String trace) {
        return call(facade, version, id, method, params, trace, null);
    }

    /**
     * @param key under which the server remembers what this call does: repeated with the same key, on whatever connection, it does
     *     nothing twice and gets the first answer; null for none
     */
    public CompletionStage<JsonNode> call(
            String facade, int version, String id, String method, Object params, String trace, String key) {
        long number = ids.incrementAndGet();
        ObjectNode request = dialer.json().createObjectNode();
        request.put("type", facade);
        request.put("request", method);
        request.put("version", version);
        if (id != null && !id.isEmpty()) {
            request.put("id", id);
        }
        if (trace != null) {
            request.put("trace-id", trace);
        }
        if (key != null) {
            request.put("request-key", key);
        }
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        String text;
        try {
            request.set(
                    "params",
                    params == null
                            ? dialer.json().createObjectNode()
                            : dialer.json().valueToTree(params));
            request.put("request-id", number);
            text = dialer.json().writeValueAsString(request);
        } catch (JsonProcessingException | IllegalArgumentException bug) {
            return CompletableFuture.failedFuture(bug);
        }
        pending.put(number, answer);
        Throwable gone = closed.getNow(null);
        if (gone != null) {
            pending.remove(number);
            return CompletableFuture.failedFuture(lost(gone));
        }
        send(text).whenComplete((sent, failure) -> {
            if (failure != null) {
                end(failure);
            }
        });
        return answer;
    }

    private synchronized CompletableFuture<?> send(String text) {
        // Thousands of parked calls must not chain futures: only the last one is kept.
        sending = sending.isDone() && !sending.isCompletedExceptionally()
                ? socket.sendText(text, true)
                : sending.thenCompose(before -> socket.sendText(text, true));
        return sending;
    }

    /** `Pinger.Ping`: shows a server that an agent is alive, and its caller that the server is. */
    public CompletionStage<Void> ping(Duration limit) {
        CompletableFuture<JsonNode> answer = call("Pinger", 1, "", "Ping", null).toCompletableFuture();
        var late = dialer.timer()
                .schedule(
                        () -> answer.completeExceptionally(new TimeoutException("no answer to a ping within " + limit)),
                        limit.toMillis(),
                        TimeUnit.MILLISECONDS);
        return answer.handle((value, failure) -> {
            late.cancel(false);
            if (failure != null) {
                throw new java.util.concurrent.CompletionException(failure);
            }
            return null;
        });
    }

    /** Pings from now on, and drops the connection when an answer takes longer than the interval. */
    public void keepAlive(Duration interval) {
        ScheduledFuture<?> before = pinging;
        if (before != null) {
            before.cancel(false);
        }
        pinging = dialer.timer()
                .scheduleWithFixedDelay(
                        () -> ping(interval).whenComplete((pong, failure) -> {
                            if (failure != null && Refused.of(failure) == null) {
                                end(failure);
                            }
                        }),
                        interval.toMillis(),
                        interval.toMillis(),
                        TimeUnit.MILLISECONDS);
        if (closed.isDone()) {
            pinging.cancel(false);
        }
    }

    private void answered(CharSequence text) {
        JsonNode reply;
        try {
            reply = dialer.json().readTree(text.toString());
        } catch (JsonProcessingException garbage) {
            end(new IOException("the server sent what is no JSON", garbage));
            return;
        }
        CompletableFuture<JsonNode> answer =
                pending.remove(reply.path("request-id").asLong());
        if (answer == null) {
            return;
        }
        if (reply.hasNonNull("error")) {
            Map<String, Object> info = new HashMap<>();
            reply.path("error-info")
                    .properties()
                    .forEach(e -> info.put(e.getKey(), dialer.json().convertValue(e.getValue(), Object.class)));
            info.values().removeIf(java.util.Objects::isNull);
            answer.completeExceptionally(new Refused(new Problem(
                    Code.ofWire(reply.path("error-code").asText("")),
                    reply.path("error").asText(),
                    info)));
        } else {
            answer.complete(reply.path("response"));
        }
    }

    private static IOException lost(Throwable reason) {
        return new IOException("connection to the controller is closed: " + reason.getMessage(), reason);
    }

    private void end(Throwable reason) {
        if (!closed.complete(reason)) {
            return;
        }
        ScheduledFuture<?> pings = pinging;
        if (pings != null) {
            pings.cancel(false);
        }
        socket.abort();
        IOException lost = lost(reason);
        for (Long id : List.copyOf(pending.keySet())) {
            CompletableFuture<JsonNode> call = pending.remove(id);
            if (call != null) {
                call.completeExceptionally(lost);
            }
        }
    }

    /** Says good-bye, and fails what is still pending. */
    @Override
    public void close() {
        CompletableFuture<?> bye;
        synchronized (this) {
            bye = closed.isDone()
                    ? CompletableFuture.completedFuture(null)
                    : sending.handle((sent, failure) -> null)
                            .thenCompose(sent -> socket.sendClose(WebSocket.NORMAL_CLOSURE, ""));
        }
        IOException reason = new IOException("closed by this side");
        bye.orTimeout(1, TimeUnit.SECONDS).whenComplete((sent, failure) -> end(reason));
    }

    /** Frames of one socket. */
    static final class Listener implements WebSocket.Listener {
        private final Dialer dialer;
        private final String address;
        private final StringBuilder text = new StringBuilder();
        private final CompletableFuture<ApiConnection> connection = new CompletableFuture<>();

        Listener(Dialer dialer, String address) {
            this.dialer = dialer;
            this.address = address;
        }

        ApiConnection connection() {
            return connection.join();
        }

        @Override
        public void onOpen(WebSocket socket) {
            connection.complete(new ApiConnection(dialer, address, socket));
            socket.request(1);
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                String message = text.toString();
                text.setLength(0);
                if (text.capacity() > 1 << 16) {
                    text.trimToSize();
                }
                connection.join().answered(message);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            connection.join().end(new IOException("the server sent a binary frame"));
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            connection.join().end(new IOException("closed by the server: " + status + " " + reason));
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            connection.thenAccept(c -> c.end(failure));
        }
    }
}
