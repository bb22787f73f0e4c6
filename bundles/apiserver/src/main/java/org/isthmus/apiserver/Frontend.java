package org.isthmus.apiserver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionDecoder;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.isthmus.api.Code;
import org.isthmus.rpc.Caller;

/** The event loop's side of one accepted channel: HTTP at first, then frames once it was upgraded. It decides nothing. */
final class Frontend extends ChannelInboundHandlerAdapter implements Pace.Peer {
    private static final Pattern SOCKET =
            Pattern.compile("/(?:model/([^/]+)/)?(api|log|logsink)|/(?:model/([^/]+)/?)?");

    private static final long LINGER_SECONDS = 2;
    /** Netty's name for it. */
    private static final String DECODER = "wsdecoder";

    private final Server server;
    private final Channel channel;
    private final Http http;
    /** Whether it still counts among those who have not shown who they are. */
    private boolean unauthenticated = true;
    /** Whether the limits before the login are over; who logged in without a password still counts. */
    private boolean loggedIn;

    private HttpRequest upgrade;
    private boolean upgraded;
    /** It was told goodbye, and nothing of it is heard any more. */
    private boolean leaving;

    /** A ping that was not answered yet; null for none. */
    private byte[] owed;

    private volatile Connection connection;
    private Stream stream;
    private final HeadGuard head;
    private volatile WireGuard wire;
    private volatile FrameGuard frames;

    /** What an upgraded channel of another kind than the API does with messages. */
    interface Stream {
        void message(byte[] text, Charge charge);

        void closed();
    }

    Frontend(Server server, Channel channel) {
        this.server = server;
        this.channel = channel;
        this.http = new Http(server, this, channel);
        this.head = new HeadGuard(this, server.costs().ofStrangers());
    }

    HeadGuard head() {
        return head;
    }

    synchronized boolean isAuthenticated() {
        return loggedIn || !unauthenticated;
    }

    private synchronized boolean isProven() {
        return !unauthenticated;
    }

    void loggedIn() {
        synchronized (this) {
            loggedIn = true;
        }
        head.known();
    }

    /** Whose memory its messages take. */
    Share share() {
        Costs costs = server.costs();
        if (isStranger()) {
            return costs.ofStrangers();
        }
        Connection of = connection;
        Caller caller = of == null ? null : of.caller();
        return caller != null && caller.anonymous() ? costs.anonymous() : costs.known();
    }

    boolean isStranger() {
        return !isAuthenticated();
    }

    /** Counts no longer as a stranger, be it that it logged in or that it is gone. */
    void authenticated() {
        synchronized (this) {
            if (!unauthenticated) {
                return;
            }
            unauthenticated = false;
        }
        head.known();
        http.known();
        server.known(this);
        waits();
    }

    /** Takes memory for what comes in, as long as there is some for its kind. */
    boolean take(Charge charge, long bytes) {
        return server.costs().take(charge, bytes, holds());
    }

    /** What comes in and nobody works at; on any thread. */
    long holds() {
        WireGuard raw = wire;
        FrameGuard whole = frames;
        return head.holds() + http.holds() + (raw == null ? 0 : raw.holds()) + (whole == null ? 0 : whole.holds());
    }

    /** Of a message that is not whole; on any thread. */
    long comesIn() {
        WireGuard raw = wire;
        FrameGuard whole = frames;
        return (raw == null ? 0 : raw.holds()) + (whole == null ? 0 : whole.comesIn());
    }

    /** Leaves as those do, unless its message became whole meanwhile; on any thread. */
    void breakOff(long whileItHolds) {
        Apart.onLoop(channel, () -> {
            if (comesIn() >= whileItHolds) {
                busy();
                channel.close();
            } else {
                server.costs().uploads().stays(this);
            }
        });
    }

    /** What was here to read is read: if a message is begun now, its end is waited for. */
    void waits() {
        if (isProven() && comesIn() > 0) {
            server.costs().uploads().begun(this);
        }
    }

    /** Leaves at once, and all that it holds with it, unless it has become known meanwhile; on any thread. */
    void makeWay() {
        Apart.onLoop(channel, () -> {
            if (share() != server.costs().known()) {
                busy();
                channel.close();
            }
        });
    }

    /** There is no memory for what it sends. */
    void busy() {
        if (upgraded) {
            goodbye(WebSocketCloseStatus.TRY_AGAIN_LATER, "the controller is too busy, try again");
        } else if (!leaving) {
            leaving = true;
            http.refuse(
                    HttpResponseStatus.SERVICE_UNAVAILABLE,
                    Code.TRY_AGAIN.wire(),
                    "the controller is too busy, try again");
        }
    }

    /** Its time is over; on any thread. */
    void noLogin() {
        Apart.onLoop(channel, () -> {
            if (upgraded && !leaving) {
                goodbye(WebSocketCloseStatus.POLICY_VIOLATION, "no login in time");
            } else {
                channel.close();
            }
        });
    }

    void tooManyLines() {
        leaving = true;
        http.refuse(
                HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, Code.BAD_REQUEST.wire(), "too many header fields");
    }

    @Override
    public void tooSlow() {
        org.slf4j.LoggerFactory.getLogger(Frontend.class).info("{} did not end its message in time", origin());
        goodbye(WebSocketCloseStatus.POLICY_VIOLATION, "the message did not come in time");
    }

    @Override
    public boolean isMessageComing() {
        return wire.isComing() || frames.isComing();
    }

    @Override
    public boolean isRead() {
        return channel.config().isAutoRead();
    }

    @Override
    public void later(Runnable look) {
        channel.eventLoop().schedule(look, server.limits().message().toMillis(), TimeUnit.MILLISECONDS);
    }

    String origin() {
        InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
        return peer == null ? "unknown:0" : peer.getAddress().getHostAddress() + ":" + peer.getPort();
    }

    boolean fromLoopback() {
        InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
        return peer != null && peer.getAddress().isLoopbackAddress();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (leaving) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof WebSocketFrame frame) {
            frame(ctx, frame);
            return;
        }
        if (message instanceof HttpRequest) {
            head.read();
        }
        if (message instanceof HttpRequest request && isUpgrade(request)) {
            upgrade = request;
            if (message instanceof HttpContent) {
                ReferenceCountUtil.release(message);
                upgrade();
            }
        } else if (upgrade != null) {
            boolean last = message instanceof LastHttpContent;
            ReferenceCountUtil.release(message);
            if (last) {
                upgrade();
            }
        } else {
            http.read(message);
        }
    }

    private static boolean isUpgrade(HttpRequest request) {
        return HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(
                        String.valueOf(request.headers().get(HttpHeaderNames.UPGRADE)))
                && request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true);
    }

    private void upgrade() {
        HttpRequest request = upgrade;
        upgrade = null;
        String uri = request.uri();
        int query = uri.indexOf('?');
        Matcher path = SOCKET.matcher(query < 0 ? uri : uri.substring(0, query));
        if (!path.matches() || !request.method().equals(HttpMethod.GET)) {
            http.refuse(HttpResponseStatus.NOT_FOUND, "not found", "no such socket");
            return;
        }
        String kind = path.group(2) == null ? "api" : path.group(2);
        String model = path.group(1) == null ? path.group(3) : path.group(1);
        if (kind.equals("api")) {
            if (handshake(request)) {
                connection =
                        server.connection(new Socket(channel, server.limits().outbound(), share()), origin(), model);
                server.entering(connection, this);
            }
            return;
        }
        http.openStream(request, kind, model);
    }

    /** Becomes a stream of messages; on the event loop. */
    boolean upgradeTo(HttpRequest request, Stream with) {
        if (!handshake(request)) {
            return false;
        }
        stream = with;
        return true;
    }

    /** A stranger sent more than a login can need. */
    void tooMuch() {
        org.slf4j.LoggerFactory.getLogger(Frontend.class).info("{} sent too much before its login", origin());
        goodbye(WebSocketCloseStatus.MESSAGE_TOO_BIG, "too much before the login");
    }

    /**
     * Tells why, and closes a little later: what is still on its way is read and dropped, else the peer sees a reset before it sees
     * the reason.
     */
    void goodbye(WebSocketCloseStatus status, String why) {
        if (leaving) {
            return;
        }
        leaving = true;
        ChannelHandlerContext inflater = channel.pipeline().context(WebSocketExtensionDecoder.class);
        if (inflater != null) {
            // One read may hold hundreds of frames, each of which would still be inflated.
            channel.pipeline().remove(inflater.handler());
        }
        channel.writeAndFlush(new CloseWebSocketFrame(status, why));
        channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
    }

    boolean isGone() {
        return !channel.isActive();
    }

    boolean isUpgraded() {
        return upgraded;
    }

    private boolean handshake(HttpRequest request) {
        WebSocketDecoderConfig config = WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(server.limits().frame())
                .allowExtensions(true)
                .build();
        WebSocketServerHandshaker handshaker =
                new WebSocketServerHandshakerFactory(request.uri(), null, config).newHandshaker(request);
        if (handshaker == null) {
            WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(channel)
                    .addListener(ChannelFutureListener.CLOSE);
            return false;
        }
        DefaultFullHttpRequest full = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, request.method(), request.uri(), Unpooled.EMPTY_BUFFER);
        full.headers().set(request.headers());
        try {
            handshaker.handshake(channel, full);
        } catch (RuntimeException malformed) {
            channel.close();
            return false;
        }
        upgraded = true;
        Pace pace = new Pace(this);
        wire = new WireGuard(this, server.limits().beforeLogin(), pace);
        frames = new FrameGuard(this, server.limits().beforeLogin(), pace);
        channel.pipeline().addAfter("tls", "guard", wire).addAfter(DECODER, "passing", wire.passing());
        channel.pipeline()
                .addBefore(channel.pipeline().context(this).name(), "inflated", frames)
                .addBefore(
                        channel.pipeline().context(this).name(),
                        "aggregator",
                        new WebSocketFrameAggregator(server.limits().frame()))
                // One read brings many small messages; those beyond the limit wait here.
                .addBefore(channel.pipeline().context(this).name(), "flow", new FlowControlHandler());
        return true;
    }

    private void frame(ChannelHandlerContext ctx, WebSocketFrame frame) {
        try {
            if (frame instanceof PingWebSocketFrame) {
                owed = ByteBufUtil.getBytes(frame.content());
                pong(ctx);
            } else if (frame instanceof PongWebSocketFrame) {
                if (connection != null) {
                    connection.ponged();
                }
            } else if (frame instanceof CloseWebSocketFrame close) {
                int status = close.statusCode();
                ctx.writeAndFlush(status < 0 ? new CloseWebSocketFrame() : new CloseWebSocketFrame(status, ""))
                        .addListener(ChannelFutureListener.CLOSE);
            } else {
                message(frame.content());
            }
        } finally {
            frame.release();
        }
    }

    /** Only the last ping is answered of those that came while its sender did not read: what waits for it stays small. */
    private void pong(ChannelHandlerContext ctx) {
        if (owed != null && ctx.channel().isWritable()) {
            ctx.writeAndFlush(new PongWebSocketFrame(Unpooled.wrappedBuffer(owed)));
            owed = null;
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        pong(ctx);
        ctx.fireChannelWritabilityChanged();
    }

    private void message(ByteBuf content) {
        Charge charge = frames.heard();
        if (connection != null) {
            connection.message(ByteBufUtil.getBytes(content), charge);
        } else if (stream != null) {
            stream.message(ByteBufUtil.getBytes(content), charge);
        } else {
            charge.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        http.closed();
        if (connection != null) {
            Connection gone = connection;
            connection = null;
            server.threads().decide().execute(() -> server.gone(gone));
        }
        if (stream != null) {
            Stream gone = stream;
            stream = null;
            server.threads().decide().execute(gone::closed);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
        // Broken TLS, broken frames, a peer that is gone: nothing that a log should fill with.
        org.slf4j.LoggerFactory.getLogger(Frontend.class).debug("{}: {}", origin(), failure.toString());
        if (upgraded && isTooLong(failure)) {
            goodbye(WebSocketCloseStatus.MESSAGE_TOO_BIG, "the message is too big");
        } else if (!leaving || failure instanceof IOException) {
            ctx.close();
        }
    }

    private static boolean isTooLong(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof TooLongFrameException
                    || at instanceof DecompressionException
                    || at instanceof CorruptedWebSocketFrameException corrupted
                            && corrupted.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)) {
                return true;
            }
        }
        return false;
    }

    static DefaultFullHttpResponse response(HttpResponseStatus status, byte[] body) {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
    }
}
