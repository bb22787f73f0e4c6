package org.isthmus.provider.localhost;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.LRUMap;
import com.fasterxml.jackson.databind.util.LookupCache;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.isthmus.api.Address;
import org.isthmus.api.Problem;
import org.isthmus.spi.CloudProvider.AgentStart;
import org.isthmus.spi.CloudProvider.Cloud.Progress;
import org.isthmus.spi.CloudProvider.CloudSpec;
import org.isthmus.spi.CloudProvider.Instance;
import org.isthmus.spi.CloudProvider.StartRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The machines of this installation, as folders on disk: nothing about them is kept in memory. Its methods block. */
final class MachineStore {
    /**
     * Into the machine's control group where there is one; and daemons of the machine, whose parents ended, become children of
     * the supervisor: prctl(PR_SET_CHILD_SUBREAPER), which outlives exec, has no other door than perl.
     */
    private static final String LAUNCH =
            """
            group=$1
            shift
            [ -n "$group" ] && echo $$ >"$group/cgroup.procs"
            case $(uname -m) in
            x86_64) prctl=157 ;;
            aarch64 | riscv64) prctl=167 ;;
            ppc64le) prctl=171 ;;
            s390x) prctl=172 ;;
            *) prctl= ;;
            esac
            [ -n "$prctl" ] && command -v perl >/dev/null &&
                exec perl -e 'syscall(shift() + 0, 36, 1, 0, 0, 0); exec @ARGV' "$prctl" bash "$@"
            exec bash "$@"
            """;

    private static final Logger LOG = LoggerFactory.getLogger(MachineStore.class);
    private static final List<String> SHIMS = List.of("apt-get", "apt");
    private static final long GRACE_MILLIS = 3_000;
    private static final long STOP_LIMIT_MILLIS = 30_000;
    private static final long CLEAN_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final Path home;
    private final Path folder;
    private final LoopbackAddresses addresses;
    private final MachineProcesses processes;
    private final HostFacts host;
    private final ObjectMapper json;
    private final AtomicLong nextClean = new AtomicLong(System.nanoTime());
    /** One change at a time for each machine. */
    private final Map<String, Object> locks = new ConcurrentHashMap<>();

    MachineStore(Path home, Path base, LoopbackAddresses addresses, MachineProcesses processes, HostFacts host) {
        this.home = home;
        this.folder = base.toAbsolutePath().normalize().resolve("machines");
        this.addresses = addresses;
        this.processes = processes;
        this.host = host;
        LookupCache<Object, JavaType> types = new LRUMap<>(16, 64);
        this.json = JsonMapper.builder()
                .typeFactory(TypeFactory.defaultInstance().withCache(types))
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
    }

    HostFacts host() {
        return host;
    }

    private static String idOf(String model, String machine, String token) {
        String safe = token.replaceAll("[^A-Za-z0-9]", "");
        return prefix(model) + machine.replace('/', '-') + "-" + safe.substring(0, Math.min(8, safe.length()));
    }

    private static String prefix(String model) {
        return model.substring(0, Math.min(8, model.length())) + "-";
    }

    /** Makes the folder, then starts the supervisor; goes on where an earlier try under the same token was cut off. */
    Instance start(CloudSpec spec, StartRequest request, String zone, Progress progress) throws IOException {
        String id = idOf(spec.modelUuid(), request.machineId(), request.token());
        synchronized (locks.computeIfAbsent(id, any -> new Object())) {
            Path machine = folder.resolve(id);
            MachineFile file = read(machine);
            if (file == null) {
                progress.report("allocating", "Creating machine folder");
                file = make(spec, request, zone, machine);
            } else if (!file.token().equals(request.token())) {
                throw new IOException("folder " + id + " belongs to another start");
            } else if (file.state().equals("stopping")) {
                throw new IOException("machine " + id + " is being stopped");
            }
            addresses.keep(file.address(), machine);
            if (!processes.belongs(file.pid(), file.token())) {
                progress.report("allocating", "Starting machine agent");
                file = supervise(machine, file);
            }
            progress.report("running", "Running");
            return instance(id, file);
        }
    }

    /** The folder appears whole under its name, or not at all. */
    private MachineFile make(CloudSpec spec, StartRequest request, String zone, Path machine) throws IOException {
        Files.createDirectories(folder);
        Path fresh = folder.resolve("." + machine.getFileName() + ".new");
        remove(fresh);
        Files.createDirectories(fresh);
        String address = addresses.claim(machine, request.token());
        AgentStart agent = request.agent();
        String model = spec.modelUuid();
        MachineFile file = new MachineFile(
                request.token(),
                request.machineId(),
                model,
                agent.controllerUuid(),
                "juju-" + model.substring(Math.max(0, model.length() - 6)) + "-"
                        + request.machineId().replace('/', '-'),
                address,
                "starting",
                0,
                request.requestedBase(),
                host.base(),
                host.hardware(request.constraints(), zone));
        for (String each : List.of("agent", "root", "bin", "shims", "run", "log")) {
            Files.createDirectories(fresh.resolve(each));
        }
        for (String shim : SHIMS) {
            Path to = fresh.resolve("shims").resolve(shim);
            try (InputStream in = MachineStore.class.getResourceAsStream("shims/" + shim)) {
                Files.copy(in, to);
            }
            Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        write(
                fresh.resolve("agent/agent.conf"),
                new AgentConf(
                        agent.machineTag(),
                        agent.nonce(),
                        agent.password(),
                        agent.modelUuid(),
                        agent.controllerUuid(),
                        agent.apiAddresses(),
                        agent.caCert(),
                        machine.toString(),
                        address,
                        agent.agentVersion(),
                        host.root()));
        write(fresh.resolve("machine.json"), file);
        Files.move(fresh, machine, StandardCopyOption.ATOMIC_MOVE);
        return file;
    }

    /** A container that was killed may have started the supervisor and not come to write that down. */
    private MachineFile supervise(Path machine, MachineFile file) throws IOException {
        OptionalLong there = processes.supervisor(machine, file.token());
        long pid = there.isPresent() ? there.getAsLong() : launch(machine, file);
        LOG.info(
                "machine {}: supervisor {} {} on {}",
                machine.getFileName(),
                pid,
                there.isPresent() ? "found" : "started",
                file.address());
        MachineFile running = file.withState("running", pid);
        write(machine.resolve("machine.json"), running);
        return running;
    }

    /** Starts the supervisor in a session of its own, so that it outlives this container. */
    private long launch(Path machine, MachineFile file) throws IOException {
        Path supervisor = supervisor();
        List<String> command = new ArrayList<>(List.of("setsid", "bash", "-c", LAUNCH, "isthmus"));
        command.add(processes
                .makeGroup(machine.getFileName().toString())
                .map(Path::toString)
                .orElse(""));
        command.add(supervisor.toString());
        command.add(machine.toString());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(machine.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        machine.resolve("log/supervisor.log").toFile()));
        Map<String, String> environment = builder.environment();
        // The container's own settings are nothing to a machine.
        environment
                .keySet()
                .removeIf(key -> key.startsWith("KARAF_") || key.startsWith("JUJU_") || key.equals("JAVA_OPTS"));
        environment.put(MachineProcesses.MARK, file.token());
        environment.put("ISTHMUS_HOME", home.toString());
        environment.put("ISTHMUS_MACHINE_DIR", machine.toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start().pid();
    }

    private Path supervisor() throws IOException {
        for (String each : List.of(
                "agent/" + MachineProcesses.SUPERVISOR,
                "agent/lib/" + MachineProcesses.SUPERVISOR,
                "agent/bin/" + MachineProcesses.SUPERVISOR)) {
            if (Files.isRegularFile(home.resolve(each))) {
                return home.resolve(each);
            }
        }
        throw new NoSuchFileException(
                home.resolve("agent/" + MachineProcesses.SUPERVISOR).toString());
    }

    /** Ends the machine's processes, frees its address, removes its folder. What is gone already is fine. */
    void stop(String model, String id) throws IOException {
        if (!id.matches("[A-Za-z0-9-]+") || !id.startsWith(prefix(model))) {
            throw Problem.notFound("instance", id);
        }
        Object lock = locks.computeIfAbsent(id, any -> new Object());
        synchronized (lock) {
            Path machine = folder.resolve(id);
            MachineFile file = read(machine);
            if (file != null && !file.modelUuid().equals(model)) {
                throw Problem.notFound("instance", id);
            }
            if (file != null) {
                // The mark first: a container that dies here finds, at its next start, what to finish.
                write(machine.resolve("machine.json"), file.withState("stopping", file.pid()));
                processes.end(id, file.token(), GRACE_MILLIS, STOP_LIMIT_MILLIS);
                addresses.release(file.address(), machine);
            }
            remove(machine);
            locks.remove(id, lock);
        }
    }

    /** The machines of a model. One whose supervisor died with the host, or was killed, is started again. */
    List<Instance> list(String model) throws IOException {
        List<Instance> out = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return out;
        }
        cleanNowAndThen();
        String ours = prefix(model);
        List<Path> all;
        try (Stream<Path> found = Files.list(folder)) {
            all = found.filter(p -> p.getFileName().toString().startsWith(ours))
                    .sorted()
                    .toList();
        }
        for (Path machine : all) {
            // Not under its lock: one that is being stopped would hold up the others.
            MachineFile file = read(machine);
            if (file != null && file.modelUuid().equals(model)) {
                kept(machine, file)
                        .ifPresent(
                                each -> out.add(instance(machine.getFileName().toString(), each)));
            }
        }
        return out;
    }

    /** The machine as it is, its supervisor started again where that is not there; empty if it went meanwhile. */
    private Optional<MachineFile> kept(Path machine, MachineFile seen) throws IOException {
        if (isKept(seen)) {
            return Optional.of(seen);
        }
        String id = machine.getFileName().toString();
        synchronized (locks.computeIfAbsent(id, any -> new Object())) {
            MachineFile file = read(machine);
            if (file == null || isKept(file)) {
                return Optional.ofNullable(file);
            }
            try {
                addresses.keep(file.address(), machine);
                return Optional.of(supervise(machine, file));
            } catch (IOException notStarted) {
                LOG.warn("machine {}: supervisor is not there and cannot be started", id, notStarted);
                return Optional.of(file);
            }
        }
    }

    private boolean isKept(MachineFile file) {
        return !file.state().equals("running") || processes.belongs(file.pid(), file.token());
    }

    /** All claims of the host are looked at: each list of each model would be too often. */
    private void cleanNowAndThen() throws IOException {
        long now = System.nanoTime();
        long next = nextClean.get();
        if (now - next >= 0 && nextClean.compareAndSet(next, now + CLEAN_NANOS)) {
            addresses.clean();
        }
    }

    private static Instance instance(String id, MachineFile file) {
        return new Instance(
                id,
                file.name(),
                file.token(),
                file.machineId(),
                file.state().equals("running") ? "running" : "allocating",
                file.state().equals("running") ? "Running" : file.state(),
                List.of(new Address(file.address(), "ipv4", "local-cloud")),
                file.hardware(),
                file.base(),
                file.name());
    }

    private MachineFile read(Path machine) throws IOException {
        Path file = machine.resolve("machine.json");
        try {
            return json.readValue(Files.readAllBytes(file), MachineFile.class);
        } catch (NoSuchFileException none) {
            return null;
        }
    }

    private void write(Path path, Object value) throws IOException {
        Path next = path.resolveSibling(path.getFileName() + ".next");
        Files.deleteIfExists(next);
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(next, json.writerWithDefaultPrettyPrinter().writeValueAsBytes(value));
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes a folder, `machine.json` last, without following links. */
    private static void remove(Path machine) throws IOException {
        if (!Files.exists(machine, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(machine, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) throws IOException {
                if (!Files.isWritable(each)) {
                    Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwx------"));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!file.equals(machine.resolve("machine.json"))) {
                    Files.deleteIfExists(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                if (!each.equals(machine)) {
                    Files.deleteIfExists(each);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        Files.deleteIfExists(machine.resolve("machine.json"));
        Files.deleteIfExists(machine);
    }
}
