package org.isthmus.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Replaces a small file as a whole: whoever reads it finds the old content or the new one. */
public final class DurableFile {
    private DurableFile() {}

    /** As {@link #put}, and on the disk when this returns: it outlives the machine's sudden end too. */
    public static void write(Path file, byte[] content) throws IOException {
        replace(file, content, true);
        // The new name is durable only when the folder is.
        try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    /** Outlives the end of this process, however sudden. Readable by the owner only: these files hold passwords. */
    public static void put(Path file, byte[] content) throws IOException {
        replace(file, content, false);
    }

    private static void replace(Path file, byte[] content, boolean sync) throws IOException {
        Files.createDirectories(file.getParent());
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            if (sync) {
                channel.force(true);
            }
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
