package org.isthmus.shell;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.isthmus.rpc.Invocation;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The real launcher against a relay in this JVM; a small program stands for the commands. */
public class RelayTest {
    private static final Path LAUNCHER = Path.of("../../karaf-assembly/src/main/distribution/bin/juju")
            .toAbsolutePath()
            .normalize();

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<Invocation> last = new AtomicReference<>();
    private Path base;
    private Relay relay;

    @Before
    public void start() throws IOException {
        base = folder.getRoot().toPath();
        relay = Relay.start(this::program, base);
    }

    @After
    public void stop() throws IOException {
        relay.close();
    }

    private int program(Invocation invocation) {
        last.set(invocation);
        List<String> args = invocation.args();
        try {
            switch (args.isEmpty() ? "" : args.get(0)) {
                case "echo" -> {
                    invocation.out().print(String.join("|", args.subList(1, args.size())) + "\n");
                    return 0;
                }
                case "both" -> {
                    invocation.out().println("out");
                    invocation.err().println("err");
                    return 3;
                }
                case "lines" -> {
                    for (int i = 0; i < 200_000 && !invocation.out().checkError(); i++) {
                        invocation.out().println("line " + i);
                    }
                    ended.countDown();
                    return 0;
                }
                case "cat" -> {
                    invocation.stdin().transferTo(invocation.out());
                    return 0;
                }
                case "ask" -> {
                    String secret = invocation.prompt().ask("password: ", true);
                    invocation.out().println("got " + (secret == null ? "nothing" : secret.length() + " letters"));
                    return 0;
                }
                case "exec" -> {
                    return invocation.exec().exec(args.subList(1, args.size()), Map.of("ADDED", "yes"));
                }
                case "hang" -> {
                    invocation.out().println("hanging");
                    invocation.out().flush();
                    started.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException cancelled) {
                        ended.countDown();
                    }
                    return 0;
                }
                default -> {
                    return 2;
                }
            }
        } catch (IOException failure) {
            return 1;
        }
    }

    private record Ran(int code, String out, String err) {}

    private ProcessBuilder shell(String script) {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", script.replace("juju ", LAUNCHER + " "));
        builder.environment().put("ISTHMUS_BASE", base.toString());
        builder.environment().put("SECRET_OF_MINE", "x");
        builder.environment().put("JUJU_MODEL", "m with blank");
        builder.environment().put("HOME", folder.getRoot().toString());
        builder.redirectInput(Path.of("/dev/null").toFile());
        return builder;
    }

    private Ran run(String script) throws IOException, InterruptedException {
        Path out = folder.newFile().toPath();
        Path err = folder.newFile().toPath();
        Process process = shell(script)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertTrue("no end: " + script, process.waitFor(30, TimeUnit.SECONDS));
        return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    @Test
    public void argumentsStreamsAndCodesArriveAsTheyAre() throws Exception {
        Ran ran = run("juju echo 'a b' '' '--x=*' \"$(printf 'two\\nlines')\" 'äöü'");
        assertEquals("a b||--x=*|two\nlines|äöü\n", ran.out());
        assertEquals(0, ran.code());
        ran = run("juju both");
        assertEquals(new Ran(3, "out\n", "err\n"), ran);
        assertEquals("out\nerr\n", run("juju both 2>&1").out());
    }

    @Test
    public void onlyWhatTheCommandsMayKnowIsSent() throws Exception {
        run("cd /tmp && TZ=Europe/Berlin juju echo");
        Invocation invocation = last.get();
        assertEquals(Path.of("/tmp"), invocation.cwd());
        assertEquals("Europe/Berlin", invocation.zone().getId());
        assertEquals("m with blank", invocation.env().get("JUJU_MODEL"));
        assertEquals(folder.getRoot().toString(), invocation.env().get("HOME"));
        assertFalse(invocation.env().containsKey("SECRET_OF_MINE"));
        assertFalse(invocation.tty());
        assertEquals(0, invocation.columns());
    }

    @Test
    public void stdinOfALoopIsLeftAlone() throws Exception {
        assertEquals(
                "a\nb\nc\n",
                run("printf 'a\\nb\\nc\\n' | while read x; do juju echo $x; done")
                        .out());
    }

    @Test
    public void stdinIsReadWhenItIsAskedFor() throws Exception {
        assertEquals(
                "1000000\n", run("head -c 1000000 /dev/zero | juju cat | wc -c").out());
    }

    @Test
    public void aClosedPipeEndsQuietly() throws Exception {
        Ran ran = run("juju lines | head -n 2");
        assertEquals("line 0\nline 1\n", ran.out());
        assertEquals("", ran.err());
        assertTrue("the command notices", ended.await(20, TimeUnit.SECONDS));
    }

    @Test
    public void promptsReadOneLine() throws Exception {
        assertEquals(
                "got 6 letters\nrest\n",
                run("printf 'secret\\nrest\\n' | (juju ask; cat)").out());
        assertEquals("got nothing\n", run("juju ask").out());
    }

    @Test
    public void hiddenAnswersAreNotShownOnATerminal() throws Exception {
        Path out = folder.newFile().toPath();
        Process process = shell("script -qec 'juju ask; stty -a' /dev/null")
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        await(() -> Files.readString(out).contains("password: "));
        // Echo is off only after the prompt was printed; a person types later than that.
        await(() -> echoIsOff(process));
        process.getOutputStream().write("secret\n".getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        String text = Files.readString(out);
        assertTrue(text, text.contains("got 6 letters"));
        assertFalse(text, text.contains("secret"));
        assertTrue("echo is on again: " + text, text.matches("(?s).*[ ;]echo .*"));
        assertTrue(last.get().tty());
    }

    /** Looks at the terminals of all descendants. */
    private static boolean echoIsOff(Process process) throws IOException, InterruptedException {
        for (ProcessHandle each : process.descendants().toList()) {
            Path in = Path.of("/proc/" + each.pid() + "/fd/0");
            if (Files.exists(in) && Files.readSymbolicLink(in).toString().startsWith("/dev/pts/")) {
                Process stty = new ProcessBuilder(
                                "stty", "-F", Files.readSymbolicLink(in).toString(), "-a")
                        .redirectErrorStream(true)
                        .start();
                String text = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                stty.waitFor();
                if (text.contains(" -echo ")) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    public void theTerminalsWidthIsTold() throws Exception {
        Ran ran = run("script -qec 'stty cols 77; juju echo hi' /dev/null");
        assertTrue(ran.out(), ran.out().contains("hi"));
        assertTrue(last.get().tty());
        assertEquals(77, last.get().columns());
    }

    @Test
    public void execReplacesTheLauncher() throws Exception {
        Ran ran = run("echo typed | juju exec bash -c 'read x; echo \"$x $ADDED $0\"; exit 7' zero");
        assertEquals(new Ran(7, "typed yes zero\n", ""), ran);
        ran = run("juju exec /no/such/program");
        assertEquals(127, ran.code());
    }

    @Test
    public void interruptingCancels() throws Exception {
        Process process =
                shell("exec juju hang").redirectOutput(folder.newFile()).start();
        assertTrue(started.await(20, TimeUnit.SECONDS));
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(130, process.exitValue());
        assertTrue(ended.await(20, TimeUnit.SECONDS));
    }

    @Test
    public void aKilledLauncherEndsItsCommand() throws Exception {
        Process process =
                shell("exec juju hang").redirectOutput(folder.newFile()).start();
        assertTrue(started.await(20, TimeUnit.SECONDS));
        process.destroyForcibly();
        assertTrue(ended.await(20, TimeUnit.SECONDS));
    }

    @Test
    public void withoutAContainerItSaysHowToStartOne() throws Exception {
        Path home = LAUNCHER.getParent().getParent();
        String expected = "ERROR Isthmus is not running here; start it with " + home + "/bin/start\n";
        relay.close();
        assertEquals(new Ran(1, "", expected), run("juju status"));
        Files.writeString(base.resolve("relay"), "1 stale\n");
        assertEquals(new Ran(1, "", expected), run("juju status"));
        Path link = folder.getRoot().toPath().resolve("j");
        Files.createSymbolicLink(link, LAUNCHER);
        assertEquals(new Ran(1, "", expected), run(link + " status"));
        relay = Relay.start(this::program, base);
        assertEquals("again\n", run("juju echo again").out());
    }

    @Test
    public void othersOfThisHostAreRefused() throws Exception {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(base.resolve("relay"))));
        String[] words = Files.readString(base.resolve("relay")).trim().split(" ");
        for (String token : List.of("", words[1].substring(1), words[1] + "0", "x".repeat(words[1].length()))) {
            try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), Integer.parseInt(words[0]))) {
                socket.setSoTimeout(10_000);
                say(socket, token);
                assertEquals("no answer at all", -1, readOrReset(socket));
            }
        }
        assertEquals(null, last.get());
    }

    /** As many as had all threads: each says that it will send much, and sends little, now and then. */
    @Test
    public void strangersWhoDripKeepNobodyOut() throws Exception {
        List<Socket> strangers = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                Socket stranger = new Socket(InetAddress.getByName("127.0.0.1"), relay.port());
                strangers.add(stranger);
                drip(stranger, new byte[] {'H', 0, 0x40, 0, 0, 'x'});
            }
            assertEquals(new Ran(0, "in\n", ""), run("juju echo in"));
            long threads = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("juju-relay-"))
                    .count();
            assertTrue(threads + " threads", threads < 150);
            strangers.forEach(stranger -> drip(stranger, new byte[] {'x'}));
            assertEquals(new Ran(0, "in\n", ""), run("juju echo in"));
        } finally {
            for (Socket stranger : strangers) {
                stranger.close();
            }
        }
    }

    private static void drip(Socket stranger, byte[] bytes) {
        try {
            stranger.getOutputStream().write(bytes);
        } catch (IOException sentAway) {
            // It waited longest.
        }
    }

    @Test
    public void oneCommandTooManySaysSo() throws Exception {
        List<Process> hanging = new ArrayList<>();
        try {
            Path line = folder.newFile().toPath();
            for (int i = 0; i < 64; i++) {
                hanging.add(shell("exec juju hang")
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(line.toFile()))
                        .start());
            }
            await(() -> Files.readAllLines(line).size() == 64);
            assertEquals(new Ran(1, "", "ERROR too many commands run at the same time\n"), run("juju echo in"));
        } finally {
            hanging.forEach(Process::destroyForcibly);
        }
    }

    /** The line is closed before a word while the container lives: it is not true that it does not run. */
    @Test
    public void aLineThatIsClosedAtOnceIsNoStoppedContainer() throws Exception {
        Files.writeString(base.resolve("karaf.pid"), ProcessHandle.current().pid() + "\n");
        Files.writeString(base.resolve("relay"), relay.port() + " wrong\n");
        Ran ran = run("juju status");
        assertEquals(new Ran(1, "", "ERROR Isthmus runs here but did not take this command; try again\n"), ran);
    }

    private static void say(Socket socket, String token) {
        try {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            new Frame(Frame.HELLO, (Relay.MAGIC + "\n" + token).getBytes(StandardCharsets.UTF_8)).write(out);
            new Frame(Frame.INVOKE, "aecho".getBytes(StandardCharsets.UTF_8)).write(out);
            out.flush();
        } catch (IOException refused) {
            // Closed before we were done: refused all the more.
        }
    }

    private static int readOrReset(Socket socket) {
        try {
            return new DataInputStream(socket.getInputStream()).read();
        } catch (IOException reset) {
            return -1;
        }
    }

    @Test
    public void startsAreCheap() throws Exception {
        run("juju echo warm");
        long[] millis = new long[9];
        for (int i = 0; i < millis.length; i++) {
            ProcessBuilder builder = shell("x");
            builder.command(LAUNCHER.toString(), "echo", "x").redirectOutput(ProcessBuilder.Redirect.DISCARD);
            long from = System.nanoTime();
            assertEquals(0, builder.start().waitFor());
            millis[i] = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
        }
        Arrays.sort(millis);
        // 15 ms on an idle machine; the bound leaves room for a busy one.
        assertTrue("fastest of " + Arrays.toString(millis), millis[0] < 100);
        org.slf4j.LoggerFactory.getLogger(RelayTest.class).info("launcher: {} ms", Arrays.toString(millis));
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.holds()) {
            assertTrue("too late", System.nanoTime() < until);
            Thread.onSpinWait();
        }
    }
}
