package org.isthmus.apiserver;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/** A guard before the frames: holds what no frame was made of yet. */
final class WireGuard extends Guard {
    private final Frontend frontend;
    private final Pace pace;

    WireGuard(Frontend frontend, long beforeLogin, Pace pace) {
        super(frontend, beforeLogin);
        this.frontend = frontend;
        this.pace = pace;
    }

    @Override
    void admitted(Object message) {
        pace.came(bytes(message));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        frontend.waits();
        ctx.fireChannelReadComplete();
    }

    /** Stands behind the decoder of frames, where their bytes are no longer this guard's. */
    ChannelInboundHandlerAdapter passing() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (message instanceof WebSocketFrame frame) {
                    long size = size(frame.content().readableBytes());
                    passed(size);
                    if (frame instanceof PingWebSocketFrame
                            || frame instanceof PongWebSocketFrame
                            || frame instanceof CloseWebSocketFrame) {
                        pace.aside(size);
                    }
                }
                ctx.fireChannelRead(message);
            }
        };
    }

    /** With its head, whose length has one form only, and its mask. */
    private static long size(int payload) {
        return 6L + payload + (payload < 126 ? 0 : payload < 65536 ? 2 : 8);
    }
}
