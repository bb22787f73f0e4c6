package org.isthmus.rpc;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port of the loopback, which is open to every user of the host. Who comes has threads of the doorstep only, and one deadline
 * for all it says, until it has shown that it may enter; when there are too many, the one that waits longest is sent away. So
 * strangers cost a bounded number of threads and no memory, and never keep out who greets at once.
 */
public final class Doorstep implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Doorstep.class);
    /** More than tools of one host ever start in the few milliseconds that a greeting takes. */
    private static final int STRANGERS = 128;
    /** After nobody could be let in, such as when this process has no file left: it cannot be helped sooner by another try. */
    private static final Duration PAUSE = Duration.ofMillis(500);

    /** Tells strangers from guests. */
    public interface Greeting {
        /**
         * @param in ends with the deadline; what is not read here is left for the visit
         * @return what the guest came for, null for a stranger
         */
        Visit greet(Socket socket, InputStream in) throws IOException;
    }

    /** What a guest does, on a thread of the house. */
    public interface Visit {
        void run() throws IOException;

        /** No thread is free for it; the socket is closed afterwards. */
        void refuse() throws IOException;
    }

    private final Duration limit;
    private final Greeting greeting;
    private final Executor house;
    private final ServerSocket server;
    private final ExecutorService porch;
    private final Thread acceptor;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    /** Oldest first; under its own lock. */
    private final Deque<Socket> strangers = new ArrayDeque<>();

    /**
     * @param name of its threads
     * @param limit within which all of the greeting must be heard
     * @param house runs the visits
     */
    public Doorstep(String name, Duration limit, Greeting greeting, Executor house) throws IOException {
        this(name, limit, greeting, house, new ServerSocket(0, 64, InetAddress.getByAddress(new byte[] {127, 0, 0, 1
        })));
    }

    Doorstep(String name, Duration limit, Greeting greeting, Executor house, ServerSocket server) {
        this.limit = limit;
        this.greeting = greeting;
        this.house = house;
        this.server = server;
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                STRANGERS, STRANGERS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name + "-door-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        this.porch = threads;
        this.acceptor = new Thread(this::accept, name + "-accept");
        acceptor.setDaemon(true);
    }

    /** Nobody is let in before. */
    public void open() {
        acceptor.start();
    }

    public int port() {
        return server.getLocalPort();
    }

    private void accept() {
        boolean told = false;
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                told = false;
                open.add(socket);
                wait(socket);
                porch.execute(() -> greet(socket));
            } catch (IOException failure) {
                if (!told && !server.isClosed()) {
                    LOG.warn("cannot accept on port {}: {}", port(), failure.getMessage());
                    told = true;
                }
                if (closesWithin(PAUSE)) {
                    return;
                }
            } catch (RejectedExecutionException closing) {
                return;
            }
        }
    }

    private boolean closesWithin(Duration pause) {
        try {
            return closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void wait(Socket socket) {
        Socket oldest = null;
        synchronized (strangers) {
            strangers.add(socket);
            if (strangers.size() > STRANGERS) {
                oldest = strangers.remove();
            }
        }
        if (oldest != null) {
            // Its thread comes free for the one that is new.
            leave(oldest);
        }
    }

    private void greet(Socket socket) {
        Visit visit = null;
        try {
            socket.setTcpNoDelay(true);
            visit = greeting.greet(socket, new Punctual(socket, limit));
            socket.setSoTimeout(0);
        } catch (IOException gone) {
            LOG.debug("a stranger on port {}: {}", port(), gone.getMessage());
            visit = null;
        } finally {
            synchronized (strangers) {
                strangers.remove(socket);
            }
            if (visit == null) {
                leave(socket);
            }
        }
        if (visit != null) {
            enter(socket, visit);
        }
    }

    private void enter(Socket socket, Visit visit) {
        try {
            house.execute(() -> {
                try {
                    visit.run();
                } catch (IOException gone) {
                    LOG.debug("a guest on port {} left: {}", port(), gone.getMessage());
                } finally {
                    leave(socket);
                }
            });
        } catch (RejectedExecutionException full) {
            try {
                visit.refuse();
            } catch (IOException gone) {
                LOG.debug("a guest on port {} did not wait: {}", port(), gone.getMessage());
            } finally {
                leave(socket);
            }
        }
    }

    private void leave(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            LOG.debug("closing", alreadyGone);
        }
    }

    /** Ends the visits too. */
    @Override
    public void close() throws IOException {
        server.close();
        closed.countDown();
        porch.shutdownNow();
        open.forEach(this::leave);
    }

    /** Reads until one moment, however the bytes are spread over the time. */
    private static final class Punctual extends InputStream {
        private final Socket socket;
        private final InputStream in;
        private final long until;

        Punctual(Socket socket, Duration limit) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            this.until = System.nanoTime() + limit.toNanos();
        }

        private void hurry() throws IOException {
            long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            if (left <= 0) {
                throw new SocketTimeoutException("it did not greet in time");
            }
            socket.setSoTimeout((int) left);
        }

        @Override
        public int read() throws IOException {
            hurry();
            return in.read();
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            hurry();
            return in.read(bytes, from, length);
        }
    }
}
