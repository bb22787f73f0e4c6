package org.isthmus.controller;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What a killed process left of a controller goes at the next start; what is somebody's stays. */
public class UnfinishedTest {
    private static final String NORTH = "11111111-1111-4111-8111-111111111111";
    private static final String SOUTH = "22222222-2222-4222-8222-222222222222";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Path controller(String uuid) throws IOException {
        Path key = folder.getRoot().toPath().resolve(uuid).resolve("tls/ca.key");
        Files.createDirectories(key.getParent());
        Files.writeString(key, "secret");
        return folder.getRoot().toPath().resolve(uuid);
    }

    private void sweep(String... known) {
        Unfinished.sweep(folder.getRoot().toPath(), () -> Set.of(known));
    }

    @Test
    public void whatWasCutOffGoesAndTheOthersStay() throws Exception {
        Path north = controller(NORTH);
        Path south = controller(SOUTH);
        // As a process that ends gives its lock back.
        Unfinished.mark(north).close();
        sweep();
        assertFalse(Files.exists(north));
        assertTrue("an operator took its configuration away", Files.exists(south.resolve("tls/ca.key")));
    }

    @Test
    public void whatIsBeingMadeStays() throws Exception {
        Path north = controller(NORTH);
        try (Unfinished making = Unfinished.mark(north)) {
            assertThrows(IOException.class, () -> Unfinished.mark(north));
            sweep();
            assertTrue(Files.exists(north.resolve("tls/ca.key")));
            making.finished();
        }
        sweep();
        assertTrue(Files.exists(north.resolve("tls/ca.key")));
    }

    /** Prints whether another process may have the file. */
    static final class Other {
        private Other() {}

        public static void main(String[] args) throws IOException {
            try (FileChannel channel = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE)) {
                System.out.println(channel.tryLock() == null ? "locked" : "free");
            }
        }
    }

    private static String another(Path file) throws Exception {
        Path classes = Path.of(
                Other.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classes.toString(),
                        Other.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream out = process.getInputStream()) {
            return new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
        } finally {
            process.destroy();
        }
    }

    @Test
    public void whoeverFindsItTakenLeavesTheLockToItsHolder() throws Exception {
        Path north = controller(NORTH);
        try (Unfinished making = Unfinished.mark(north)) {
            assertThrows(IOException.class, () -> Unfinished.mark(north));
            sweep();
            assertEquals("locked", another(north.resolve(".unfinished")));
        }
        assertEquals("free", another(north.resolve(".unfinished")));
        Unfinished again = Unfinished.mark(north);
        again.finished();
        try (Unfinished next = Unfinished.mark(north)) {
            again.close();
            assertThrows("who is done gives back only once", IOException.class, () -> Unfinished.mark(north));
        }
    }

    /** Cut off between its configuration and the end of the mark; or before a removal took its configuration. */
    @Test
    public void whatHasAConfigurationIsWhole() throws Exception {
        Path north = controller(NORTH);
        Unfinished.mark(north).close();
        sweep(NORTH);
        sweep();
        assertTrue("nor does the mark stay", Files.exists(north.resolve("tls/ca.key")));
    }

    @Test
    public void theMarkIsTheLastToGo() throws Exception {
        Path north = controller(NORTH);
        Unfinished.mark(north).close();
        assertTrue(north.resolve(".unfinished").compareTo(north.resolve("blobs")) < 0);
        sweep();
        Unfinished.sweep(folder.getRoot().toPath().resolve("not-there"), Set::of);
        assertFalse(Files.exists(north));
    }
}
