package org.isthmus.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.wire.ErrorResults;

/**
 * Calls of one identity. It logs in on each new connection before it asks, and asks again when a connection is lost: under the key
 * of the call, so that what was done, and only its answer lost, is not done twice.
 */
public final class AgentApi implements AutoCloseable {
    private static final long RETRY_MILLIS = 250;

    /** Makes sure that this identity may log in, when the controller does not know its password (yet). */
    public interface Refusal {
        /** True: try once more. */
        boolean mend(long connection) throws IOException, InterruptedException;
    }

    private final ControllerLink link;
    private final ObjectMapper json;
    private final String tag;
    private final String password;
    private final Refusal refusal;
    private final CountDownLatch closed = new CountDownLatch(1);
    private long loggedIn;
    private volatile String trace;

    /** @param password null for the machine, which the link itself logs in */
    public AgentApi(ControllerLink link, ObjectMapper json, String tag, String password, Refusal refusal) {
        this.link = link;
        this.json = json;
        this.tag = tag;
        this.password = password;
        this.refusal = refusal;
    }

    public String tag() {
        return tag;
    }

    /** What is asked from now on follows from the request of this trace; null for none. */
    public void trace(String of) {
        trace = of;
    }

    public String trace() {
        return trace;
    }

    public ControllerLink link() {
        return link;
    }

    /** A connection on which this identity is logged in. */
    public long session(Duration patience) throws InterruptedException {
        long connection = link.await(patience);
        synchronized (this) {
            if (password == null || loggedIn == connection) {
                return connection;
            }
            try {
                join(link.login(connection, tag, password), patience);
            } catch (Refused refused) {
                try {
                    if (refusal == null || refused.problem().code() != Code.UNAUTHORIZED || !refusal.mend(connection)) {
                        throw refused;
                    }
                } catch (IOException broken) {
                    throw new ControllerUnreachable(broken.getMessage(), broken);
                }
                join(link.login(connection, tag, password), patience);
            }
            loggedIn = connection;
            return connection;
        }
    }

    public <T> T call(String facade, int version, String method, Object params, Class<T> type, Duration patience)
            throws InterruptedException {
        JsonNode answer = call(facade, version, method, params, patience);
        try {
            return type == Void.class ? null : json.treeToValue(answer, type);
        } catch (JsonProcessingException bad) {
            throw new IllegalStateException(
                    "the controller's answer to " + facade + "." + method + " is no " + type, bad);
        }
    }

    /** For bulk calls of one item: refuses as the item was refused. */
    public void callOne(String facade, int version, String method, Object params, Duration patience)
            throws InterruptedException {
        ErrorResults results = call(facade, version, method, params, ErrorResults.class, patience);
        if (results.results() != null) {
            for (ErrorResults.ErrorResult each : results.results()) {
                if (each.error() != null) {
                    Problem problem = org.isthmus.rpc.Errors.problem(each.error());
                    throw new Refused(problem);
                }
            }
        }
    }

    private JsonNode call(String facade, int version, String method, Object params, Duration patience)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        String key = UUID.randomUUID().toString();
        while (true) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            try {
                long connection = session(left);
                return join(link.request(connection, facade, version, "", method, params, trace, key), left);
            } catch (ControllerUnreachable gone) {
                if (System.nanoTime() >= deadline) {
                    throw gone;
                }
            } catch (Refused refused) {
                // `try again`: a part of the controller is being replaced, or it has too many logins at once.
                if (refused.problem().code() != Code.TRY_AGAIN || System.nanoTime() >= deadline) {
                    throw refused;
                }
            }
            if (closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new ControllerUnreachable("the agent is stopping", null);
            }
        }
    }

    /** Starts a watcher on this connection and answers its first state; {@code told} then gets each later one. */
    public <T> Watching<T> watch(
            long connection, String facade, int version, String method, Object params, String watcher, Class<T> type)
            throws InterruptedException {
        JsonNode answer = join(link.request(connection, facade, version, "", method, params), Duration.ofSeconds(60));
        return new Watching<>(connection, answer.path("watcher-id").asText(), watcher, type, answer);
    }

    /** A watcher that runs on one connection. */
    public final class Watching<T> {
        private final long connection;
        private final String id;
        private final String watcher;
        private final Class<T> type;
        private final JsonNode initial;

        private Watching(long connection, String id, String watcher, Class<T> type, JsonNode initial) {
            this.connection = connection;
            this.id = id;
            this.watcher = watcher;
            this.type = type;
            this.initial = initial;
        }

        public T initial() {
            return read(initial);
        }

        /** The next state, whenever it comes. */
        public CompletionStage<T> next() {
            return link.request(connection, watcher, 1, id, "Next", null).thenApply(this::read);
        }

        public void stop() {
            link.request(connection, watcher, 1, id, "Stop", null);
        }

        private T read(JsonNode node) {
            try {
                return json.treeToValue(node, type);
            } catch (JsonProcessingException bad) {
                throw new IllegalStateException("the controller told what is no " + type, bad);
            }
        }
    }

    public void download(String path, Path target) throws IOException, InterruptedException {
        link.download(path, tag, password, target);
    }

    /** Waits for a stage; {@link Refused} and {@link ControllerUnreachable} come out as they are. */
    public static <R> R join(CompletionStage<R> stage, Duration patience) throws InterruptedException {
        try {
            return stage.toCompletableFuture().get(Math.max(1, patience.toMillis()), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new ControllerUnreachable("no answer from the controller", late);
        } catch (ExecutionException failed) {
            Problem problem = Refused.of(failed);
            if (problem != null) {
                throw new Refused(problem);
            }
            if (failed.getCause() instanceof ControllerUnreachable gone) {
                throw gone;
            }
            if (failed.getCause() instanceof IOException gone) {
                throw new ControllerUnreachable(gone.getMessage(), gone);
            }
            throw new IllegalStateException(failed.getCause());
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
