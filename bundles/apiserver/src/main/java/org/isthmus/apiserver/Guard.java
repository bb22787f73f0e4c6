package org.isthmus.apiserver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * Stands before the frames of strangers: however they cut them, only so many bytes of theirs are ever held. One stands where the
 * bytes come in, one behind the inflation of frames.
 */
final class Guard extends ChannelInboundHandlerAdapter {
    private final Frontend frontend;
    private long left;

    Guard(Frontend frontend, long limit) {
        this.frontend = frontend;
        this.left = limit;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (frontend.isAuthenticated()) {
            ctx.fireChannelRead(message);
            ctx.pipeline().remove(this);
            return;
        }
        left -= bytes(message);
        if (left < 0) {
            ReferenceCountUtil.release(message);
            frontend.tooMuch();
            return;
        }
        ctx.fireChannelRead(message);
    }

    private static int bytes(Object message) {
        return message instanceof ByteBuf bytes
                ? bytes.readableBytes()
                : message instanceof ByteBufHolder frame ? frame.content().readableBytes() : 0;
    }
}
