package org.isthmus.crossmodel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Dialer;
import org.isthmus.client.Endpoint;
import org.isthmus.client.Login;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection from this controller to another (or to itself), kept up while somebody uses it. Users are told when it
 * comes up and when it goes down.
 */
final class Link {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final Duration PING = Duration.ofSeconds(10);

    private final String name;
    private final Supplier<Endpoint> endpoint;
    private final Dialer dialer;
    private final Threads threads;
    private final Backoff backoff = new Backoff();
    private final Set<Runnable> users = new LinkedHashSet<>();
    private ApiConnection connection;
    private boolean dialling;
    private boolean closed;
    private volatile String failure;

    /** @param endpoint asked anew for each attempt: addresses change; null when the controller is not known any more */
    Link(String name, Supplier<Endpoint> endpoint, Dialer dialer, Threads threads) {
        this.name = name;
        this.endpoint = endpoint;
        this.dialer = dialer;
        this.threads = threads;
    }

    /** The connection, if it is up now. Dials where it is not; `user` is run when it comes up or goes down. */
    ApiConnection connection(Runnable user) {
        synchronized (this) {
            if (closed) {
                return null;
            }
            users.add(user);
            if (connection != null && connection.isOpen()) {
                return connection;
            }
            if (dialling) {
                return null;
            }
            dialling = true;
        }
        threads.execute(this::dial);
        return null;
    }

    void leave(Runnable user) {
        synchronized (this) {
            users.remove(user);
        }
    }

    /** Why it is down, for people; null while it is up or was not tried. */
    String failure() {
        return failure;
    }

    private void dial() {
        Endpoint at = endpoint.get();
        if (at == null) {
            down("controller " + name + " is not known here any more");
            return;
        }
        dialer.connect(at, Login.anonymous(), CONNECT_LIMIT).whenComplete((up, problem) -> {
            if (problem != null) {
                down(reason(problem));
            } else {
                up(up);
            }
        });
    }

    private static String reason(Throwable problem) {
        Throwable at = problem;
        while (at.getCause() != null && at instanceof java.util.concurrent.CompletionException) {
            at = at.getCause();
        }
        return at.getMessage() == null ? at.getClass().getSimpleName() : at.getMessage();
    }

    private void up(ApiConnection up) {
        boolean useless;
        synchronized (this) {
            dialling = false;
            useless = closed;
            if (!closed) {
                connection = up;
            }
        }
        if (useless) {
            up.close();
            return;
        }
        LOG.info("Connected to controller {}", name);
        failure = null;
        backoff.reset();
        up.keepAlive(PING);
        up.closed().whenComplete((why, never) -> lost(up, why));
        tell();
    }

    private void lost(ApiConnection which, Throwable why) {
        synchronized (this) {
            if (connection != which) {
                return;
            }
            connection = null;
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
        ApiConnection leaving;
        synchronized (this) {
            closed = true;
            leaving = connection;
            connection = null;
            users.clear();
        }
        if (leaving != null) {
            leaving.close();
        }
    }
}
