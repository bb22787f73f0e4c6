package org.isthmus.state;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.spi.Journal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one that writes the journal of a store: takes the batches of all sets that wait and makes them one transaction, so that a
 * sync is shared by all who need one.
 */
final class Appender implements AutoCloseable {
    /** Failures in a row after which nothing durable is taken until a probe was written. */
    static final int MAX_FAILURES = 3;
    /** Between two probes. */
    static final Duration PROBE = Duration.ofSeconds(1);
    /** A transaction takes no further batch beyond these. */
    static final int MAX_ROWS = 20_000;

    private static final Logger LOG = LoggerFactory.getLogger(Appender.class);

    private sealed interface Work permits Write, Removal, Probe {}

    private record Write(DocumentSet set, Draft draft) implements Work {}

    private record Removal(Set<String> sets, CompletableFuture<Void> done) implements Work {}

    private record Probe() implements Work {}

    private final Journal journal;
    private final String probeSet;
    private final Workers workers;
    private final Metrics metrics;
    private final Thread thread;

    private final Object lock = new Object();
    private final Deque<Work> queue = new ArrayDeque<>();
    private boolean closed;

    private volatile Refused readOnly;

    // Of the appender's thread.
    private int failures;
    /** Sets of failed batches: the journal is asked where they stand before their next batch. */
    private final Map<String, DocumentSet> doubtful = new HashMap<>();

    /** @param probeSet whose head is written to find out whether the journal can write */
    Appender(String name, Journal journal, String probeSet, Workers workers, Metrics metrics) {
        this.journal = journal;
        this.probeSet = probeSet;
        this.workers = workers;
        this.metrics = metrics;
        this.thread = new Thread(workers.signed(this::run), "state-append-" + name);
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Why nothing durable is taken at present; null when it is. */
    Refused readOnly() {
        return readOnly;
    }

    void append(DocumentSet set, Draft draft) {
        add(new Write(set, draft));
    }

    CompletionStage<Void> remove(Set<String> sets) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        add(new Removal(sets, done));
        return done;
    }

    private void add(Work work) {
        synchronized (lock) {
            if (closed) {
                throw Problem.refuse(Code.STOPPED, "the store is closed");
            }
            queue.add(work);
            lock.notifyAll();
        }
    }

    private void run() {
        while (true) {
            List<Work> taken = new ArrayList<>();
            synchronized (lock) {
                while (queue.isEmpty() && !closed) {
                    try {
                        lock.wait();
                    } catch (InterruptedException nobodyMay) {
                        LOG.warn("Somebody interrupts the appender; it goes on");
                    }
                }
                if (queue.isEmpty()) {
                    return;
                }
                take(taken);
            }
            try {
                work(taken);
            } catch (RuntimeException | Error bug) {
                LOG.error("The appender failed", bug);
            }
        }
    }

    /** Either one piece of other work, or all writes up to the next one. */
    private void take(List<Work> taken) {
        int rows = 0;
        do {
            Work work = queue.poll();
            taken.add(work);
            if (!(work instanceof Write write)) {
                return;
            }
            rows += write.draft().size();
        } while (queue.peek() instanceof Write && rows < MAX_ROWS);
    }

    private void work(List<Work> taken) {
        if (taken.get(0) instanceof Removal removal) {
            remove(removal);
        } else if (taken.get(0) instanceof Probe) {
            probe();
        } else {
            List<Write> writes = new ArrayList<>();
            taken.forEach(work -> writes.add((Write) work));
            write(writes);
        }
    }

    private void write(List<Write> writes) {
        List<Write> open = new ArrayList<>(writes);
        try {
            settle(open);
        } catch (IOException | RuntimeException | Error failure) {
            failed(open, failure);
            return;
        }
        if (!open.isEmpty()) {
            commit(open);
        }
    }

    private void commit(List<Write> writes) {
        long start = System.nanoTime();
        try {
            List<Journal.Batch> batches = new ArrayList<>();
            for (Write write : writes) {
                batches.add(write.draft().batch());
            }
            journal.append(batches);
        } catch (Journal.ConflictException conflict) {
            if (writes.size() > 1) {
                // Only one of them need be in conflict: each for itself, so that the others do not suffer.
                for (Write write : writes) {
                    commit(List.of(write));
                }
            } else {
                LOG.error("Another writer was in {}", writes.get(0).set().id(), conflict);
                metrics.failedCommits.increment();
                refuse(writes, conflict);
            }
            return;
        } catch (IOException | RuntimeException | Error failure) {
            failed(writes, failure);
            return;
        }
        failures = 0;
        metrics.commits.increment();
        metrics.commitNanos.add(System.nanoTime() - start);
        metrics.batches.add(writes.size());
        metrics.largestCommit.accumulate(writes.size());
        for (Write write : writes) {
            metrics.rows.add(write.draft().size());
            workers.deciders().execute(() -> write.set().saved(write.draft()));
        }
    }

    private void failed(List<Write> writes, Throwable failure) {
        failures++;
        metrics.failedCommits.increment();
        LOG.error("The journal cannot write ({} in a row)", failures, failure);
        if (failures >= MAX_FAILURES && readOnly == null) {
            readOnly = Problem.refuse(
                    Code.TRY_AGAIN, "the store is read-only until it can write again: %s", text(failure));
            scheduleProbe();
        }
        refuse(writes, failure);
    }

    private void refuse(List<Write> writes, Throwable failure) {
        Refused refused = Problem.refuse(Code.TRY_AGAIN, "cannot save: %s", text(failure));
        for (Write write : writes) {
            doubtful.put(write.set().id(), write.set());
            workers.deciders().execute(() -> write.set().failed(write.draft(), refused));
        }
    }

    private static String text(Throwable failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    /**
     * A failure leaves open whether its batches were saved. Nobody was told that they were; but the next batch must stand on what
     * is really there.
     *
     * @param writes loses those that are refused here, for a set that cannot be read is no other's fault; when this fails, nobody was
     *     told of any yet
     */
    private void settle(List<Write> writes) throws IOException {
        if (doubtful.isEmpty()
                || writes.stream().noneMatch(w -> doubtful.containsKey(w.set().id()))) {
            return;
        }
        Map<String, Journal.Head> heads = new HashMap<>();
        for (Journal.Head head : journal.heads()) {
            heads.put(head.set(), head);
        }
        for (Write write : List.copyOf(writes)) {
            String id = write.set().id();
            DocumentSet inDoubt = doubtful.get(id);
            if (inDoubt == null) {
                continue;
            }
            try {
                if (!settled(write, inDoubt, heads.get(id))) {
                    writes.remove(write);
                }
                doubtful.remove(id);
            } catch (IOException | RuntimeException unreadable) {
                writes.remove(write);
                LOG.error("What the journal holds of {} is not known, so nothing is added to it", id, unreadable);
                metrics.failedCommits.increment();
                refuse(List.of(write), unreadable);
            }
        }
    }

    private boolean settled(Write write, DocumentSet inDoubt, Journal.Head head) throws IOException {
        DocumentSet set = write.set();
        if (inDoubt != set || set.durable() == 0) {
            // A set that was being made; who made it was told that it failed, and may be making it again.
            if (head != null) {
                journal.delete(Set.of(set.id()));
            }
            return true;
        }
        long at = head == null ? 0 : head.revision();
        if (at == set.durable()) {
            return true;
        }
        if (head == null) {
            throw new IOException("set " + set.id() + " is gone from the journal");
        }
        LOG.warn("A commit of {} that seemed to fail was saved: going on from revision {}", set.id(), at);
        set.reload(journal, at);
        Refused again = Problem.refuse(Code.TRY_AGAIN, "cannot save: the documents were read again, try again");
        workers.deciders().execute(() -> set.failed(write.draft(), again));
        return false;
    }

    private void remove(Removal removal) {
        try {
            journal.delete(removal.sets());
            doubtful.keySet().removeAll(removal.sets());
        } catch (IOException | RuntimeException | Error failure) {
            LOG.error("The journal cannot remove {}", removal.sets(), failure);
            Refused refused = Problem.refuse(Code.TRY_AGAIN, "cannot remove: %s", text(failure));
            workers.tellers().execute(() -> removal.done().completeExceptionally(refused));
            return;
        }
        workers.tellers().execute(() -> removal.done().complete(null));
    }

    private void scheduleProbe() {
        workers.alarm().in(PROBE, () -> {
            synchronized (lock) {
                if (!closed) {
                    queue.add(new Probe());
                    lock.notifyAll();
                }
            }
        });
    }

    /** Writes a head as it is: a real transaction that changes nothing. */
    private void probe() {
        try {
            Collection<Journal.Head> heads = journal.heads();
            for (Journal.Head head : heads) {
                if (head.set().equals(probeSet)) {
                    journal.append(List.of(new Journal.Batch(
                            head.set(), head.epoch(), head.revision(), head.revision(), List.of(), null)));
                }
            }
        } catch (IOException | RuntimeException | Error failure) {
            LOG.warn("The journal still cannot write: {}", text(failure));
            scheduleProbe();
            return;
        }
        LOG.info("The journal can write again");
        failures = 0;
        readOnly = null;
    }

    /** Does what is queued, then ends. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
