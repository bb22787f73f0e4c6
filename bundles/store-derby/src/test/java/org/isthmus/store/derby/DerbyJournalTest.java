package org.isthmus.store.derby;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.isthmus.spi.Journal;
import org.isthmus.spi.Journal.Batch;
import org.isthmus.spi.Journal.Head;
import org.isthmus.spi.Journal.Row;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class DerbyJournalTest {
    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private final DerbyJournals journals = new DerbyJournals();

    private Path folder() {
        return temporary.getRoot().toPath().resolve("journal");
    }

    private Journal open() throws IOException {
        return journals.open(folder(), true);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Row row(String id, long revision, String text) {
        return new Row("unit", id, revision, 1, text == null ? null : bytes(text));
    }

    static Map<String, String> load(Journal journal, String set) throws IOException {
        Map<String, String> rows = new TreeMap<>();
        journal.load(set, row -> rows.put(row.id(), new String(row.bytes(), StandardCharsets.UTF_8)));
        return rows;
    }

    private static Head head(Journal journal, String set) throws IOException {
        return journal.heads().stream()
                .filter(head -> head.set().equals(set))
                .findAny()
                .orElse(null);
    }

    @Test
    public void whatWasAppendedIsThereAfterAReopen() throws Exception {
        byte[] large = new byte[300_000];
        new Random(1).nextBytes(large);
        try (Journal journal = open()) {
            journal.append(List.of(
                    new Batch("m1", 1, 0, 1, List.of(row("a/0", 1, "one"), row("a/1", 1, "two")), bytes("sum")),
                    new Batch("m2", 0, 0, 5, List.of(new Row("charm", "c", 5, 3, large)), null)));
            journal.append(List.of(new Batch(
                    "m1", 2, 1, 4, List.of(row("a/0", 3, "ONE"), row("a/1", 4, null), row("a/2", 4, "")), null)));
        }
        try (Journal journal = journals.open(folder(), false)) {
            assertEquals(Map.of("a/0", "ONE", "a/2", ""), load(journal, "m1"));
            Head head = head(journal, "m1");
            assertEquals(2, head.epoch());
            assertEquals(4, head.revision());
            assertArrayEquals(bytes("sum"), head.summary());
            assertNull(head(journal, "m2").summary());
            List<Row> rows = new ArrayList<>();
            journal.load("m2", rows::add);
            assertArrayEquals(large, rows.get(0).bytes());
            assertEquals(3, rows.get(0).schema());
            assertEquals(5, rows.get(0).revision());
            journal.delete(Set.of("m2"));
            assertNull(head(journal, "m2"));
            assertTrue(load(journal, "m2").isEmpty());
        }
    }

    private static Batch large(String set, int rows) {
        List<Row> all = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            all.add(row("a/" + i, 1, "some text"));
        }
        return new Batch(set, 0, 0, 1, all, null);
    }

    private long images() throws Exception {
        return count("images");
    }

    private long count(String table) throws Exception {
        return directly(statement -> {
            try (ResultSet found = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
                found.next();
                return found.getLong(1);
            }
        });
    }

    private interface Work {
        long on(Statement statement) throws SQLException;
    }

    /** While no journal has it open. */
    private long directly(Work work) throws Exception {
        Path database = folder().resolve("derby");
        DerbyEngine engine = DerbyEngine.boot();
        try (Connection connection = engine.connect(database, false);
                Statement statement = connection.createStatement()) {
            return work.on(statement);
        } finally {
            engine.shutdown(database);
        }
    }

    @Test
    public void aLargeSetIsGoneAtOnceAndItsImagesGoBetweenTheCommitsOfOthers() throws Exception {
        int rows = 10 * Session.SLICE + 1;
        try (Journal journal = open()) {
            journal.append(List.of(large("large", rows), large("other", 3)));
            journal.delete(Set.of("large"));
        }
        long left = images() - 3;
        assertTrue("not all of it in one commit: " + left, left > 0);
        // Whether the process ended by itself or was killed makes no difference.
        long revision = 1;
        while (left > 0) {
            try (Journal journal = journals.open(folder(), false)) {
                assertNull(head(journal, "large"));
                assertEquals(Map.of(), load(journal, "large"));
                for (int i = 0; i < 3; i++) {
                    journal.append(List.of(new Batch("other", 0, revision, ++revision, List.of(), null)));
                }
            }
            long now = images() - 3;
            assertTrue(now + " of " + left, now < left);
            left = now;
        }
        assertEquals(0, count("leaving"));
        try (Journal journal = journals.open(folder(), false)) {
            assertEquals(3, load(journal, "other").size());
        }
    }

    @Test
    public void aSetThatComesAgainHasNothingOfWhatItWas() throws Exception {
        try (Journal journal = open()) {
            journal.append(List.of(large("m1", 2 * Session.SLICE)));
            journal.delete(Set.of("m1", "never-there"));
            journal.append(List.of(new Batch("m1", 0, 0, 1, List.of(row("a/0", 1, "new")), null)));
            journal.append(List.of(new Batch("m1", 0, 1, 2, List.of(row("a/1", 1, "newer")), null)));
            assertEquals(Map.of("a/0", "new", "a/1", "newer"), load(journal, "m1"));
        }
        try (Journal journal = journals.open(folder(), false)) {
            assertEquals(Map.of("a/0", "new", "a/1", "newer"), load(journal, "m1"));
        }
        assertEquals(2, images());
    }

    /** As a version that does not know of what is left makes it. */
    @Test
    public void aSetThatAnOlderVersionMadeAgainIsKeptAndCanBeRemoved() throws Exception {
        try (Journal journal = open()) {
            journal.append(List.of(large("gone", 10 * Session.SLICE), large("m1", 3), large("m2", 3)));
            journal.delete(Set.of("gone"));
        }
        directly(statement -> statement.executeUpdate("INSERT INTO leaving VALUES ('m1'), ('m2')"));
        try (Journal journal = journals.open(folder(), false)) {
            // While others are still being removed.
            journal.delete(Set.of("m1"));
            assertNull(head(journal, "m1"));
            assertEquals(3, load(journal, "m2").size());
        }
        for (int opened = 0; count("leaving") > 0; opened++) {
            assertTrue("it comes to an end", opened < 100);
            try (Journal journal = journals.open(folder(), false)) {
                assertEquals(3, load(journal, "m2").size());
            }
        }
        assertEquals("of the one that is there", 3, images());
    }

    @Test
    public void aJournalFromBeforeGetsWhatIsNew() throws Exception {
        try (Journal journal = open()) {
            journal.append(List.of(large("m1", 2)));
        }
        directly(statement -> {
            statement.execute("DROP TABLE leaving");
            return 0;
        });
        try (Journal journal = journals.open(folder(), false)) {
            journal.delete(Set.of("m1"));
            assertEquals(List.of(), journal.heads());
        }
    }

    @Test
    public void aConflictLeavesNothingOfAnyBatch() throws Exception {
        try (Journal journal = open()) {
            journal.append(List.of(new Batch("m1", 3, 0, 1, List.of(row("a", 1, "x")), null)));
            List<Batch> wrong = List.of(
                    new Batch("m1", 3, 7, 8, List.of(row("a", 8, "y")), null),
                    new Batch("m1", 2, 1, 2, List.of(row("a", 2, "y")), null),
                    new Batch("m1", 3, 0, 1, List.of(row("a", 1, "y")), null),
                    new Batch("nowhere", 1, 4, 5, List.of(row("a", 5, "y")), null));
            for (Batch batch : wrong) {
                Batch good = new Batch("m9", 1, 0, 1, List.of(row("b", 1, "z")), null);
                IOException told =
                        assertThrows(Journal.ConflictException.class, () -> journal.append(List.of(good, batch)));
                assertTrue(told.getMessage(), told.getMessage().contains(batch.set()));
                assertNull(head(journal, "m9"));
                assertEquals(Map.of("a", "x"), load(journal, "m1"));
            }
        }
    }

    @Test
    public void aFolderWithoutAJournalFailsAndIsNotFilled() throws Exception {
        assertThrows(NoSuchFileException.class, () -> journals.open(folder(), false));
        assertFalse(Files.exists(folder()));
    }

    @Test
    public void aMakingThatWasCutShortBeginsAnew() throws Exception {
        Files.createDirectories(folder().resolve("derby.new/seg0"));
        Files.writeString(folder().resolve("derby.new/service.properties"), "half");
        try (Journal journal = open()) {
            assertTrue(journal.heads().isEmpty());
        }
    }

    @Test
    public void aSecondOpenerInThisProcessIsToldWhichFolder() throws Exception {
        try (Journal journal = open()) {
            IOException told = assertThrows(IOException.class, this::open);
            assertTrue(told.getMessage(), told.getMessage().contains(folder() + " is in use"));
            assertTrue(journal.heads().isEmpty());
        }
        open().close();
    }

    @Test
    public void aSecondProcessIsToldWhichFolder() throws Exception {
        try (Child child = Child.start(folder(), "hold")) {
            child.await("holding");
            IOException told = assertThrows(IOException.class, this::open);
            assertTrue(told.getMessage(), told.getMessage().contains(folder() + " is in use: another process"));
        }
        open().close();
    }

    /** Nor does an attempt in this process open the door to another one. */
    @Test
    public void aSecondOpenerHereLeavesTheLockToTheFirst() throws Exception {
        try (Journal journal = open()) {
            assertThrows(IOException.class, this::open);
            try (Child child = Child.start(folder(), "try")) {
                String told = child.line();
                assertTrue(told, told.endsWith(folder() + " is in use: another process has it open"));
            }
            assertTrue(journal.heads().isEmpty());
        }
    }

    /** Derby's own lock, when ours is not there to speak first. */
    @Test
    public void aSecondProcessIsToldWithoutOurLockToo() throws Exception {
        try (Child child = Child.start(folder(), "hold")) {
            child.await("holding");
            Files.delete(folder().resolve("journal.lock"));
            IOException told = assertThrows(IOException.class, this::open);
            assertTrue(told.getMessage(), told.getMessage().contains(folder() + " is in use: another process"));
        }
    }

    @Test
    public void aDamagedRowIsNamed() throws Exception {
        try (Journal journal = open()) {
            journal.append(List.of(
                    new Batch("m1", 1, 0, 1, List.of(row("a/0", 1, "fine"), row("a/1", 1, "hurt")), null),
                    new Batch("m2", 1, 0, 1, List.of(row("b/0", 1, "fine")), null)));
        }
        sql("UPDATE images SET image = CAST(X'68757274FF' AS BLOB) WHERE id = 'a/1'");
        try (Journal journal = open()) {
            IOException told = assertThrows(IOException.class, () -> load(journal, "m1"));
            assertTrue(told.getMessage(), told.getMessage().contains("set m1, kind unit, id \"a/1\""));
            assertEquals("others are not hurt", Map.of("b/0", "fine"), load(journal, "m2"));
        }
        sql("UPDATE heads SET summary = CAST(X'00' AS BLOB) WHERE doc_set = 'm2'");
        try (Journal journal = open()) {
            IOException told = assertThrows(IOException.class, journal::heads);
            assertTrue(told.getMessage(), told.getMessage().contains("set m2"));
        }
    }

    @Test
    public void aJournalOfANewerVersionIsLeftAlone() throws Exception {
        open().close();
        sql("UPDATE journal_layout SET version = 99");
        IOException told = assertThrows(IOException.class, this::open);
        assertTrue(told.getMessage(), told.getMessage().contains("written by a newer version: layout 99"));
    }

    private void sql(String text) throws Exception {
        DerbyEngine engine = DerbyEngine.boot();
        Path database = folder().resolve("derby");
        try (Connection connection = engine.connect(database, false);
                Statement statement = connection.createStatement()) {
            assertTrue(statement.executeUpdate(text) > 0);
        } finally {
            engine.shutdown(database);
        }
    }

    @Test
    public void interruptedCallersHurtNothing() throws Exception {
        try (Journal journal = open()) {
            journal.append(List.of(new Batch("m1", 1, 0, 1, List.of(), null)));
            for (int i = 1; i < 100; i++) {
                Thread.currentThread().interrupt();
                journal.append(List.of(new Batch("m1", 1, i, i + 1, List.of(row("a", i + 1, "v" + i)), null)));
                assertTrue("the interrupt is kept", Thread.interrupted());
            }
            assertEquals(Map.of("a", "v99"), load(journal, "m1"));
        }
    }

    @Test
    public void journalsLiveApart() throws Exception {
        try (Journal one = open();
                Journal two = journals.open(temporary.getRoot().toPath().resolve("other"), true)) {
            one.append(List.of(new Batch("m1", 1, 0, 1, List.of(row("a", 1, "one")), null)));
            two.append(List.of(new Batch("m1", 1, 0, 1, List.of(row("a", 1, "two")), null)));
            one.close();
            assertEquals(Map.of("a", "two"), load(two, "m1"));
            assertThrows(IOException.class, one::heads);
        }
    }

    @Test
    public void manyRowsAtOnce() throws Exception {
        try (Journal journal = open()) {
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < 5000; i++) {
                rows.add(row("u/" + i, 1, "value " + i));
            }
            journal.append(List.of(new Batch("m1", 1, 0, 1, rows, null)));
            rows.replaceAll(row -> new Row(row.kind(), row.id(), 2, 1, bytes("next")));
            rows.add(row("new", 2, "new"));
            journal.append(List.of(new Batch("m1", 1, 1, 2, rows, null)));
            Map<String, String> loaded = load(journal, "m1");
            assertEquals(5001, loaded.size());
            assertEquals("next", loaded.get("u/4999"));
        }
    }
}
