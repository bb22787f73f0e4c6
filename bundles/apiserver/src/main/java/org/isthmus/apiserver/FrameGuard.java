package org.isthmus.apiserver;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/** A guard behind the inflation of frames: a small one may hold a great deal of nothing. */
final class FrameGuard extends Guard {
    /** What a part of a message costs beside its bytes, however few these are. */
    private static final int OF_PART = 256;

    private final Pace pace;
    /** Of messages that are whole, and not heard yet. */
    private final Deque<Charge> heardNext = new ConcurrentLinkedDeque<>();

    FrameGuard(Frontend frontend, long beforeLogin, Pace pace) {
        super(frontend, beforeLogin);
        this.pace = pace;
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
        if (!isOfMessage(message)) {
            return 0;
        }
        WebSocketFrame frame = (WebSocketFrame) message;
        boolean part = !frame.isFinalFragment() || frame instanceof ContinuationWebSocketFrame;
        return frame.content().readableBytes() + (part ? OF_PART : 0);
    }

    @Override
    void admitted(Object message) {
        if (isOfMessage(message) && ((WebSocketFrame) message).isFinalFragment()) {
            heardNext.add(whole());
            pace.ended();
        }
    }

    /** Of the message that is heard now: it is its hearer's from here on. */
    Charge heard() {
        return heardNext.remove();
    }

    /** On any thread. */
    long comesIn() {
        return super.holds();
    }

    @Override
    long holds() {
        long sum = super.holds();
        for (Charge each : heardNext) {
            sum += each.held();
        }
        return sum;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        super.handlerRemoved(ctx);
        heardNext.forEach(Charge::close);
        heardNext.clear();
    }
}
