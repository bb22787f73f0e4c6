package org.isthmus.apiserver;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sending side of one WebSocket. What waits for a slow reader is bounded: beyond it the connection is closed. */
final class Socket {
    private static final Logger LOG = LoggerFactory.getLogger(Socket.class);
    /** So much may wait when more is sent to a reader whose pace is kept. */
    private static final long LOW = 128 << 10;

    private final Channel channel;
    private final long limit;
    /** Of its peer's kind; it changes with the login. */
    private volatile Share share;

    private final AtomicLong waiting = new AtomicLong();
    private final AtomicReference<Runnable> taken = new AtomicReference<>();
    private final AtomicBoolean closing = new AtomicBoolean();

    /** On the event loop. */
    Socket(Channel channel, long limit, Share share) {
        this.channel = channel;
        this.limit = limit;
        this.share = share;
        share.answers().opened(this);
        channel.closeFuture().addListener(gone -> this.share.answers().closed(this));
    }

    void share(Share with) {
        share.answers().closed(this);
        share = with;
        with.answers().opened(this);
        if (!channel.isActive()) {
            with.answers().closed(this);
        }
    }

    /** Sends one text message; a single one may be larger than the limit. */
    void text(byte[] utf8) {
        texts(List.of(utf8));
    }

    /** Sends messages, one after the other. */
    void texts(List<byte[]> all) {
        if (closing.get()) {
            return;
        }
        if (waiting.get() > limit) {
            cut();
            return;
        }
        Outbound answers = share.answers();
        for (byte[] utf8 : all) {
            waiting.addAndGet(utf8.length);
            answers.add(utf8.length);
        }
        Apart.onLoop(channel, () -> {
            for (byte[] utf8 : all) {
                channel.write(new TextWebSocketFrame(Unpooled.wrappedBuffer(utf8)))
                        .addListener(sent -> sent(utf8.length, answers));
            }
            channel.flush();
        });
    }

    private void sent(int bytes, Outbound answers) {
        answers.gone(bytes);
        if (waiting.addAndGet(-bytes) <= LOW) {
            takenEnough();
        }
    }

    /** Runs that, once, when the reader has taken most of what was sent, or is gone. Only one may wait. */
    void whenTaken(Runnable next) {
        taken.set(next);
        if (waiting.get() <= LOW) {
            takenEnough();
        }
    }

    private void takenEnough() {
        Runnable next = taken.getAndSet(null);
        if (next != null) {
            next.run();
        }
    }

    /** Too much waits for its peer. */
    void cut() {
        if (closing.compareAndSet(false, true)) {
            LOG.warn("{} does not read its answers: {} bytes wait; closed", channel.remoteAddress(), waiting.get());
            Apart.onLoop(channel, channel::close);
        }
    }

    long waiting() {
        return waiting.get();
    }

    void ping() {
        Apart.onLoop(channel, () -> channel.writeAndFlush(new PingWebSocketFrame()));
    }

    void close(int status, String reason) {
        if (closing.compareAndSet(false, true)) {
            Apart.onLoop(channel, () -> channel.writeAndFlush(new CloseWebSocketFrame(status, reason))
                    .addListener(ChannelFutureListener.CLOSE));
        }
    }

    /** Without good-bye. */
    void abort() {
        closing.set(true);
        Apart.onLoop(channel, channel::close);
    }

    boolean isOpen() {
        return channel.isActive();
    }

    void read(boolean on) {
        Apart.onLoop(channel, () -> channel.config().setAutoRead(on));
    }
}
