package org.isthmus.apiserver;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Stands before the frames of strangers: however they cut them, only so many bytes of theirs are ever held. */
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
        if (message instanceof ByteBuf bytes) {
            left -= bytes.readableBytes();
            if (left < 0) {
                bytes.release();
                frontend.tooMuch();
                return;
            }
        }
        ctx.fireChannelRead(message);
    }
}
