package org.isthmus.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;

/**
 * A socket of JSON messages beside the API: `/model/UUID/log` to read the debug log, `/model/UUID/logsink` to write it. The first
 * message says whether the server agrees.
 */
public final class MessageStream implements AutoCloseable {
    private final Dialer dialer;
    private final WebSocket socket;
    private final CompletableFuture<Throwable> closed = new CompletableFuture<>();
    private CompletableFuture<?> sending = CompletableFuture.completedFuture(null);

    private MessageStream(Dialer dialer, WebSocket socket) {
        this.dialer = dialer;
        this.socket = socket;
    }

    /**
     * @param path with query
     * @param consumer gets each message; called one at a time, and the next is read when it returns
     */
    public static CompletionStage<MessageStream> open(
            Dialer dialer, Endpoint endpoint, Login login, String path, Duration timeout, Consumer<JsonNode> consumer) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Authorization", Https.basic(login));
        if (login.nonce() != null && !login.nonce().isEmpty()) {
            headers.put("X-Juju-Nonce", login.nonce());
        }
        return dialer.open(endpoint, path, headers, timeout, (d, address) -> new Listener(d, consumer))
                .thenCompose(listener -> listener.agreed);
    }

    /** Sends one message; the stage completes when it is on its way. */
    public synchronized CompletionStage<?> send(Object message) {
        String text;
        try {
            text = dialer.json().writeValueAsString(message);
        } catch (JsonProcessingException bug) {
            return CompletableFuture.failedFuture(bug);
        }
        sending = sending.isDone() && !sending.isCompletedExceptionally()
                ? socket.sendText(text, true)
                : sending.thenCompose(before -> socket.sendText(text, true));
        return sending;
    }

    /** Completes when the stream is over, with the reason. */
    public CompletionStage<Throwable> closed() {
        return closed.minimalCompletionStage();
    }

    @Override
    public void close() {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").whenComplete((sent, failure) -> socket.abort());
        closed.complete(new IOException("closed by this side"));
    }

    private static final class Listener implements WebSocket.Listener {
        private final Dialer dialer;
        private final Consumer<JsonNode> consumer;
        private final StringBuilder text = new StringBuilder();
        private final CompletableFuture<MessageStream> agreed = new CompletableFuture<>();
        private MessageStream stream;

        Listener(Dialer dialer, Consumer<JsonNode> consumer) {
            this.dialer = dialer;
            this.consumer = consumer;
        }

        @Override
        public void onOpen(WebSocket socket) {
            stream = new MessageStream(dialer, socket);
            socket.request(1);
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                String message = text.toString();
                text.setLength(0);
                try {
                    take(dialer.json().readTree(message));
                } catch (JsonProcessingException garbage) {
                    end(new IOException("the server sent what is no JSON", garbage));
                    socket.abort();
                }
            }
            socket.request(1);
            return null;
        }

        private void take(JsonNode message) {
            if (agreed.isDone()) {
                consumer.accept(message);
                return;
            }
            JsonNode error = message.path("error");
            if (error.isObject()) {
                agreed.completeExceptionally(new Refused(new Problem(
                        Code.ofWire(error.path("code").asText("")),
                        error.path("message").asText(""))));
            } else {
                agreed.complete(stream);
            }
        }

        private void end(Throwable reason) {
            agreed.completeExceptionally(reason);
            if (stream != null) {
                stream.closed.complete(reason);
            }
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            end(new IOException("closed by the server: " + status + " " + reason));
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            end(failure);
        }
    }
}
