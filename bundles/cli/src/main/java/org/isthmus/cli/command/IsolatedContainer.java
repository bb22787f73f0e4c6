package org.isthmus.cli.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A container of its own for one controller, in `$ISTHMUS_BASE/isolated/NAME`: another process of the same distribution, which
 * ends with its controller.
 */
final class IsolatedContainer {
    /** Tells the container that it lives for one controller only. */
    static final String MARKER = "isolated";

    private static final long START_SECONDS = 180;
    private static final long BOOTSTRAP_SECONDS = 1200;
    private static final long END_SECONDS = 60;

    private final Session session;
    private final Path home;
    private final Path base;

    IsolatedContainer(Session session, String controller) {
        this.session = session;
        this.home = session.doors().home();
        Path parent = session.doors().base();
        if (home == null || parent == null) {
            throw Failure.of("--isolated works only inside a container of the distribution");
        }
        this.base = parent.resolve("isolated").resolve(controller);
    }

    static boolean isThere(Session session, String controller) {
        Path parent = session.doors().base();
        return parent != null && Files.isDirectory(parent.resolve("isolated").resolve(controller));
    }

    private boolean exists() {
        return Files.isDirectory(base);
    }

    /** Starts the process, then types the same command there. */
    int bootstrap() throws IOException {
        if (exists()) {
            throw Failure.of("folder %s is in use: an isolated controller of this name is there", base);
        }
        Files.createDirectories(base);
        Files.writeString(base.resolve(MARKER), "Made by juju bootstrap --isolated; ends with its controller.\n");
        session.info("Starting a container of its own in %s", base);
        int started = run(List.of(home.resolve("bin/start").toString()), START_SECONDS);
        if (started != 0) {
            throw Failure.of("the container in %s did not start; see its log folder", base);
        }
        List<String> again = new ArrayList<>();
        again.add(home.resolve("bin/juju").toString());
        session.invocation().args().stream()
                .filter(word -> !word.equals("--isolated"))
                .forEach(again::add);
        int made = run(again, BOOTSTRAP_SECONDS);
        if (made != 0) {
            run(List.of(home.resolve("bin/stop").toString()), END_SECONDS);
            delete();
        }
        return made;
    }

    /** Its controller is gone: waits for the process to end by itself, then removes the folder. */
    void sweep() throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
        ProcessHandle process = process();
        if (process != null) {
            try {
                process.onExit().get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException late) {
                run(List.of(home.resolve("bin/stop").toString()), END_SECONDS);
            }
        }
        delete();
    }

    private ProcessHandle process() throws IOException {
        Path pid = base.resolve("karaf.pid");
        if (!Files.exists(pid)) {
            return null;
        }
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(pid).trim()))
                    .orElse(null);
        } catch (NumberFormatException halfWritten) {
            return null;
        }
    }

    private int run(List<String> command, long limitSeconds) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(session.invocation().cwd().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(session.invocation().env());
        builder.environment().put("ISTHMUS_BASE", base.toString());
        Process process = builder.start();
        Thread out = copy(process.getInputStream(), session.invocation().out());
        Thread err = copy(process.getErrorStream(), session.invocation().err());
        try {
            if (!process.waitFor(limitSeconds, TimeUnit.SECONDS)) {
                process.destroy();
                throw Failure.of(
                        "%s did not end within %d s", Path.of(command.get(0)).getFileName(), limitSeconds);
            }
            // What it started may hold its streams open: what was said so far is enough.
            out.join(TimeUnit.SECONDS.toMillis(2));
            err.join(TimeUnit.SECONDS.toMillis(2));
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    private static Thread copy(InputStream from, PrintStream to) {
        Thread thread = new Thread(
                () -> {
                    try (from) {
                        from.transferTo(to);
                        to.flush();
                    } catch (IOException ended) {
                        to.flush();
                    }
                },
                "isolated-output");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void delete() throws IOException {
        if (!exists()) {
            return;
        }
        try (Stream<Path> all = Files.walk(base)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
        try {
            Files.deleteIfExists(base.getParent());
        } catch (DirectoryNotEmptyException others) {
            // It has other isolated containers.
        }
    }
}
