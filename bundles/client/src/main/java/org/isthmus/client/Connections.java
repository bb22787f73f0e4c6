package org.isthmus.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Keeps connections warm between commands: one for each endpoint and login, shared, closed when nobody used it for a while.
 */
public final class Connections implements AutoCloseable {
    private final Dialer dialer;
    private final Duration idle;
    private final Duration timeout;
    private final Map<Key, Warm> warm = new HashMap<>();
    private boolean closed;

    private record Key(Endpoint endpoint, Login login) {}

    private static final class Warm {
        private CompletableFuture<ApiConnection> connection;
        private int users;
        private ScheduledFuture<?> closing;
    }

    /** @param idle after which an unused connection is closed; zero closes it at once */
    public Connections(Dialer dialer, Duration idle, Duration timeout) {
        this.dialer = dialer;
        this.idle = idle;
        this.timeout = timeout;
    }

    /** A borrowed connection; closing it gives it back. */
    public static final class Borrowed implements AutoCloseable {
        private final Connections from;
        private final Key key;
        private final Warm warm;
        private final ApiConnection connection;
        private boolean returned;

        private Borrowed(Connections from, Key key, Warm warm, ApiConnection connection) {
            this.from = from;
            this.key = key;
            this.warm = warm;
            this.connection = connection;
        }

        public ApiConnection connection() {
            return connection;
        }

        @Override
        public void close() {
            synchronized (this) {
                if (returned) {
                    return;
                }
                returned = true;
            }
            from.giveBack(key, warm);
        }
    }

    public CompletionStage<Borrowed> borrow(Endpoint endpoint, Login login) {
        Key key = new Key(endpoint, login);
        Warm at;
        synchronized (warm) {
            if (closed) {
                return CompletableFuture.failedFuture(new IllegalStateException("connections are closed"));
            }
            at = warm.get(key);
            if (at != null && isGone(at)) {
                warm.remove(key);
                at = null;
            }
            if (at == null) {
                at = new Warm();
                at.connection = dialer.connect(endpoint, login, timeout).toCompletableFuture();
                warm.put(key, at);
            }
            at.users++;
            if (at.closing != null) {
                at.closing.cancel(false);
                at.closing = null;
            }
        }
        Warm mine = at;
        return mine.connection.handle((connection, failure) -> {
            if (failure != null) {
                giveBack(key, mine);
                throw failure instanceof CompletionException wrapped ? wrapped : new CompletionException(failure);
            }
            return new Borrowed(this, key, mine, connection);
        });
    }

    private static boolean isGone(Warm at) {
        if (!at.connection.isDone()) {
            return false;
        }
        return at.connection.isCompletedExceptionally() || !at.connection.join().isOpen();
    }

    private void giveBack(Key key, Warm at) {
        boolean now;
        synchronized (warm) {
            at.users--;
            if (at.users > 0) {
                return;
            }
            now = closed || idle.isZero() || isGone(at) || warm.get(key) != at;
            if (!now) {
                at.closing = dialer.timer().schedule(() -> expire(key, at), idle.toMillis(), TimeUnit.MILLISECONDS);
                return;
            }
            warm.remove(key, at);
        }
        at.connection.thenAccept(ApiConnection::close);
    }

    private void expire(Key key, Warm at) {
        synchronized (warm) {
            if (at.users > 0) {
                return;
            }
            warm.remove(key, at);
        }
        at.connection.thenAccept(ApiConnection::close);
    }

    /** Drops what is warm for these addresses: a controller that was destroyed. */
    public void forget(Endpoint endpoint) {
        synchronized (warm) {
            warm.entrySet().removeIf(e -> {
                boolean same = e.getKey().endpoint().equals(endpoint);
                if (same) {
                    e.getValue().connection.thenAccept(ApiConnection::close);
                }
                return same;
            });
        }
    }

    int size() {
        synchronized (warm) {
            return warm.size();
        }
    }

    @Override
    public void close() {
        synchronized (warm) {
            closed = true;
            for (Warm at : warm.values()) {
                if (at.closing != null) {
                    at.closing.cancel(false);
                }
                at.connection.thenAccept(ApiConnection::close);
            }
            warm.clear();
        }
    }
}
