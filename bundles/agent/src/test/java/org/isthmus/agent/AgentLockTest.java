package org.isthmus.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class AgentLockTest {
    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private Process agent() throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        AgentMain.class.getName(),
                        folder.getRoot().toString())
                .redirectErrorStream(true)
                .start();
    }

    /** Whoever starts it: hooks would run twice at once. */
    @Test
    public void aSecondAgentOfAMachineEndsBeforeItDoesAnything() throws Exception {
        Path root = folder.getRoot().toPath();
        Files.writeString(root.resolve(AgentConf.FILE), "{}");
        AgentLock own = AgentLock.take(root).orElseThrow();
        try (own) {
            Process second = agent();
            String said = new String(second.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(second.waitFor(20, TimeUnit.SECONDS));
            assertEquals(said, AgentMain.NOT_ALONE, second.exitValue());
            assertTrue(said, said.contains("process " + ProcessHandle.current().pid()));
        }
        assertNotEquals("the place is free again", AgentMain.NOT_ALONE, agent().waitFor());
    }
}
