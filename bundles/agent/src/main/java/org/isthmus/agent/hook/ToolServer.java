package org.isthmus.agent.hook;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.isthmus.agent.AgentLog;
import org.isthmus.rpc.Doorstep;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the hook tools on a port of the loopback. A request names a hook's context and shows its token: the port is open to
 * every user of the host. Everything is length-framed:
 *
 * <pre>
 * ISTHMUS1 context token tool count\n  (length\n bytes) for the working folder and each argument  length\n bytes of stdin, or -1\n
 * exit length-out length-err\n  out  err
 * </pre>
 */
public final class ToolServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ToolServer.class);
    private static final String SCRIPT = "/org/isthmus/agent/tool.sh";
    private static final int LINE_BYTES = 4096;
    private static final int FRAME_BYTES = 16 << 20;
    private static final long DRAINED_BYTES = 1 << 20;
    private static final int ARGUMENTS = 10_000;
    private static final int IDLE_MILLIS = 10_000;
    /** Far more than hooks run at a time, and most of them only wait for the controller. */
    private static final int AT_ONCE = 32;
    /** Those that wait for their turn, oldest first: each is an open file of this agent and a process of its hook. */
    private static final int WAITING = 1000;

    private static final Duration GREETING = Duration.ofSeconds(10);

    private final HookTools tools;
    private final Doorstep door;
    private final Map<String, HookContext> contexts = new ConcurrentHashMap<>();
    private final ExecutorService pool;

    public ToolServer(ObjectMapper json, AgentLog log) throws IOException {
        tools = new HookTools(json, log);
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                AT_ONCE, AT_ONCE, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING), task -> {
                    Thread thread = new Thread(task, "hook-tool-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        pool = threads;
        door = new Doorstep("hook-tool", GREETING, this::greet, pool);
        door.open();
    }

    /** `127.0.0.1:port`. */
    public String address() {
        return "127.0.0.1:" + door.port();
    }

    /** Serves this context until it is closed. */
    public AutoCloseable serve(HookContext context) {
        contexts.put(context.id(), context);
        return () -> contexts.remove(context.id());
    }

    static boolean isInstalled(Path folder) {
        return Files.exists(folder.resolve("isthmus-tool"));
    }

    /** Puts a script for each tool into the folder, all of them one file. */
    public static void install(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path script = folder.resolve("isthmus-tool");
        Path fresh = folder.resolve("isthmus-tool.new");
        try (InputStream in = ToolServer.class.getResourceAsStream(SCRIPT)) {
            Files.write(fresh, in.readAllBytes());
        }
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(fresh, script, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        for (String name : HookTools.NAMES) {
            Path link = folder.resolve(name);
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, script.getFileName());
        }
    }

    /** Reads the first line, byte by byte: what follows it is the call's. */
    private Doorstep.Visit greet(Socket socket, InputStream in) throws IOException {
        String[] head = line(in).split(" ", -1);
        if (head.length != 5 || !head[0].equals("ISTHMUS1")) {
            throw new IOException("no hook tool");
        }
        HookContext context = contexts.get(head[1]);
        boolean known = context != null
                && MessageDigest.isEqual(
                        context.token().getBytes(StandardCharsets.UTF_8), head[2].getBytes(StandardCharsets.UTF_8));
        if (!known) {
            // Before anything of the request is taken in.
            refuse(socket, in, noContext(head[1]));
            return null;
        }
        return new Doorstep.Visit() {
            @Override
            public void run() throws IOException {
                serve(socket, head, context);
            }

            @Override
            public void refuse() throws IOException {
                socket.setSoTimeout(IDLE_MILLIS);
                ToolServer.refuse(
                        socket,
                        socket.getInputStream(),
                        pool.isShutdown()
                                ? "the agent is stopping"
                                : "too many hook tools: " + WAITING + " wait already");
            }
        };
    }

    private void serve(Socket socket, String[] head, HookContext context) throws IOException {
        try {
            socket.setSoTimeout(IDLE_MILLIS);
            if (contexts.get(context.id()) != context) {
                // Its hook ended while it waited for its turn.
                refuse(socket, socket.getInputStream(), noContext(context.id()));
                return;
            }
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            int count = number(head[4], ARGUMENTS);
            String cwd = new String(frame(in), StandardCharsets.UTF_8);
            List<String> args = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                args.add(new String(frame(in), StandardCharsets.UTF_8));
            }
            byte[] stdin = frame(in);
            answer(socket, tools.run(new ToolCall(head[3], args, Path.of(cwd), stdin), context));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException bug) {
            LOG.error("a hook tool failed", bug);
        }
    }

    private static String noContext(String id) {
        return "bad request: bad context id \"" + id + "\"";
    }

    private static void answer(Socket socket, ToolCall.Reply reply) throws IOException {
        byte[] head = (reply.exit() + " " + reply.out().length + " " + reply.err().length + "\n")
                .getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(head);
        frame.write(reply.out());
        frame.write(reply.err());
        socket.getOutputStream().write(frame.toByteArray());
        socket.shutdownOutput();
    }

    /** Of a request that is not read to its end: closing at once would break the tool's pipe before it reads the answer. */
    private static void refuse(Socket socket, InputStream in, String why) throws IOException {
        answer(socket, new ToolCall.Reply(1, new byte[0], ("ERROR " + why + "\n").getBytes(StandardCharsets.UTF_8)));
        long left = DRAINED_BYTES;
        byte[] rest = new byte[8192];
        for (int read = in.read(rest); read >= 0 && left > 0; read = in.read(rest)) {
            left -= read;
        }
    }

    private static byte[] frame(DataInputStream in) throws IOException {
        String length = line(in);
        if (length.equals("-1")) {
            return null;
        }
        byte[] bytes = new byte[number(length, FRAME_BYTES)];
        in.readFully(bytes);
        return bytes;
    }

    private static int number(String text, int most) throws IOException {
        try {
            int number = Integer.parseInt(text);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException bad) {
            throw new IOException("not a length: " + text, bad);
        }
        throw new IOException("too long: " + text);
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException();
            }
            if (line.size() >= LINE_BYTES) {
                throw new IOException("line too long");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException ignored) {
            LOG.debug("closing the hook tools' port", ignored);
        }
        pool.shutdownNow();
    }
}
