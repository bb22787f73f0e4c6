package org.isthmus.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.isthmus.wire.agent.LogBatch;
import org.junit.Test;

public class AgentLogTest {
    /** Everything that a controller took. */
    private static final class Taken implements AgentLog.Sink {
        private final List<LogBatch.Line> lines = new ArrayList<>();
        private final CountDownLatch last = new CountDownLatch(1);
        private int largest;

        @Override
        public synchronized boolean send(LogBatch batch) {
            int size = batch.lines().stream()
                    .mapToInt(line -> line.message().length())
                    .sum();
            largest = Math.max(largest, size);
            lines.addAll(batch.lines());
            if (batch.lines().stream().anyMatch(line -> line.message().equals("the end"))) {
                last.countDown();
            }
            return true;
        }
    }

    @Test
    public void longLinesThatNobodyTakesAreBoundedByWhatTheyHold() throws Exception {
        Taken taken = new Taken();
        try (AgentLog log = new AgentLog("machine-0")) {
            String line = "x".repeat(AgentLog.MESSAGE_CHARS);
            for (int i = 0; i < 1000; i++) {
                log.unit("a/0", "DEBUG", "unit.a/0.install", line);
            }
            log.unit("a/0", "INFO", "unit.a/0.install", "the end");
            log.to(taken);
            assertTrue(taken.last.await(20, TimeUnit.SECONDS));
        }
        long kept = taken.lines.stream()
                .filter(line -> line.level().equals("DEBUG"))
                .count();
        assertTrue(kept + " lines", kept > 100 && kept * AgentLog.MESSAGE_CHARS <= 3_000_000);
        assertTrue(taken.largest + " characters", taken.largest < 300_000);
        assertEquals(
                (1000 - kept) + " log lines were dropped: the controller was away, or more was said than it takes",
                taken.lines.get(0).message());
    }
}
