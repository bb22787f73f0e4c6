package org.isthmus.agent.hook;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pipe that another process is to write into. It has its name for as long as that process needs to open it. */
final class NamedPipe implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NamedPipe.class);

    private final Path name;
    private final RandomAccessFile held;
    private final InputStream reader;

    /** @param name of a pipe that nobody has opened */
    NamedPipe(Path name) throws IOException {
        this.name = name;
        // Both ways: whoever opens one end alone waits for the other, and here it is himself.
        this.held = new RandomAccessFile(name.toFile(), "rw");
        try {
            this.reader = new FileInputStream(name.toFile());
        } catch (IOException gone) {
            held.close();
            throw gone;
        }
    }

    File file() {
        return name.toFile();
    }

    /** Ends once this is closed and no process has the other end any more. */
    InputStream reader() {
        return reader;
    }

    /** From now on it belongs to those who have opened it. */
    @Override
    public void close() {
        try {
            held.close();
            Files.deleteIfExists(name);
        } catch (IOException inTheWay) {
            // Of the next pipe of this name, and whoever makes that will say so.
            LOG.debug("closing {}", name, inTheWay);
        }
    }
}
