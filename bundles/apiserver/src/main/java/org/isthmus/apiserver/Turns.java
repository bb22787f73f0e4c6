package org.isthmus.apiserver;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * TLS arithmetic costs, so only some connections do theirs at a time and the others are not read. A turn is taken by whoever has
 * begun to speak, not by silence, and is lost by who dawdles: strangers who send nothing hold nobody up.
 */
final class Turns {
    private final int most;
    private final long dawdleMillis;
    private final Deque<Turn> waiting = new ArrayDeque<>();
    private int busy;

    /** @param dawdleMillis after which a handshake that is not over no longer counts */
    Turns(int most, long dawdleMillis) {
        this.most = most;
        this.dawdleMillis = dawdleMillis;
    }

    /** The first handler of a channel. */
    Turn turn() {
        return new Turn();
    }

    private synchronized boolean take(Turn turn) {
        if (busy < most) {
            busy++;
            return true;
        }
        waiting.add(turn);
        return false;
    }

    private void give() {
        Turn next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                busy--;
            }
        }
        if (next != null) {
            next.begin();
        }
    }

    private synchronized boolean forget(Turn turn) {
        return waiting.remove(turn);
    }

    /** Of one channel; only its event loop touches it, but for {@link #begin}. */
    final class Turn extends ChannelInboundHandlerAdapter {
        private final List<Object> held = new ArrayList<>();
        private ChannelHandlerContext context;
        private boolean asked;
        private boolean mine;
        private boolean over;

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            context = ctx;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (!asked) {
                asked = true;
                if (take(this)) {
                    start();
                }
            }
            if (mine || over) {
                ctx.fireChannelRead(message);
            } else {
                held.add(message);
                ctx.channel().config().setAutoRead(false);
            }
        }

        /** Its turn has come. */
        private void begin() {
            context.executor().execute(() -> {
                start();
                if (over) {
                    return;
                }
                List<Object> early = List.copyOf(held);
                held.clear();
                early.forEach(context::fireChannelRead);
                context.fireChannelReadComplete();
                context.channel().config().setAutoRead(true);
            });
        }

        private void start() {
            if (over) {
                // It went while it was called up.
                give();
                return;
            }
            mine = true;
            context.executor().schedule(this::release, dawdleMillis, TimeUnit.MILLISECONDS);
        }

        private void release() {
            if (mine && !over) {
                over = true;
                give();
            }
        }

        /** The handshake is over, well or badly, or the channel is gone; on its event loop. */
        void end() {
            if (mine) {
                release();
            } else if (!over) {
                over = true;
                if (asked) {
                    // Where it is no longer in the queue it has been called up, and gives its turn on there.
                    forget(this);
                }
            }
            held.forEach(ReferenceCountUtil::release);
            held.clear();
        }
    }
}
