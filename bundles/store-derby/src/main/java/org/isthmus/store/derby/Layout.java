package org.isthmus.store.derby;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The tables and their version. */
final class Layout {
    /** Raise it together with a step in {@link #bringUp}. */
    static final int VERSION = 1;

    private Layout() {}

    static void create(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            // Tables with a BLOB would get pages of 32 KiB; most images are a few hundred bytes.
            statement.execute("CALL SYSCS_UTIL.SYSCS_SET_DATABASE_PROPERTY('derby.storage.pageSize', '8192')");
            statement.execute("CREATE TABLE journal_layout (version INT NOT NULL)");
            statement.execute("INSERT INTO journal_layout VALUES (" + VERSION + ")");
            statement.execute("CREATE TABLE heads (doc_set VARCHAR(64) NOT NULL, epoch BIGINT NOT NULL,"
                    + " revision BIGINT NOT NULL, summary BLOB(16M), crc BIGINT NOT NULL,"
                    + " CONSTRAINT heads_key PRIMARY KEY (doc_set))");
            statement.execute("CREATE TABLE images (doc_set VARCHAR(64) NOT NULL, kind VARCHAR(64) NOT NULL,"
                    + " id VARCHAR(1024) NOT NULL, revision BIGINT NOT NULL, version INT NOT NULL,"
                    + " image BLOB(64M) NOT NULL, crc BIGINT NOT NULL,"
                    + " CONSTRAINT images_key PRIMARY KEY (doc_set, kind, id))");
            leaving(statement);
        }
        connection.commit();
    }

    /** Sets that are gone, whose images are still being removed. */
    private static void leaving(Statement statement) throws SQLException {
        statement.execute("CREATE TABLE leaving (doc_set VARCHAR(64) NOT NULL,"
                + " CONSTRAINT leaving_key PRIMARY KEY (doc_set))");
    }

    static void bringUp(Connection connection) throws SQLException, IOException {
        connection.setAutoCommit(false);
        int version;
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT version FROM journal_layout")) {
            version = found.next() ? found.getInt(1) : 0;
        }
        connection.commit();
        if (version > VERSION) {
            throw new IOException("the journal was written by a newer version: layout " + version
                    + ", this version reads up to " + VERSION);
        }
        if (version < 1) {
            throw new IOException("the journal has no layout version");
        }
        // It came later, and without a version of its own. Who does not know of it leaves images behind, and may make a
        // set
        // again that is named here: one that has a head is there, whatever this table says.
        try (ResultSet found = connection.getMetaData().getTables(null, null, "LEAVING", null);
                Statement statement = connection.createStatement()) {
            if (!found.next()) {
                leaving(statement);
            }
        }
        connection.commit();
    }
}
