package org.isthmus.store.derby;

import static org.isthmus.store.derby.DerbyJournalTest.load;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.isthmus.spi.Journal;
import org.isthmus.spi.Journal.Batch;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Derby boots a database whose lock file it cannot write, as on a full disk, for reading only, and leaves out its recovery. Here a
 * folder stands in the lock file's place.
 */
public class ReadOnlyBootTest {
    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private final DerbyJournals journals = new DerbyJournals();

    @After
    public void close() {
        journals.close();
    }

    private Path folder() {
        return temporary.getRoot().toPath().resolve("journal");
    }

    private Path database() {
        return folder().resolve("derby");
    }

    /** Takes the database down under the journal, and keeps it from coming up for writing. */
    private void obstruct() throws IOException {
        journals.engine().shutdown(database());
        Files.deleteIfExists(database().resolve("db.lck"));
        Files.createDirectories(database().resolve("db.lck/in-the-way"));
    }

    private void makeRoom() throws IOException {
        Files.delete(database().resolve("db.lck/in-the-way"));
        Files.delete(database().resolve("db.lck"));
    }

    private static Batch batch(long to) {
        return new Batch("set", 1, to - 1, to, List.of(DerbyJournalTest.row("a", to, "v" + to)), null);
    }

    private static void assertTold(IOException told) {
        assertTrue(told.getMessage(), told.getMessage().contains("cannot write its lock file"));
    }

    @Test
    public void aRunningJournalIsNotReadWhileItCannotBeWrittenAndGoesOnWhenItCan() throws Exception {
        try (Journal journal = journals.open(folder(), true)) {
            journal.append(List.of(batch(1)));
            obstruct();
            assertThrows(IOException.class, () -> journal.append(List.of(batch(2))));
            for (int i = 0; i < 3; i++) {
                assertTold(assertThrows(IOException.class, () -> journal.append(List.of(batch(2)))));
                assertTold(assertThrows(IOException.class, journal::heads));
                assertTold(assertThrows(IOException.class, () -> load(journal, "set")));
            }
            makeRoom();
            assertEquals(1, journal.heads().get(0).revision());
            journal.append(List.of(batch(2)));
            assertEquals(Map.of("a", "v2"), load(journal, "set"));
        }
    }

    @Test
    public void whoOnlyReadsGoesOnToo() throws Exception {
        try (Journal journal = journals.open(folder(), true)) {
            journal.append(List.of(batch(1)));
            assertEquals(1, journal.heads().size());
            obstruct();
            assertThrows(IOException.class, journal::heads);
            assertTold(assertThrows(IOException.class, journal::heads));
            makeRoom();
            assertEquals(Map.of("a", "v1"), load(journal, "set"));
            journal.append(List.of(batch(2)));
        }
    }

    @Test
    public void aJournalThatCannotBeWrittenIsNotOpenedUntilItCan() throws Exception {
        try (Journal journal = journals.open(folder(), true)) {
            journal.append(List.of(batch(1)));
        }
        obstruct();
        assertTold(assertThrows(IOException.class, () -> journals.open(folder(), false)));
        makeRoom();
        try (Journal journal = journals.open(folder(), false)) {
            journal.append(List.of(batch(2)));
            assertEquals(Map.of("a", "v2"), load(journal, "set"));
        }
    }
}
