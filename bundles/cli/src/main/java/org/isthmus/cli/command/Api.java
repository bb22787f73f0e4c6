package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.client.ApiConnection;

/** A connection to a controller, and another one when it is lost. */
final class Api {
    private static final long LIMIT_SECONDS = 300;
    /** How long a controller that answered before may be away. Its container comes back within it after a crash. */
    private static final long AWAY_SECONDS = 60;

    private static final long PAUSE_MILLIS = 250;

    interface Dialling {
        /** Fails after that many seconds. */
        ApiConnection connect(long seconds);
    }

    private final Dialling dialling;
    private final String trace;
    private ApiConnection connection;

    /** @param trace of the command that calls */
    Api(Dialling dialling, String trace) {
        this.dialling = dialling;
        this.trace = trace;
        this.connection = dialling.connect(AWAY_SECONDS);
    }

    ApiConnection connection() {
        return connection;
    }

    String trace() {
        return trace;
    }

    boolean offers(String facade, int version) {
        List<Integer> versions = connection.loginResult().facades().get(facade);
        return versions != null && versions.stream().anyMatch(v -> v >= version);
    }

    /**
     * When the connection is lost, it may have been done, and only its answer lost: it is asked again under the same key, which
     * does it at most once.
     */
    JsonNode call(String facade, String method, Object params) {
        String key = UUID.randomUUID().toString();
        boolean[] asked = {false};
        return untilAnswered(seconds -> {
            if (asked[0] && !connection.isOpen()) {
                connection = dialling.connect(seconds);
            }
            asked[0] = true;
            return await(connection.call(facade, method, params, trace, key));
        });
    }

    interface Attempt<T> {
        /** @param seconds that are left */
        T make(long seconds);
    }

    /** Tries again while the way to the controller is broken. What is asked must bear to be asked twice. */
    static <T> T untilAnswered(Attempt<T> attempt) {
        Failure.Lost last = null;
        long until = 0;
        while (true) {
            long left = last == null ? AWAY_SECONDS : TimeUnit.NANOSECONDS.toSeconds(until - System.nanoTime());
            if (left <= 0) {
                throw last;
            }
            try {
                return attempt.make(left);
            } catch (Failure.Lost lost) {
                boolean again = last != null;
                last = lost;
                if (!again) {
                    until = System.nanoTime() + TimeUnit.SECONDS.toNanos(AWAY_SECONDS);
                    continue;
                }
            } catch (Refused refused) {
                // A controller that is being started says so.
                if (last == null || refused.problem().code() != Code.TRY_AGAIN) {
                    throw refused;
                }
            }
            Waiting.pause(PAUSE_MILLIS);
        }
    }

    /** For who takes the controller away, and is not to wait for it when it is gone. */
    JsonNode callOnce(String facade, String method, Object params) {
        return await(
                connection.call(facade, method, params, trace, UUID.randomUUID().toString()));
    }

    /** A call whose answer is `{results: [one]}`. */
    JsonNode one(String facade, String method, Object params) {
        JsonNode first = call(facade, method, params).path("results").path(0);
        refuseIfError(first);
        return first;
    }

    /** What each item of a bulk call says; null for success. */
    List<String> errors(String facade, String method, Object params) {
        List<String> errors = new ArrayList<>();
        for (JsonNode result : call(facade, method, params).path("results")) {
            errors.add(
                    result.hasNonNull("error")
                            ? result.path("error").path("message").asText()
                            : null);
        }
        return errors;
    }

    static void refuseIfError(JsonNode result) {
        JsonNode error = result.path("error");
        if (!error.path("message").asText("").isEmpty()) {
            throw new Refused(new Problem(
                    Code.ofWire(error.path("code").asText("")),
                    error.path("message").asText(),
                    Map.of()));
        }
    }

    /** Waits; a refusal and a lost connection come out as such. */
    static <T> T await(CompletionStage<T> stage) {
        return await(stage, LIMIT_SECONDS);
    }

    static <T> T await(CompletionStage<T> stage, long seconds) {
        try {
            return stage.toCompletableFuture().get(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw Failure.cancelled();
        } catch (TimeoutException late) {
            throw Failure.of("no answer within %d seconds", seconds);
        } catch (ExecutionException failure) {
            Problem problem = Refused.of(failure);
            if (problem != null) {
                throw new Refused(problem);
            }
            Throwable cause = failure.getCause();
            if (cause instanceof IOException) {
                throw new Failure.Lost(String.valueOf(cause.getMessage()));
            }
            if (cause instanceof RuntimeException bug) {
                throw bug;
            }
            throw new IllegalStateException(cause);
        }
    }
}
