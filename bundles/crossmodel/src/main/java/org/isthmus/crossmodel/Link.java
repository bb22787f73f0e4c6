package org.isthmus.crossmodel;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.isthmus.rpc.ControllerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection from this controller to another (or to itself), kept up while somebody uses it. Users are told when it
 * comes up and when it goes down.
 */
final class Link {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);

    private final ControllerContext from;
    private final String target;
    private final String name;
    private final Dial dial;
    private final Threads threads;
    private final Backoff backoff;
    private final long answerMillis;
    private final Set<Runnable> users = new LinkedHashSet<>();
    private Peer peer;
    private boolean dialling;
    private boolean closed;
    private volatile String failure;

    /** @param target null for the controller itself */
    Link(ControllerContext from, String target, Dial dial, Threads threads, Patience patience) {
        this.from = from;
        this.target = target;
        this.name = target == null ? from.name() : target;
        this.dial = dial;
        this.threads = threads;
        this.backoff = patience.backoff();
        this.answerMillis = patience.answer().toMillis();
    }

    boolean isFrom(ControllerContext controller) {
        return from == controller;
    }

    synchronized void join(Runnable user) {
        users.add(user);
    }

    /** True when nobody is left. */
    synchronized boolean leave(Runnable user) {
        users.remove(user);
        return users.isEmpty();
    }

    /** The connection, if it is up now. Dials where it is not. */
    Peer peer() {
        synchronized (this) {
            if (closed) {
                return null;
            }
            if (peer != null && peer.isOpen()) {
                return peer;
            }
            if (dialling) {
                return null;
            }
            dialling = true;
        }
        threads.execute(this::dial);
        return null;
    }

    /** As {@link Peer#call}; who does not answer in time is taken for gone. */
    CompletionStage<JsonNode> call(Peer on, String facade, String method, Object params) {
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        on.call(facade, "", method, params).whenComplete((node, problem) -> {
            if (problem == null) {
                answer.complete(node);
            } else {
                answer.completeExceptionally(problem);
            }
        });
        return answer.orTimeout(answerMillis, TimeUnit.MILLISECONDS).whenComplete((node, problem) -> {
            if (problem instanceof TimeoutException) {
                LOG.warn("Controller {} does not answer {}.{}", name, facade, method);
                on.close();
            }
        });
    }

    /** Why it is down, for people; null while it is up or was not tried. */
    String failure() {
        return failure;
    }

    private void dial() {
        CompletionStage<Peer> dialled;
        try {
            dialled = dial.dial(from, target);
        } catch (RuntimeException leaving) {
            down(reason(leaving));
            return;
        }
        dialled.whenComplete((up, problem) -> {
            if (problem != null) {
                down(reason(problem));
            } else {
                up(up);
            }
        });
    }

    private static String reason(Throwable problem) {
        Throwable at = problem;
        while (at.getCause() != null && at instanceof CompletionException) {
            at = at.getCause();
        }
        return at.getMessage() == null ? at.getClass().getSimpleName() : at.getMessage();
    }

    private void up(Peer up) {
        boolean useless;
        synchronized (this) {
            dialling = false;
            useless = closed;
            if (!closed) {
                peer = up;
            }
        }
        if (useless) {
            up.close();
            return;
        }
        LOG.info("Connected to controller {}", name);
        failure = null;
        backoff.reset();
        up.closed().whenComplete((why, never) -> lost(up, why));
        tell();
    }

    private void lost(Peer which, Throwable why) {
        synchronized (this) {
            if (peer != which) {
                return;
            }
            peer = null;
        }
        LOG.info("Lost controller {}: {}", name, reason(why));
        failure = reason(why);
        redial();
        tell();
    }

    private void down(String why) {
        if (!why.equals(failure)) {
            LOG.info("Cannot reach controller {}: {}", name, why);
        }
        failure = why;
        synchronized (this) {
            dialling = false;
        }
        redial();
        tell();
    }

    private void redial() {
        synchronized (this) {
            if (closed || dialling || users.isEmpty()) {
                return;
            }
            dialling = true;
        }
        threads.later(backoff.take(), this::dial);
    }

    private void tell() {
        List<Runnable> all;
        synchronized (this) {
            all = new ArrayList<>(users);
        }
        all.forEach(threads::execute);
    }

    void close() {
        Peer leaving;
        List<Runnable> left;
        synchronized (this) {
            closed = true;
            leaving = peer;
            peer = null;
            left = new ArrayList<>(users);
            users.clear();
        }
        if (leaving != null) {
            leaving.close();
        }
        // Whoever still hangs on it looks for another.
        left.forEach(threads::execute);
    }
}
