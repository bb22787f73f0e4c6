package org.isthmus.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.isthmus.client.JujuData;
import org.isthmus.rpc.ControllerHost;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What is said for a controller of this container that does not run. */
public class StandingTest {
    private static final String TAKEN =
            "port 17070 of 127.0.0.1 is taken by process 42 (python3): Address already in use";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Container container = new Container();
    private Main main;
    private ProgramRun juju;

    private static final class Container implements ControllerHost {
        private String state = "running";

        @Override
        public CompletionStage<Bootstrapped> bootstrap(Bootstrap request, Consumer<String> progress) {
            throw new IllegalStateException();
        }

        @Override
        public List<Status> controllers() {
            return List.of(new Status("u-1", "prod", state), new Status("u-2", "other", "running"));
        }

        @Override
        public CompletionStage<Void> remove(String uuid, boolean force, Consumer<String> progress) {
            throw new IllegalStateException();
        }
    }

    @Before
    public void start() {
        Path base = folder.getRoot().toPath();
        main = new Main(new Doors(container, base, base));
        juju = new ProgramRun(main, base);
    }

    @After
    public void stop() {
        main.close();
    }

    private void at(int port) throws IOException {
        JujuData data = new JujuData(Path.of(juju.env.get("JUJU_DATA")));
        data.putController(
                "prod",
                new JujuData.ControllerDetails(
                        "u-1", List.of("127.0.0.1:" + port), "CA", "localhost", "localhost", "localhost", "3.6.9"));
        data.putAccount("prod", new JujuData.Account("admin", "secret", "superuser"));
        data.putModel("prod", "admin/default", "11111111-0000-0000-0000-000000000000");
        data.setCurrentModel("prod", "admin/default");
        data.setCurrentController("prod");
    }

    @Test
    public void whoHasItsPortIsNotDialledButNamed() throws IOException {
        container.state = "failed: " + TAKEN;
        // It takes every connection, and never says a word.
        try (ServerSocket stranger = new ServerSocket(0)) {
            at(stranger.getLocalPort());
            String said = "ERROR controller \"prod\" cannot run: " + TAKEN + "\n\nEnd what is in its way: ";
            for (List<String> line : List.of(List.of("status"), List.of("models"), List.of("deploy", "ubuntu"))) {
                assertEquals(1, juju.run(line.toArray(String[]::new)));
                assertTrue(juju.err, juju.err.startsWith(said));
            }
        }
    }

    @Test
    public void whyNobodyAnswersIsSaid() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            at(free.getLocalPort());
        }
        container.state = "waiting for the journal";
        assertEquals(1, juju.run("models"));
        assertEquals("ERROR controller \"prod\" does not run now: waiting for the journal; try again\n", juju.err);
    }

    @Test
    public void theProgramThatStartsTheContainerHearsOfThoseThatDoNotRun() {
        assertEquals(0, juju.run("__ailing"));
        assertEquals("", juju.out);
        container.state = "failed: " + TAKEN;
        assertEquals(0, juju.run("__ailing"));
        assertTrue(juju.out, juju.out.startsWith("controller \"prod\" cannot run: " + TAKEN + "\nEnd what is in"));
    }
}
