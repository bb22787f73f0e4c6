package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.client.ApiConnection;

/** Calls on one connection, waiting for each answer. */
final class Api {
    private static final long LIMIT_SECONDS = 300;

    private final ApiConnection connection;
    private final String trace;

    /** @param trace of the command that calls */
    Api(ApiConnection connection, String trace) {
        this.connection = connection;
        this.trace = trace;
    }

    ApiConnection connection() {
        return connection;
    }

    boolean offers(String facade, int version) {
        List<Integer> versions = connection.loginResult().facades().get(facade);
        return versions != null && versions.stream().anyMatch(v -> v >= version);
    }

    JsonNode call(String facade, String method, Object params) {
        return await(connection.call(facade, method, params, trace));
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
                throw Failure.of("%s", cause.getMessage());
            }
            if (cause instanceof RuntimeException bug) {
                throw bug;
            }
            throw new IllegalStateException(cause);
        }
    }
}
