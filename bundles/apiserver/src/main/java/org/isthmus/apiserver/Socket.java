package org.isthmus.apiserver;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sending side of one WebSocket. What waits for a slow reader is bounded: beyond it the connection is closed. */
final class Socket {
    private static final Logger LOG = LoggerFactory.getLogger(Socket.class);

    private final Channel channel;
    private final long limit;
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicBoolean closing = new AtomicBoolean();

    Socket(Channel channel, long limit) {
        this.channel = channel;
        this.limit = limit;
    }

    /** Sends one text message; a single one may be larger than the limit. */
    void text(byte[] utf8) {
        if (closing.get()) {
            return;
        }
        if (waiting.get() > limit) {
            if (closing.compareAndSet(false, true)) {
                LOG.warn("{} does not read its answers: {} bytes wait; closed", channel.remoteAddress(), waiting.get());
                Apart.onLoop(channel, channel::close);
            }
            return;
        }
        waiting.addAndGet(utf8.length);
        Apart.onLoop(channel, () -> channel.writeAndFlush(new TextWebSocketFrame(Unpooled.wrappedBuffer(utf8)))
                .addListener(sent -> waiting.addAndGet(-utf8.length)));
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
