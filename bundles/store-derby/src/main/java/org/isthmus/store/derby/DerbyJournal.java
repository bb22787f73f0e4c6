package org.isthmus.store.derby;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.isthmus.spi.Journal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal in one Derby database. Writes and reads have a thread and a connection each, so that loading a model does not hold up
 * the commits of others. Every image has a checksum of our own, beside those of Derby's pages.
 */
final class DerbyJournal implements Journal {
    private static final Logger LOG = LoggerFactory.getLogger(DerbyJournal.class);
    private static final int BATCH = 1000;

    /** Derby's severities from here on end the connection, or more. */
    private static final int SESSION_SEVERITY = 40000;

    private final DerbyEngine engine;
    private final Path folder;
    private final Path database;
    private final FolderLock lock;
    private final CalmThread writer;
    private final CalmThread reader;
    /** Each is touched by its own thread only; null: to be made anew. */
    private Session writing;

    private Session reading;
    /** True from a failure that may have taken the database down until it is up again. */
    private volatile boolean down;

    /** Held from a boot of the database until it is known to be good, so that nobody works on one that is about to go. */
    private final Object boot = new Object();

    private volatile boolean closed;
    // Of the writer: whether images of sets that are gone may be there, and whether their removal goes on by itself.
    private boolean leftovers = true;
    private boolean sweeping;

    private DerbyJournal(DerbyEngine engine, Path folder, Path database, FolderLock lock) {
        this.engine = engine;
        this.folder = folder;
        this.database = database;
        this.lock = lock;
        this.writer = new CalmThread("journal-write " + folder.getFileName());
        this.reader = new CalmThread("journal-read " + folder.getFileName());
    }

    static DerbyJournal open(DerbyEngine engine, Path folder, boolean create) throws IOException {
        if (folder.toString().indexOf(';') >= 0) {
            throw new IOException("Derby cannot use a folder with a semicolon in its name: " + folder);
        }
        Path database = folder.resolve("derby");
        if (!create && !Files.isDirectory(database)) {
            throw new NoSuchFileException(folder.toString(), null, "there is no journal");
        }
        Files.createDirectories(folder);
        FolderLock lock = FolderLock.take(folder);
        DerbyJournal journal = new DerbyJournal(engine, folder, database, lock);
        try {
            journal.writer.call(() -> {
                if (!Files.isDirectory(database)) {
                    journal.make();
                }
                journal.writing();
                journal.sweep();
                return null;
            });
            return journal;
        } catch (IOException | RuntimeException | Error failure) {
            journal.close();
            throw failure;
        }
    }

    /** Made beside its place and moved there whole, so that a crash in the middle leaves no half database behind. */
    private void make() throws IOException {
        Path making = folder.resolve("derby.new");
        deleteTree(making);
        try (Connection connection = engine.connect(making, true)) {
            Layout.create(connection);
        } catch (SQLException failure) {
            throw explain("cannot make a journal", failure);
        } finally {
            engine.shutdown(making);
        }
        Files.move(making, database, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            });
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    private Session writing() throws IOException {
        if (down) {
            // What the failure left is swept out first; booting again lets Derby recover from its own log.
            if (writing != null) {
                writing.close();
                writing = null;
            }
            synchronized (boot) {
                engine.shutdown(database);
            }
            down = false;
        }
        if (writing != null && isClosed(writing)) {
            writing.close();
            writing = null;
        }
        if (writing == null) {
            writing = session();
        }
        return writing;
    }

    private Session reading() throws IOException {
        if (down) {
            // What a failure left in the pages is no answer: first it recovers, and only the writer knows when to.
            writer.call(this::writing);
        }
        if (reading != null && isClosed(reading)) {
            reading.close();
            reading = null;
        }
        if (reading == null) {
            reading = session();
        }
        return reading;
    }

    private static boolean isClosed(Session session) {
        try {
            return session.connection.isClosed();
        } catch (SQLException failure) {
            return true;
        }
    }

    private Session session() throws IOException {
        synchronized (boot) {
            Connection connection = null;
            try {
                connection = engine.connect(database, false);
                writable(connection);
                Layout.bringUp(connection);
                return new Session(connection);
            } catch (SQLException | IOException failure) {
                if (connection != null) {
                    try {
                        connection.close();
                    } catch (SQLException ignored) {
                        // the first failure is the one to tell
                    }
                }
                if (failure instanceof ReadOnly) {
                    engine.shutdown(database);
                }
                throw failure instanceof SQLException sql
                        ? explain("cannot open the journal", sql)
                        : (IOException) failure;
            }
        }
    }

    /**
     * Where Derby cannot write its lock file, such as on a full disk, it takes the medium for a read-only one: it does not recover,
     * shows what transactions that were cut off left in the pages, and stays so until it is booted again.
     */
    private void writable(Connection connection) throws SQLException, ReadOnly {
        if (connection.isReadOnly()) {
            throw new ReadOnly(
                    hasNoRoom()
                            ? full("cannot open the journal")
                            : "journal in " + folder
                                    + ": cannot open the journal: its database cannot write its lock file "
                                    + database.resolve("db.lck") + "; it is tried again");
        }
    }

    /** The database came up, but such that nothing can be written and nothing that is read can be trusted. */
    private static final class ReadOnly extends IOException {
        private static final long serialVersionUID = 1L;

        ReadOnly(String message) {
            super(message);
        }
    }

    @Override
    public List<Head> heads() throws IOException {
        return reader.call(() -> {
            Session session = reading();
            List<Head> heads = new ArrayList<>();
            try (ResultSet found = session.heads.executeQuery()) {
                while (found.next()) {
                    String set = found.getString(1);
                    byte[] summary = found.getBytes(4);
                    if (found.getLong(5) != crc(set, "", "", 0, 0, summary)) {
                        throw new IOException("damaged summary row in the journal in " + folder + ": set " + set);
                    }
                    heads.add(new Head(set, found.getLong(2), found.getLong(3), summary));
                }
                return heads;
            } catch (SQLException failure) {
                throw readFailed("cannot read the heads", failure);
            } finally {
                endRead(session);
            }
        });
    }

    @Override
    public void load(String set, RowReader to) throws IOException {
        reader.call(() -> {
            Session session = reading();
            String last = "the first row";
            try {
                if (!isThere(session, set)) {
                    return null;
                }
                session.rows.setString(1, set);
                try (ResultSet found = session.rows.executeQuery()) {
                    while (found.next()) {
                        String kind = found.getString(1);
                        String id = found.getString(2);
                        last = "kind " + kind + ", id \"" + id + "\"";
                        long revision = found.getLong(3);
                        int schema = found.getInt(4);
                        byte[] image = found.getBytes(5);
                        if (found.getLong(6) != crc(set, kind, id, revision, schema, image)) {
                            throw damaged(set, last, null);
                        }
                        to.row(new Row(kind, id, revision, schema, image));
                        last = "the row after " + last;
                    }
                }
                return null;
            } catch (SQLException failure) {
                IOException explained = readFailed("cannot load", failure);
                throw damaged(set, last, explained);
            } finally {
                endRead(session);
            }
        });
    }

    private static boolean isThere(Session session, String set) throws SQLException {
        session.head.setString(1, set);
        try (ResultSet found = session.head.executeQuery()) {
            return found.next();
        }
    }

    private IOException damaged(String set, String where, IOException cause) {
        return new IOException(
                "damaged row in the journal in " + folder + ": set " + set + ", " + where
                        + (cause == null ? "" : ": " + cause.getMessage()),
                cause);
    }

    private IOException readFailed(String what, SQLException failure) {
        if (failure.getErrorCode() >= SESSION_SEVERITY) {
            if (reading != null) {
                reading.close();
                reading = null;
            }
            down = true;
        }
        return explain(what, failure);
    }

    private static void endRead(Session session) {
        try {
            session.connection.commit();
        } catch (SQLException failure) {
            // A read leaves nothing to commit; a connection that is dead is made anew at the next read.
            LOG.debug("end of read", failure);
        }
    }

    @Override
    public void append(List<Batch> batches) throws IOException {
        writer.call(() -> {
            Session session = writing();
            try {
                for (Batch batch : batches) {
                    moveHead(session, batch);
                }
                for (Batch batch : batches) {
                    writeRows(session, batch);
                }
            } catch (SQLException failure) {
                undo(session);
                down |= isReadOnly(failure);
                throw explain("nothing was saved", failure);
            } catch (IOException | RuntimeException | Error failure) {
                undo(session);
                throw failure;
            }
            try {
                session.connection.commit();
            } catch (SQLException failure) {
                down = true;
                if (!isThere(batches)) {
                    throw explain("nothing was saved", failure);
                }
                LOG.warn("The journal in {} failed after its log was written; the commit stands", folder, failure);
            }
            sweep();
            return null;
        });
    }

    private static void moveHead(Session session, Batch batch) throws SQLException, IOException {
        boolean moved;
        if (batch.expected() == 0) {
            bury(session, batch.set());
            PreparedStatement insert = session.insertHead;
            insert.setLong(1, batch.epoch());
            insert.setLong(2, batch.revision());
            summary(insert, 3, batch);
            insert.setString(5, batch.set());
            try {
                moved = insert.executeUpdate() == 1;
            } catch (SQLException duplicate) {
                if (!isDuplicate(duplicate)) {
                    throw duplicate;
                }
                moved = false;
            }
        } else if (batch.summary() == null) {
            PreparedStatement update = session.updateHead;
            update.setLong(1, batch.epoch());
            update.setLong(2, batch.revision());
            update.setString(3, batch.set());
            update.setLong(4, batch.expected());
            update.setLong(5, batch.epoch());
            moved = update.executeUpdate() == 1;
        } else {
            PreparedStatement update = session.updateHeadAndSummary;
            update.setLong(1, batch.epoch());
            update.setLong(2, batch.revision());
            summary(update, 3, batch);
            update.setString(5, batch.set());
            update.setLong(6, batch.expected());
            update.setLong(7, batch.epoch());
            moved = update.executeUpdate() == 1;
        }
        if (!moved) {
            throw conflict(session, batch);
        }
    }

    private static boolean isDuplicate(SQLException failure) {
        return "23505".equals(failure.getSQLState());
    }

    /** One that comes again has nothing of what it was. */
    private static void bury(Session session, String set) throws SQLException {
        session.left.setString(1, set);
        if (session.left.executeUpdate() > 0) {
            session.deleteRows.setString(1, set);
            session.deleteRows.executeUpdate();
        }
    }

    private static void summary(PreparedStatement statement, int at, Batch batch) throws SQLException {
        if (batch.summary() == null) {
            statement.setNull(at, Types.BLOB);
        } else {
            statement.setBytes(at, batch.summary());
        }
        statement.setLong(at + 1, crc(batch.set(), "", "", 0, 0, batch.summary()));
    }

    private static ConflictException conflict(Session session, Batch batch) throws SQLException {
        String expected = "set " + batch.set() + " was expected at revision " + batch.expected() + " and epoch "
                + batch.epoch() + " or lower";
        session.head.setString(1, batch.set());
        try (ResultSet found = session.head.executeQuery()) {
            return new ConflictException(
                    found.next()
                            ? expected + ", it is at revision " + found.getLong(2) + " and epoch " + found.getLong(1)
                            : expected + ", it is not there");
        }
    }

    private static void writeRows(Session session, Batch batch) throws SQLException {
        List<Row> images = new ArrayList<>();
        List<Row> gone = new ArrayList<>();
        for (Row row : batch.rows()) {
            (row.bytes() == null ? gone : images).add(row);
        }
        for (int from = 0; from < gone.size(); from += BATCH) {
            for (Row row : gone.subList(from, Math.min(from + BATCH, gone.size()))) {
                session.deleteRow.setString(1, batch.set());
                session.deleteRow.setString(2, row.kind());
                session.deleteRow.setString(3, row.id());
                session.deleteRow.addBatch();
            }
            session.deleteRow.executeBatch();
        }
        for (int from = 0; from < images.size(); from += BATCH) {
            List<Row> part = images.subList(from, Math.min(from + BATCH, images.size()));
            // A new set has no rows yet.
            List<Row> fresh = batch.expected() == 0 ? part : notUpdated(session, batch.set(), part);
            for (Row row : fresh) {
                image(session.insertRow, batch.set(), row);
            }
            if (!fresh.isEmpty()) {
                session.insertRow.executeBatch();
            }
        }
    }

    private static List<Row> notUpdated(Session session, String set, List<Row> rows) throws SQLException {
        for (Row row : rows) {
            image(session.updateRow, set, row);
        }
        int[] counts = session.updateRow.executeBatch();
        List<Row> fresh = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == 0) {
                fresh.add(rows.get(i));
            }
        }
        return fresh;
    }

    private static void image(PreparedStatement statement, String set, Row row) throws SQLException {
        statement.setLong(1, row.revision());
        statement.setInt(2, row.schema());
        statement.setBytes(3, row.bytes());
        statement.setLong(4, crc(set, row.kind(), row.id(), row.revision(), row.schema(), row.bytes()));
        statement.setString(5, set);
        statement.setString(6, row.kind());
        statement.setString(7, row.id());
        statement.addBatch();
    }

    private void undo(Session session) {
        try {
            session.connection.rollback();
            session.clearBatches();
        } catch (SQLException | RuntimeException failure) {
            LOG.warn("The journal in {} cannot undo and is opened anew: {}", folder, failure.getMessage());
            down = true;
        }
        if (isClosed(session)) {
            down = true;
        }
    }

    /**
     * After a commit that failed: did its log reach the disk? Only the database itself can say, after it has recovered.
     *
     * @throws IOException when it does not come up; then nobody knows until it does
     */
    private boolean isThere(List<Batch> batches) throws IOException {
        String open = "it is not known whether the last commit was saved";
        Session session;
        try {
            session = writing();
        } catch (IOException stillDown) {
            throw new IOException(open + ": " + stillDown.getMessage(), stillDown);
        }
        try {
            boolean all = true;
            for (Batch batch : batches) {
                session.head.setString(1, batch.set());
                try (ResultSet found = session.head.executeQuery()) {
                    all &= found.next() && found.getLong(2) == batch.revision();
                }
            }
            session.connection.commit();
            return all;
        } catch (SQLException failure) {
            down = true;
            throw explain(open, failure);
        }
    }

    @Override
    public void delete(Set<String> sets) throws IOException {
        writer.call(() -> {
            Session session = writing();
            try {
                for (String set : sets) {
                    session.deleteHead.setString(1, set);
                    if (session.deleteHead.executeUpdate() > 0) {
                        leave(session, set);
                    }
                }
                session.connection.commit();
            } catch (SQLException failure) {
                undo(session);
                down |= isReadOnly(failure);
                throw explain("nothing was removed", failure);
            }
            // The set is gone. What is left of a large one is removed between the commits of others.
            leftovers = true;
            sweep();
            return null;
        });
    }

    private static void leave(Session session, String set) throws SQLException {
        session.leave.setString(1, set);
        try {
            session.leave.executeUpdate();
        } catch (SQLException already) {
            // From an earlier life, when a version made it again that does not know of this table.
            if (!isDuplicate(already)) {
                throw already;
            }
        }
    }

    private void sweep() {
        if (leftovers && !sweeping) {
            sweeping = writer.later(this::sweepSome);
        }
    }

    private void sweepSome() {
        sweeping = false;
        if (closed) {
            return;
        }
        Session session = null;
        try {
            session = writing();
            leftovers = removeSome(session);
            session.connection.commit();
        } catch (SQLException failure) {
            undo(session);
            down |= isReadOnly(failure);
            LOG.warn("Cannot remove now what is left of removed models in {}: {}", folder, failure.getMessage());
            return;
        } catch (IOException failure) {
            LOG.warn("Cannot remove now what is left of removed models in {}: {}", folder, failure.getMessage());
            return;
        } catch (RuntimeException | Error failure) {
            // Or the next commit would take what was begun here with it.
            if (session != null) {
                undo(session);
            }
            throw failure;
        }
        sweep();
    }

    /** @return whether there may be more */
    private static boolean removeSome(Session session) throws SQLException {
        String set;
        try (ResultSet found = session.leaving.executeQuery()) {
            if (!found.next()) {
                return false;
            }
            set = found.getString(1);
        }
        if (isThere(session, set)) {
            // Made again by a version that does not know of this table: its images are nobody's leftovers.
            session.left.setString(1, set);
            session.left.executeUpdate();
            return true;
        }
        int count = 0;
        session.someRows.setString(1, set);
        try (ResultSet found = session.someRows.executeQuery()) {
            while (found.next()) {
                session.deleteRow.setString(1, set);
                session.deleteRow.setString(2, found.getString(1));
                session.deleteRow.setString(3, found.getString(2));
                session.deleteRow.addBatch();
                count++;
            }
        }
        if (count > 0) {
            session.deleteRow.executeBatch();
        }
        if (count < Session.SLICE) {
            session.left.setString(1, set);
            session.left.executeUpdate();
        }
        return true;
    }

    private IOException explain(String what, SQLException failure) {
        if (isFull(failure)) {
            return new IOException(full(what), failure);
        }
        if ("XSDB6".equals(deepest(failure).getSQLState()) || "XSDB6".equals(failure.getSQLState())) {
            return FolderLock.inUse(folder, "another process has its database open");
        }
        StringBuilder all = new StringBuilder();
        for (SQLException at = failure; at != null; at = at.getNextException()) {
            all.append(all.length() == 0 ? "" : "; ").append(at.getMessage());
        }
        return new IOException("journal in " + folder + ": " + what + ": " + all, failure);
    }

    private String full(String what) {
        return "no space left on the disk of the journal in " + folder + ": " + what
                + "; make room, it goes on by itself";
    }

    /** 25502 and 25503: not permitted for a read-only connection, user or database. */
    private static boolean isReadOnly(SQLException failure) {
        for (SQLException at = failure; at != null; at = at.getNextException()) {
            if ("25502".equals(at.getSQLState()) || "25503".equals(at.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    private static SQLException deepest(SQLException failure) {
        SQLException at = failure;
        while (at.getNextException() != null) {
            at = at.getNextException();
        }
        return at;
    }

    private boolean isFull(SQLException failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (String.valueOf(at.getMessage()).contains("No space left")) {
                return true;
            }
        }
        // Derby often tells only that a page or the log could not be written.
        return hasNoRoom();
    }

    private boolean hasNoRoom() {
        try {
            return Files.getFileStore(folder).getUsableSpace() < 128 * 1024;
        } catch (IOException unknown) {
            return false;
        }
    }

    private static long crc(String set, String kind, String id, long revision, int schema, byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update((set + '\n' + kind + '\n' + id + '\n' + revision + '\n' + schema + '\n')
                .getBytes(StandardCharsets.UTF_8));
        if (bytes != null) {
            crc.update(bytes);
        }
        return crc.getValue();
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        try {
            reader.call(() -> {
                if (reading != null) {
                    reading.close();
                }
                return null;
            });
            writer.call(() -> {
                if (writing != null) {
                    writing.close();
                }
                engine.shutdown(database);
                return null;
            });
        } finally {
            reader.close();
            writer.close();
            lock.close();
        }
    }
}
