package org.isthmus.itests.stories;

import static org.junit.Assert.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.isthmus.itests.harness.Distribution;
import org.isthmus.itests.harness.Greeting;
import org.isthmus.itests.harness.Result;
import org.junit.ClassRule;
import org.junit.Test;

/** While a container was stopped somebody took a controller's port: that is said, and the controller can still be removed whole. */
public class PortTakenStoryTest {
    @ClassRule
    public static final Distribution isthmus = new Distribution("port");

    @Test
    public void aControllerThatCannotRunIsRemovedWithItsMachines() throws Exception {
        isthmus.juju("bootstrap", "localhost", "p").ok();
        isthmus.juju("deploy", Greeting.speaker(isthmus).path().toString()).ok();
        isthmus.awaitUnit("speaker/0", "active", Duration.ofMinutes(2));
        String endpoint = isthmus.type("juju show-controller | sed -n 's/.*127.0.0.1:\\([0-9]*\\).*/\\1/p' | head -n 1")
                .ok()
                .out()
                .trim();
        isthmus.stop();
        try (ServerSocket taken = new ServerSocket(Integer.parseInt(endpoint), 1, InetAddress.getByName("127.0.0.1"))) {
            isthmus.start();
            isthmus.await(
                    "the log names who has the port", Duration.ofSeconds(30), () -> isthmus.logged("ERROR").stream()
                            .anyMatch(line ->
                                    line.contains("port " + taken.getLocalPort() + " of 127.0.0.1 is taken by process "
                                            + ProcessHandle.current().pid())));
            assertTrue("its agents run", isthmus.processes().stream().anyMatch(p -> p.contains("supervisor")));
            Result killed = isthmus.juju("kill-controller", "--no-prompt", "p").ok();
            assertTrue(killed.toString(), killed.err().contains("Stopping the machines of model default"));
        }
        isthmus.await("no machine is left", Duration.ofSeconds(20), () -> isthmus.processes().stream()
                .noneMatch(p -> p.contains("supervisor")));
        isthmus.juju("controllers").refused("No controllers");
    }
}
