package org.isthmus.provider.localhost;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All processes of a machine, also those that made themselves daemons: found by a control group where this user may make one, and
 * everywhere by the variable ISTHMUS_MACHINE that children inherit, and as children of the supervisor, which adopts orphans.
 */
final class MachineProcesses {
    private static final Logger LOG = LoggerFactory.getLogger(MachineProcesses.class);
    static final String MARK = "ISTHMUS_MACHINE";
    static final String SUPERVISOR = "supervisor.sh";
    private static final long EXEC_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path cgroups;
    private final Path proc;

    /** @param cgroups `/sys/fs/cgroup`, @param proc `/proc` */
    MachineProcesses(Path cgroups, Path proc) {
        this.cgroups = cgroups;
        this.proc = proc;
    }

    /** Makes the machine's control group; empty where that is not allowed. */
    Optional<Path> makeGroup(String machine) {
        for (Path root : groupRoots()) {
            Path group = root.resolve("isthmus-" + machine);
            try {
                Files.createDirectories(group);
                if (Files.isWritable(group.resolve("cgroup.procs"))) {
                    return Optional.of(group);
                }
                Files.deleteIfExists(group);
            } catch (IOException notAllowed) {
                LOG.debug("no control group in {}: {}", root, notAllowed.toString());
            }
        }
        return Optional.empty();
    }

    private List<Path> groupRoots() {
        List<Path> roots = new ArrayList<>();
        if (Files.exists(cgroups.resolve("cgroup.controllers"))) {
            roots.add(cgroups);
        }
        for (String hierarchy : List.of("unified", "freezer", "pids")) {
            if (Files.exists(cgroups.resolve(hierarchy).resolve("cgroup.procs"))) {
                roots.add(cgroups.resolve(hierarchy));
            }
        }
        return roots.stream().filter(Files::isWritable).toList();
    }

    private List<Path> groups(String machine) {
        return groupRoots().stream()
                .map(root -> root.resolve("isthmus-" + machine))
                .filter(Files::isDirectory)
                .toList();
    }

    /** Whether this process is there and belongs to the machine. */
    boolean belongs(long pid, String token) {
        return pid > 0 && carries(proc.resolve(Long.toString(pid)), token);
    }

    /**
     * Whether a process carries the machine's mark. One that is just becoming another program shows no variables for some microseconds,
     * longer when the processors are busy: it is looked at until it shows all, else it would be forgotten. A bash that starts puts
     * an end in the place of the `=` of each variable, for the moment in which it reads it.
     */
    private static boolean carries(Path process, String token) {
        String mark = MARK + "\0" + token + "\0";
        long limit = System.nanoTime() + EXEC_NANOS;
        do {
            String variables = content(process.resolve("environ"));
            if (variables.replace('=', '\0').contains(mark)) {
                return true;
            }
            if (!Files.exists(process.resolve("exe"))) {
                return false; // Over, another user's, or a thread of the kernel.
            }
            if (variables.length() == lengthOfVariables(process)) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(100));
        } while (System.nanoTime() < limit);
        return false;
    }

    /** By the fields 50 and 51 of `stat` in proc(5). -1 while it has no code (26) yet: the kernel sets that after them. */
    private static long lengthOfVariables(Path process) {
        String stat = content(process.resolve("stat"));
        String[] fromThird = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return fromThird.length < 49 || fromThird[23].equals("0")
                ? -1
                : Long.parseUnsignedLong(fromThird[48]) - Long.parseUnsignedLong(fromThird[47]);
    }

    /** Read at one go: between two, the process can have become another program. */
    private static String content(Path file) {
        byte[] bytes = new byte[16 << 10];
        try (InputStream in = Files.newInputStream(file)) {
            int length = Math.max(in.read(bytes), 0);
            return new String(bytes, 0, length, StandardCharsets.ISO_8859_1)
                    + (length < bytes.length ? "" : new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
        } catch (IOException goneOrNotOurs) {
            return "";
        }
    }

    /** The machine's supervisor, as it is from the first moment on, also where nobody wrote down which process that is. */
    OptionalLong supervisor(Path machine, String token) {
        String folder = new String(machine.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        String arguments = SUPERVISOR + "\0" + folder + "\0";
        try (Stream<Path> processes = Files.list(proc)) {
            // A child that it is just making looks as itself does: it is the one that leads their session.
            return processes
                    .filter(process ->
                            Character.isDigit(process.getFileName().toString().charAt(0)))
                    .filter(process -> content(process.resolve("cmdline")).endsWith(arguments))
                    .filter(process -> carries(process, token))
                    .mapToLong(process -> Long.parseLong(process.getFileName().toString()))
                    .filter(pid -> !isOver(pid) && leadsItsSession(pid))
                    .findFirst();
        } catch (IOException | java.io.UncheckedIOException unreadable) {
            LOG.warn("cannot list processes", unreadable);
            return OptionalLong.empty();
        }
    }

    /** By the fields 1 and 6 of `stat`. */
    private boolean leadsItsSession(long pid) {
        String stat = content(proc.resolve(Long.toString(pid)).resolve("stat"));
        String[] fromThird = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return fromThird.length > 3 && fromThird[3].equals(Long.toString(pid));
    }

    Set<Long> all(String machine, String token) {
        Set<Long> pids = new HashSet<>();
        for (Path group : groups(machine)) {
            try {
                for (String line : Files.readAllLines(group.resolve("cgroup.procs"))) {
                    pids.add(Long.valueOf(line.strip()));
                }
            } catch (IOException | NumberFormatException gone) {
                LOG.debug("control group {}: {}", group, gone.toString());
            }
        }
        try (Stream<Path> processes = Files.list(proc)) {
            processes.forEach(process -> {
                String name = process.getFileName().toString();
                if (Character.isDigit(name.charAt(0)) && carries(process, token)) {
                    pids.add(Long.valueOf(name));
                }
            });
        } catch (IOException | java.io.UncheckedIOException unreadable) {
            LOG.warn("cannot list processes", unreadable);
        }
        pids.remove(ProcessHandle.current().pid());
        pids.removeIf(this::isOver);
        return pids;
    }

    /** Ended, but not yet collected by its parent: nothing can be done to it, and it does nothing. */
    private boolean isOver(long pid) {
        String stat = content(proc.resolve(Long.toString(pid)).resolve("stat"));
        return stat.isEmpty() || stat.startsWith("Z", stat.lastIndexOf(')') + 2);
    }

    /**
     * Ends them all: asks first, kills what is there after the grace. Goes on until none is left, since a process may have made
     * another one meanwhile. Blocks; not for an event loop.
     */
    void end(String machine, String token, long graceMillis, long limitMillis) throws IOException {
        long start = System.nanoTime();
        // Kept from round to round: once their ancestors ended, nothing tells of some that they are the machine's.
        Set<ProcessHandle> known = new HashSet<>();
        Set<ProcessHandle> asked = new HashSet<>();
        while (true) {
            all(machine, token).forEach(pid -> ProcessHandle.of(pid).ifPresent(known::add));
            addChildren(known);
            known.removeIf(each -> !each.isAlive() || isOver(each.pid()));
            if (known.isEmpty()) {
                break;
            }
            long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            if (waited > limitMillis) {
                throw new IOException("processes " + known + " of machine " + machine + " do not end");
            }
            for (ProcessHandle each : known) {
                if (waited > graceMillis) {
                    each.destroyForcibly();
                } else if (asked.add(each)) {
                    each.destroy();
                }
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            if (Thread.currentThread().isInterrupted()) {
                throw new IOException("interrupted while ending machine " + machine);
            }
        }
        for (Path group : groups(machine)) {
            removeGroup(group, start, limitMillis);
        }
    }

    private static void addChildren(Set<ProcessHandle> known) {
        Map<ProcessHandle, List<ProcessHandle>> children = new HashMap<>();
        ProcessHandle.allProcesses().forEach(each -> each.parent()
                .ifPresent(parent -> children.computeIfAbsent(parent, any -> new ArrayList<>())
                        .add(each)));
        Deque<ProcessHandle> next = new ArrayDeque<>(known);
        while (!next.isEmpty()) {
            for (ProcessHandle child : children.getOrDefault(next.pop(), List.of())) {
                if (known.add(child)) {
                    next.push(child);
                }
            }
        }
    }

    /** A group that just became empty answers "busy" for some milliseconds. */
    private static void removeGroup(Path group, long start, long limitMillis) throws IOException {
        while (true) {
            try {
                Files.delete(group);
                return;
            } catch (NoSuchFileException gone) {
                return;
            } catch (IOException busy) {
                if (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) > limitMillis) {
                    throw busy;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        }
    }
}
