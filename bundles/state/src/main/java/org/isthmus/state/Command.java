package org.isthmus.state;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.isthmus.model.Tx;
import org.slf4j.MDC;

/** One request to a writer, and its outcome, which is told only after what it stands on is durable. */
final class Command<R> {
    /** Of a repeatable request; null for others. */
    final String key;
    /** Through the door of migration: the model's mode does not matter. */
    final boolean privileged;

    final Function<Tx, R> decision;
    final CompletableFuture<R> answer = new CompletableFuture<>();
    /** Of the request that submitted it; null outside one. */
    final String trace = MDC.get("trace");

    private final String request = MDC.get("request");

    private R value;
    private Throwable failure;

    Command(String key, boolean privileged, Function<Tx, R> decision) {
        this.key = key;
        this.privileged = privileged;
        this.decision = decision;
    }

    void decided(R outcome) {
        value = outcome;
    }

    void failed(Throwable why) {
        failure = why;
    }

    /** For the log: the request that submitted it, else the class that made the decision. */
    String name() {
        if (request != null) {
            return request;
        }
        String name = decision.getClass().getName();
        int lambda = name.indexOf("$$Lambda");
        return lambda < 0 ? name : name.substring(0, lambda);
    }

    void tell(Executor tellers) {
        tellers.execute(() -> {
            if (failure == null) {
                answer.complete(value);
            } else {
                answer.completeExceptionally(failure);
            }
        });
    }

    void refuse(Throwable why, Executor tellers) {
        failed(why);
        tell(tellers);
    }
}
