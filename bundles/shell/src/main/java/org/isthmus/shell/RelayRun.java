package org.isthmus.shell;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.ToIntFunction;
import org.isthmus.rpc.Doorstep;
import org.isthmus.rpc.Invocation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One launcher's line: a thread runs the command, this one reads what the launcher sends meanwhile. */
final class RelayRun implements Doorstep.Visit {
    /** Between two bytes of what a launcher wants; who it is, is known by then. */
    private static final int INVOKE_MILLIS = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(RelayRun.class);
    private static final int CHUNK = 64 << 10;
    private static final Frame GONE = new Frame('!', new byte[0]);

    private final ToIntFunction<Invocation> program;
    private final Socket socket;
    private final Executor threads;
    private final DataInputStream in;
    private final DataOutputStream out;
    /** Answers to want-stdin and prompt. */
    private final LinkedBlockingQueue<Frame> answers = new LinkedBlockingQueue<>();

    private final Object running = new Object();
    private Thread runner;
    private boolean cancelled;

    RelayRun(ToIntFunction<Invocation> program, Socket socket, Executor threads) throws IOException {
        this.program = program;
        this.socket = socket;
        this.threads = threads;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), CHUNK));
        this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), CHUNK));
    }

    /** Returns when the launcher has gone. */
    @Override
    public void run() throws IOException {
        socket.setSoTimeout(INVOKE_MILLIS);
        Frame invoke = Frame.read(in);
        if (invoke == null || invoke.type() != Frame.INVOKE) {
            return;
        }
        socket.setSoTimeout(0);
        Invocation invocation = invocation(new String(invoke.payload(), StandardCharsets.UTF_8));
        try {
            threads.execute(() -> run(invocation));
        } catch (RejectedExecutionException full) {
            tooMany();
            return;
        }
        try {
            listen();
        } finally {
            answers.add(GONE);
            cancel();
        }
    }

    @Override
    public void refuse() throws IOException {
        // A launcher that still speaks when the line is closed would not hear why.
        socket.setSoTimeout(INVOKE_MILLIS);
        Frame.read(in);
        tooMany();
    }

    private void tooMany() throws IOException {
        LOG.warn("too many commands run at the same time, one more is refused");
        send(Frame.ERR, "ERROR too many commands run at the same time\n".getBytes(StandardCharsets.UTF_8));
        send(Frame.EXIT, new byte[] {'1'});
    }

    private void listen() throws IOException {
        for (Frame frame = Frame.read(in); frame != null; frame = Frame.read(in)) {
            switch (frame.type()) {
                case Frame.DATA, Frame.ANSWER -> answers.add(frame);
                case Frame.CANCEL -> cancel();
                default -> throw new IOException("unexpected frame " + frame.type());
            }
        }
    }

    private void cancel() {
        synchronized (running) {
            cancelled = true;
            if (runner != null) {
                runner.interrupt();
            }
        }
    }

    private void run(Invocation invocation) {
        synchronized (running) {
            runner = Thread.currentThread();
            if (cancelled) {
                runner.interrupt();
            }
        }
        int code = 1;
        try {
            code = program.applyAsInt(invocation);
        } finally {
            boolean wasCancelled;
            synchronized (running) {
                runner = null;
                wasCancelled = cancelled;
                Thread.interrupted();
            }
            try {
                invocation.out().flush();
                invocation.err().flush();
                send(Frame.EXIT, Integer.toString(wasCancelled ? 130 : code).getBytes(StandardCharsets.US_ASCII));
            } catch (IOException launcherGone) {
                // It heard enough: `| head`, or it became another program.
            }
        }
    }

    private synchronized void send(char type, byte[] payload) throws IOException {
        new Frame(type, payload).write(out);
        out.flush();
    }

    private Invocation invocation(String text) {
        List<String> args = new ArrayList<>();
        Map<String, String> env = new HashMap<>();
        String cwd = "/";
        int columns = 0;
        boolean tty = false;
        for (String field : text.split("\0", -1)) {
            if (field.isEmpty()) {
                continue;
            }
            String value = field.substring(1);
            switch (field.charAt(0)) {
                case 'a' -> args.add(value);
                case 'c' -> cwd = value;
                case 'w' -> columns = Integer.parseInt(value);
                case 't' -> tty = value.equals("1");
                case 'e' -> {
                    int equals = value.indexOf('=');
                    env.put(value.substring(0, equals), value.substring(equals + 1));
                }
                default -> {}
            }
        }
        PrintStream stdout =
                new PrintStream(new BufferedOutputStream(new Channel(Frame.OUT), CHUNK), false, StandardCharsets.UTF_8);
        // What was printed before an error is seen before it.
        PrintStream stderr = new PrintStream(
                new Channel(Frame.ERR) {
                    @Override
                    public void write(byte[] bytes, int from, int length) throws IOException {
                        stdout.flush();
                        super.write(bytes, from, length);
                    }
                },
                true,
                StandardCharsets.UTF_8);
        return new Invocation(
                args,
                Path.of(cwd),
                env,
                zone(env.get("TZ")),
                locale(env.getOrDefault("LC_ALL", env.getOrDefault("LANG", ""))),
                columns,
                new Stdin(),
                stdout,
                stderr,
                tty,
                this::ask,
                this::exec);
    }

    static ZoneId zone(String tz) {
        if (tz != null && !tz.isEmpty()) {
            try {
                return ZoneId.of(tz.startsWith(":") ? tz.substring(1) : tz);
            } catch (DateTimeException posixRule) {
                return ZoneId.systemDefault();
            }
        }
        return ZoneId.systemDefault();
    }

    static Locale locale(String lang) {
        String tag = lang.replaceAll("[.@].*$", "").replace('_', '-');
        return tag.isEmpty() || tag.equals("C") || tag.equals("POSIX") ? Locale.ROOT : Locale.forLanguageTag(tag);
    }

    private String ask(String text, boolean hidden) throws IOException {
        send(Frame.PROMPT, ((hidden ? "h" : "v") + text).getBytes(StandardCharsets.UTF_8));
        String answer = new String(answer(Frame.ANSWER), StandardCharsets.UTF_8);
        return answer.startsWith("+") ? answer.substring(1) : null;
    }

    private int exec(List<String> argv, Map<String, String> env) throws IOException {
        List<String> fields = new ArrayList<>();
        argv.forEach(arg -> fields.add("a" + arg));
        env.forEach((name, value) -> fields.add("e" + name + "=" + value));
        send(Frame.EXEC, String.join("\0", fields).getBytes(StandardCharsets.UTF_8));
        return 0;
    }

    private byte[] answer(char type) throws IOException {
        try {
            Frame frame = answers.take();
            if (frame.type() != type) {
                throw new EOFException("the launcher is gone");
            }
            return frame.payload();
        } catch (InterruptedException cancel) {
            Thread.currentThread().interrupt();
            throw new IOException("cancelled", cancel);
        }
    }

    /** Bytes for one of the launcher's streams. */
    private class Channel extends OutputStream {
        private final char type;

        Channel(char type) {
            this.type = type;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            if (length > 0) {
                byte[] payload = new byte[length];
                System.arraycopy(bytes, from, payload, 0, length);
                send(type, payload);
            }
        }
    }

    /** Asks the launcher for bytes only when a command reads. */
    private final class Stdin extends InputStream {
        private byte[] left = new byte[0];
        private int at;
        private boolean ended;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (at == left.length) {
                if (ended) {
                    return -1;
                }
                send(Frame.WANT_STDIN, Integer.toString(length).getBytes(StandardCharsets.US_ASCII));
                left = answer(Frame.DATA);
                at = 0;
                if (left.length == 0) {
                    ended = true;
                    return -1;
                }
            }
            int count = Math.min(length, left.length - at);
            System.arraycopy(left, at, bytes, from, count);
            at += count;
            return count;
        }
    }
}
