package org.isthmus.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The real script, with a program in the place of the JVM that says that it was started and stays. */
public class SupervisorTest {
    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private final List<Process> supervisors = new ArrayList<>();
    private Path machine;
    private Path said;

    @Before
    public void prepare() throws IOException {
        machine = folder.newFolder("machine").toPath();
        said = folder.newFile("said").toPath();
        Files.createDirectories(machine.resolve("agent"));
        Path java = Files.createDirectories(folder.getRoot().toPath().resolve("jdk/bin"))
                .resolve("java");
        Files.writeString(
                java,
                "#!/bin/bash\necho $$ >\"${@: -1}/agent.pid\"\necho $$ >>\"${@: -1}/../starts\"\nexec sleep 1000\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @After
    public void end() throws IOException {
        supervisors.forEach(Process::destroyForcibly);
        for (long agent : agents()) {
            ProcessHandle.of(agent).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    private Process supervisor() throws IOException, URISyntaxException {
        Path script = Path.of(AgentMain.class.getResource("supervisor.sh").toURI());
        ProcessBuilder builder = new ProcessBuilder("bash", script.toString(), machine.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(said.toFile()));
        builder.environment()
                .put("JAVA_HOME", folder.getRoot().toPath().resolve("jdk").toString());
        // A test's own programs go before the host's.
        builder.environment()
                .merge(
                        "PATH",
                        folder.getRoot().toPath().resolve("jdk/bin").toString(),
                        (usual, own) -> own + ":" + usual);
        Process supervisor = builder.start();
        supervisors.add(supervisor);
        return supervisor;
    }

    /** All that were ever started. */
    private List<Long> agents() throws IOException {
        Path starts = machine.resolve("starts");
        return Files.exists(starts)
                ? Files.readAllLines(starts).stream().map(Long::valueOf).toList()
                : List.of();
    }

    private static boolean lives(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    private void await(String what, Callable<Boolean> condition) throws Exception {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.call()) {
            if (System.nanoTime() > limit) {
                fail("not within 20 s: " + what + "; said: " + Files.readString(said));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** An agent, and a supervisor that was started after the agent's own was killed. */
    private Process adopter() throws Exception {
        Process first = supervisor();
        await("agent", () -> agents().size() == 1);
        first.destroyForcibly().waitFor();
        assertTrue("it outlives its supervisor", lives(agents().get(0)));
        Process second = supervisor();
        await("taken over", () -> Files.readString(said).contains("is still there") || agents().size() > 1);
        assertEquals("one agent", 1, agents().size());
        return second;
    }

    @Test
    public void anAgentWhoseSupervisorWasKilledIsTheNextOnes() throws Exception {
        adopter();
        kill(agents().get(0));
        await("it is kept up", () -> agents().size() == 2);
    }

    @Test
    public void anAgentThatWasTakenOverEndsWithItsSupervisor() throws Exception {
        Process second = adopter();
        second.destroy();
        assertTrue(second.waitFor(20, TimeUnit.SECONDS));
        await("the agent's end", () -> !lives(agents().get(0)));
        assertEquals(1, agents().size());
    }

    @Test
    public void aSupervisorBesideAnotherEnds() throws Exception {
        Process first = supervisor();
        await("agent", () -> agents().size() == 1);
        Process second = supervisor();
        assertTrue(second.waitFor(20, TimeUnit.SECONDS));
        assertEquals(3, second.exitValue());
        assertEquals(1, agents().size());
        assertTrue(first.isAlive() && lives(agents().get(0)));
    }

    private void assertSaysThatItCannotTell() throws Exception {
        Process supervisor = supervisor();
        assertTrue(supervisor.waitFor(20, TimeUnit.SECONDS));
        assertEquals(4, supervisor.exitValue());
        String words = Files.readString(said);
        assertTrue(words, words.contains("ERROR cannot ") && !words.contains("has a supervisor"));
        assertEquals(0, agents().size());
    }

    @Test
    public void aLockThatCannotBeMadeIsNotAnothers() throws Exception {
        Files.createDirectories(machine.resolve("agent/supervisor.lock"));
        assertSaysThatItCannotTell();
    }

    @Test
    public void aHostWithoutLocksIsNotAnotherSupervisor() throws Exception {
        Path flock = folder.getRoot().toPath().resolve("jdk/bin/flock");
        Files.writeString(flock, "#!/bin/bash\nexit 127\n");
        Files.setPosixFilePermissions(flock, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertSaysThatItCannotTell();
    }

    /** Its pause may be a minute long: what a killed supervisor leaves of it must not hold the next one up. */
    @Test
    public void theNextSupervisorNeedNotWaitForThePauseOfAKilledOne() throws Exception {
        Process first = supervisor();
        await("agent", () -> agents().size() == 1);
        kill(agents().get(0));
        await(
                "pause",
                () -> first.descendants().count() == 1 && Files.readString(said).contains("again in"));
        List<ProcessHandle> pause = first.descendants().toList();
        first.destroyForcibly().waitFor();
        supervisor();
        await("second agent", () -> agents().size() == 2);
        pause.forEach(ProcessHandle::destroyForcibly);
    }
}
