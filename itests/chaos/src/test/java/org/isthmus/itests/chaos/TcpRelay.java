package org.isthmus.itests.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A network of one port on this host, in front of another port of it; it can be cut, and it can swallow what is sent. */
final class TcpRelay implements AutoCloseable {
    private final ServerSocket door;
    private final InetSocketAddress target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger toLose = new AtomicInteger();
    private volatile Runnable whenLost = () -> {};
    private volatile boolean cut;
    private volatile boolean silent;

    TcpRelay(InetSocketAddress target) throws IOException {
        this.target = target;
        this.door = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        start("accept", this::accept);
    }

    String address() {
        return "127.0.0.1:" + door.getLocalPort();
    }

    /** Connections break, and new ones are refused. */
    void cut() {
        cut = true;
        breakAll();
    }

    /** Connections break; new ones are fine. */
    void breakAll() {
        List.copyOf(open).forEach(TcpRelay::close);
    }

    /** What comes back as the n-th from now on is swallowed, and its connection breaks; counted from 1, 0 for none. */
    void loseAnswer(int number, Runnable whenLost) {
        this.whenLost = whenLost;
        toLose.set(number);
    }

    /** Nothing that is sent arrives, and nobody is told. */
    void silence() {
        silent = true;
    }

    /** What was swallowed is lost: its connections can only break. */
    void mend() {
        cut = false;
        if (silent) {
            silent = false;
            breakAll();
        }
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException closed) {
            // As wanted; what is open ends all the same.
            breakAll();
        }
        breakAll();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket near = door.accept();
                if (cut) {
                    close(near);
                    continue;
                }
                join(near);
            } catch (IOException over) {
                // Closed, or the far side is down: whoever dialled sees the end of its connection.
                continue;
            }
        }
    }

    private void join(Socket near) throws IOException {
        Socket far = new Socket();
        open.addAll(List.of(near, far));
        try {
            far.connect(target, 5000);
        } catch (IOException down) {
            end(near, far);
            throw down;
        }
        start("there", () -> copy(near, far, false));
        start("back", () -> copy(far, near, true));
        if (cut) {
            end(near, far);
        }
    }

    private void copy(Socket from, Socket to, boolean back) {
        byte[] bytes = new byte[16 * 1024];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                if (back && toLose.getAndUpdate(n -> Math.max(0, n - 1)) == 1) {
                    whenLost.run();
                    break;
                }
                if (!silent) {
                    out.write(bytes, 0, read);
                }
            }
        } catch (IOException broken) {
            // Both ends go, as with a router in between.
            end(from, to);
        }
        end(from, to);
    }

    private void end(Socket... sockets) {
        for (Socket each : new ArrayList<>(List.of(sockets))) {
            open.remove(each);
            close(each);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // As wanted.
            return;
        }
    }

    private static void start(String what, Runnable task) {
        Thread thread = new Thread(task, "relay-" + what);
        thread.setDaemon(true);
        thread.start();
    }
}
