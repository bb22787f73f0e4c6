package org.isthmus.itests.benchmark;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The floor of a commit: Derby alone, with a head and an image to update by key in each transaction, as one commit of a model
 * needs. Derby joins the log writes of transactions that end together, so that many writers share a sync.
 */
final class RawDerby implements AutoCloseable {
    private final String url;
    private final int heads;

    RawDerby(Path folder, int heads, int images) throws SQLException {
        url = "jdbc:derby:" + folder.resolve("raw");
        this.heads = heads;
        try (Connection connection = DriverManager.getConnection(url + ";create=true");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("CALL SYSCS_UTIL.SYSCS_SET_DATABASE_PROPERTY('derby.storage.pageSize', '8192')");
            statement.execute("CREATE TABLE heads (id INT NOT NULL PRIMARY KEY, revision BIGINT NOT NULL)");
            statement.execute("CREATE TABLE images (id INT NOT NULL PRIMARY KEY, image BLOB(64M) NOT NULL)");
            try (PreparedStatement head = connection.prepareStatement("INSERT INTO heads VALUES (?, 0)");
                    PreparedStatement image = connection.prepareStatement("INSERT INTO images VALUES (?, ?)")) {
                for (int i = 0; i < heads; i++) {
                    head.setInt(1, i);
                    head.executeUpdate();
                }
                for (int i = 0; i < images; i++) {
                    image.setInt(1, i);
                    image.setBytes(2, new byte[Commits.IMAGE]);
                    image.executeUpdate();
                }
            }
            connection.commit();
        }
    }

    /** Commits in a second, of this many threads with a connection each. */
    double rate(int writers, long nanos) throws Exception {
        AtomicLong commits = new AtomicLong();
        long end = System.nanoTime() + nanos;
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 0; i < writers; i++) {
            int mine = i;
            Thread thread = new Thread(() -> {
                try {
                    write(mine, end, commits);
                } catch (SQLException failure) {
                    synchronized (failures) {
                        failures.add(failure);
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException(failures.get(0));
        }
        return commits.get() * 1e9 / (System.nanoTime() - begin);
    }

    private void write(int writer, long end, AtomicLong commits) throws SQLException {
        byte[] image = new byte[Commits.IMAGE];
        try (Connection connection = DriverManager.getConnection(url)) {
            connection.setAutoCommit(false);
            try (PreparedStatement head =
                            connection.prepareStatement("UPDATE heads SET revision = revision + 1 WHERE id = ?");
                    PreparedStatement row = connection.prepareStatement("UPDATE images SET image = ? WHERE id = ?")) {
                int at = 0;
                while (System.nanoTime() < end) {
                    // Each writer has heads of its own, else they would wait for each other and no sync be shared.
                    head.setInt(1, writer % heads);
                    head.executeUpdate();
                    image[0] = (byte) at++;
                    row.setBytes(1, image);
                    row.setInt(2, writer);
                    row.executeUpdate();
                    connection.commit();
                    commits.incrementAndGet();
                }
            }
        }
    }

    @Override
    public void close() {
        try {
            DriverManager.getConnection(url + ";shutdown=true");
        } catch (SQLException itIsDown) {
            // Derby says so by an exception.
        }
    }
}
