package org.isthmus.apiserver;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtensionHandler;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateServerExtensionHandshaker;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.Controller;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.OfferEngine;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.ApiServerFactory.ApiServer;
import org.isthmus.rpc.Caller;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API of one controller on one port. */
final class Server implements ApiServer {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    /** Bytes of one frame once it is inflated: a stranger's small one may hold a great deal of nothing. */
    private static final int INFLATED = 8 << 20;

    private final ControllerContext context;
    private final Threads threads;
    private final Facades facades;
    private final Iterable<Metrics> metrics;
    private final Costs costs;
    private final Limits limits;
    private final ObjectMapper json;
    private final Logins logins;
    private final Admin admin;
    private final Audit audit;
    private final Repeats repeats = new Repeats();
    private final SslContext tls;
    private final Channel listening;
    private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
    private final Map<Connection, Boolean> connections = new ConcurrentHashMap<>();
    private final Map<Connection, Frontend> entering = new ConcurrentHashMap<>();
    private final Set<LogStream> streams = ConcurrentHashMap.newKeySet();

    private final AtomicLong connectionIds = new AtomicLong();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong refusedConnections = new AtomicLong();
    private final Presence<AccessEngine> agents;
    private final Presence<OfferEngine> consumers;

    private final Turns handshakes;
    private final ScheduledFuture<?> housekeeping;
    private volatile boolean closing;

    Server(
            ControllerContext context,
            Threads threads,
            Facades facades,
            Iterable<Metrics> metrics,
            Costs costs,
            Failures failures,
            ObjectMapper json,
            Path folder,
            String address,
            int port)
            throws IOException {
        this.context = context;
        this.threads = threads;
        this.facades = facades;
        this.metrics = metrics;
        this.costs = costs;
        this.limits = costs.limits();
        this.handshakes = new Turns(limits.handshakes(), Strangers.GRACE.toMillis());
        this.json = json;
        this.logins = new Logins(context, threads, failures);
        this.admin = new Admin(this);
        this.agents = new Presence<>(this, context::access, AccessEngine::present);
        this.consumers = new Presence<>(this, context::offers, OfferEngine::present);
        Set<String> hosts = new LinkedHashSet<>();
        if (!address.equals("0.0.0.0") && !address.equals("::")) {
            hosts.add(address);
        }
        for (String each : context.apiAddresses()) {
            int colon = each.lastIndexOf(':');
            hosts.add((colon < 0 ? each : each.substring(0, colon))
                    .replace("[", "")
                    .replace("]", ""));
        }
        Authority.Shown shown = new Authority(folder).server(hosts);
        this.tls = SslContextBuilder.forServer(shown.key(), shown.chain().toArray(new X509Certificate[0]))
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                // Agents come back by the thousand; what each session leaves behind must be little.
                .sessionCacheSize(1000)
                .build();
        this.audit = new Audit(json, folder.toAbsolutePath().resolveSibling("audit.log"), this::settings);
        try {
            this.listening = bind(address, port);
        } catch (IOException failed) {
            audit.close();
            throw failed;
        }
        long every = limits.housekeeping().toMillis();
        this.housekeeping = threads.timer()
                .scheduleWithFixedDelay(
                        () -> threads.decide().execute(this::keepHouse), every, every, TimeUnit.MILLISECONDS);
    }

    private Channel bind(String address, int port) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(threads.loops())
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accepted(channel);
                    }
                });
        try {
            return bootstrap.bind(new InetSocketAddress(address, port)).sync().channel();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while opening port " + port, interrupted);
        } catch (Exception failed) {
            if (failed instanceof BindException) {
                throw new IOException(
                        "port " + port + " of " + address + " is taken" + PortHolder.of(port) + ": "
                                + failed.getMessage(),
                        failed);
            }
            throw new IOException("cannot listen on " + address + ":" + port + ": " + failed.getMessage(), failed);
        }
    }

    private boolean admit(Frontend frontend) {
        Strangers.Place place = costs.strangers().admit(frontend);
        if (place.leaving() != null) {
            refusedConnections.incrementAndGet();
            place.leaving().makeWay();
        }
        return place.admitted();
    }

    private void accepted(SocketChannel channel) {
        Frontend frontend = new Frontend(this, channel);
        if (closing || !admit(frontend)) {
            refusedConnections.incrementAndGet();
            channel.close();
            return;
        }
        channels.add(channel);
        SslHandler ssl = new SslHandler(tls.newEngine(channel.alloc()), threads.handshakes());
        ssl.setHandshakeTimeout(limits.loginTime().toMillis(), TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(gone -> {
            channels.remove(channel);
            frontend.authenticated();
            costs.uploads().gone(frontend);
        });
        Turns.Turn turn = handshakes.turn();
        channel.pipeline()
                .addLast(turn)
                .addLast("tls", ssl)
                .addLast("head", frontend.head())
                .addLast(new HttpServerCodec(new HttpDecoderConfig()
                        .setMaxInitialLineLength(8192)
                        .setMaxHeaderSize(16384)
                        .setMaxChunkSize(16384)))
                .addLast(new WebSocketServerExtensionHandler(new PerMessageDeflateServerExtensionHandshaker(
                        6, false, 15, true, false, Math.min(INFLATED, limits.frame()))))
                .addLast(frontend);
        ssl.handshakeFuture().addListener(done -> turn.end());
        threads.timer()
                .schedule(
                        () -> {
                            if (!frontend.isAuthenticated()) {
                                frontend.noLogin();
                            }
                        },
                        limits.loginTime().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    // --- what connections need

    ControllerContext context() {
        return context;
    }

    Threads threads() {
        return threads;
    }

    Facades facades() {
        return facades;
    }

    Iterable<Metrics> metrics() {
        return metrics;
    }

    Limits limits() {
        return limits;
    }

    Costs costs() {
        return costs;
    }

    ObjectMapper json() {
        return json;
    }

    Logins logins() {
        return logins;
    }

    Admin admin() {
        return admin;
    }

    Repeats repeats() {
        return repeats;
    }

    Audit audit() {
        return audit;
    }

    void counted() {
        requests.incrementAndGet();
    }

    long requests() {
        return requests.get();
    }

    long refusedConnections() {
        return refusedConnections.get();
    }

    int unauthenticated() {
        return costs.strangers().count();
    }

    /** No stranger any more: known, or gone. */
    void known(Frontend frontend) {
        costs.strangers().known(frontend);
    }

    /** The documents of a model; null for null; refuses with `unknown model`. */
    Documents documents(String modelUuid) {
        if (modelUuid == null) {
            return null;
        }
        return context.store()
                .model(modelUuid)
                .orElseThrow(() -> Problem.refuse(Code.MODEL_NOT_FOUND, "unknown model: \"%s\"", modelUuid));
    }

    /** What was set of the controller's settings; the defaults of the others are their users'. */
    Map<String, Object> settings() {
        Controller controller = context.store().controller().snapshot().controller();
        return controller == null ? Map.of() : controller.settings();
    }

    String hostOf(String origin) {
        return origin.substring(0, Math.max(0, origin.lastIndexOf(':')));
    }

    Connection connection(Socket socket, String origin, String modelUuid) {
        Connection connection = new Connection(this, socket, connectionIds.incrementAndGet(), origin, modelUuid);
        connections.put(connection, Boolean.TRUE);
        return connection;
    }

    void gone(Connection connection) {
        connections.remove(connection);
        entering.remove(connection);
        connection.closed();
    }

    void entering(Connection connection, Frontend frontend) {
        entering.put(connection, frontend);
    }

    /** A connection has logged in. Without a password it has more time and may say more, but remains a stranger. */
    void entered(Connection connection) {
        boolean anonymous = connection.caller().anonymous();
        connection.socket().share(anonymous ? costs.anonymous() : costs.known());
        Frontend frontend = entering.get(connection);
        if (frontend != null && anonymous) {
            frontend.loggedIn();
            return;
        }
        proven(connection);
    }

    /** It has shown who it is. */
    void proven(Connection connection) {
        Frontend frontend = entering.remove(connection);
        if (frontend != null) {
            frontend.authenticated();
        }
    }

    void present(Connection connection, Tag agent) {
        agents.come(connection, connection.modelUuid(), agent.toString());
        if (connection.isClosed()) {
            agents.go(connection, connection.modelUuid(), agent.toString());
        }
    }

    /** Consumers of relations with other models; each watcher that follows one is a sign of life. */
    Presence<OfferEngine> consumers() {
        return consumers;
    }

    boolean isClosing() {
        return closing;
    }

    void left(Connection connection, Caller caller) {
        Set<Tag> mine;
        synchronized (connection) {
            mine = caller.agents();
        }
        for (Tag agent : mine) {
            agents.go(connection, connection.modelUuid(), agent.toString());
        }
    }

    void opened(LogStream stream) {
        streams.add(stream);
        if (!stream.socket().isOpen()) {
            streams.remove(stream);
        }
    }

    void ended(LogStream stream) {
        streams.remove(stream);
    }

    int watchers() {
        int sum = 0;
        for (Connection connection : connections.keySet()) {
            sum += connection.watcherCount();
        }
        return sum;
    }

    private void keepHouse() {
        streams.forEach(LogStream::check);
        agents.again();
        consumers.again();
        repeats.forget();
        long now = System.nanoTime();
        for (Connection connection : connections.keySet()) {
            Caller caller = connection.caller();
            if (caller != null && now - connection.pongedNanos() > limits.pong().toNanos()) {
                connection.socket().abort();
            } else if (caller != null
                    && (caller.isAgent() || caller.anonymous())
                    && now - connection.pingedNanos() > limits.pinger().toNanos()) {
                connection.socket().close(1008, "no Pinger.Ping in time");
            } else if (caller == null
                    && now - connection.openedNanos() > 2 * limits.loginTime().toNanos()) {
                // Of one that showed who it is on a request before, and so has its place for good.
                connection.socket().close(1008, "no login in time");
            } else if (now - connection.pingSentNanos() >= limits.ping().toNanos()) {
                connection.ping();
            }
        }
    }

    // --- ApiServer

    @Override
    public int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    @Override
    public int connections() {
        return connections.size();
    }

    int channels() {
        return channels.size();
    }

    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        try {
            Apart.call(() -> {
                end();
                return null;
            });
        } catch (IOException failed) {
            LOG.warn("the API of {} did not close cleanly: {}", context.name(), failed.getMessage());
        }
    }

    private void end() throws IOException {
        housekeeping.cancel(false);
        listening.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
        for (Connection connection : connections.keySet()) {
            connection.socket().close(1001, "the controller is going away");
        }
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        for (Channel channel : channels) {
            channel.closeFuture().awaitUninterruptibly(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
            channel.close();
        }
        audit.close();
    }
}
