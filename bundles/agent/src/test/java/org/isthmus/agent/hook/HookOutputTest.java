package org.isthmus.agent.hook;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.isthmus.agent.AgentApi;
import org.isthmus.agent.AgentConf;
import org.isthmus.agent.AgentJson;
import org.isthmus.agent.AgentLog;
import org.isthmus.agent.FakeController;
import org.isthmus.agent.Folders;
import org.isthmus.agent.unit.HookInfo;
import org.isthmus.agent.unit.Leadership;
import org.isthmus.agent.unit.UnitApi;
import org.isthmus.rpc.Json;
import org.isthmus.wire.agent.UnitRemoteState;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What hooks say reaches the log, however they and their daemons end. */
public class HookOutputTest {
    private static final String UNIT = "speaker/0";
    private static final String READER = "hook-output-" + UNIT;

    @Rule
    public TemporaryFolder temp = new TemporaryFolder();

    private final AgentLog log = new AgentLog("machine-0");
    private final List<String> lines = new ArrayList<>();
    private Path machine;
    private Path charm;
    private Path flag;
    private ToolServer tools;
    private HookRunner runner;
    private UnitApi api;

    @Before
    public void setUp() throws IOException {
        machine = temp.newFolder("machine").toPath();
        charm = temp.newFolder("charm").toPath();
        flag = temp.getRoot().toPath().resolve("flag");
        Files.writeString(charm.resolve("metadata.yaml"), "name: speaker\n");
        Files.createDirectories(charm.resolve("hooks"));
        tools = new ToolServer(AgentJson.mapper(), log);
        AgentConf conf = new AgentConf(
                "machine-0", "n", "p", "uuid-1", "c", List.of(), "", machine, "127.0.0.9", "3.6.9", false);
        runner = new HookRunner(conf, tools, log, machine.resolve("tools"));
        api = new UnitApi(
                new AgentApi(new FakeController(charm), Json.newMapper(), "unit-speaker-0", "pw", null),
                UNIT,
                "uuid-1",
                Duration.ofSeconds(3));
        log.to(batch -> {
            synchronized (lines) {
                batch.lines().forEach(line -> lines.add(line.level() + " " + line.message()));
                lines.notifyAll();
            }
            return true;
        });
    }

    @After
    public void tearDown() {
        tools.close();
        log.close();
    }

    private HookRunner.Outcome run(String body) throws IOException, InterruptedException {
        Path hook = charm.resolve("hooks/install");
        Files.writeString(hook, "#!/bin/bash\nflag=" + flag + "\n" + body + "\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
        return runner.run(context(), charm, temp.getRoot().toPath().resolve("hook.pid"), () -> {});
    }

    private HookContext context() {
        UnitRemoteState remote = new UnitRemoteState(
                UNIT,
                "speaker",
                "alive",
                "alive",
                null,
                "0",
                "local:speaker-0",
                null,
                "c",
                null,
                UNIT,
                0,
                "127.0.0.9",
                "127.0.0.9",
                null,
                true,
                300,
                null,
                List.of(),
                false);
        return new HookContext(
                new HookInfo("install", null, null, null, null, null, 0, null),
                api,
                new Leadership(api, System::nanoTime),
                remote,
                List.of(),
                Set::of,
                Map.of(),
                new SecureRandom());
    }

    private long count(Predicate<String> which) {
        synchronized (lines) {
            return lines.stream().filter(which).count();
        }
    }

    private boolean said(String line) {
        return count(line::equals) == 1;
    }

    private void until(String what, BooleanSupplier holds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        synchronized (lines) {
            while (!holds.getAsBoolean()) {
                assertTrue(what + ": " + lines, System.nanoTime() < end);
                TimeUnit.MILLISECONDS.timedWait(lines, 50);
            }
        }
    }

    private static long readers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(READER))
                .count();
    }

    private void noReaderIsLeft() throws InterruptedException {
        until("the readers end", () -> readers() == 0);
    }

    @Test
    public void theLastWordsOfAHookThatEndsAtOnceAreHeard() throws Exception {
        for (int i = 0; i < 200; i++) {
            assertEquals(HookRunner.Outcome.DONE, run("echo last words " + i + "; echo last complaint " + i + " >&2"));
        }
        until("all words", () -> count(line -> line.startsWith("DEBUG last words ")) == 200);
        until("all complaints", () -> count(line -> line.startsWith("WARNING last complaint ")) == 200);
        noReaderIsLeft();
    }

    @Test
    public void aHookThatTurnsItsStreamsAroundIsHeardOnceAndInOrder() throws Exception {
        assertEquals(
                HookRunner.Outcome.DONE,
                run("exec 2>&1; for i in 1 2 3 4 5; do echo both $i; echo of them $i >&2; done"));
        assertEquals(
                HookRunner.Outcome.DONE,
                run("exec 3>&1 1>&2 2>&3 3>&-; (sleep 0.2; echo swapped; echo again >&2; touch $flag) &"));
        until("the daemon", () -> Files.exists(flag) && said("WARNING swapped") && said("DEBUG again"));
        List<String> expected = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            expected.add("DEBUG both " + i);
            expected.add("DEBUG of them " + i);
        }
        synchronized (lines) {
            assertEquals(expected, lines.subList(0, 10));
        }
        noReaderIsLeft();
    }

    @Test
    public void aHookMayOpenItsStreamsByTheirPaths() throws Exception {
        assertEquals(
                HookRunner.Outcome.DONE,
                run("echo one >/dev/stdout && echo two >/dev/stderr && echo three | tee /dev/stderr"));
        until("all", () -> said("DEBUG one") && said("WARNING two") && said("DEBUG three") && said("WARNING three"));
        noReaderIsLeft();
    }

    @Test
    public void aHookThatSaysNothingOrClosesItsStreamsIsNotWaitedFor() throws Exception {
        assertEquals(HookRunner.Outcome.DONE, run("true"));
        noReaderIsLeft();
        assertEquals(HookRunner.Outcome.DONE, run("exec 1>&- 2>&-; (sleep 0.1; touch $flag)"));
        assertTrue(Files.exists(flag));
        assertEquals(HookRunner.Outcome.FAILED, run("echo partial line | tr -d '\\n'; exit 3"));
        until("the line without an end", () -> said("DEBUG partial line"));
        noReaderIsLeft();
    }

    @Test
    public void muchOutputIsReadToItsEnd() throws Exception {
        assertEquals(
                HookRunner.Outcome.DONE,
                run("head -c 10000000 /dev/zero | tr '\\0' x; echo; head -c 10000000 /dev/zero | tr '\\0' y >&2;"
                        + " echo >&2; echo the end"));
        until("the end", () -> said("DEBUG the end"));
        until("cut", () -> count(line -> line.endsWith("more characters)")) == 2);
        noReaderIsLeft();
    }

    @Test
    public void aDaemonSpeaksOnAndEndsItsReaders() throws Exception {
        assertEquals(
                HookRunner.Outcome.DONE,
                run(
                        "(while [[ ! -e $flag ]]; do sleep 0.05; done; head -c 3000000 /dev/zero | tr '\\0' x; echo;"
                                + " for i in {1..500}; do echo word $i; echo complaint $i >&2; done) & disown; echo hook done"));
        until("the hook's own", () -> said("DEBUG hook done"));
        // Others run meanwhile, with pipes of their own.
        assertEquals(HookRunner.Outcome.DONE, run("echo next"));
        until("the next hook's", () -> said("DEBUG next"));
        assertEquals(2, readers());
        Files.createFile(flag);
        until("all of the daemon's", () -> said("DEBUG word 500") && said("WARNING complaint 500"));
        assertEquals(500, count(line -> line.startsWith("DEBUG word ")));
        noReaderIsLeft();
    }

    @Test
    public void aHookThatIsKilledIsHeardUntilThen() throws Exception {
        assertEquals(HookRunner.Outcome.FAILED, run("echo before; kill -9 $$"));
        until("its words", () -> said("DEBUG before"));
        noReaderIsLeft();
        CompletableFuture<Throwable> how = new CompletableFuture<>();
        Thread running = new Thread(() -> {
            try {
                run("echo still here; touch $flag; sleep 60 & wait");
                how.complete(null);
            } catch (IOException | InterruptedException stopped) {
                how.complete(stopped);
            }
        });
        running.start();
        until("it runs", () -> Files.exists(flag) && said("DEBUG still here"));
        running.interrupt();
        assertTrue(how.get(10, TimeUnit.SECONDS) instanceof InterruptedException);
        noReaderIsLeft();
    }

    @Test
    public void aHookThatCannotBeStartedLeavesNothingBehind() throws Exception {
        Path hook = charm.resolve("hooks/install");
        Files.writeString(hook, "#!/is/not/there\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path pid = temp.getRoot().toPath().resolve("hook.pid");
        assertEquals(HookRunner.Outcome.FAILED, runner.run(context(), charm, pid, () -> {}));
        assertFalse(Files.exists(pid));
        noReaderIsLeft();
    }

    @Test
    public void pipesThatWentWithTheMachinesFolderAreMadeAgain() throws Exception {
        assertEquals(HookRunner.Outcome.DONE, run("echo one"));
        Folders.remove(machine);
        assertEquals(HookRunner.Outcome.DONE, run("echo two"));
        // As an agent that was killed leaves them, or somebody who does not know what they are.
        Path pipes = machine.resolve("agents/pipes");
        until("others are made", () -> Files.exists(pipes.resolve("7.err")));
        for (int i = 0; i < 8; i++) {
            Files.deleteIfExists(pipes.resolve(i + ".out"));
            Files.writeString(pipes.resolve(i + ".out"), "");
        }
        assertEquals(HookRunner.Outcome.DONE, run("echo three"));
        until("all", () -> said("DEBUG one") && said("DEBUG two") && said("DEBUG three"));
    }
}
