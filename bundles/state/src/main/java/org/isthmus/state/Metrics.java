package org.isthmus.state;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** What one store counts; read at any time, never reset. */
public final class Metrics {
    /** Decided commands, refused ones and those that failed as bugs among them. */
    final LongAdder commands = new LongAdder();

    final LongAdder refused = new LongAdder();
    final LongAdder bugs = new LongAdder();
    /** Commands that wait for their writer, of all sets. */
    final LongAdder queued = new LongAdder();
    /** Journal transactions, the set batches in them, their rows. */
    final LongAdder commits = new LongAdder();

    final LongAdder batches = new LongAdder();
    final LongAdder rows = new LongAdder();
    final LongAccumulator largestCommit = new LongAccumulator(Math::max, 0);
    final LongAccumulator largestBatch = new LongAccumulator(Math::max, 0);
    final LongAdder commitNanos = new LongAdder();
    final LongAdder failedCommits = new LongAdder();
    final LongAdder slowDecisions = new LongAdder();
    final LongAdder watchesTold = new LongAdder();
    final LongAdder loads = new LongAdder();

    /** All counters by name. */
    public Map<String, Long> values() {
        Map<String, Long> values = new TreeMap<>();
        values.put("state.commands", commands.sum());
        values.put("state.commands.refused", refused.sum());
        values.put("state.commands.bugs", bugs.sum());
        values.put("state.commands.queued", queued.sum());
        values.put("state.commits", commits.sum());
        values.put("state.commits.batches", batches.sum());
        values.put("state.commits.rows", rows.sum());
        values.put("state.commits.largest", largestCommit.get());
        values.put("state.commits.nanos", commitNanos.sum());
        values.put("state.commits.failed", failedCommits.sum());
        values.put("state.batch.largest", largestBatch.get());
        values.put("state.decisions.slow", slowDecisions.sum());
        values.put("state.watches.told", watchesTold.sum());
        values.put("state.loads", loads.sum());
        return values;
    }
}
