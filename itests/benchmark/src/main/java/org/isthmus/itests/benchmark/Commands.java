package org.isthmus.itests.benchmark;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.isthmus.itests.harness.Distribution;

/** What a person waits for: `bin/start`, and `bin/juju status`; each beside the least it could be on this machine. */
final class Commands implements Figure {
    private static final int STARTS = 5;
    private static final int ROUNDS = 51;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Override
    public void measure(Report report) throws Exception {
        Distribution isthmus = new Distribution("commands");
        isthmus.prepare();
        Path idle = idleProgram(isthmus);
        boolean ended = false;
        try {
            isthmus.start();
            isthmus.juju("bootstrap", "localhost", "figures", "--config", "api-port=" + Ports.free())
                    .ok();
            isthmus.stop();
            Rounds.Measure jvm =
                    Rounds.seconds(() -> isthmus.run(List.of("java", "-XX:TieredStopAtLevel=1", idle.toString()), LIMIT)
                            .ok());
            Rounds[] starts = Rounds.inTurns(
                    STARTS,
                    () -> {
                        double seconds = Rounds.seconds(isthmus::start).once();
                        isthmus.stop();
                        return seconds;
                    },
                    jvm);
            report.compare(
                    "container start, with a controller, until commands work",
                    "%.2f s",
                    1,
                    starts[0],
                    "a JVM that compiles and runs one class",
                    starts[1]);
            isthmus.start();
            isthmus.juju("status").ok();
            try (Echo echo = new Echo()) {
                Rounds.Measure status =
                        Rounds.seconds(() -> isthmus.juju("status").ok());
                Rounds.Measure perl = Rounds.seconds(
                        () -> isthmus.run(List.of("perl", "-e", "1"), LIMIT).ok());
                Rounds.Measure loopback = Rounds.secondsEach(20, echo::ask);
                Rounds.inTurns(ROUNDS / 2, status, perl, loopback);
                Rounds[] all = Rounds.inTurns(ROUNDS, status, perl, loopback);
                report.compare(
                        "bin/juju status", "%.2f ms", 1e3, all[0], "start of perl, which the launcher is", all[1]);
                report.compare("bin/juju status", "%.2f ms", 1e3, all[0], "a bare loopback request", all[2]);
            }
            ended = true;
        } finally {
            isthmus.end();
            if (ended) {
                isthmus.delete();
            }
        }
    }

    private static Path idleProgram(Distribution isthmus) throws IOException {
        Path file = isthmus.folder("idle").resolve("Idle.java");
        Files.writeString(file, "class Idle { public static void main(String[] a) {} }");
        return file;
    }

    /** A request over loopback with a connection of its own, as a command makes one. */
    static final class Echo implements AutoCloseable {
        private static final int SIZE = 1024;
        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        Echo() throws IOException {
            Thread thread = new Thread(this::serve, "echo");
            thread.setDaemon(true);
            thread.start();
        }

        private void serve() {
            try {
                while (true) {
                    try (Socket client = server.accept()) {
                        byte[] request = new byte[SIZE];
                        new DataInputStream(client.getInputStream()).readFully(request);
                        client.getOutputStream().write(request);
                    }
                }
            } catch (IOException closed) {
                // The figure is measured.
            }
        }

        void ask() throws IOException {
            try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
                OutputStream out = socket.getOutputStream();
                out.write(new byte[SIZE]);
                new DataInputStream(socket.getInputStream()).readFully(new byte[SIZE]);
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
