package org.isthmus.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.security.cert.CertPathBuilderException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.isthmus.rpc.Json;

/** Dials controllers. Owns the threads that all its connections share; closing it ends them. */
public final class Dialer implements AutoCloseable {
    private static final int THREADS = 4;
    private static final int CLIENTS = 64;

    private final ObjectMapper json = Json.newMapper();
    private final ThreadPoolExecutor pool;
    private final ScheduledThreadPoolExecutor timer;
    /** One HTTP client for each CA: each has a selector thread of its own. */
    private final Map<String, HttpClient> clients = new LinkedHashMap<>(16, 0.75f, true);

    /** @param name of its threads */
    public Dialer(String name) {
        AtomicInteger number = new AtomicInteger();
        pool = new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        pool.allowCoreThreadTimeOut(true);
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name + "-timer");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(10, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
    }

    ObjectMapper json() {
        return json;
    }

    Executor pool() {
        return pool;
    }

    ScheduledThreadPoolExecutor timer() {
        return timer;
    }

    /** Opens a connection to the first address that answers. It is not logged in. */
    public CompletionStage<ApiConnection> connect(Endpoint endpoint, Duration timeout) {
        return open(endpoint, endpoint.path(), Map.of(), timeout, ApiConnection.Listener::new)
                .thenApply(ApiConnection.Listener::connection);
    }

    /** Connects and logs in; closes the connection again when the login fails. */
    public CompletionStage<ApiConnection> connect(Endpoint endpoint, Login login, Duration timeout) {
        return connect(endpoint, timeout)
                .thenCompose(connection -> connection.login(login).handle((result, failure) -> {
                    if (failure != null) {
                        connection.close();
                        throw failure instanceof CompletionException wrapped
                                ? wrapped
                                : new CompletionException(failure);
                    }
                    return connection;
                }));
    }

    /** Makes what listens to one attempt; the address is the one that is tried. */
    interface Listening<L extends WebSocket.Listener> {
        L make(Dialer dialer, String address);
    }

    <L extends WebSocket.Listener> CompletionStage<L> open(
            Endpoint endpoint, String path, Map<String, String> headers, Duration timeout, Listening<L> listening) {
        CompletableFuture<L> result = new CompletableFuture<>();
        HttpClient client;
        try {
            client = client(endpoint.caCert());
        } catch (IOException bad) {
            return CompletableFuture.failedFuture(bad);
        }
        if (endpoint.addresses().isEmpty()) {
            return CompletableFuture.failedFuture(new IOException("no API addresses of the controller are known"));
        }
        attempt(client, endpoint.addresses().iterator(), path, headers, timeout, listening, result, null);
        return result;
    }

    private <L extends WebSocket.Listener> void attempt(
            HttpClient client,
            Iterator<String> addresses,
            String path,
            Map<String, String> headers,
            Duration timeout,
            Listening<L> listening,
            CompletableFuture<L> result,
            Throwable last) {
        if (!addresses.hasNext()) {
            result.completeExceptionally(last);
            return;
        }
        String address = addresses.next();
        L listener = listening.make(this, address);
        WebSocket.Builder builder = client.newWebSocketBuilder().connectTimeout(timeout);
        headers.forEach(builder::header);
        CompletableFuture<WebSocket> opening;
        try {
            opening = builder.buildAsync(URI.create("wss://" + address + path), listener);
        } catch (IllegalArgumentException bad) {
            attempt(client, addresses, path, headers, timeout, listening, result, bad);
            return;
        }
        var late = timer.schedule(
                () -> {
                    if (opening.completeExceptionally(new TimeoutException("no answer from " + address))) {
                        opening.cancel(true);
                    }
                },
                timeout.toMillis(),
                TimeUnit.MILLISECONDS);
        opening.whenComplete((socket, failure) -> {
            late.cancel(false);
            if (failure == null) {
                if (!result.complete(listener)) {
                    socket.abort();
                }
            } else {
                Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                        ? wrapped.getCause()
                        : failure;
                attempt(
                        client,
                        addresses,
                        path,
                        headers,
                        timeout,
                        listening,
                        result,
                        new IOException("cannot connect to " + address + ": " + reason(cause), cause));
            }
        });
    }

    /** What to tell of it: a refused connection comes without a message, a foreign certificate with one for programmers. */
    static String reason(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof CertPathBuilderException) {
                return "the certificate shown there is not of this controller's authority;"
                        + " another controller may have its port";
            }
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    HttpClient client(String caCert) throws IOException {
        synchronized (clients) {
            HttpClient client = clients.get(caCert);
            if (client == null) {
                client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(Duration.ofSeconds(10))
                        .sslContext(Trust.of(caCert))
                        .executor(pool)
                        .build();
                clients.put(caCert, client);
                if (clients.size() > CLIENTS) {
                    Iterator<String> oldest = clients.keySet().iterator();
                    oldest.next();
                    oldest.remove();
                }
            }
            return client;
        }
    }

    @Override
    public void close() {
        synchronized (clients) {
            clients.clear();
        }
        timer.shutdownNow();
        pool.shutdown();
    }
}
