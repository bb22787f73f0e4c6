package org.isthmus.apiserver;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.api.Tag;
import org.isthmus.model.Snapshot;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Caller;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.HttpRoute;
import org.isthmus.spi.Plug;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP side of one channel: one request at a time, who may, then the route's handler on the pool for blocking work. */
final class Http {
    private static final Logger LOG = LoggerFactory.getLogger(Http.class);
    /** Bytes of what a stranger may have to say; a reader that takes less refuses the rest itself. */
    private static final int STRANGERS_BODY = 64 << 10;

    private static final int QUEUE = 256;
    private static final int CHUNK = 64 << 10;
    private static final long DRAIN_SECONDS = 20;
    private static final long LINGER_SECONDS = 2;
    private static final long IDLE_SECONDS = 60;

    private final Server server;
    private final Frontend frontend;
    private final Channel channel;
    /** What is answered now; only the event loop touches it. */
    private volatile Exchange current;

    private long requests;

    Http(Server server, Frontend frontend, Channel channel) {
        this.server = server;
        this.frontend = frontend;
        this.channel = channel;
    }

    private static final class Exchange {
        private final HttpRequest request;
        private final BodyStream body;
        /** Of its body, while it is a stranger's. */
        private final Charge charge;

        private final boolean keepAlive;
        private final boolean expectsContinue;
        private boolean answered;
        /** Whether the peer was told to send its body. */
        private volatile boolean admitted;

        private Exchange(HttpRequest request, BodyStream body, Charge charge) {
            this.request = request;
            this.body = body;
            this.charge = charge;
            this.keepAlive = HttpUtil.isKeepAlive(request);
            this.expectsContinue = HttpUtil.is100ContinueExpected(request);
        }

        private String name() {
            return request.method().name() + " " + new QueryStringDecoder(request.uri()).path();
        }

        /** Whether it is open what the peer sends next: its body, or the next request. */
        private boolean unclear() {
            return expectsContinue && !admitted;
        }
    }

    /** On the event loop. */
    void read(Object message) {
        try {
            if (message instanceof HttpRequest request) {
                if (current != null) {
                    // Pipelined requests are rare, and a client must be able to send them again.
                    channel.close();
                    return;
                }
                if (request.decoderResult().isFailure()) {
                    refuse(HttpResponseStatus.BAD_REQUEST, Code.BAD_REQUEST.wire(), "bad request");
                    return;
                }
                requests++;
                channel.config().setAutoRead(false);
                current = new Exchange(
                        request,
                        new BodyStream(channel),
                        new Charge(server.costs().ofStrangers()));
                Exchange mine = current;
                server.threads().decide().execute(() -> begin(mine));
            }
            if (message instanceof HttpContent content && current != null) {
                if (!admits(content.content().readableBytes())) {
                    current.body.fail(new IOException("there is no room for it"));
                    frontend.busy();
                    return;
                }
                current.body.offer(ByteBufUtil.getBytes(content.content()));
                if (message instanceof LastHttpContent) {
                    current.body.end();
                    if (current.answered) {
                        next();
                    }
                }
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    /** A stranger's body is charged as it comes. */
    private boolean admits(int bytes) {
        if (!frontend.isStranger() || current.body.isDiscarding()) {
            current.charge.close();
            return true;
        }
        return bytes == 0 || frontend.take(current.charge, bytes + BodyStream.OF_PART);
    }

    /** Of strangers; on any thread. */
    long holds() {
        Exchange exchange = current;
        return exchange == null ? 0 : exchange.charge.held();
    }

    /** It is no stranger's any more; on any thread. */
    void known() {
        Exchange exchange = current;
        if (exchange != null) {
            exchange.charge.close();
        }
    }

    void closed() {
        if (current != null) {
            current.charge.close();
            current.body.fail(new IOException("the sender is gone"));
        }
    }

    // --- who, and what

    private void begin(Exchange exchange) {
        CompletionStage<Void> done;
        try {
            done = serve(exchange);
        } catch (Throwable failure) {
            done = CompletableFuture.failedFuture(failure);
        }
        done.whenComplete((nothing, failure) -> {
            if (failure != null) {
                fail(exchange, failure);
            }
        });
    }

    private CompletionStage<Void> serve(Exchange exchange) {
        QueryStringDecoder uri = new QueryStringDecoder(exchange.request.uri());
        String method = exchange.request.method().name();
        String path = exchange.request.uri();
        path = path.indexOf('?') < 0 ? path : path.substring(0, path.indexOf('?'));
        if (path.equals("/health") || path.equals("/metrics")) {
            if (!method.equals("GET")) {
                throw Problem.refuse(Code.METHOD_NOT_ALLOWED, "method not allowed");
            }
            return path.equals("/health") ? health(exchange) : metrics(exchange);
        }
        boolean known = false;
        for (Facades.Room room : server.facades().rooms()) {
            for (FacadeTable.OfferedRoute route : room.routes()) {
                Map<String, String> names = Route.match(route.pattern(), path);
                if (names != null) {
                    known = true;
                    if (route.method().equals(method)) {
                        return serve(exchange, room, route, names, uri);
                    }
                }
            }
        }
        if (known) {
            throw Problem.refuse(Code.METHOD_NOT_ALLOWED, "method not allowed");
        }
        throw Problem.refuse(Code.NOT_FOUND, "not found");
    }

    /** 200 while changes can be made; 503, and what is missing, while they cannot. */
    private CompletionStage<Void> health(Exchange exchange) {
        String missing = missing();
        byte[] body = server.json()
                .createObjectNode()
                .put("status", missing == null ? "running" : missing)
                .put("controller", server.context().name())
                .put("controller-uuid", server.context().uuid())
                .put("version", org.isthmus.api.Product.SERVER_VERSION)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        answer(exchange, missing == null ? 200 : 503, "application/json", Map.of(), body);
        return CompletableFuture.completedFuture(null);
    }

    private String missing() {
        ControllerContext on = server.context();
        for (Plug<?> plug : on.plugs()) {
            boolean needed = plug.name().endsWith(" engine") || plug.name().equals("state");
            if (needed && !plug.isBound()) {
                return plug.name().equals("state") ? "paused" : "waiting for the " + plug.name();
            }
        }
        return on.store().metrics().getOrDefault("state.readonly", 0L) == 0 ? null : "read-only";
    }

    private CompletionStage<Void> metrics(Exchange exchange) {
        if (frontend.fromLoopback() && exchange.request.headers().get(HttpHeaderNames.AUTHORIZATION) == null) {
            answer(exchange, 200, Figures.TYPE, Map.of(), Figures.of(server));
            return CompletableFuture.completedFuture(null);
        }
        return authenticate(exchange.request.headers(), null).thenAccept(caller -> {
            if (!Rights.isSuperuser(server.context().store().controller().snapshot(), caller)) {
                throw Problem.denied();
            }
            answer(exchange, 200, Figures.TYPE, Map.of(), Figures.of(server));
        });
    }

    /** Proves Basic credentials; a tag as the name, as Juju's clients send it. */
    CompletionStage<Caller> authenticate(HttpHeaders headers, Documents model) {
        String header = headers.get(HttpHeaderNames.AUTHORIZATION);
        if (header == null || !header.regionMatches(true, 0, "Basic ", 0, 6)) {
            throw Problem.refuse(Code.UNAUTHORIZED, "authentication failed: no credentials provided");
        }
        String text;
        Tag who;
        try {
            text = new String(Base64.getDecoder().decode(header.substring(6).trim()), StandardCharsets.UTF_8);
            who = Logins.tag(text.substring(0, Math.max(0, text.indexOf(':'))));
        } catch (IllegalArgumentException malformed) {
            throw Logins.bad();
        }
        String password = text.substring(text.indexOf(':') + 1);
        if (password.isEmpty()) {
            throw Logins.bad();
        }
        Snapshot snapshot = model == null ? null : model.snapshot();
        return server.logins()
                .prove(who, password, headers.get("X-Juju-Nonce"), snapshot, server.hostOf(frontend.origin()))
                .thenApply(proved -> proved.kind().equals("user")
                        ? new Caller(proved.id(), Set.of(), false, 0, frontend.origin())
                        : new Caller(null, Set.of(proved), false, 0, frontend.origin()));
    }

    private CompletionStage<Void> serve(
            Exchange exchange,
            Facades.Room room,
            FacadeTable.OfferedRoute route,
            Map<String, String> names,
            QueryStringDecoder uri) {
        String modelUuid = names.get("model");
        Documents model = modelUuid == null
                ? null
                : server.context().store().model(modelUuid).orElse(null);
        CompletionStage<Caller> who = route.access() == Access.ANONYMOUS
                ? stranger(exchange)
                : authenticate(exchange.request.headers(), model);
        return who.thenCompose(caller -> {
            if (!caller.anonymous()) {
                frontend.authenticated();
            }
            if (modelUuid != null && model == null) {
                throw Problem.refuse(Code.MODEL_NOT_FOUND, "unknown model: \"%s\"", modelUuid);
            }
            if (server.threads().blocking().getQueue().size() > QUEUE) {
                throw Problem.refuse(Code.TRY_AGAIN, "the controller is too busy, try again");
            }
            server.counted();
            return server.context().access().call(engine -> room.plug().call(table -> {
                HttpRoute handler = table.route(route);
                String trace = Request.trace(exchange.request.headers().get("Trace-Id"));
                ServedCall call = new ServedCall(
                        server.context(),
                        null,
                        caller,
                        model,
                        engine,
                        handler.access(),
                        !handler.method().equals("GET"),
                        0,
                        server.json().createObjectNode(),
                        trace,
                        exchange.name(),
                        Once.of(
                                table.json(),
                                caller,
                                modelUuid,
                                handler.method() + " " + handler.pattern(),
                                exchange.request.uri(),
                                exchange.request.headers().get("Request-Key", "")));
                try {
                    call.check();
                } catch (RuntimeException denied) {
                    audited(exchange, caller, modelUuid, trace, denied);
                    throw denied;
                }
                proceed(exchange);
                HttpRoute.HttpRequest request = new HttpRoute.HttpRequest(
                        names, firsts(uri), headers(exchange.request.headers()), exchange.body);
                // The plug is held until the last byte is out: the stream may be of the plug-in's classes.
                return CompletableFuture.supplyAsync(
                                () -> {
                                    try (Signed here = new Signed(
                                            trace,
                                            exchange.name(),
                                            server.context().uuid(),
                                            caller,
                                            modelUuid)) {
                                        return handle(handler, call, request);
                                    }
                                },
                                server.threads().blocking())
                        .thenCompose(stage -> stage)
                        .whenComplete((answer, failure) -> audited(exchange, caller, modelUuid, trace, failure))
                        .thenCompose(answer -> stream(exchange, answer));
            }));
        });
    }

    /**
     * Nobody in particular: stays one of the strangers, who are few and have little time, and gets neither a thread nor a plug before
     * all is here that it has to say.
     */
    private CompletionStage<Caller> stranger(Exchange exchange) {
        proceed(exchange);
        return exchange.body
                .whole(STRANGERS_BODY)
                .thenApplyAsync(
                        whole -> new Caller(null, Set.of(), true, 0, frontend.origin()),
                        server.threads().decide());
    }

    /** Uploads change what is there as calls do. */
    private void audited(Exchange exchange, Caller caller, String model, String trace, Throwable failure) {
        String method = exchange.request.method().name();
        if (!method.equals("GET") && !caller.isAgent() && server.audit().wants("HTTP", method, true)) {
            server.audit()
                    .called(new Audit.Done(
                            0, requests, caller, model, "HTTP", 0, exchange.name(), trace, null, failure));
        }
    }

    private static CompletionStage<HttpRoute.HttpAnswer> handle(
            HttpRoute handler, ServedCall call, HttpRoute.HttpRequest request) {
        try {
            return handler.handle(call, request);
        } catch (IOException failed) {
            throw new CompletionException(failed);
        }
    }

    /** Lets the body come. */
    private void proceed(Exchange exchange) {
        if (exchange.admitted) {
            return;
        }
        exchange.admitted = true;
        if (exchange.expectsContinue) {
            Apart.onLoop(
                    channel,
                    () -> channel.writeAndFlush(new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER)));
        }
        exchange.body.admit();
    }

    private static Map<String, String> firsts(QueryStringDecoder uri) {
        Map<String, String> first = new HashMap<>();
        uri.parameters().forEach((name, values) -> first.put(name, values.get(0)));
        return first;
    }

    private static Map<String, String> headers(HttpHeaders headers) {
        Map<String, String> all = new HashMap<>();
        headers.forEach(h -> all.putIfAbsent(h.getKey().toLowerCase(Locale.ROOT), h.getValue()));
        return all;
    }

    // --- answers

    private void fail(Exchange exchange, Throwable failure) {
        Problem problem = Refused.of(failure);
        if (problem == null && exchange.body.isCause(failure)) {
            LOG.info("{} {} of {} broke off", exchange.request.method(), exchange.request.uri(), frontend.origin());
            problem(exchange, 400, new Problem(Code.BAD_REQUEST, "the request broke off"));
            return;
        }
        if (problem == null) {
            LOG.error("{} {} failed", exchange.request.method(), exchange.request.uri(), failure);
            problem = new Problem(Code.NONE, "internal error, see the controller's log");
            problem(exchange, 500, problem);
            return;
        }
        int status =
                switch (problem.code()) {
                    case UNAUTHORIZED, NO_CREDENTIALS, LOGIN_EXPIRED, NOT_PROVISIONED ->
                        problem.message().equals("permission denied") ? 403 : 401;
                    case FORBIDDEN -> 403;
                    case NOT_FOUND, USER_NOT_FOUND, MODEL_NOT_FOUND -> 404;
                    case METHOD_NOT_ALLOWED -> 405;
                    case ALREADY_EXISTS -> 409;
                    case QUOTA_LIMIT_EXCEEDED -> 413;
                    case TRY_AGAIN -> 503;
                    case NOT_IMPLEMENTED, NOT_SUPPORTED -> 501;
                    case NONE -> 500;
                    default -> 400;
                };
        problem(exchange, status, problem);
    }

    private void problem(Exchange exchange, int status, Problem problem) {
        Map<String, String> headers = status == 401 ? Map.of("WWW-Authenticate", "Basic realm=\"juju\"") : Map.of();
        answer(
                exchange,
                status,
                "application/json",
                headers,
                body(problem.message(), problem.code().wire()));
    }

    /** Both shapes that Juju's clients look for: `error` as text, and `error-code`. */
    private byte[] body(String message, String code) {
        return server.json()
                .createObjectNode()
                .put("error", message)
                .put("error-code", code)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Answers what is no exchange, and closes. */
    void refuse(HttpResponseStatus status, String code, String message) {
        byte[] body = body(message, code);
        DefaultFullHttpResponse response = Frontend.response(status, body);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        response.headers().set(HttpHeaderNames.CONNECTION, "close");
        channel.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    private void answer(Exchange exchange, int status, String type, Map<String, String> headers, byte[] body) {
        Apart.onLoop(channel, () -> send(exchange, status, type, headers, body));
    }

    private void send(Exchange exchange, int status, String type, Map<String, String> headers, byte[] body) {
        DefaultFullHttpResponse response = Frontend.response(HttpResponseStatus.valueOf(status), body);
        headers.forEach(response.headers()::set);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        keepAlive(exchange, response);
        channel.writeAndFlush(response).addListener((ChannelFuture sent) -> answered(exchange, sent));
    }

    private static void keepAlive(Exchange exchange, HttpResponse response) {
        if (!exchange.keepAlive || exchange.unclear()) {
            response.headers().set(HttpHeaderNames.CONNECTION, "close");
        }
    }

    private CompletionStage<Void> stream(Exchange exchange, HttpRoute.HttpAnswer answer) {
        if (answer.body() == null) {
            answer(
                    exchange,
                    answer.status(),
                    answer.contentType() == null ? "application/json" : answer.contentType(),
                    answer.headers() == null ? Map.of() : answer.headers(),
                    new byte[0]);
            return CompletableFuture.completedFuture(null);
        }
        Apart.onLoop(channel, () -> head(exchange, answer));
        CompletableFuture<Void> done = new CompletableFuture<>();
        server.threads().blocking().execute(() -> pump(exchange, answer.body(), done));
        return done;
    }

    private void head(Exchange exchange, HttpRoute.HttpAnswer answer) {
        HttpResponse response =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
        if (answer.headers() != null) {
            answer.headers().forEach(response.headers()::set);
        }
        if (answer.contentType() != null) {
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
        }
        if (!response.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
            HttpUtil.setTransferEncodingChunked(response, true);
        }
        keepAlive(exchange, response);
        channel.write(response);
    }

    /** One chunk at a time, the next when this one is out: a slow reader holds no thread. */
    private void pump(Exchange exchange, InputStream body, CompletableFuture<Void> done) {
        try {
            byte[] chunk = body.readNBytes(CHUNK);
            boolean whole = chunk.length < CHUNK;
            if (whole) {
                body.close();
            }
            boolean open = Apart.onLoop(channel, () -> {
                if (whole) {
                    last(exchange, chunk, done);
                } else {
                    chunk(exchange, body, chunk, done);
                }
            });
            if (!open) {
                body.close();
                done.complete(null);
            }
        } catch (IOException | RuntimeException failed) {
            // The status is out already: a cut connection is all that can be said.
            LOG.warn("{} {} broke off: {}", exchange.request.method(), exchange.request.uri(), failed.toString());
            abandon(body, done);
        }
    }

    private void chunk(Exchange exchange, InputStream body, byte[] chunk, CompletableFuture<Void> done) {
        channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(chunk)))
                .addListener((ChannelFuture sent) -> {
                    if (sent.isSuccess()) {
                        server.threads().blocking().execute(() -> pump(exchange, body, done));
                    } else {
                        abandon(body, done);
                    }
                });
    }

    private void last(Exchange exchange, byte[] chunk, CompletableFuture<Void> done) {
        if (chunk.length > 0) {
            channel.write(new DefaultHttpContent(Unpooled.wrappedBuffer(chunk)));
        }
        channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener((ChannelFuture sent) -> {
            done.complete(null);
            answered(exchange, sent);
        });
    }

    private void abandon(InputStream body, CompletableFuture<Void> done) {
        Apart.onLoop(channel, channel::close);
        server.threads().blocking().execute(() -> {
            try {
                body.close();
            } catch (IOException already) {
                LOG.debug("closing an abandoned answer", already);
            }
            done.complete(null);
        });
    }

    /** The answer is out; on the event loop. */
    private void answered(Exchange exchange, ChannelFuture sent) {
        if (!sent.isSuccess() || !exchange.keepAlive && exchange.body.hasEnded()) {
            channel.close();
            return;
        }
        exchange.answered = true;
        exchange.charge.close();
        if (exchange.unclear()) {
            exchange.body.discard();
            channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
            return;
        }
        if (exchange.body.hasEnded()) {
            next();
            return;
        }
        // A body that nobody wanted: read to its end, else the peer sees a reset before it sees the answer.
        exchange.body.discard();
        long mine = requests;
        channel.eventLoop()
                .schedule(
                        () -> {
                            if (mine == requests && current != null) {
                                channel.close();
                            }
                        },
                        DRAIN_SECONDS,
                        TimeUnit.SECONDS);
    }

    private void next() {
        boolean keep = current.keepAlive;
        current.charge.close();
        current = null;
        frontend.head().next();
        if (!keep) {
            channel.close();
            return;
        }
        channel.config().setAutoRead(true);
        long mine = requests;
        channel.eventLoop()
                .schedule(
                        () -> {
                            if (mine == requests && current == null && !frontend.isUpgraded()) {
                                channel.close();
                            }
                        },
                        IDLE_SECONDS,
                        TimeUnit.SECONDS);
    }

    // --- streams

    /** Opens the debug log or the log sink; refusals are told in the first message, as Juju's clients expect. */
    void openStream(HttpRequest request, String kind, String model) {
        Socket socket = new Socket(channel, server.limits().outbound(), frontend.share());
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        LogStream stream = kind.equals("log")
                ? new DebugLog(server, socket, new LinkedHashMap<>(uri.parameters()))
                : new LogSink(server, socket);
        HttpHeaders headers = request.headers().copy();
        if (!frontend.upgradeTo(request, stream)) {
            return;
        }
        // Nothing is heard before it is known whose it is.
        socket.read(false);
        server.threads().decide().execute(() -> {
            CompletionStage<Void> opening;
            try {
                opening = open(stream, headers, model);
            } catch (Throwable failure) {
                opening = CompletableFuture.failedFuture(failure);
            }
            opening.whenComplete((nothing, failure) -> {
                socket.read(true);
                if (failure != null) {
                    Problem problem = Refused.of(failure);
                    if (problem == null) {
                        LOG.error("cannot open {}", kind, failure);
                        problem = new Problem(Code.NONE, "internal error, see the controller's log");
                    }
                    stream.refuse(problem);
                }
            });
        });
    }

    private CompletionStage<Void> open(LogStream stream, HttpHeaders headers, String modelUuid) {
        String uuid = modelUuid;
        if (uuid == null) {
            // `/log` is the controller model's.
            uuid = server.context().store().summaries().stream()
                    .filter(s -> s.controllerModel())
                    .map(s -> s.uuid())
                    .findFirst()
                    .orElseThrow(() -> Problem.refuse(Code.MODEL_NOT_FOUND, "there is no controller model"));
        }
        String wanted = uuid;
        Documents model = server.context().store().model(uuid).orElse(null);
        return authenticate(headers, model).thenCompose(caller -> {
            if (model == null) {
                throw Problem.refuse(Code.MODEL_NOT_FOUND, "unknown model: \"%s\"", wanted);
            }
            return server.context().access().call(engine -> {
                new Rights(engine)
                        .check(
                                stream.access(),
                                false,
                                server.context().store().controller().snapshot(),
                                model.snapshot(),
                                caller);
                frontend.authenticated();
                stream.socket().share(frontend.share());
                stream.start(caller, model);
                server.opened(stream);
                return CompletableFuture.completedFuture(null);
            });
        });
    }
}
