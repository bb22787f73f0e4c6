package org.isthmus.apiserver;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;

final class Http {
    private final Server server;
    private final Frontend frontend;
    private final Channel channel;

    Http(Server server, Frontend frontend, Channel channel) {
        this.server = server;
        this.frontend = frontend;
        this.channel = channel;
    }

    void read(Object message) {
        ReferenceCountUtil.release(message);
        refuse(HttpResponseStatus.NOT_FOUND, "not found", "not found");
    }

    void refuse(HttpResponseStatus status, String code, String message) {
        byte[] body = server.json()
                .createObjectNode()
                .put("error", message)
                .put("error-code", code)
                .toString()
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        DefaultFullHttpResponse response = Frontend.response(status, body);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        channel.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    void openStream(HttpRequest request, String kind, String model) {
        refuse(HttpResponseStatus.NOT_FOUND, "not found", "not found");
    }

    void closed() {}
}
