package org.isthmus.itests.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.rules.TestRule;
import org.junit.runner.Description;
import org.junit.runners.model.Statement;

/**
 * A container of our distribution in a base folder of its own, used as people use it: by the programs of `bin`. As a rule it is
 * started before and, after the tests, everything in it is ended, with a check that no process and no folder stays. When a test
 * failed, the folder is kept and the end of the log is printed.
 */
public final class Distribution implements TestRule {
    private static final Duration COMMAND = Duration.ofMinutes(3);
    private static final String SMALL = "-Xms32m -Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1";

    private final String name;
    private final Map<String, String> environment = new TreeMap<>();
    private Path home;
    private Path base;
    private boolean keep;

    public Distribution(String name) {
        this.name = name;
        environment.put("JAVA_OPTS", SMALL);
    }

    /** An environment variable for everything that is run. */
    public Distribution with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    public Path home() {
        return home;
    }

    public Path base() {
        return base;
    }

    /** Where the client keeps its files (JUJU_DATA). */
    public Path clientFiles() {
        return base.resolve("juju");
    }

    /** A folder for the test's own files; goes with the base. */
    public Path folder(String folder) {
        try {
            return Files.createDirectories(base.resolve(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes the folder; starts nothing. */
    public void prepare() {
        home = Path.of(System.getProperty("isthmus.distribution", "../../karaf-assembly/target/assembly"))
                .toAbsolutePath()
                .normalize();
        try {
            Path work = Files.createDirectories(Path.of(System.getProperty("isthmus.work", "target/bases")));
            base = Files.createTempDirectory(work.toAbsolutePath(), name + "-");
            Files.createDirectories(clientFiles());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder stays, for people to look at: a rule of a class does not hear that one of its tests failed. */
    public void keep() {
        keep = true;
        System.err.println("kept: " + base);
    }

    public Result start() {
        return program("start").ok();
    }

    public Result stop() {
        return program("stop").ok();
    }

    public long pid() {
        try {
            return Long.parseLong(Files.readString(base.resolve("karaf.pid")).trim());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** `kill -9`; returns when the process is gone. */
    public void kill() {
        ProcessHandle process = ProcessHandle.of(pid()).orElseThrow();
        process.destroyForcibly();
        await("the container is gone", Duration.ofSeconds(20), () -> !process.isAlive());
    }

    /** A program of `bin`, with its arguments as they are. */
    public Result program(String program, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(home.resolve("bin").resolve(program).toString()));
        command.addAll(List.of(arguments));
        return run(command, COMMAND);
    }

    public Result juju(String... arguments) {
        return program("juju", arguments);
    }

    /** A line as somebody types it in bash, `juju` and pipes included. */
    public Result type(String line) {
        return run(List.of("bash", "-c", line), COMMAND);
    }

    /** A line of the container's own shell, e.g. `bundle:update org.isthmus.relation`. */
    public Result shell(String line) {
        return program("isthmus", "console", line);
    }

    /** The container's own shell, at a terminal, as by the program `isthmus`. */
    public Terminal console() {
        return terminal("isthmus console");
    }

    /** A command of bash at a terminal of its own. */
    public Terminal terminal(String line) {
        return terminal(List.of("script", "-qec", line, "/dev/null"));
    }

    private Terminal terminal(List<String> command) {
        try {
            return new Terminal(builder(command).redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits; the status is shown when it takes too long. */
    public void await(String what, Duration limit, Callable<Boolean> condition) {
        Wait.until(what, limit, condition, () -> juju("status", "--relations").toString() + "\n" + logTail(60));
    }

    /** Waits until the unit's workload has that status. */
    public void awaitUnit(String unit, String status, Duration limit) {
        await(unit + " is " + status, limit, () -> unitStatus(unit).equals(status));
    }

    /** The workload status of a unit in the status table of the current model; empty when there is none. */
    public String unitStatus(String unit) {
        for (String line : juju("status").out().lines().toList()) {
            String[] cells = line.trim().split("\\s+");
            if (cells.length > 1 && (cells[0].equals(unit) || cells[0].equals(unit + "*"))) {
                return cells[1];
            }
        }
        return "";
    }

    /** Where a unit serves its pages: its address and its first open port. */
    public String url(String model, String unit) {
        String[] cells = juju("status", "-m", model)
                .ok()
                .out()
                .lines()
                .filter(line -> line.startsWith(unit))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + unit + " in " + model))
                .split("\\s+");
        return "http://" + cells[4] + ":" + cells[5].replaceAll("[^0-9].*", "") + "/";
    }

    /** A page, as a visitor gets it. */
    public String page(String url) {
        return type("curl -fsSL --retry 20 --retry-delay 1 --retry-all-errors --max-time 60 " + url)
                .ok()
                .out();
    }

    public String logTail(int lines) {
        try {
            List<String> all = Files.readAllLines(base.resolve("log/karaf.log"), StandardCharsets.UTF_8);
            return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            return "no log: " + e;
        }
    }

    /** Lines of the log with that level. */
    public List<String> logged(String level) {
        try (Stream<String> lines = Files.lines(base.resolve("log/karaf.log"), StandardCharsets.UTF_8)) {
            return lines.filter(line -> line.contains("| " + level)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Result run(List<String> command, Duration limit) {
        String line = String.join(" ", command);
        try {
            // Files, not pipes: a daemon that inherited a pipe would keep the reader waiting.
            Path out = Files.createTempFile("isthmus", ".out");
            Path err = Files.createTempFile("isthmus", ".err");
            ProcessBuilder builder = builder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            Process process = builder.start();
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            Result result =
                    new Result(line, ended ? process.exitValue() : -1, Files.readString(out), Files.readString(err));
            Files.delete(out);
            Files.delete(err);
            if (!ended) {
                throw new AssertionError("not within " + limit.toSeconds() + " s: " + result);
            }
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted: " + line, e);
        }
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(base.toFile());
        builder.environment().putAll(environment);
        builder.environment().put("ISTHMUS_BASE", base.toString());
        builder.environment().put("JUJU_DATA", clientFiles().toString());
        builder.environment().merge("PATH", home.resolve("bin").toString(), (old, bin) -> bin + ":" + old);
        return builder;
    }

    /** Ends all controllers with their machines, then the container; says what stayed behind. */
    public List<String> end() {
        if (Files.exists(base.resolve("karaf.pid"))) {
            for (String controller : controllers()) {
                juju("kill-controller", "--no-prompt", controller);
            }
        }
        program("stop");
        List<String> left = new ArrayList<>();
        Wait.until(
                "every process of " + base + " is gone",
                Duration.ofSeconds(20),
                () -> {
                    left.clear();
                    left.addAll(processes());
                    return left.isEmpty();
                },
                () -> String.join("\n", left));
        return left;
    }

    /** What the product failed to end, after that was told: the next test shall not meet it. Supervisors bring agents back. */
    private void sweep() {
        Wait.until(
                "nothing is left to kill",
                Duration.ofSeconds(20),
                () -> {
                    List<String> left = processes();
                    for (String process : left) {
                        ProcessHandle.of(Long.parseLong(process.substring(0, process.indexOf(' '))))
                                .ifPresent(ProcessHandle::destroyForcibly);
                    }
                    return left.isEmpty();
                },
                () -> String.join("\n", processes()));
    }

    private List<String> controllers() {
        Path file = clientFiles().resolve("controllers.yaml");
        List<String> names = new ArrayList<>();
        try {
            boolean inside = false;
            for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                if (!line.startsWith(" ")) {
                    inside = line.startsWith("controllers:");
                } else if (inside && line.matches(" {1,4}[^ -].*:\\s*")) {
                    names.add(line.trim().replace(":", "").replace("\"", ""));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    /** Processes that were started for this base, found by their command line or environment. */
    public List<String> processes() {
        List<String> found = new ArrayList<>();
        long self = ProcessHandle.current().pid();
        try (var folders = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : folders) {
                String id = process.getFileName().toString();
                if (id.equals(Long.toString(self))) {
                    continue;
                }
                String command = content(process.resolve("cmdline"));
                if (command.contains(base.toString())
                        || content(process.resolve("environ")).contains(base.toString())) {
                    found.add(id + " " + command.replace('\0', ' '));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static String content(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // It ended meanwhile, or is somebody else's.
            return "";
        }
    }

    @Override
    public Statement apply(Statement tests, Description description) {
        return new Statement() {
            @Override
            public void evaluate() throws Throwable {
                prepare();
                try {
                    start();
                    tests.evaluate();
                } catch (Throwable failure) {
                    System.err.println("kept: " + base + "\n" + logTail(80));
                    try {
                        end();
                    } catch (AssertionError | RuntimeException second) {
                        failure.addSuppressed(second);
                        sweep();
                    }
                    throw failure;
                }
                try {
                    end();
                } catch (AssertionError | RuntimeException left) {
                    sweep();
                    throw left;
                }
                if (!keep) {
                    delete();
                }
            }
        };
    }

    public void delete() throws IOException {
        Files.walkFileTree(base, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
                Files.deleteIfExists(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
