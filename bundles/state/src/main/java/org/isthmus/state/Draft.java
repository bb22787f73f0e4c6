package org.isthmus.state;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.model.Answered;
import org.isthmus.model.Change;
import org.isthmus.model.Codec;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Summaries;
import org.isthmus.model.Summary;
import org.isthmus.model.Tx;
import org.isthmus.spi.Journal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a writer makes of the commands it took: one batch, each command decided on what the one before it left. */
final class Draft {
    private static final Logger LOG = LoggerFactory.getLogger(Draft.class);

    private final String set;
    private final long expected;
    private final Summary summaryBefore;
    private final Metrics metrics;
    private final Refused readOnly;
    private final long slowNanos;
    private final List<Command<?>> commands = new ArrayList<>();
    /** One for each key, from before the batch to after it. */
    private final Map<Key, Change> changes = new LinkedHashMap<>();

    private final Map<Key, Journal.Row> rows = new LinkedHashMap<>();
    /** By which request; without those that bear no trace. */
    private final Map<Key, String> traces = new LinkedHashMap<>();

    private final Deque<String> newAnswers = new ArrayDeque<>();
    private final Iterator<String> oldAnswers;
    private final int oldAnswerCount;
    private int expiredOld;
    private String oldest;
    private boolean oldestIsNew;
    private int answers;
    private long nextAnswer;
    private Snapshot head;
    private Summary summary;

    /**
     * @param expected revision at which the journal stands
     * @param answered keys that are remembered, oldest first; only read
     * @param slowNanos from when on a decision is told of as slow
     * @param readOnly why nothing durable may be written now; null when it may
     */
    Draft(
            String set,
            Snapshot head,
            long expected,
            Summary summary,
            Deque<String> answered,
            long nextAnswer,
            Refused readOnly,
            long slowNanos,
            Metrics metrics) {
        this.set = set;
        this.head = head;
        this.expected = expected;
        this.summaryBefore = summary;
        this.summary = summary;
        this.oldAnswers = answered.iterator();
        this.oldAnswerCount = answered.size();
        this.answers = oldAnswerCount;
        this.nextAnswer = nextAnswer;
        this.readOnly = readOnly;
        this.slowNanos = slowNanos;
        this.metrics = metrics;
    }

    <R> void decide(Command<R> command) {
        commands.add(command);
        metrics.commands.increment();
        long start = System.nanoTime();
        try {
            decideOn(Tx.on(head), command);
        } catch (Refused refused) {
            metrics.refused.increment();
            command.failed(refused);
        } catch (RuntimeException | Error bug) {
            metrics.bugs.increment();
            LOG.error("Decision of {} failed on {}", command.name(), set, bug);
            command.failed(bug);
        }
        long nanos = System.nanoTime() - start;
        if (nanos > slowNanos) {
            metrics.slowDecisions.increment();
            LOG.warn(
                    "Slow decision: {} took {} ms on {} (trace {})",
                    command.name(),
                    TimeUnit.NANOSECONDS.toMillis(nanos),
                    set,
                    command.trace);
        }
    }

    private <R> void decideOn(Tx tx, Command<R> command) {
        if (command.key != null) {
            Answered earlier = head.get(Kinds.ANSWERED, command.key);
            if (earlier != null) {
                @SuppressWarnings("unchecked") // a command with a key answers a String: Documents.submitOnce
                R again = (R) earlier.answer();
                command.decided(again);
                return;
            }
        }
        R value = command.decision.apply(tx);
        if (!command.privileged) {
            checkMode(tx);
        }
        checkEpoch(tx);
        // What changed nothing that lasts can be decided again, and is not worth a row.
        boolean remembered = command.key != null
                && tx.changes().stream().anyMatch(change -> !change.key().kind().soft());
        if (remembered) {
            tx.put(Kinds.ANSWERED, new Answered(command.key, nextAnswer, (String) value));
            if (answers >= DocumentSet.ANSWERS) {
                tx.remove(Kinds.ANSWERED, oldestAnswer());
            }
        }
        List<Change> made = tx.changes();
        long revision = head.revision() + 1;
        Map<Key, Journal.Row> images = new LinkedHashMap<>();
        for (Change change : made) {
            if (!change.key().kind().soft()) {
                images.put(change.key(), row(change, revision));
            }
        }
        if (!images.isEmpty() && readOnly != null) {
            throw readOnly;
        }
        // From here on nothing fails.
        command.decided(value);
        if (made.isEmpty()) {
            return;
        }
        if (remembered) {
            if (answers >= DocumentSet.ANSWERS) {
                dropOldestAnswer();
            }
            answers++;
            newAnswers.add(command.key);
            nextAnswer++;
        }
        for (Change change : made) {
            changes.merge(change.key(), change, (first, last) -> new Change(last.key(), first.before(), last.after()));
        }
        rows.putAll(images);
        if (command.trace != null) {
            images.keySet().forEach(key -> traces.put(key, command.trace));
        }
        head = tx.now().withRevision(revision);
        summary = Summaries.next(summary, head, made);
    }

    /** Known until it is dropped, so that a command that fails after asking drops nothing. */
    private String oldestAnswer() {
        if (oldest == null) {
            oldest = oldAnswers.hasNext() ? oldAnswers.next() : newAnswers.peek();
            oldestIsNew = expiredOld == oldAnswerCount;
        }
        return oldest;
    }

    private void dropOldestAnswer() {
        if (oldestIsNew) {
            newAnswers.poll();
        } else {
            expiredOld++;
        }
        oldest = null;
        answers--;
    }

    private static Journal.Row row(Change change, long revision) {
        return new Journal.Row(
                change.key().kind().name(),
                change.key().id(),
                revision,
                change.key().kind().schema(),
                change.after() == null ? null : Codec.encode(change.after()));
    }

    private void checkMode(Tx tx) {
        ModelRecord before = head.model();
        if (before == null || before.mode() == ModelRecord.Mode.ACTIVE) {
            return;
        }
        ModelRecord after = tx.now().model();
        boolean durable = tx.changes().stream().anyMatch(c -> !c.key().kind().soft());
        if (durable && after != null && after.mode() != ModelRecord.Mode.ACTIVE && after.mode() == before.mode()) {
            throw Problem.refuse(Code.MIGRATION_IN_PROGRESS, "model migration in progress");
        }
    }

    private void checkEpoch(Tx tx) {
        ModelRecord before = head.model();
        ModelRecord after = tx.now().model();
        if (before != null && after != null && after.epoch() < before.epoch()) {
            throw new IllegalStateException("the epoch of " + set + " must not fall");
        }
    }

    boolean isDurable() {
        return !rows.isEmpty();
    }

    int size() {
        return rows.size();
    }

    Journal.Batch batch() {
        ModelRecord model = head.model();
        return new Journal.Batch(
                set,
                model == null ? 0 : model.epoch(),
                expected,
                head.revision(),
                List.copyOf(rows.values()),
                summary == null || summary == summaryBefore ? null : Codec.encodeSummary(summary));
    }

    long expected() {
        return expected;
    }

    Snapshot head() {
        return head;
    }

    Summary summary() {
        return summary;
    }

    Map<Key, String> traces() {
        return traces;
    }

    List<Change> changes() {
        return List.copyOf(changes.values());
    }

    List<Command<?>> commands() {
        return commands;
    }

    /** Takes what the batch did to the memory of answers over into it. */
    void updateAnswers(Deque<String> answered) {
        for (int i = 0; i < expiredOld; i++) {
            answered.poll();
        }
        answered.addAll(newAnswers);
    }

    long nextAnswer() {
        return nextAnswer;
    }
}
