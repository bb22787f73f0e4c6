package org.isthmus.store.derby;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps a second opener out, in this process or another, before Derby would say the same in its own words. */
final class FolderLock implements AutoCloseable {
    /**
     * Those of this process. Asked before the file is opened: to close any channel of a file gives back all locks that the process
     * has on it, of whomever.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    static FolderLock take(Path folder) throws IOException {
        Path real = folder.toRealPath();
        if (!HELD.add(real)) {
            throw inUse(folder, "this process has it open already");
        }
        FolderLock taken = null;
        try {
            taken = lock(real, folder);
            return taken;
        } finally {
            if (taken == null) {
                HELD.remove(real);
            }
        }
    }

    private static FolderLock lock(Path real, Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve("journal.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new FolderLock(real, channel);
            }
        } catch (OverlappingFileLockException ofAnEarlierVersion) {
            channel.close();
            throw inUse(folder, "this process has it open already");
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
        channel.close();
        throw inUse(folder, "another process has it open");
    }

    static IOException inUse(Path folder, String by) {
        return new IOException("the journal in " + folder + " is in use: " + by);
    }

    @Override
    public void close() throws IOException {
        // Once: the next one may have it already.
        if (channel.isOpen()) {
            try {
                channel.close();
            } finally {
                HELD.remove(folder);
            }
        }
    }
}
