package org.isthmus.controller;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.model.Entity;
import org.isthmus.model.Key;
import org.isthmus.model.Kind;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.model.store.Store;
import org.isthmus.model.store.Watch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One document set of a {@link PausableStore}. */
final class PausableDocuments implements Documents {
    private static final Logger LOG = LoggerFactory.getLogger(PausableDocuments.class);

    /** To the store that is there. */
    interface Way {
        <R> CompletionStage<R> call(Function<Store, CompletionStage<R>> work);
    }

    private final String id;
    private final Way way;
    private final Function<Store, Documents> in;
    private final List<PausableWatch> watches = new ArrayList<>();
    private final Executor tellers;
    private volatile Documents live;
    private boolean leaving;
    private volatile Snapshot last = Snapshot.empty();

    PausableDocuments(String id, Way way, Function<Store, Documents> in, Executor tellers) {
        this.id = id;
        this.way = way;
        this.in = in;
        this.tellers = tellers;
    }

    static Refused gone(String id) {
        return Problem.refuse(Code.MODEL_NOT_FOUND, "model \"%s\" not found", id);
    }

    /** The store is about to close: what is still under way there is read and told until {@link #pause}. */
    void leave() {
        synchronized (watches) {
            leaving = true;
            watches.forEach(PausableWatch::leave);
        }
    }

    /** The store is closed: nothing changes any more. */
    void pause() {
        synchronized (watches) {
            last = live == null ? last : live.snapshot();
            live = null;
            watches.forEach(PausableWatch::pause);
        }
    }

    /** Puts what no journal holds, and what was last seen, into documents that came; reads see them only by {@link #follow}. */
    CompletionStage<?> restoreSoft(Documents arrived) {
        Snapshot before = snapshot();
        return arrived.submit(tx -> {
                    restoreSoft(before, tx);
                    return null;
                })
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.warn("Presence in {} is not known until its agents report again", id, failure);
                    }
                });
    }

    /** From now on reads and watches are of these. */
    void follow(Documents arrived) {
        synchronized (watches) {
            live = arrived;
            leaving = false;
            watches.forEach(watch -> watch.follow(arrived.watch(watch.interests())));
        }
    }

    /** They did not come back with the store: a removal that was under way was done. */
    void end() {
        List<PausableWatch> mine;
        synchronized (watches) {
            mine = new ArrayList<>(watches);
        }
        mine.forEach(PausableWatch::close);
    }

    private static void restoreSoft(Snapshot before, Tx tx) {
        for (Kind<?> kind : Kinds.all()) {
            if (kind.soft()) {
                restore(kind, before, tx);
            }
        }
    }

    private static <E extends Entity> void restore(Kind<E> kind, Snapshot before, Tx tx) {
        before.all(kind).forEach(entity -> tx.put(kind, entity));
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Snapshot snapshot() {
        Documents documents = live;
        return documents == null ? last : documents.snapshot();
    }

    @Override
    public <R> CompletionStage<R> submit(Function<Tx, R> decision) {
        return way.call(store -> in.apply(store).submit(decision));
    }

    @Override
    public CompletionStage<String> submitOnce(String key, Function<Tx, String> decision) {
        return way.call(store -> in.apply(store).submitOnce(key, decision));
    }

    @Override
    public Watch watch(Set<Interest> interests) {
        PausableWatch watch = new PausableWatch(id, interests, this::forget, tellers);
        synchronized (watches) {
            watches.add(watch);
            if (live != null) {
                watch.follow(live.watch(interests));
            }
            if (leaving) {
                watch.leave();
            }
        }
        return watch;
    }

    @Override
    public String trace(Collection<Key> keys) {
        Documents documents = live;
        return documents == null ? null : documents.trace(keys);
    }

    private void forget(PausableWatch watch) {
        synchronized (watches) {
            watches.remove(watch);
        }
    }
}
