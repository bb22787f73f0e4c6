package org.isthmus.state;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.model.Answered;
import org.isthmus.model.Change;
import org.isthmus.model.Codec;
import org.isthmus.model.Entity;
import org.isthmus.model.Key;
import org.isthmus.model.Kind;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Summaries;
import org.isthmus.model.Summary;
import org.isthmus.model.Tx;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.model.store.Watch;
import org.isthmus.spi.Journal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One document set and its writer. The writer has no thread: whoever submits to an idle set puts it on the pool, and it goes on
 * until nothing waits. It is `busy` from there to its last answer, so at most one batch is under way.
 */
final class DocumentSet implements Documents {
    /** Commands decided at a time. */
    static final int MAX_BATCH = 256;
    /** Commands that may wait. */
    static final int MAX_QUEUE = 65_536;
    /** Answers of keyed requests that are remembered; older ones are dropped. */
    static final int ANSWERS = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(DocumentSet.class);

    /** Hears of each commit after it is durable, before it is answered. */
    interface Listener {
        void published(DocumentSet set, Summary summary, List<Change> changes);
    }

    private final String id;
    private final Appender appender;
    private final Workers workers;
    private final Metrics metrics;
    private final Slow slow;
    private final Watches watches;
    private final Traces traces = new Traces();
    private final Listener listener;
    private volatile Snapshot snapshot;

    private final Object lock = new Object();
    private final Deque<Command<?>> queue = new ArrayDeque<>();
    private boolean busy;
    /** Why nothing more is taken; null while open. */
    private Refused shut;

    private CompletableFuture<Void> idle;

    // Belongs to whoever makes the set busy: handed from the pool to the appender and back.
    private long durable;
    private Summary summary;
    private Deque<String> answered = new ArrayDeque<>();
    private long nextAnswer;
    /** Append even a batch without rows: the set is being made. */
    private boolean making;

    private DocumentSet(
            String id,
            Snapshot snapshot,
            long durable,
            Appender appender,
            Workers workers,
            Metrics metrics,
            Slow slow,
            Listener l) {
        this.id = id;
        this.appender = appender;
        this.workers = workers;
        this.metrics = metrics;
        this.slow = slow;
        this.listener = l;
        this.watches = new Watches(workers.tellers(), metrics);
        take(snapshot, durable);
    }

    /** A set that is not in the journal yet. */
    static DocumentSet fresh(
            String id, Appender appender, Workers workers, Metrics metrics, Slow slow, Listener listener) {
        return new DocumentSet(id, Snapshot.empty(), 0, appender, workers, metrics, slow, listener);
    }

    static DocumentSet load(
            String id,
            Journal journal,
            long revision,
            Appender appender,
            Workers workers,
            Metrics metrics,
            Slow slow,
            Listener l)
            throws IOException {
        metrics.loads.increment();
        return new DocumentSet(id, read(id, journal, revision), revision, appender, workers, metrics, slow, l);
    }

    private static Snapshot read(String set, Journal journal, long revision) throws IOException {
        Snapshot[] at = {Snapshot.empty()};
        journal.load(set, row -> {
            Kind<?> kind = Kinds.named(row.kind());
            if (kind == null) {
                throw new IOException("cannot read set " + set + ", kind " + row.kind() + ", id \"" + row.id()
                        + "\": this version does not know the kind");
            }
            at[0] = add(at[0], kind, set, row);
        });
        return at[0].withRevision(revision);
    }

    private static <E extends Entity> Snapshot add(Snapshot to, Kind<E> kind, String set, Journal.Row row)
            throws IOException {
        try {
            return to.with(kind, Codec.decode(kind, row.schema(), row.bytes()));
        } catch (IOException | RuntimeException damaged) {
            throw new IOException(
                    "cannot read set " + set + ", kind " + row.kind() + ", id \"" + row.id() + "\": "
                            + damaged.getMessage(),
                    damaged);
        }
    }

    private void take(Snapshot newSnapshot, long revision) {
        durable = revision;
        summary = Summaries.of(newSnapshot);
        List<Answered> answers = new ArrayList<>(newSnapshot.all(Kinds.ANSWERED));
        answers.sort(Comparator.comparingLong(Answered::order));
        answered = new ArrayDeque<>();
        for (Answered answer : answers) {
            answered.add(answer.key());
        }
        nextAnswer = answers.isEmpty() ? 0 : answers.get(answers.size() - 1).order() + 1;
        snapshot = newSnapshot;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Snapshot snapshot() {
        return snapshot;
    }

    Summary summary() {
        return Summaries.of(snapshot);
    }

    @Override
    public <R> CompletionStage<R> submit(Function<Tx, R> decision) {
        return submit(new Command<>(null, false, decision));
    }

    @Override
    public CompletionStage<String> submitOnce(String key, Function<Tx, String> decision) {
        return submit(new Command<>(key, false, decision));
    }

    /** As {@link #submit}, whatever the model's mode: the door of migration. */
    <R> CompletionStage<R> submitPrivileged(Function<Tx, R> decision) {
        return submit(new Command<>(null, true, decision));
    }

    /** As {@link #submitPrivileged}; the set is in the journal afterwards, be it empty. */
    <R> CompletionStage<R> make(Function<Tx, R> decision) {
        making = true;
        return submitPrivileged(decision);
    }

    private <R> CompletionStage<R> submit(Command<R> command) {
        synchronized (lock) {
            if (shut != null) {
                return CompletableFuture.failedFuture(shut);
            }
            if (queue.size() >= MAX_QUEUE) {
                return CompletableFuture.failedFuture(
                        Problem.refuse(Code.TRY_AGAIN, "too many requests wait for %s", id));
            }
            queue.add(command);
            metrics.queued.increment();
            if (!busy) {
                busy = true;
                workers.deciders().execute(this::decide);
            }
        }
        return command.answer;
    }

    private void decide() {
        List<Command<?>> taken = new ArrayList<>();
        synchronized (lock) {
            while (taken.size() < MAX_BATCH && !queue.isEmpty()) {
                taken.add(queue.poll());
            }
        }
        metrics.queued.add(-taken.size());
        metrics.largestBatch.accumulate(taken.size());
        Draft draft = new Draft(
                id, snapshot, durable, summary, answered, nextAnswer, appender.readOnly(), slow.nanos(), metrics);
        try {
            taken.forEach(draft::decide);
            if (draft.isDurable() || making && draft.head() != snapshot) {
                appender.append(this, draft);
                return;
            }
        } catch (Refused closing) {
            failed(draft, closing);
            return;
        } catch (RuntimeException | Error bug) {
            LOG.error("The writer of {} failed", id, bug);
            failed(draft, bug);
            return;
        }
        publish(draft);
    }

    /** Called by the appender after the journal's sync. */
    void saved(Draft draft) {
        durable = draft.head().revision();
        making = false;
        publish(draft);
    }

    private void publish(Draft draft) {
        if (draft.head() != snapshot) {
            draft.updateAnswers(answered);
            nextAnswer = draft.nextAnswer();
            summary = draft.summary();
            snapshot = draft.head();
            traces.note(draft.traces());
            tell(draft.changes());
        }
        draft.commands().forEach(command -> command.tell(workers.tellers()));
        next();
    }

    private void tell(List<Change> changes) {
        try {
            listener.published(this, summary, changes);
            watches.tell(changes);
        } catch (RuntimeException bug) {
            LOG.error("Telling of a commit of {} failed", id, bug);
        }
    }

    /** Nothing of the batch happened: the head it was decided on stands. */
    void failed(Draft draft, Throwable why) {
        draft.commands().forEach(command -> command.refuse(why, workers.tellers()));
        next();
    }

    private void next() {
        CompletableFuture<Void> waits = null;
        synchronized (lock) {
            if (queue.isEmpty()) {
                busy = false;
                waits = idle;
                idle = null;
            } else {
                workers.deciders().execute(this::decide);
            }
        }
        if (waits != null) {
            waits.complete(null);
        }
    }

    /** For the appender, while it holds a batch of this set. */
    long durable() {
        return durable;
    }

    /**
     * After a commit of which nobody knew whether it was saved, the journal stands elsewhere: goes on from there. Called by the
     * appender while it holds a batch of this set, which it fails afterwards.
     */
    void reload(Journal journal, long revision) throws IOException {
        Snapshot before = snapshot;
        Snapshot after = read(id, journal, revision);
        List<Change> changes = new ArrayList<>();
        for (Kind<?> kind : Kinds.all()) {
            if (kind.soft()) {
                after = keep(kind, before, after);
            } else {
                differences(kind, before, after, changes);
            }
        }
        take(after.withRevision(Math.max(revision, before.revision())), revision);
        tell(changes);
    }

    private static <E extends Entity> Snapshot keep(Kind<E> kind, Snapshot from, Snapshot to) {
        Snapshot at = to;
        for (E entity : from.all(kind)) {
            at = at.with(kind, entity);
        }
        return at;
    }

    private static <E extends Entity> void differences(
            Kind<E> kind, Snapshot before, Snapshot after, List<Change> changes) {
        for (E entity : before.all(kind)) {
            E now = after.get(kind, entity.id());
            if (!entity.equals(now)) {
                changes.add(new Change(new Key(kind, entity.id()), entity, now));
            }
        }
        for (E entity : after.all(kind)) {
            if (!before.has(kind, entity.id())) {
                changes.add(new Change(new Key(kind, entity.id()), null, entity));
            }
        }
    }

    @Override
    public String trace(Collection<Key> keys) {
        return traces.of(keys);
    }

    @Override
    public Watch watch(Set<Interest> interests) {
        return watches.add(interests);
    }

    /**
     * Takes nothing more; what waits is still done.
     *
     * @return completes when nothing is under way
     */
    CompletionStage<Void> shut(Refused why) {
        synchronized (lock) {
            shut = why;
            if (!busy) {
                return CompletableFuture.completedFuture(null);
            }
            if (idle == null) {
                idle = new CompletableFuture<>();
            }
            return idle;
        }
    }

    /** Takes commands again, after a removal that failed. */
    void reopen() {
        synchronized (lock) {
            shut = null;
        }
    }

    void stopWatches() {
        watches.stop();
    }
}
