package org.isthmus.store.derby;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** One connection with its prepared statements; used by one thread. */
final class Session implements AutoCloseable {
    /** Images of a set that is gone which are removed at a time: commits of others wait so long, some ten milliseconds. */
    static final int SLICE = 500;

    final Connection connection;
    final PreparedStatement insertHead;
    final PreparedStatement updateHead;
    final PreparedStatement updateHeadAndSummary;
    final PreparedStatement updateRow;
    final PreparedStatement insertRow;
    final PreparedStatement deleteRow;
    final PreparedStatement deleteRows;
    final PreparedStatement someRows;
    final PreparedStatement leave;
    final PreparedStatement left;
    final PreparedStatement leaving;
    final PreparedStatement deleteHead;
    final PreparedStatement head;
    final PreparedStatement heads;
    final PreparedStatement rows;

    Session(Connection connection) throws SQLException {
        this.connection = connection;
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        insertHead = connection.prepareStatement(
                "INSERT INTO heads (epoch, revision, summary, crc, doc_set) VALUES (?, ?, ?, ?, ?)");
        updateHead = connection.prepareStatement(
                "UPDATE heads SET epoch = ?, revision = ? WHERE doc_set = ? AND revision = ? AND epoch <= ?");
        updateHeadAndSummary =
                connection.prepareStatement("UPDATE heads SET epoch = ?, revision = ?, summary = ?, crc = ?"
                        + " WHERE doc_set = ? AND revision = ? AND epoch <= ?");
        updateRow = connection.prepareStatement("UPDATE images SET revision = ?, version = ?, image = ?, crc = ?"
                + " WHERE doc_set = ? AND kind = ? AND id = ?");
        insertRow = connection.prepareStatement("INSERT INTO images (revision, version, image, crc, doc_set, kind, id)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?)");
        deleteRow = connection.prepareStatement("DELETE FROM images WHERE doc_set = ? AND kind = ? AND id = ?");
        deleteRows = connection.prepareStatement("DELETE FROM images WHERE doc_set = ?");
        someRows = connection.prepareStatement("SELECT kind, id FROM images"
                + " --DERBY-PROPERTIES constraint=images_key\n WHERE doc_set = ? FETCH FIRST " + SLICE + " ROWS ONLY");
        leave = connection.prepareStatement("INSERT INTO leaving (doc_set) VALUES (?)");
        left = connection.prepareStatement("DELETE FROM leaving WHERE doc_set = ?");
        leaving = connection.prepareStatement("SELECT doc_set FROM leaving FETCH FIRST ROW ONLY");
        deleteHead = connection.prepareStatement("DELETE FROM heads WHERE doc_set = ?");
        head = connection.prepareStatement("SELECT epoch, revision FROM heads WHERE doc_set = ?");
        heads = connection.prepareStatement("SELECT doc_set, epoch, revision, summary, crc FROM heads");
        // The primary key, by name: at a time when the table is small Derby would settle on a scan of all of it.
        rows = connection.prepareStatement("SELECT kind, id, revision, version, image, crc FROM images"
                + " --DERBY-PROPERTIES constraint=images_key\n WHERE doc_set = ?");
        connection.commit();
    }

    /** Forgets what was gathered for a batch that is not to be. */
    void clearBatches() throws SQLException {
        updateRow.clearBatch();
        insertRow.clearBatch();
        deleteRow.clearBatch();
    }

    /** Never fails: a connection that is not good for closing is not good for anything. */
    @Override
    public void close() {
        try {
            connection.rollback();
        } catch (SQLException ignored) {
            // closed below
        }
        try {
            connection.close();
        } catch (SQLException ignored) {
            // gone with its database
        }
    }
}
