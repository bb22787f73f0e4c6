package org.isthmus.apiserver;

import io.netty.channel.Channel;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A request's body: filled by the event loop, read by a thread that may block. Little of it is held: while the reader is behind,
 * the socket is not read.
 */
final class BodyStream extends InputStream {
    /** What a part costs beside its bytes, however few these are. */
    static final int OF_PART = 48;

    private static final int HIGH = 256 << 10;
    private static final int LOW = 64 << 10;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    private final Channel channel;
    private final Deque<byte[]> parts = new ArrayDeque<>();
    private int at;
    private int held;
    private boolean admitted;
    /** The socket is not read before the caller is known; so it begins paused. */
    private boolean paused = true;

    private boolean ended;
    private boolean discarding;
    private IOException failure;
    /** Who waits for a small body, and how small it must be. */
    private CompletableFuture<Void> whole;

    private int most;

    BodyStream(Channel channel) {
        this.channel = channel;
    }

    /** The event loop brings a part. */
    synchronized void offer(byte[] part) {
        if (discarding || part.length == 0) {
            return;
        }
        parts.add(part);
        held += part.length;
        if (cost() > (whole == null ? HIGH : most) && !paused) {
            paused = true;
            channel.config().setAutoRead(false);
        }
        notifyAll();
        arrived();
    }

    private long cost() {
        return held + (long) OF_PART * parts.size();
    }

    synchronized boolean isDiscarding() {
        return discarding;
    }

    synchronized void end() {
        ended = true;
        notifyAll();
        arrived();
    }

    synchronized void fail(IOException why) {
        if (!ended && failure == null) {
            failure = why;
            notifyAll();
            arrived();
        }
    }

    /**
     * When all of it is here, or more than that many bytes: a reader that wants no more holds no thread up. Fails when the sender is
     * gone.
     */
    synchronized CompletionStage<Void> whole(int bytes) {
        whole = new CompletableFuture<>();
        most = bytes;
        CompletionStage<Void> told = whole;
        arrived();
        return told;
    }

    /** What waits for it goes on elsewhere, so it may be told here. */
    private void arrived() {
        if (whole == null) {
            return;
        }
        if (failure != null) {
            whole.completeExceptionally(failure);
        } else if (ended || cost() > most) {
            whole.complete(null);
        }
    }

    /** Whether it failed because the sender did. */
    synchronized boolean isCause(Throwable of) {
        for (Throwable at = of; at != null && failure != null; at = at.getCause()) {
            if (at == failure) {
                return true;
            }
        }
        return false;
    }

    synchronized boolean hasEnded() {
        return ended;
    }

    /** The caller may send: only now is the socket read on. */
    synchronized void admit() {
        admitted = true;
        resume();
    }

    /** What comes from now on is thrown away. */
    synchronized void discard() {
        discarding = true;
        parts.clear();
        held = 0;
        admitted = true;
        resume();
        notifyAll();
    }

    private void resume() {
        if (admitted && cost() < LOW) {
            paused = false;
            Apart.onLoop(channel, () -> channel.config().setAutoRead(true));
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public synchronized int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        long until = System.nanoTime() + PATIENCE;
        while (parts.isEmpty()) {
            if (failure != null) {
                throw failure;
            }
            if (ended || discarding) {
                return -1;
            }
            long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            if (left <= 0) {
                failure = new IOException("the sender is too slow");
                throw failure;
            }
            try {
                wait(left);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            }
        }
        byte[] part = parts.peek();
        int count = Math.min(length, part.length - at);
        System.arraycopy(part, at, into, offset, count);
        at += count;
        held -= count;
        if (at == part.length) {
            parts.poll();
            at = 0;
        }
        if (paused) {
            resume();
        }
        return count;
    }

    @Override
    public synchronized int available() {
        return held;
    }
}
