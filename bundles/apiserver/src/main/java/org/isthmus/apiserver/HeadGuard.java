package org.isthmus.apiserver;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/** Stands where the heads of HTTP requests come in: they have few lines, and a stranger's is charged until it is answered. */
final class HeadGuard extends ChannelInboundHandlerAdapter {
    /** Of a head. Each becomes a few objects, however short it is. */
    private static final int LINES = 128;

    private final Frontend frontend;
    private final Charge charge;
    /** Whether it is a head that comes in; its body is charged where it is kept. */
    private boolean expected = true;

    private int lines;
    /** Characters of the line that comes in. */
    private int length;

    private boolean over;

    HeadGuard(Frontend frontend, Share share) {
        this.frontend = frontend;
        this.charge = new Charge(share);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (expected && message instanceof ByteBuf bytes) {
            boolean few = countLines(bytes);
            // As text in objects, where a character may take two bytes.
            if (!few || frontend.isStranger() && !frontend.take(charge, 2L * bytes.readableBytes())) {
                ReferenceCountUtil.release(message);
                expected = false;
                if (few) {
                    frontend.busy();
                } else {
                    frontend.tooManyLines();
                }
                return;
            }
        }
        ctx.fireChannelRead(message);
    }

    private boolean countLines(ByteBuf bytes) {
        int end = bytes.writerIndex();
        for (int i = bytes.readerIndex(); i < end && !over; i++) {
            byte next = bytes.getByte(i);
            if (next == '\n') {
                over = length == 0 && lines > 0;
                lines++;
                length = 0;
            } else if (next != '\r') {
                length++;
            }
        }
        return lines <= LINES;
    }

    /** A head is read. */
    void read() {
        expected = false;
    }

    /** Its request was answered, and another one may come. */
    void next() {
        charge.close();
        expected = true;
        lines = 0;
        length = 0;
        over = false;
    }

    /** It is no stranger's any more. */
    void known() {
        charge.close();
    }

    long holds() {
        return charge.held();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        charge.close();
    }
}
