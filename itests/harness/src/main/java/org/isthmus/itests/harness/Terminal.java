package org.isthmus.itests.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Somebody at a terminal: types, and reads until something is there. For what differs without one: shells, `juju ssh`. */
public final class Terminal implements AutoCloseable {
    private final Process process;
    private final OutputStream keyboard;
    private final StringBuilder screen = new StringBuilder();
    private int read;

    Terminal(Process process) {
        this.process = process;
        this.keyboard = process.getOutputStream();
        Thread reader = new Thread(this::read, "terminal");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        byte[] bytes = new byte[8192];
        try (InputStream in = process.getInputStream()) {
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                synchronized (screen) {
                    screen.append(new String(bytes, 0, count, StandardCharsets.UTF_8));
                    screen.notifyAll();
                }
            }
        } catch (IOException e) {
            // It ended; whoever waits is told by the time limit.
        }
    }

    public void type(String line) {
        try {
            keyboard.write((line + "\r").getBytes(StandardCharsets.UTF_8));
            keyboard.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits until that is on the screen, after what was awaited before.
     *
     * @return what was shown since then, without the codes for colours and cursors
     */
    public String await(Pattern what, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        synchronized (screen) {
            while (true) {
                Matcher matcher = what.matcher(screen);
                if (matcher.find(read)) {
                    String shown = screen.substring(read, matcher.start());
                    read = matcher.end();
                    return plain(shown);
                }
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new AssertionError("not within " + limit.toSeconds() + " s: " + what + ", on the screen:\n"
                            + plain(screen.substring(read)));
                }
                try {
                    screen.wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError("interrupted", e);
                }
            }
        }
    }

    private static String plain(String shown) {
        return shown.replaceAll("\\e\\[[0-9;?]*[A-Za-z@]|\\e\\([A-Z0-9]|\\e[=>]", "")
                .replaceAll("\r+\n", "\n")
                .replace("\r", "");
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }
}
