package org.isthmus.agent.hook;

import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class HookMarkTest {
    @Rule
    public TemporaryFolder temp = new TemporaryFolder();

    private Process hook;
    private Process other;

    private static Process process(String context) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of("sleep", "60"));
        builder.environment().put("JUJU_CONTEXT_ID", context);
        return builder.start();
    }

    @After
    public void end() {
        hook.destroyForcibly();
        other.destroyForcibly();
    }

    @Test
    public void agentThatEndedWhileItStartedAHookLeavesNothing() throws Exception {
        hook = process("wp/0-start-12");
        other = process("wp/0-start-123");
        Path file = temp.getRoot().toPath().resolve("hook.pid");
        new HookMark(file).starts("wp/0-start-12");
        new HookMark(file).killLeftOver();
        assertTrue(hook.waitFor(10, TimeUnit.SECONDS));
        assertTrue(other.isAlive());
        assertFalse(Files.exists(file));
    }

    @Test
    public void hookIsKnownByItsPid() throws Exception {
        hook = process("wp/0-start-1");
        other = process("wp/0-start-1");
        Path file = temp.getRoot().toPath().resolve("hook.pid");
        new HookMark(file).runs(hook.toHandle());
        new HookMark(file).killLeftOver();
        assertTrue(hook.waitFor(10, TimeUnit.SECONDS));
        assertTrue("a daemon that the hook left is not the hook", other.isAlive());
    }
}
