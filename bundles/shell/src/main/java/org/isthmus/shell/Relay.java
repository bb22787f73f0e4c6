package org.isthmus.shell;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import org.isthmus.cli.Invocation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves `bin/juju` on loopback. Whoever can read the file `relay` (port and token, readable by its owner only, new at each
 * start) is the operator of this host; all others are refused.
 */
final class Relay implements Closeable {
    static final String MAGIC = "isthmus-relay-1";
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    /** Two threads a run. */
    private static final int THREADS = 128;

    private final ToIntFunction<Invocation> program;
    private final Path file;
    private final String token;
    private final ServerSocket server;
    private final ThreadPoolExecutor threads;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Thread acceptor;

    private Relay(ToIntFunction<Invocation> program, Path file, ServerSocket server) throws IOException {
        this.program = program;
        this.file = file;
        this.server = server;
        byte[] secret = new byte[24];
        new SecureRandom().nextBytes(secret);
        this.token = HexFormat.of().formatHex(secret);
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(0, THREADS, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "juju-relay-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        publish();
        this.acceptor = new Thread(this::accept, "juju-relay-accept");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    /**
     * @param program takes an invocation, answers the exit code
     * @param base folder of the container, where the launcher looks for the file
     */
    static Relay start(ToIntFunction<Invocation> program, Path base) throws IOException {
        ServerSocket server = new ServerSocket(0, 64, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        try {
            return new Relay(program, base.resolve("relay"), server);
        } catch (IOException failure) {
            server.close();
            throw failure;
        }
    }

    private void publish() throws IOException {
        Path half = file.resolveSibling(".relay.new");
        Files.deleteIfExists(half);
        Files.createFile(half, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(half, server.getLocalPort() + " " + token + "\n");
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            Socket socket;
            try {
                socket = server.accept();
            } catch (IOException closed) {
                if (!server.isClosed()) {
                    LOG.warn("the relay cannot accept: {}", closed.getMessage());
                }
                continue;
            }
            open.add(socket);
            try {
                threads.execute(() -> {
                    try (socket) {
                        new RelayRun(program, socket, token, threads).serve();
                    } catch (IOException gone) {
                        LOG.debug("a launcher left", gone);
                    } finally {
                        open.remove(socket);
                    }
                });
            } catch (RejectedExecutionException full) {
                LOG.warn("{} commands run at the same time, one more is refused", THREADS / 2);
                open.remove(socket);
                close(socket);
            }
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            LOG.debug("closing", alreadyGone);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.forEach(Relay::close);
        threads.shutdownNow();
        if (Files.exists(file) && Files.readString(file).contains(token)) {
            Files.deleteIfExists(file);
        }
    }
}
