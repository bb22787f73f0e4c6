package org.isthmus.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A WebSocket that sends what it is told, and HTTP that trusts the world's CA. */
final class RawSocket implements WebSocket.Listener {
    private static final ObjectMapper JSON = new ObjectMapper();
    final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private WebSocket socket;
    private volatile boolean reading = true;

    static HttpClient http(World world) throws Exception {
        return HttpClient.newBuilder()
                .sslContext(trusting(world))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    /** A connection that says what it likes. */
    static SSLSocket tls(World world) throws Exception {
        SSLSocket socket =
                (SSLSocket) trusting(world).getSocketFactory().createSocket("127.0.0.1", world.server.port());
        socket.startHandshake();
        return socket;
    }

    private static SSLContext trusting(World world) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(
                "ca",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(world.caCert().getBytes(StandardCharsets.US_ASCII))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        return tls;
    }

    static RawSocket open(World world, String path, String... headers) throws Exception {
        RawSocket raw = new RawSocket();
        WebSocket.Builder builder = http(world).newWebSocketBuilder();
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        raw.socket = builder.buildAsync(URI.create("wss://localhost:" + world.server.port() + path), raw)
                .get(20, TimeUnit.SECONDS);
        return raw;
    }

    void stopReading() {
        reading = false;
    }

    void send(String message) throws Exception {
        socket.sendText(message, true).get(20, TimeUnit.SECONDS);
    }

    /** In two frames. */
    void sendSplit(String message) throws Exception {
        socket.sendText(message.substring(0, message.length() / 2), false).get(20, TimeUnit.SECONDS);
        socket.sendText(message.substring(message.length() / 2), true).get(20, TimeUnit.SECONDS);
    }

    void ping(int bytes) throws Exception {
        socket.sendPing(ByteBuffer.allocate(bytes)).get(20, TimeUnit.SECONDS);
    }

    /** Leaves it open how it ends. */
    void sendBeginning(String of) throws Exception {
        socket.sendText(of, false).get(20, TimeUnit.SECONDS);
    }

    JsonNode next() throws Exception {
        String message = messages.poll(20, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("no message came");
        }
        return JSON.readTree(message);
    }

    JsonNode ask(String message) throws Exception {
        send(message);
        return next();
    }

    void close() {
        socket.abort();
    }

    @Override
    public CompletionStage<?> onText(WebSocket ws, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            messages.add(text.toString());
            text.setLength(0);
        }
        if (reading) {
            ws.request(1);
        }
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket ws, int status, String reason) {
        closed.complete(status);
        return null;
    }

    @Override
    public void onError(WebSocket ws, Throwable failure) {
        closed.complete(-1);
    }
}
