package org.isthmus.shell;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import org.isthmus.rpc.Doorstep;
import org.isthmus.rpc.Invocation;

/**
 * Serves `bin/juju` on loopback. Whoever can read the file `relay` (port and token, readable by its owner only, new at each
 * start) is the operator of this host; all others are refused.
 */
final class Relay implements Closeable {
    static final String MAGIC = "isthmus-relay-1";
    /** Two threads a run. */
    private static final int THREADS = 128;

    private static final Duration GREETING = Duration.ofSeconds(5);

    private final Path file;
    private final String token;
    private final Doorstep door;
    private final ThreadPoolExecutor threads;

    private Relay(ToIntFunction<Invocation> program, Path file) throws IOException {
        this.file = file;
        byte[] secret = new byte[24];
        new SecureRandom().nextBytes(secret);
        this.token = HexFormat.of().formatHex(secret);
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(0, THREADS, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "juju-relay-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        byte[] hello = hello();
        this.door = new Doorstep(
                "juju-relay",
                GREETING,
                (socket, in) -> MessageDigest.isEqual(hello, in.readNBytes(hello.length))
                        ? new RelayRun(program, socket, threads)
                        : null,
                threads);
    }

    /** The whole frame: of a stranger no more is read than this. */
    private byte[] hello() throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        new Frame(Frame.HELLO, (MAGIC + "\n" + token).getBytes(StandardCharsets.UTF_8))
                .write(new DataOutputStream(frame));
        return frame.toByteArray();
    }

    /**
     * @param program takes an invocation, answers the exit code
     * @param base folder of the container, where the launcher looks for the file
     */
    static Relay start(ToIntFunction<Invocation> program, Path base) throws IOException {
        Relay relay = new Relay(program, base.resolve("relay"));
        try {
            relay.publish();
            relay.door.open();
            return relay;
        } catch (IOException failure) {
            relay.door.close();
            throw failure;
        }
    }

    private void publish() throws IOException {
        Path half = file.resolveSibling(".relay.new");
        Files.deleteIfExists(half);
        Files.createFile(half, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(half, port() + " " + token + "\n");
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    int port() {
        return door.port();
    }

    @Override
    public void close() throws IOException {
        door.close();
        threads.shutdownNow();
        if (Files.exists(file) && Files.readString(file).contains(token)) {
            Files.deleteIfExists(file);
        }
    }
}
