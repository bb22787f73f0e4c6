package org.isthmus.agent;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.isthmus.api.Tag;
import org.isthmus.wire.agent.LogBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's lines for the model's log, sent in batches. Bounded, in lines and in characters: while the controller is away, or
 * when more is said than it takes, the oldest lines go, and their number is told.
 */
public final class AgentLog implements AutoCloseable {
    private static final Logger LOCAL = LoggerFactory.getLogger("agent");
    private static final int LINES = 4000;
    /** Kept in all: a small part of the JVM's memory, also where a character takes two bytes. */
    private static final int CHARS = 3_000_000;

    private static final int BATCH = 200;
    /** A batch takes no further line beyond these. */
    private static final int BATCH_CHARS = 200_000;
    /** How long a line waits for company. */
    private static final long GATHER_MILLIS = 300;
    /** Between two tries while the controller is away. */
    private static final long RETRY_MILLIS = 1000;

    /** Of a line; the rest is cut. */
    public static final int MESSAGE_CHARS = 16_000;

    /** Takes a batch; answers false when it could not be sent. */
    public interface Sink {
        boolean send(LogBatch batch);
    }

    private final Deque<LogBatch.Line> lines = new ArrayDeque<>();
    private final String self;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "agent-log");
        thread.setDaemon(true);
        return thread;
    });
    private Sink sink = batch -> false;
    private long dropped;
    private long chars;
    /** A flush is on its way: an agent with nothing to say does not wake up. */
    private boolean due;

    /** @param self tag under which the log speaks for itself */
    public AgentLog(String self) {
        this.self = self;
    }

    public synchronized void to(Sink newSink) {
        sink = newSink;
    }

    /** @param level one of TRACE DEBUG INFO WARNING ERROR */
    public void line(String tag, String level, String module, String message) {
        String text = message.length() > MESSAGE_CHARS ? message.substring(0, MESSAGE_CHARS) + "…" : message;
        LOCAL.info("{} {} {}", level, module, text);
        synchronized (this) {
            lines.addLast(new LogBatch.Line(Instant.now(), tag, level, module, text));
            chars += text.length();
            while (lines.size() > LINES || chars > CHARS) {
                removeFirst();
                dropped++;
            }
            schedule(GATHER_MILLIS);
        }
    }

    private void removeFirst() {
        LogBatch.Line first = lines.pollFirst();
        chars -= first == null ? 0 : first.message().length();
    }

    private synchronized void schedule(long millis) {
        if (due) {
            return;
        }
        try {
            timer.schedule(this::flush, millis, TimeUnit.MILLISECONDS);
            due = true;
        } catch (RejectedExecutionException closed) {
            LOCAL.debug("said after the end");
        }
    }

    public void unit(String unit, String level, String module, String message) {
        line(Tag.unit(unit).toString(), level, module, message);
    }

    private void flush() {
        synchronized (this) {
            due = false;
        }
        try {
            while (flushOne()) {
                // Until nothing is left or the controller is away.
            }
        } catch (RuntimeException bug) {
            LOCAL.warn("cannot send log lines", bug);
        }
        synchronized (this) {
            if (!lines.isEmpty()) {
                schedule(RETRY_MILLIS);
            }
        }
    }

    private boolean flushOne() {
        List<LogBatch.Line> batch = new ArrayList<>();
        Sink to;
        long lost;
        synchronized (this) {
            if (lines.isEmpty()) {
                return false;
            }
            lost = dropped;
            if (lost > 0) {
                batch.add(new LogBatch.Line(
                        Instant.now(),
                        self,
                        "WARNING",
                        "agent.log",
                        lost + " log lines were dropped: the controller was away, or more was said than it takes"));
            }
            int size = 0;
            for (LogBatch.Line line : lines) {
                if (batch.size() >= BATCH || size > BATCH_CHARS) {
                    break;
                }
                batch.add(line);
                size += line.message().length();
            }
            to = sink;
        }
        if (!to.send(new LogBatch(batch))) {
            return false;
        }
        synchronized (this) {
            int sent = batch.size() - (lost > 0 ? 1 : 0);
            // Lines that were dropped since are those that were sent.
            long since = dropped - lost;
            for (long i = since; i < sent; i++) {
                removeFirst();
            }
            dropped = Math.max(0, since - sent);
            return !lines.isEmpty();
        }
    }

    @Override
    public void close() {
        try {
            timer.submit(this::flush).get(2, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException lost) {
            LOCAL.warn("the last log lines were not sent");
        }
        timer.shutdownNow();
    }
}
