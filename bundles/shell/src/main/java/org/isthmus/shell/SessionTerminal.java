package org.isthmus.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.karaf.shell.api.console.Session;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.utils.NonBlockingReader;

/** Gives a session's terminal to another program, through a pseudo terminal where the session has one itself. */
final class SessionTerminal {
    private static final int TICK_MILLIS = 20;

    private final Session session;
    private final InputStream in;
    private final PrintStream out;

    SessionTerminal(Session session, InputStream in, PrintStream out) {
        this.session = session;
        this.in = in;
        this.out = out;
    }

    int run(List<String> argv, Map<String, String> env, Map<String, String> added) throws IOException {
        Terminal terminal = session.getTerminal() instanceof Terminal real ? real : null;
        ProcessBuilder builder = new ProcessBuilder(terminal == null ? argv : inPseudoTerminal(argv, terminal));
        builder.environment().putAll(env);
        builder.environment().putAll(added);
        builder.redirectErrorStream(true);
        Attributes before = terminal == null ? null : terminal.enterRawMode();
        Process process = builder.start();
        Thread output = new Thread(() -> copy(process.getInputStream()), "juju-terminal-output");
        output.setDaemon(true);
        output.start();
        try {
            if (terminal == null) {
                feed(process);
            } else {
                type(process, terminal.reader());
            }
            int code = process.waitFor();
            output.join();
            return code;
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            return 130;
        } finally {
            process.destroy();
            if (before != null) {
                terminal.setAttributes(before);
            }
        }
    }

    private static List<String> inPseudoTerminal(List<String> argv, Terminal terminal) {
        List<String> quoted = new ArrayList<>();
        argv.forEach(word -> quoted.add("'" + word.replace("'", "'\\''") + "'"));
        String size = "stty rows " + Math.max(1, terminal.getHeight()) + " cols " + Math.max(1, terminal.getWidth());
        return List.of("script", "-qefc", size + "; exec " + String.join(" ", quoted), "/dev/null");
    }

    private void copy(InputStream from) {
        byte[] bytes = new byte[8192];
        try (from) {
            for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
                out.write(bytes, 0, count);
                out.flush();
            }
        } catch (IOException ended) {
            // The program is gone; what it wrote has been shown.
        }
    }

    /** What is typed goes to the program until it ends; nothing that is typed later is taken. */
    private static void type(Process process, NonBlockingReader reader) throws IOException {
        OutputStream to = process.getOutputStream();
        while (process.isAlive()) {
            int typed = reader.read(TICK_MILLIS);
            if (typed == NonBlockingReader.EOF) {
                to.close();
                return;
            }
            if (typed >= 0) {
                try {
                    to.write(Character.toString(typed).getBytes(java.nio.charset.StandardCharsets.UTF_8));
                    to.flush();
                } catch (IOException ended) {
                    return;
                }
            }
        }
    }

    private void feed(Process process) throws IOException, InterruptedException {
        try (OutputStream to = process.getOutputStream()) {
            byte[] bytes = new byte[8192];
            while (process.isAlive()) {
                if (in != null && in.available() > 0) {
                    int count = in.read(bytes);
                    if (count < 0) {
                        return;
                    }
                    to.write(bytes, 0, count);
                    to.flush();
                } else {
                    process.waitFor(TICK_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        }
    }
}
