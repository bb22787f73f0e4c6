package org.isthmus.controller;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.Key;
import org.isthmus.model.store.Interest;
import org.isthmus.model.store.Watch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watch that outlives the store it watches. Nothing commits while the store is away, and what the watch on the store that left
 * had still to tell is told by this one: nothing is missed.
 */
final class PausableWatch implements Watch {
    private static final Logger LOG = LoggerFactory.getLogger(PausableWatch.class);

    private final String id;
    private final Set<Interest> interests;
    private final Consumer<PausableWatch> onClose;
    private final Executor tellers;
    private Watch live;
    /** The live one is being asked. */
    private boolean asking;
    /** The live one's store closes: that it stops does not mean that this one does. */
    private boolean leaving;

    private Set<Key> kept = new LinkedHashSet<>();
    private CompletableFuture<Set<Key>> asker;
    private boolean closed;

    /** @param tellers where askers are told what the store that came has for them */
    PausableWatch(String id, Set<Interest> interests, Consumer<PausableWatch> onClose, Executor tellers) {
        this.id = id;
        this.interests = interests;
        this.onClose = onClose;
        this.tellers = tellers;
    }

    Set<Interest> interests() {
        return interests;
    }

    /** The store is about to close; until then it may still tell. */
    synchronized void leave() {
        leaving = true;
    }

    /** The store is closed: keeps what was not told. */
    synchronized void pause() {
        if (live != null) {
            live.close();
            kept.addAll(live.unheard());
            live = null;
            asking = false;
        }
    }

    /** Goes on with a watch of the store that came. Completes nothing on this thread. */
    void follow(Watch arrived) {
        synchronized (this) {
            if (closed) {
                arrived.close();
                return;
            }
            live = arrived;
            leaving = false;
            if (asker == null) {
                return;
            }
        }
        try {
            tellers.execute(this::serve);
        } catch (RejectedExecutionException closing) {
            LOG.debug("{}: nobody is told any more", id);
        }
    }

    @Override
    public CompletionStage<Set<Key>> changed() {
        CompletableFuture<Set<Key>> question = new CompletableFuture<>();
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(stopped());
            }
            if (asker != null && !asker.isDone()) {
                return CompletableFuture.failedFuture(new IllegalStateException("this watch is being asked already"));
            }
            asker = question;
        }
        serve();
        return question;
    }

    /** Tells what is there, else asks for it. */
    private void serve() {
        CompletableFuture<Set<Key>> to = null;
        Set<Key> keys = null;
        Watch from = null;
        synchronized (this) {
            if (closed || asker == null) {
                return;
            }
            if (!kept.isEmpty()) {
                to = asker;
                asker = null;
                keys = kept;
                kept = new LinkedHashSet<>();
            } else if (live != null && !asking) {
                asking = true;
                from = live;
            }
        }
        if (to != null && !to.complete(keys)) {
            // The asker gave up waiting; the next one gets it.
            synchronized (this) {
                kept.addAll(keys);
            }
            serve();
        }
        if (from != null) {
            Watch asked = from;
            asked.changed().whenComplete((news, failure) -> told(asked, news, failure));
        }
    }

    private void told(Watch by, Set<Key> news, Throwable failure) {
        CompletableFuture<Set<Key>> ended = null;
        synchronized (this) {
            boolean current = by == live;
            if (current) {
                asking = false;
            }
            if (failure == null) {
                kept.addAll(news);
            } else if (current && !leaving) {
                ended = asker;
                asker = null;
            } else {
                // The question stands until the store is back.
                return;
            }
        }
        if (ended != null) {
            ended.completeExceptionally(failure);
        }
        if (failure == null) {
            serve();
        }
    }

    private RuntimeException stopped() {
        return Problem.refuse(Code.STOPPED, "watcher of %s has been stopped", id);
    }

    @Override
    public synchronized Set<Key> unheard() {
        if (!closed) {
            return Set.of();
        }
        Set<Key> taken = kept;
        kept = new LinkedHashSet<>();
        return taken;
    }

    @Override
    public void close() {
        CompletableFuture<Set<Key>> waiting;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            waiting = asker;
            asker = null;
            pause();
        }
        onClose.accept(this);
        if (waiting != null) {
            waiting.completeExceptionally(stopped());
        }
    }
}
