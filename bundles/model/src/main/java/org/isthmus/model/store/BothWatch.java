package org.isthmus.model.store;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.model.Key;

/** News of two document sets, told by one watch: of whichever has some first. It ends with the first of them. */
public final class BothWatch implements Watch {
    private final Watch one;
    private final Watch other;
    // What was asked and not told yet: it stays asked while the other one tells.
    private CompletableFuture<Set<Key>> ofOne;
    private CompletableFuture<Set<Key>> ofOther;
    private CompletableFuture<Set<Key>> asker;

    public BothWatch(Watch one, Watch other) {
        this.one = one;
        this.other = other;
    }

    @Override
    public CompletionStage<Set<Key>> changed() {
        CompletableFuture<Set<Key>> first = new CompletableFuture<>();
        CompletableFuture<Set<Key>> askedOne = null;
        CompletableFuture<Set<Key>> askedOther = null;
        synchronized (this) {
            asker = first;
            if (ofOne == null) {
                askedOne = one.changed().toCompletableFuture();
                ofOne = askedOne;
            }
            if (ofOther == null) {
                askedOther = other.changed().toCompletableFuture();
                ofOther = askedOther;
            }
        }
        tell();
        if (askedOne != null) {
            askedOne.whenComplete((keys, failure) -> tell());
        }
        if (askedOther != null) {
            askedOther.whenComplete((keys, failure) -> tell());
        }
        return first;
    }

    private void tell() {
        CompletableFuture<Set<Key>> to;
        CompletableFuture<Set<Key>> news;
        synchronized (this) {
            if (asker == null) {
                return;
            }
            if (ofOne != null && ofOne.isDone()) {
                news = ofOne;
                ofOne = null;
            } else if (ofOther != null && ofOther.isDone()) {
                news = ofOther;
                ofOther = null;
            } else {
                return;
            }
            to = asker;
            asker = null;
        }
        news.whenComplete((keys, failure) -> {
            if (failure == null) {
                to.complete(keys);
            } else {
                to.completeExceptionally(failure);
            }
        });
    }

    @Override
    public void close() {
        one.close();
        other.close();
    }
}
