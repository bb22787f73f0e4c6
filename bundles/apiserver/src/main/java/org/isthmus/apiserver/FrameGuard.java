package org.isthmus.apiserver;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.ArrayDeque;
import java.util.Deque;

/** A guard behind the inflation of frames: a small one may hold a great deal of nothing. */
final class FrameGuard extends Guard {
    /** Of messages that are whole, and not heard yet. */
    private final Deque<Charge> heardNext = new ArrayDeque<>();

    FrameGuard(Frontend frontend, long beforeLogin) {
        super(frontend, beforeLogin);
    }

    private static boolean isOfMessage(Object message) {
        return message instanceof TextWebSocketFrame
                || message instanceof BinaryWebSocketFrame
                || message instanceof ContinuationWebSocketFrame;
    }

    @Override
    int slack() {
        return 0;
    }

    @Override
    long bytes(Object message) {
        return isOfMessage(message) ? ((WebSocketFrame) message).content().readableBytes() : 0;
    }

    @Override
    void admitted(Object message) {
        if (isOfMessage(message) && ((WebSocketFrame) message).isFinalFragment()) {
            heardNext.add(whole());
        }
    }

    /** Of the message that is heard now: it is its hearer's from here on. */
    Charge heard() {
        return heardNext.remove();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        super.handlerRemoved(ctx);
        heardNext.forEach(Charge::close);
        heardNext.clear();
    }
}
