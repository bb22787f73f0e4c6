package org.isthmus.controller;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.Key;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.model.store.Watch;

/** A watch that outlives the store it watches: nothing commits while the store is away, so nothing is missed. */
final class PausableWatch implements Watch {
    private final String id;
    private final Set<Interest> interests;
    private final Consumer<PausableWatch> onClose;
    private Watch live;
    private CompletableFuture<Set<Key>> asked;
    private boolean closed;

    PausableWatch(String id, Set<Interest> interests, Consumer<PausableWatch> onClose) {
        this.id = id;
        this.interests = interests;
        this.onClose = onClose;
    }

    void pause() {
        Watch leaving;
        synchronized (this) {
            leaving = live;
            live = null;
        }
        if (leaving != null) {
            leaving.close();
        }
    }

    void resume(Documents documents) {
        Watch arrived = documents.watch(interests);
        CompletableFuture<Set<Key>> waiting;
        synchronized (this) {
            if (closed) {
                waiting = null;
            } else {
                live = arrived;
                waiting = asked;
            }
        }
        if (closed) {
            arrived.close();
        } else if (waiting != null) {
            ask(arrived, waiting);
        }
    }

    @Override
    public CompletionStage<Set<Key>> changed() {
        CompletableFuture<Set<Key>> question = new CompletableFuture<>();
        Watch now;
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(stopped());
            }
            asked = question;
            now = live;
        }
        if (now != null) {
            ask(now, question);
        }
        return question;
    }

    private void ask(Watch watch, CompletableFuture<Set<Key>> question) {
        watch.changed().whenComplete((keys, failure) -> {
            boolean away;
            synchronized (this) {
                // Closed by a pause: the question stands until the store is back.
                away = failure != null && !closed && live != watch;
                if (!away && asked == question) {
                    asked = null;
                }
            }
            if (failure == null) {
                question.complete(keys);
            } else if (!away) {
                question.completeExceptionally(failure);
            }
        });
    }

    private RuntimeException stopped() {
        return Problem.refuse(Code.STOPPED, "watcher of %s has been stopped", id);
    }

    @Override
    public void close() {
        Watch leaving;
        CompletableFuture<Set<Key>> waiting;
        synchronized (this) {
            closed = true;
            leaving = live;
            live = null;
            waiting = asked;
            asked = null;
        }
        onClose.accept(this);
        if (leaving != null) {
            leaving.close();
        }
        if (waiting != null) {
            waiting.completeExceptionally(stopped());
        }
    }
}
