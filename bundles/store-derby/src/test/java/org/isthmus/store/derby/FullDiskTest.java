package org.isthmus.store.derby;

import static org.isthmus.store.derby.DerbyJournalTest.load;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.isthmus.spi.Journal;
import org.isthmus.spi.Journal.Batch;
import org.isthmus.spi.Journal.Row;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A disk that is really full. Needs the right to mount a small one; left out where that is not given. */
public class FullDiskTest {
    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private Path disk;
    private boolean mounted;

    private static boolean run(String... command) throws Exception {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException missing) {
            return false;
        }
    }

    @Before
    public void mount() throws Exception {
        disk = temporary.newFolder("disk").toPath();
        mounted = run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString());
        assumeTrue("may not mount a tmpfs", mounted);
    }

    @After
    public void unmount() throws Exception {
        if (mounted) {
            assertTrue(run("umount", "-l", disk.toString()));
        }
    }

    @Test
    public void aFullDiskSaysSoLosesNothingAndGoesOnWhenThereIsRoom() throws Exception {
        DerbyJournals journals = new DerbyJournals();
        Path folder = disk.resolve("journal");
        byte[] noise = new byte[64 * 1024];
        new Random(1).nextBytes(noise);
        long at = 0;
        IOException told = null;
        try (Journal journal = journals.open(folder, true)) {
            Path ballast = disk.resolve("ballast");
            Files.write(ballast, new byte[8 * 1024 * 1024]);
            while (told == null && at < 1000) {
                try {
                    journal.append(List.of(batch(at, noise)));
                    at++;
                } catch (IOException full) {
                    told = full;
                }
            }
            assertNotNull("the disk never filled", told);
            assertTrue(told.getMessage(), told.getMessage().contains("no space left on the disk"));
            fill(disk.resolve("rest"));
            for (int i = 0; i < 5; i++) {
                // Each may boot the database again, which needs room for its lock file.
                long next = at;
                told = assertThrows(IOException.class, () -> journal.append(List.of(batch(next, noise))));
                assertTrue(told.getMessage(), told.getMessage().contains("no space left on the disk"));
            }
            Files.delete(ballast);
            journal.append(List.of(batch(at, noise)));
            at++;
            check(journal, at);
        }
        try (Journal journal = journals.open(folder, false)) {
            check(journal, at);
        }
    }

    /** To the last byte. */
    private static void fill(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException full) {
            assertTrue(full.getMessage(), full.getMessage().contains("No space left"));
        }
    }

    private static Batch batch(long at, byte[] noise) {
        return new Batch(
                "set",
                1,
                at,
                at + 1,
                List.of(
                        new Row("noise", "n" + at, at + 1, 1, noise),
                        DerbyJournalTest.row("count", at + 1, Long.toString(at + 1))),
                null);
    }

    private static void check(Journal journal, long at) throws IOException {
        assertEquals(at, journal.heads().get(0).revision());
        Map<String, String> rows = load(journal, "set");
        assertEquals(Long.toString(at), rows.get("count"));
        assertEquals(at + 1, rows.size());
    }
}
