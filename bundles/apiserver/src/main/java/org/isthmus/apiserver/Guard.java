package org.isthmus.apiserver;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.util.ReferenceCountUtil;

/**
 * Stands where the bytes of messages come in: however a peer cuts them, only so many are ever held, of this peer and of all like
 * it. Only the event loop touches it.
 */
class Guard extends ChannelInboundHandlerAdapter {
    /** Heads of frames, and the beginning of the next message. */
    private static final int SLACK = 64 << 10;

    private final Frontend frontend;
    /** Before the login. */
    private long left;
    /** Of what is coming in. */
    private volatile Charge coming;

    private boolean refused;

    Guard(Frontend frontend, long beforeLogin) {
        this.frontend = frontend;
        this.left = beforeLogin;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (refused || !admits(bytes(message))) {
            refused = true;
            ReferenceCountUtil.release(message);
            return;
        }
        admitted(message);
        ctx.fireChannelRead(message);
    }

    void admitted(Object message) {}

    private boolean admits(long bytes) {
        Share share = frontend.share();
        if (frontend.isStranger()) {
            left -= bytes;
            if (left < 0) {
                frontend.tooMuch();
                return false;
            }
        }
        if (bytes == 0) {
            return true;
        }
        if (coming == null) {
            coming = new Charge(share);
        }
        long more = bytes;
        if (coming.share() != share) {
            // It logged in meanwhile.
            more += coming.held();
            coming.close();
            coming = new Charge(share);
        }
        if (coming.held() + more > share.message() + slack()) {
            frontend.goodbye(WebSocketCloseStatus.MESSAGE_TOO_BIG, "the message is too big");
            return false;
        }
        if (!frontend.take(coming, more)) {
            frontend.goodbye(WebSocketCloseStatus.TRY_AGAIN_LATER, "the controller is too busy, try again");
            return false;
        }
        return true;
    }

    int slack() {
        return SLACK;
    }

    long bytes(Object message) {
        return message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
    }

    /** So much of it was handed on, to where it is charged anew. */
    void passed(long bytes) {
        if (coming != null) {
            coming.keep(Math.max(0, coming.held() - bytes));
            if (coming.held() == 0) {
                coming = null;
            }
        }
    }

    boolean isComing() {
        return coming != null;
    }

    /** On any thread. */
    long holds() {
        Charge charge = coming;
        return charge == null ? 0 : charge.held();
    }

    /** It is whole: what it cost until now, for whoever takes it over. */
    Charge whole() {
        Charge charge = coming == null ? new Charge(frontend.share()) : coming;
        coming = null;
        return charge;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        whole().close();
    }
}
