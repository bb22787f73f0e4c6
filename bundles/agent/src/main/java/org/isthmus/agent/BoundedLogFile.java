package org.isthmus.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Passes on what the agent writes to its log, a file that others opened for appending; when that is large it becomes the old log,
 * of which one is kept. It is copied and emptied, not moved: the JVM's own last words go through the same descriptor.
 */
final class BoundedLogFile extends OutputStream {
    private final OutputStream to;
    private final Path file;
    private final long limit;
    private long size;

    /** @param limit bytes */
    BoundedLogFile(OutputStream to, Path file, long limit) throws IOException {
        this.to = to;
        this.file = file;
        this.limit = limit;
        this.size = Files.size(file);
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) throws IOException {
        if (size > limit) {
            turn();
        }
        to.write(bytes, from, length);
        size += length;
    }

    @Override
    public synchronized void flush() throws IOException {
        to.flush();
    }

    private void turn() throws IOException {
        to.flush();
        try {
            Files.copy(file, Path.of(file + ".1"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException full) {
            // Better no old log than one that fills the disk.
            Files.deleteIfExists(Path.of(file + ".1"));
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
        size = 0;
    }
}
