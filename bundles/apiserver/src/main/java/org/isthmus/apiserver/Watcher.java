package org.isthmus.apiserver;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.Key;
import org.isthmus.model.store.Watch;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Telling;
import org.isthmus.rpc.WatchHandle;

/**
 * A watcher of a connection. Calls of `Next` park here, holding no plug and no class of a facade bundle; when something changed,
 * the facade is asked to tell it. Keys whose telling failed are kept for the next call.
 */
final class Watcher {
    private static final int ASKERS = 16;

    private final WatchHandle handle;
    private final Access access;
    private final Watch watch;
    private final Executor executor;
    /** Of calls that wait at watchers of its connection beside each one's first. */
    private final Budget further;

    private final Deque<Asker> askers = new ArrayDeque<>();
    private Set<Key> changed = new HashSet<>();
    private boolean ready;
    private boolean busy;
    private boolean stopped;

    /**
     * @param tell asks the facade; an empty result parks again
     */
    private record Asker(
            BiFunction<Watcher, Set<Key>, CompletionStage<byte[]>> tell, BiConsumer<byte[], Throwable> answer) {}

    Watcher(WatchHandle handle, Access access, Watch watch, Executor executor, Budget further) {
        this.handle = handle;
        this.access = access;
        this.watch = watch;
        this.executor = executor;
        this.further = further;
        this.ready = handle.ready();
    }

    WatchHandle handle() {
        return handle;
    }

    /** What its maker needed, and whoever asks for the next result still needs. */
    Access access() {
        return access;
    }

    void next(BiFunction<Watcher, Set<Key>, CompletionStage<byte[]>> tell, BiConsumer<byte[], Throwable> answer) {
        Problem refused = null;
        synchronized (this) {
            if (stopped) {
                refused = new Problem(Code.STOPPED, "watcher was stopped");
            } else if (askers.size() >= ASKERS) {
                refused = new Problem(Code.TRY_AGAIN, "too many calls wait for this watcher");
            } else if (!askers.isEmpty() && !further.take(1)) {
                refused = new Problem(Code.TRY_AGAIN, "too many calls wait for watchers of this connection");
            } else {
                askers.add(new Asker(tell, answer));
            }
        }
        if (refused != null) {
            answer.accept(null, new org.isthmus.api.Refused(refused));
            return;
        }
        pump();
    }

    private void pump() {
        Asker asker;
        Set<Key> keys = null;
        synchronized (this) {
            if (busy || stopped || askers.isEmpty()) {
                return;
            }
            busy = true;
            asker = askers.peek();
            if (ready || !changed.isEmpty()) {
                keys = changed;
                changed = new HashSet<>();
            }
        }
        if (keys != null) {
            tell(asker, keys);
            return;
        }
        watch.changed()
                .whenCompleteAsync(
                        (news, failure) -> {
                            if (failure != null) {
                                stop();
                            } else {
                                tell(asker, news);
                            }
                        },
                        executor);
    }

    private void tell(Asker asker, Set<Key> keys) {
        CompletionStage<byte[]> telling;
        try {
            telling = asker.tell().apply(this, Set.copyOf(keys));
        } catch (RuntimeException failed) {
            told(asker, keys, null, failed);
            return;
        }
        telling.whenComplete((bytes, failure) -> told(asker, keys, bytes, failure));
    }

    private void told(Asker asker, Set<Key> keys, byte[] bytes, Throwable failure) {
        boolean answered = false;
        synchronized (this) {
            busy = false;
            if (failure != null) {
                changed.addAll(keys);
                // No keys are all of them.
                ready |= keys.isEmpty();
            } else {
                ready = handle.state() instanceof Telling telling && telling.isUnfinished();
            }
            if (failure != null || bytes != null) {
                answered = askers.remove(asker);
                if (answered && !askers.isEmpty()) {
                    further.give(1);
                }
            }
        }
        if (answered) {
            asker.answer().accept(bytes, failure);
        }
        // Off this stack: a watcher with nothing to tell may come round many times.
        executor.execute(this::pump);
    }

    /** Ends the watcher; those that wait on it are told so. */
    void stop() {
        List<Asker> left;
        synchronized (this) {
            stopped = true;
            left = new ArrayList<>(askers);
            further.give(Math.max(0, left.size() - 1));
            askers.clear();
        }
        watch.close();
        for (Asker asker : left) {
            asker.answer().accept(null, Problem.refuse(Code.STOPPED, "watcher was stopped"));
        }
    }
}
