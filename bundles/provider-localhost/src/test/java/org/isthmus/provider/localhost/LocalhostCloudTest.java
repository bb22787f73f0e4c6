package org.isthmus.provider.localhost;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.isthmus.api.Constraints;
import org.isthmus.api.Refused;
import org.isthmus.spi.CloudProvider.AgentStart;
import org.isthmus.spi.CloudProvider.Cloud;
import org.isthmus.spi.CloudProvider.CloudSpec;
import org.isthmus.spi.CloudProvider.Instance;
import org.isthmus.spi.CloudProvider.StartRequest;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Real processes of a supervisor that makes a daemon, as charms do. */
public class LocalhostCloudTest {
    private static final String MODEL = UUID.randomUUID().toString();

    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private final ExecutorService executor = Executors.newFixedThreadPool(4);
    private Path home;
    private Path base;
    private Path addresses;
    private Cloud cloud;

    @Before
    public void prepare() throws IOException {
        home = temporary.newFolder("home").toPath();
        base = temporary.newFolder("base").toPath();
        addresses = temporary.getRoot().toPath().resolve("addresses");
        Files.createDirectories(home.resolve("agent/lib"));
        Files.writeString(
                home.resolve("agent/supervisor.sh"),
                // Daemons that leave their session and forget their parent; the second takes no variable with it.
                """
                echo $$ >> "$1/starts"
                (setsid bash -c 'setsid sleep 1000 & echo $! > "$0/daemon"' "$1" &)
                (env -i "$(command -v setsid)" "$(command -v bash)" -c 'sleep 1000 & echo $! > "$0/bare"' "$1" &)
                exec sleep 1001
                """);
        cloud = open(base, Path.of("/sys/fs/cgroup"), "us-east-1");
    }

    private Cloud open(Path root, Path cgroups, String region) {
        return new LocalhostProvider(home, root, addresses, cgroups, executor)
                .open(new CloudSpec("aws", "localhost", region, "", "empty", Map.of(), Map.of(), "c", MODEL, "m"));
    }

    @After
    public void stop() throws Exception {
        cloud.stop(cloud.list().toCompletableFuture().get().stream()
                        .map(Instance::id)
                        .toList())
                .toCompletableFuture()
                .get(40, TimeUnit.SECONDS);
        executor.shutdownNow();
    }

    private static StartRequest request(String machine, String token, String constraints, String placement) {
        return new StartRequest(
                token,
                machine,
                "ubuntu@22.04",
                Constraints.parse(constraints),
                placement,
                new AgentStart(
                        "c", MODEL, "machine-" + machine, "nonce", "secret", List.of("127.0.0.1:1"), "PEM", "3.6.9"),
                Map.of());
    }

    private Instance start(Cloud on, StartRequest request) throws Exception {
        return on.start(request, (status, message) -> {}).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static String token() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.call()) {
            if (System.nanoTime() > limit) {
                fail("not within 20 s: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private static void awaitSupervisor(Path folder) throws Exception {
        await("supervisor", () -> number(folder.resolve("daemon")) > 0 && number(folder.resolve("bare")) > 0);
    }

    private Path folder(Instance instance) {
        return base.resolve("machines").resolve(instance.id());
    }

    private static long number(Path file) throws IOException {
        return Files.exists(file) && Files.size(file) > 0
                ? Long.parseLong(Files.readString(file).strip())
                : 0;
    }

    /** A process that ended and waits to be collected is not. Its command line tells nothing: there is none while it becomes another program. */
    private static boolean alive(long pid) throws IOException {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException gone) {
            return false;
        }
    }

    @Test
    public void aMachineIsStartedListedAndStoppedWithoutATrace() throws Exception {
        everything(cloud);
    }

    @Test
    public void itWorksWithoutControlGroups() throws Exception {
        everything(open(base, temporary.newFolder().toPath(), "us-east-1"));
    }

    private void everything(Cloud on) throws Exception {
        String token = token();
        Instance instance = start(on, request("0", token, "mem=1G cores=1", null));
        assertEquals(MODEL.substring(0, 8) + "-0-" + token.substring(0, 8), instance.id());
        assertEquals("running", instance.status());
        assertEquals("us-east-1a", instance.hardware().availabilityZone());
        assertEquals(Long.valueOf(1024), instance.hardware().mem());
        assertEquals(Long.valueOf(1), instance.hardware().cores());
        assertTrue(instance.base(), instance.base().matches("[a-z]+@.+"));
        String address = instance.addresses().get(0).value();
        assertTrue(address, address.matches("127\\.[1-9][0-9]*\\.[0-9]+\\.[0-9]+"));

        Path folder = folder(instance);
        Path conf = folder.resolve("agent/agent.conf");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(conf)));
        JsonNode agent = new ObjectMapper().readTree(conf.toFile());
        assertEquals("machine-0", agent.get("tag").asText());
        assertEquals("secret", agent.get("password").asText());
        assertEquals("127.0.0.1:1", agent.get("apiAddresses").get(0).asText());
        assertEquals(folder.toString(), agent.get("machineDir").asText());
        assertEquals(address, agent.get("address").asText());
        assertTrue(Files.isExecutable(folder.resolve("shims/apt-get")));
        try (Stream<Path> open = Files.walk(folder)) {
            assertEquals(List.of(), open.filter(LocalhostCloudTest::isOpenToAll).toList());
        }

        Instance again = start(on, request("0", token, "", null));
        assertEquals(instance.id(), again.id());
        awaitSupervisor(folder);
        assertEquals(
                "one supervisor",
                1,
                Files.readAllLines(folder.resolve("starts")).size());
        assertEquals(List.of(instance.id()), ids(on));

        long daemon = number(folder.resolve("daemon"));
        long bare = number(folder.resolve("bare"));
        assertTrue(alive(daemon) && alive(bare));
        on.stop(List.of(instance.id())).toCompletableFuture().get(40, TimeUnit.SECONDS);
        assertFalse(alive(daemon));
        assertFalse("a daemon without the mark", alive(bare));
        assertFalse(Files.exists(folder));
        assertFalse(Files.exists(addresses.resolve(address)));
        try (Stream<Path> left = Files.list(base.resolve("machines"))) {
            assertEquals(0, left.count());
        }
        on.stop(List.of(instance.id())).toCompletableFuture().get(40, TimeUnit.SECONDS);
        for (String hierarchy : List.of("", "unified", "freezer", "pids")) {
            assertFalse(Files.exists(Path.of("/sys/fs/cgroup", hierarchy, "isthmus-" + instance.id())));
        }
    }

    /** `juju ssh` starts `bin/enter-machine`: what somebody leaves running there ends with the machine. */
    @Test
    public void whatWasStartedFromAShellEndsWithTheMachine() throws Exception {
        leaveADaemon(cloud);
        leaveADaemon(open(base, temporary.newFolder().toPath(), "us-east-1"));
    }

    private void leaveADaemon(Cloud on) throws Exception {
        Instance instance = start(on, request("0", token(), "", null));
        awaitSupervisor(folder(instance));
        Path pid = temporary.newFile().toPath();
        Path enter = Path.of("../../karaf-assembly/src/main/distribution/bin/enter-machine");
        Process shell = new ProcessBuilder(
                        "bash",
                        enter.toString(),
                        folder(instance).toString(),
                        "(setsid sleep 1002 >/dev/null 2>&1 & echo $! >" + pid + ")")
                .redirectErrorStream(true)
                .start();
        assertEquals("", new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertTrue(alive(number(pid)));
        on.stop(List.of(instance.id())).toCompletableFuture().get(40, TimeUnit.SECONDS);
        assertFalse(alive(number(pid)));
    }

    /** What is becoming another program, as daemons and supervisors do at their start, shows no variables for a moment. */
    @Test
    public void aProcessIsFoundWhileItBecomesAnotherProgram() throws Exception {
        String token = token();
        Path again = temporary.newFile().toPath();
        Files.writeString(again, "exec bash \"$0\"\n");
        ProcessBuilder builder = new ProcessBuilder("bash", again.toString());
        builder.environment().put(MachineProcesses.MARK, token);
        Process process = builder.start();
        try {
            MachineProcesses processes =
                    new MachineProcesses(temporary.newFolder().toPath(), Path.of("/proc"));
            for (int i = 0; i < 2_000; i++) {
                assertTrue("look " + i, processes.belongs(process.pid(), token));
            }
            assertEquals(Set.of(process.pid()), processes.all("none", token));
        } finally {
            process.destroyForcibly();
        }
    }

    private static boolean isOpenToAll(Path each) {
        try {
            return !Files.isSymbolicLink(each)
                    && Files.getPosixFilePermissions(each).contains(PosixFilePermission.OTHERS_WRITE);
        } catch (IOException gone) {
            return false;
        }
    }

    private static List<String> ids(Cloud on) throws Exception {
        return on.list().toCompletableFuture().get(20, TimeUnit.SECONDS).stream()
                .map(Instance::id)
                .toList();
    }

    @Test
    public void twoStartsUnderOneTokenAreOne() throws Exception {
        String token = token();
        List<CompletableFuture<Instance>> starts = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            starts.add(cloud.start(request("3", token, "", null), (status, message) -> {})
                    .toCompletableFuture());
        }
        Set<String> ids = new TreeSet<>();
        for (CompletableFuture<Instance> each : starts) {
            ids.add(each.get(20, TimeUnit.SECONDS).id());
        }
        assertEquals(1, ids.size());
        Path starts1 = base.resolve("machines").resolve(ids.iterator().next()).resolve("starts");
        await("supervisor", () -> Files.exists(starts1));
        assertEquals(1, Files.readAllLines(starts1).size());
    }

    /** What another container of this folder, or this one after its restart, finds. */
    @Test
    public void aSupervisorThatDiedIsStartedAgainAndAddressesAreRemembered() throws Exception {
        Instance instance = start(cloud, request("1", token(), "", "zone=us-east-1a"));
        Path starts = folder(instance).resolve("starts");
        await("supervisor", () -> Files.exists(starts));
        ProcessHandle.of(Long.parseLong(Files.readAllLines(starts).get(0))).ifPresent(ProcessHandle::destroyForcibly);
        Files.delete(addresses.resolve(instance.addresses().get(0).value()));
        Cloud later = open(base, Path.of("/sys/fs/cgroup"), "us-east-1");
        await("second supervisor", () -> {
            List<Instance> now = later.list().toCompletableFuture().get(20, TimeUnit.SECONDS);
            assertEquals(instance.addresses(), now.get(0).addresses());
            return Files.readAllLines(starts).size() == 2;
        });
        assertTrue(Files.exists(addresses.resolve(instance.addresses().get(0).value())));
    }

    /** The container was killed after it had started the supervisor, before it wrote that down; then, the supervisor was. */
    @Test
    public void aSupervisorThatNobodyWroteDownIsFoundAndNoSecondStarted() throws Exception {
        Files.writeString(home.resolve("agent/supervisor.sh"), "echo $$ >> \"$1/starts\"\nsleep 1001\n");
        String token = token();
        Instance instance = start(cloud, request("1", token, "", null));
        Path file = folder(instance).resolve("machine.json");
        Path starts = folder(instance).resolve("starts");
        await("supervisor", () -> Files.exists(starts) && number(starts) > 0);
        long supervisor = number(starts);
        String running = Files.readString(file);
        Files.writeString(
                file, running.replace("\"running\"", "\"starting\"").replaceAll("\"pid\" : [0-9]+", "\"pid\" : 0"));
        assertEquals(
                instance, start(open(base, Path.of("/sys/fs/cgroup"), "us-east-1"), request("1", token, "", null)));
        assertEquals("written down now", running, Files.readString(file));
        Files.writeString(file, running.replaceAll("\"pid\" : [0-9]+", "\"pid\" : 99999999"));
        assertEquals(List.of(instance.id()), ids(cloud));
        assertEquals("written down now", running, Files.readString(file));
        assertEquals(supervisor, number(starts));
    }

    @Test
    public void whatCannotBeIsRefusedAndCapsAreToldOnly() throws Exception {
        refused("invalid constraint value: arch=s390x", "arch=s390x", null);
        refused("invalid constraint value: instance-type=m5.large", "instance-type=m5.large", null);
        refused("availability zone \"us-east-1z\" not valid", "", "zone=us-east-1z");
        refused("unknown placement directive: rack=3", "", "rack=3");
        refused("matches constraint zones=b,c", "zones=b,c", null);
        List<String> warnings = cloud.precheck(Constraints.parse("mem=900T cores=4000 tags=a virt-type=kvm"), null);
        assertEquals(3, warnings.size());
        assertEquals("unsupported constraints: tags,virt-type", warnings.get(0));
        assertEquals(List.of("localhost"), open(base, base, "localhost").zones());
        assertTrue(cloud.firewall().isEmpty());
    }

    private void refused(String message, String constraints, String placement) throws Exception {
        try {
            start(cloud, request("9", token(), constraints, placement));
            fail("not refused: " + message);
        } catch (ExecutionException failure) {
            assertTrue(
                    Refused.of(failure).message(), Refused.of(failure).message().contains(message));
        }
        assertTrue(ids(cloud).isEmpty());
    }

    @Test
    public void noTwoContainersOfAHostGiveTheSameAddress() throws Exception {
        LoopbackAddresses one = new LoopbackAddresses(addresses);
        LoopbackAddresses two = new LoopbackAddresses(addresses);
        Path a = Files.createDirectories(base.resolve("a"));
        Path b = Files.createDirectories(base.resolve("b"));
        String first = one.claim(a, "seed");
        assertEquals("remembered", first, two.claim(a, "seed"));
        assertNotEquals(first, two.claim(b, "seed"));
        two.release(first, b);
        assertTrue("only the owner releases", Files.exists(addresses.resolve(first)));
        Files.setLastModifiedTime(addresses.resolve(first), java.nio.file.attribute.FileTime.fromMillis(0));
        one.clean();
        assertTrue("its folder is there", Files.exists(addresses.resolve(first)));
        Files.delete(a);
        one.clean();
        assertFalse("its folder is gone", Files.exists(addresses.resolve(first)));
    }

    /** Its machine may take half a minute to end. */
    @Test
    public void aListWaitsForNoMachineThatIsBeingStopped() throws Exception {
        Files.writeString(
                home.resolve("agent/supervisor.sh"),
                "trap '' TERM\necho $$ >> \"$1/starts\"\nmkfifo \"$1/never\"\nread <>\"$1/never\"\n");
        Instance stubborn = start(cloud, request("1", token(), "", null));
        await("supervisor", () -> Files.exists(folder(stubborn).resolve("starts")));
        CompletableFuture<Void> stop = cloud.stop(List.of(stubborn.id())).toCompletableFuture();
        await("stopping", () -> Files.readString(folder(stubborn).resolve("machine.json"))
                .contains("\"stopping\""));
        assertEquals(
                "stopping",
                cloud.list()
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS)
                        .get(0)
                        .message());
        assertFalse("it has not ended yet", stop.isDone());
        stop.get(40, TimeUnit.SECONDS);
    }

    /** Nor is the list hurt by them. */
    @Test
    public void otherModelsMachinesAreNotRead() throws Exception {
        Instance instance = start(cloud, request("2", token(), "", null));
        Path other = Files.createDirectories(base.resolve("machines").resolve("00000000-0-0badf00d"));
        Files.writeString(other.resolve("machine.json"), "{broken");
        assertEquals(List.of(instance.id()), ids(cloud));
    }

    @Test
    public void otherModelsMachinesAreOutOfReach() throws Exception {
        Instance instance = start(cloud, request("2", token(), "", null));
        Cloud other = new LocalhostProvider(home, base, addresses, Path.of("/sys/fs/cgroup"), executor)
                .open(new CloudSpec(
                        "aws",
                        "localhost",
                        "x",
                        "",
                        "empty",
                        Map.of(),
                        Map.of(),
                        "c",
                        UUID.randomUUID().toString(),
                        "m"));
        for (String id : List.of(instance.id(), "../machines/" + instance.id(), "..")) {
            try {
                other.stop(List.of(id)).toCompletableFuture().get(20, TimeUnit.SECONDS);
                fail();
            } catch (ExecutionException failure) {
                assertEquals(
                        "instance \"" + id + "\" not found", Refused.of(failure).message());
            }
        }
        assertTrue(ids(other).isEmpty());
        assertEquals(List.of(instance.id()), ids(cloud));
    }
}
