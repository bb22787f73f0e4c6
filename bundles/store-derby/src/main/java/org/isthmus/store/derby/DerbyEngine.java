package org.isthmus.store.derby;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Properties;
import org.apache.derby.jdbc.EmbeddedDriver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine of this bundle's class loader. It is used by its driver object, never through `DriverManager`. */
final class DerbyEngine {
    private static final Logger LOG = LoggerFactory.getLogger(DerbyEngine.class);
    private static final String ERROR_STREAM = "derby.stream.error.method";

    private final Driver driver;

    private DerbyEngine(Driver driver) {
        this.driver = driver;
    }

    static DerbyEngine boot() throws IOException {
        // Derby takes its settings from system properties while it boots; this one keeps derby.log out of the working
        // folder.
        String before = System.getProperty(ERROR_STREAM);
        System.setProperty(ERROR_STREAM, DerbyLog.class.getName() + ".writer");
        try {
            return new DerbyEngine(new EmbeddedDriver());
        } catch (RuntimeException | LinkageError failure) {
            throw new IOException("cannot start the Derby engine", failure);
        } finally {
            if (before == null) {
                System.clearProperty(ERROR_STREAM);
            } else {
                System.setProperty(ERROR_STREAM, before);
            }
        }
    }

    Connection connect(Path database, boolean create) throws SQLException {
        Properties properties = new Properties();
        if (create) {
            properties.setProperty("create", "true");
        }
        return driver.connect("jdbc:derby:" + database, properties);
    }

    /** Stops one database; the others go on. */
    void shutdown(Path database) {
        Properties properties = new Properties();
        properties.setProperty("shutdown", "true");
        try {
            driver.connect("jdbc:derby:" + database, properties);
        } catch (SQLException answer) {
            // Derby says by an exception that it did: 08006, or XJ004 when the database was not up.
            if (!"08006".equals(answer.getSQLState()) && !"XJ004".equals(answer.getSQLState())) {
                LOG.warn("Derby database {} did not stop cleanly: {}", database, answer.getMessage());
            }
        }
    }

    void close() {
        Properties properties = new Properties();
        properties.setProperty("shutdown", "true");
        properties.setProperty("deregister", "true");
        try {
            driver.connect("jdbc:derby:", properties);
        } catch (SQLException answer) {
            if (!"XJ015".equals(answer.getSQLState())) {
                LOG.warn("The Derby engine did not stop cleanly: {}", answer.getMessage());
            }
        }
    }
}
