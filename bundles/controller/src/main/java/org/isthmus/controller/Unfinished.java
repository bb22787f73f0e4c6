package org.isthmus.controller;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Marks a controller's folder as one that is being made or removed, so that what a process left in the middle, a key of an authority
 * among it, can be told from the data of a controller whose configuration an operator took away. Locked while somebody is at it.
 */
final class Unfinished implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Unfinished.class);

    /** Sorts before all else in the folder: the last to go with it. */
    private static final String NAME = ".unfinished";

    /**
     * Folders somebody in this process is at. Asked before the file is opened: to close any channel of a file gives back all locks
     * that the process has on it, of whomever.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final Path file;
    private final FileChannel channel;

    private Unfinished(Path folder, Path file, FileChannel channel) {
        this.folder = folder;
        this.file = file;
        this.channel = channel;
    }

    static Unfinished mark(Path folder) throws IOException {
        Files.createDirectories(folder);
        Unfinished made = take(folder, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (made == null) {
            throw new IOException(folder + " is being made or removed already");
        }
        try (FileChannel entries = FileChannel.open(folder)) {
            entries.force(true);
        }
        return made;
    }

    /** Null when somebody else has it. */
    private static Unfinished take(Path folder, StandardOpenOption... how) throws IOException {
        Path real = folder.toRealPath();
        if (!HELD.add(real)) {
            LOG.debug("{} is in use", folder);
            return null;
        }
        Unfinished taken = null;
        try {
            taken = lock(real, folder.resolve(NAME), how);
            return taken;
        } finally {
            if (taken == null) {
                HELD.remove(real);
            }
        }
    }

    private static Unfinished lock(Path folder, Path file, StandardOpenOption... how) throws IOException {
        FileChannel channel = FileChannel.open(file, how);
        try {
            if (channel.tryLock() != null) {
                return new Unfinished(folder, file, channel);
            }
        } catch (OverlappingFileLockException ofAnEarlierVersion) {
            LOG.debug("{} is in use", file);
        }
        channel.close();
        return null;
    }

    /** The folder is a whole controller's. */
    void finished() throws IOException {
        Files.deleteIfExists(file);
        close();
    }

    @Override
    public void close() throws IOException {
        // Once: the next one may be at the folder already.
        if (channel.isOpen()) {
            try {
                channel.close();
            } finally {
                HELD.remove(folder);
            }
        }
    }

    /**
     * Removes what was left half made or half removed.
     *
     * @param known UUIDs that have a configuration: their folders are whole
     */
    static void sweep(Path controllers, Supplier<Set<String>> known) {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(controllers, Files::isDirectory)) {
            for (Path folder : folders) {
                sweepOne(folder, known);
            }
        } catch (NoSuchFileException noneYet) {
            LOG.debug("{} is not there yet", controllers);
        } catch (IOException failure) {
            LOG.warn("What may be left in {} is not looked for", controllers, failure);
        }
    }

    private static void sweepOne(Path folder, Supplier<Set<String>> known) {
        try (Unfinished left = take(folder, StandardOpenOption.WRITE)) {
            if (left == null) {
                return;
            }
            if (known.get().contains(folder.getFileName().toString())) {
                left.finished();
            } else {
                Bootstrapper.deleteTree(folder);
                LOG.warn("Removed {}: the making or the removal of its controller was cut off", folder);
            }
        } catch (NoSuchFileException whole) {
            if (!known.get().contains(folder.getFileName().toString())) {
                LOG.info("{} is kept: the data of a controller that no configuration names", folder);
            }
        } catch (IOException failure) {
            LOG.warn("{} was left half made or half removed, and cannot be removed", folder, failure);
        }
    }
}
