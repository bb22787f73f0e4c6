package org.isthmus.state;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.model.Change;
import org.isthmus.model.Key;
import org.isthmus.model.store.Interest;
import org.isthmus.model.store.Watch;

/** Gathers keys until it is asked. What it holds is bounded by the model's size and by {@link #MAX_GONE}. */
final class InterestWatch implements Watch {
    /**
     * Keys of things that are gone, for an asker who does not ask. Beyond that nobody is there any more: the watch stops, and
     * whoever comes back begins anew.
     */
    static final int MAX_GONE = 65_536;

    private final Watches home;
    private final List<Interest> interests;
    private final Executor tellers;
    /** To whether its entity is gone. */
    private Map<Key, Boolean> pending = new LinkedHashMap<>();

    private int gone;
    private CompletableFuture<Set<Key>> asker;
    private boolean delivering;
    private Refused stopped;

    InterestWatch(Watches home, Set<Interest> interests, Executor tellers) {
        this.home = home;
        this.interests = List.copyOf(interests);
        this.tellers = tellers;
    }

    List<Interest> interests() {
        return interests;
    }

    @Override
    public synchronized CompletionStage<Set<Key>> changed() {
        if (stopped != null) {
            return CompletableFuture.failedFuture(stopped);
        }
        if (asker != null && !asker.isDone()) {
            return CompletableFuture.failedFuture(new IllegalStateException("this watch is being asked already"));
        }
        if (!pending.isEmpty()) {
            asker = null;
            return CompletableFuture.completedFuture(take().keySet());
        }
        asker = new CompletableFuture<>();
        return asker;
    }

    private Map<Key, Boolean> take() {
        Map<Key, Boolean> taken = pending;
        pending = new LinkedHashMap<>();
        gone = 0;
        return taken;
    }

    /** Called by the writer: cheap, and never runs anything of the asker. */
    void tell(Change change) {
        boolean overflow;
        synchronized (this) {
            if (stopped != null) {
                return;
            }
            add(change.key(), change.after() == null);
            overflow = gone > MAX_GONE;
            if (!overflow && asker != null && !delivering) {
                delivering = true;
                tellers.execute(this::deliver);
            }
        }
        if (overflow) {
            close();
            unheard();
        }
    }

    private void add(Key key, boolean isGone) {
        Boolean before = pending.put(key, isGone);
        gone += (isGone ? 1 : 0) - (Boolean.TRUE.equals(before) ? 1 : 0);
    }

    private void deliver() {
        CompletableFuture<Set<Key>> to;
        Map<Key, Boolean> keys;
        synchronized (this) {
            delivering = false;
            if (asker == null || pending.isEmpty() || stopped != null) {
                return;
            }
            to = asker;
            asker = null;
            keys = take();
        }
        home.told();
        if (!to.complete(new LinkedHashSet<>(keys.keySet()))) {
            // The asker gave up waiting meanwhile; the next one gets it.
            synchronized (this) {
                Map<Key, Boolean> newer = take();
                keys.forEach(this::add);
                newer.forEach(this::add);
                if (asker != null && !delivering) {
                    delivering = true;
                    tellers.execute(this::deliver);
                }
            }
        }
    }

    @Override
    public void close() {
        home.remove(this);
        stop();
    }

    @Override
    public synchronized Set<Key> unheard() {
        return stopped == null ? Set.of() : take().keySet();
    }

    /** Whoever waits is told so; what it had to tell stays for {@link #unheard}. */
    void stop() {
        CompletableFuture<Set<Key>> to;
        Refused why = Problem.refuse(Code.STOPPED, "watcher was stopped");
        synchronized (this) {
            if (stopped != null) {
                return;
            }
            stopped = why;
            to = asker;
            asker = null;
        }
        if (to != null) {
            tellers.execute(() -> to.completeExceptionally(why));
        }
    }
}
