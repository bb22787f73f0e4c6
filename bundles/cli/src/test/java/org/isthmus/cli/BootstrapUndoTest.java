package org.isthmus.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.isthmus.api.Problem;
import org.isthmus.client.JujuData;
import org.isthmus.rpc.ControllerHost;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A controller whose password cannot be kept is taken away again, from the container and from the client's files. */
public class BootstrapUndoTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Container container = new Container();
    private ProgramRun juju;
    private JujuData data;
    private Path accounts;

    private static final class Container implements ControllerHost {
        private final List<String> there = new ArrayList<>();
        private final List<String> made = new ArrayList<>();
        private Runnable onceMade = () -> {};
        private boolean stays;

        @Override
        public CompletionStage<Bootstrapped> bootstrap(Bootstrap request, Consumer<String> progress) {
            there.add("uuid-1");
            made.add("uuid-1");
            onceMade.run();
            return CompletableFuture.completedFuture(new Bootstrapped(
                    "uuid-1", request.name(), List.of("127.0.0.1:1"), "CA", Map.of("admin/default", "m-1"), "3.6.9"));
        }

        @Override
        public List<Status> controllers() {
            return there.stream()
                    .map(uuid -> new Status(uuid, "prod", "running"))
                    .toList();
        }

        @Override
        public CompletionStage<Void> remove(String uuid, boolean force, Consumer<String> progress) {
            if (stays) {
                return CompletableFuture.failedFuture(new org.isthmus.api.Refused(
                        Problem.notFound("controller", uuid).problem()));
            }
            there.remove(uuid);
            return CompletableFuture.completedFuture(null);
        }
    }

    @Before
    public void start() {
        juju = new ProgramRun(
                new Main(new Doors(
                        container, folder.getRoot().toPath(), folder.getRoot().toPath())),
                folder.getRoot().toPath());
        Path files = Path.of(juju.env.get("JUJU_DATA"));
        data = new JujuData(files);
        accounts = files.resolve("accounts.yaml");
    }

    private void damage() {
        try {
            Files.createDirectories(accounts.getParent());
            Files.writeString(accounts, "controllers: [a]\n");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Test
    public void nothingIsMadeWhereItsPasswordCouldNotBeKept() {
        damage();
        assertEquals(1, juju.run("bootstrap", "localhost", "prod"));
        assertTrue(
                juju.err, juju.err.contains("cannot write the client's files") && juju.err.contains("accounts.yaml"));
        assertEquals(List.of(), container.made);
    }

    @Test
    public void whatWasMadeIsForgottenToo() throws IOException {
        container.onceMade = this::damage;
        assertEquals(1, juju.run("bootstrap", "localhost", "prod"));
        assertTrue(juju.err, juju.err.contains("Removing the controller again"));
        assertTrue(
                juju.err,
                juju.err.endsWith("ERROR cannot write the client's files: cannot change " + accounts
                        + ": expected a map of maps\n"));
        assertEquals(List.of("uuid-1"), container.made);
        assertEquals(List.of(), container.there);
        assertEquals(Map.of(), data.controllers());
    }

    @Test
    public void theFirstFailureIsTheOneThatIsToldLast() throws IOException {
        container.onceMade = this::damage;
        container.stays = true;
        assertEquals(1, juju.run("bootstrap", "localhost", "prod"));
        assertTrue(juju.err, juju.err.contains("WARNING controller \"uuid-1\" not found"));
        assertTrue(juju.err, juju.err.contains("ERROR cannot write the client's files: "));
        assertEquals(Map.of(), data.controllers());
    }
}
