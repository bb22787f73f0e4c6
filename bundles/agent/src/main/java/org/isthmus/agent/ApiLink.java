package org.isthmus.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.isthmus.api.Refused;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Dialer;
import org.isthmus.client.Endpoint;
import org.isthmus.client.Login;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The link over the controller's API. A thread of its own dials, logs the machine in, and dials again when that is lost. */
public final class ApiLink implements ControllerLink {
    private static final Logger LOG = LoggerFactory.getLogger(ApiLink.class);
    private static final Duration DIAL = Duration.ofSeconds(20);
    private static final Duration PING = Duration.ofSeconds(30);
    private static final long FIRST_PAUSE_MILLIS = 250;
    private static final long LAST_PAUSE_MILLIS = 10_000;

    private final AgentConf conf;
    private final Endpoint endpoint;
    private final ModelEpoch epoch;
    private final Dialer dialer = new Dialer("agent-api");
    private final Random random = new Random();
    private final Thread thread;
    private volatile boolean closing;

    // Under this object's lock.
    private ApiConnection current;
    private long number;
    private HttpClient http;

    public ApiLink(AgentConf conf) throws IOException {
        this.conf = conf;
        this.epoch = ModelEpoch.in(conf.machineDir());
        this.endpoint = Endpoint.model(conf.apiAddresses(), conf.caCert(), conf.model());
        this.thread = new Thread(this::dial, "agent-dial");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    private void dial() {
        long pause = FIRST_PAUSE_MILLIS;
        while (!closing) {
            try {
                ApiConnection connection = dialer.connect(
                                endpoint, Login.agent(conf.tag(), conf.password(), conf.nonce()), DIAL)
                        .toCompletableFuture()
                        .get(2 * DIAL.toSeconds(), TimeUnit.SECONDS);
                if (isOwner(connection)) {
                    use(connection);
                    pause = FIRST_PAUSE_MILLIS;
                } else {
                    connection.close();
                }
            } catch (ExecutionException | TimeoutException failed) {
                Refused refused = failed.getCause() instanceof Refused known ? known : null;
                LOG.info(
                        "cannot connect: {}",
                        refused != null
                                ? refused.getMessage()
                                : String.valueOf(failed.getCause() == null ? failed : failed.getCause()));
            } catch (InterruptedException stopping) {
                return;
            }
            try {
                // Spread: thousands of agents lose the same controller at the same moment.
                pause(pause / 2 + random.nextInt((int) pause));
            } catch (InterruptedException stopping) {
                return;
            }
            pause = Math.min(LAST_PAUSE_MILLIS, pause * 2);
        }
    }

    private boolean isOwner(ApiConnection connection) {
        long heard = connection.loginResult().raw().path("epoch").asLong();
        try {
            if (epoch.follows(heard)) {
                return true;
            }
        } catch (IOException disk) {
            LOG.error("cannot keep epoch {} of the model, so its owner is not followed", heard, disk);
            return false;
        }
        LOG.warn(
                "the controller at {} has epoch {} of model {}, but epoch {} was heard: it no longer owns the model,"
                        + " and counts as unreachable",
                connection.address(),
                heard,
                conf.model(),
                epoch.highest());
        return false;
    }

    /** Returns when the connection is lost. */
    private void use(ApiConnection connection) throws ExecutionException, InterruptedException {
        connection.keepAlive(PING);
        synchronized (this) {
            current = connection;
            number++;
            notifyAll();
        }
        LOG.info("connected to {}", connection.address());
        Throwable reason = connection.closed().toCompletableFuture().get();
        LOG.info("connection lost: {}", reason.getMessage());
        synchronized (this) {
            current = null;
        }
    }

    private synchronized void pause(long millis) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = until - System.nanoTime(); left > 0 && !closing; left = until - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    @Override
    public synchronized long await(Duration patience) throws InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        while (current == null || !current.isOpen()) {
            long left = until - System.nanoTime();
            if (left <= 0 || closing) {
                throw new ControllerUnreachable("no connection to the controller", null);
            }
            // A connection that just closed is not yet taken away by its thread: look again soon.
            TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
        }
        return number;
    }

    @Override
    public synchronized boolean isUp() {
        return current != null && current.isOpen();
    }

    @Override
    public long epoch() {
        return epoch.highest();
    }

    @Override
    public void distrust(long connection) {
        ApiConnection old;
        synchronized (this) {
            old = number == connection ? current : null;
        }
        if (old != null) {
            old.close();
        }
    }

    private synchronized ApiConnection connection(long wanted) {
        if (current == null || number != wanted) {
            throw new ControllerUnreachable("the connection was lost", null);
        }
        return current;
    }

    @Override
    public CompletionStage<Void> login(long connection, String tag, String password) {
        return unreachable(() ->
                connection(connection).login(Login.agent(tag, password, null)).thenApply(result -> null));
    }

    @Override
    public CompletionStage<JsonNode> request(
            long connection, String facade, int version, String id, String method, Object params) {
        return request(connection, facade, version, id, method, params, null, null);
    }

    @Override
    public CompletionStage<JsonNode> request(
            long connection,
            String facade,
            int version,
            String id,
            String method,
            Object params,
            String trace,
            String key) {
        return unreachable(() -> connection(connection).call(facade, version, id, method, params, trace, key));
    }

    private interface Asking<R> {
        CompletionStage<R> ask();
    }

    private static <R> CompletionStage<R> unreachable(Asking<R> asking) {
        CompletableFuture<R> result = new CompletableFuture<>();
        try {
            asking.ask().whenComplete((value, failure) -> {
                if (failure == null) {
                    result.complete(value);
                    return;
                }
                var problem = Refused.of(failure);
                result.completeExceptionally(
                        problem != null
                                ? new Refused(problem)
                                : new ControllerUnreachable(failure.getMessage(), failure));
            });
        } catch (ControllerUnreachable gone) {
            result.completeExceptionally(gone);
        }
        return result;
    }

    @Override
    public void download(String path, String tag, String password, Path target)
            throws IOException, InterruptedException {
        String address;
        synchronized (this) {
            if (current == null) {
                throw new ControllerUnreachable("no connection to the controller", null);
            }
            address = current.address();
        }
        String basic = Base64.getEncoder().encodeToString((tag + ":" + password).getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://" + address + path))
                .header("Authorization", "Basic " + basic)
                .timeout(Duration.ofMinutes(10))
                .build();
        HttpResponse<Path> response = http().send(request, HttpResponse.BodyHandlers.ofFile(target));
        if (response.statusCode() != 200) {
            String said = Files.size(target) < 4096 ? Files.readString(target) : "";
            throw new IOException("GET " + path + ": status " + response.statusCode() + " " + said);
        }
    }

    /** Made when first wanted, then kept: each has a thread. */
    private synchronized HttpClient http() throws IOException {
        if (http == null) {
            http = newHttp();
        }
        return http;
    }

    private HttpClient newHttp() throws IOException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int count = 0;
            for (Certificate each : CertificateFactory.getInstance("X.509")
                    .generateCertificates(
                            new ByteArrayInputStream(conf.caCert().getBytes(StandardCharsets.US_ASCII)))) {
                store.setCertificateEntry("ca-" + count++, each);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(store);
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, trust.getTrustManagers(), null);
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(DIAL)
                    .sslContext(tls)
                    .build();
        } catch (GeneralSecurityException bad) {
            throw new IOException("cannot read the controller's CA certificate: " + bad.getMessage(), bad);
        }
    }

    @Override
    public void close() {
        ApiConnection open;
        synchronized (this) {
            closing = true;
            open = current;
            notifyAll();
        }
        if (open != null) {
            open.close();
        }
        thread.interrupt();
        dialer.close();
    }
}
