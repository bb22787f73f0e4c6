package org.isthmus.apiserver;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.Answered;
import org.isthmus.model.Change;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.model.store.Watch;

/** A document set in memory; decides one after the other. */
final class FakeDocuments implements Documents {
    private final String id;
    private final Executor executor;
    private final CopyOnWriteArrayList<FakeWatch> watches = new CopyOnWriteArrayList<>();
    /** Decisions that were refused while it is {@link #full}. */
    final AtomicInteger refused = new AtomicInteger();

    volatile boolean full;
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);
    private volatile Snapshot head = Snapshot.empty();

    FakeDocuments(String id, Executor executor) {
        this.id = id;
        this.executor = executor;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Snapshot snapshot() {
        return head;
    }

    int watches() {
        return watches.size();
    }

    /** Watches that somebody waits on. */
    long parked() {
        return watches.stream().filter(FakeWatch::isAsked).count();
    }

    /** One after another, in the order in which they came. */
    @Override
    public <R> CompletionStage<R> submit(Function<Tx, R> decision) {
        synchronized (this) {
            CompletableFuture<R> next = last.handleAsync((done, failed) -> decide(decision), executor);
            // Without the answer, whose class may be a bundle's that leaves.
            last = next.handle((done, failed) -> null);
            return next;
        }
    }

    private <R> R decide(Function<Tx, R> decision) {
        if (full) {
            refused.incrementAndGet();
            throw Problem.refuse(Code.NONE, "the disk is full");
        }
        Tx tx = Tx.on(head);
        R answer = decision.apply(tx);
        head = tx.now().withRevision(head.revision() + 1);
        Set<Key> keys = new HashSet<>();
        tx.changes().stream().map(Change::key).forEach(keys::add);
        watches.forEach(w -> w.changed(keys));
        return answer;
    }

    @Override
    public CompletionStage<String> submitOnce(String key, Function<Tx, String> decision) {
        return submit(tx -> {
            Answered earlier = tx.get(Kinds.ANSWERED, key);
            if (earlier != null) {
                return earlier.answer();
            }
            String answer = decision.apply(tx);
            tx.put(Kinds.ANSWERED, new Answered(key, 0, answer));
            return answer;
        });
    }

    @Override
    public Watch watch(Set<Interest> interests) {
        FakeWatch watch = new FakeWatch(interests);
        watches.add(watch);
        return watch;
    }

    private final class FakeWatch implements Watch {
        private final Set<Interest> interests;
        private Set<Key> waiting = new HashSet<>();
        private CompletableFuture<Set<Key>> asked;

        FakeWatch(Set<Interest> interests) {
            this.interests = interests;
        }

        synchronized boolean isAsked() {
            return asked != null;
        }

        void changed(Set<Key> keys) {
            CompletableFuture<Set<Key>> answer;
            Set<Key> told;
            synchronized (this) {
                for (Key key : keys) {
                    for (Interest interest : interests) {
                        if (interest instanceof Interest.InKind kind
                                        && kind.kind().equals(key.kind())
                                || interest instanceof Interest.InEntity entity
                                        && entity.kind().equals(key.kind())
                                        && entity.id().equals(key.id())) {
                            waiting.add(key);
                        }
                    }
                }
                if (asked == null || waiting.isEmpty()) {
                    return;
                }
                answer = asked;
                told = waiting;
                asked = null;
                waiting = new HashSet<>();
            }
            answer.complete(told);
        }

        @Override
        public CompletionStage<Set<Key>> changed() {
            CompletableFuture<Set<Key>> answer = new CompletableFuture<>();
            synchronized (this) {
                asked = answer;
            }
            changed(Set.of());
            return answer;
        }

        @Override
        public void close() {
            watches.remove(this);
            CompletableFuture<Set<Key>> answer;
            synchronized (this) {
                answer = asked;
                asked = null;
            }
            if (answer != null) {
                answer.completeExceptionally(Problem.refuse(Code.STOPPED, "watch is closed"));
            }
        }
    }
}
