package org.isthmus.spi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Things of this host that only one may have, such as a port, whichever container or user runs that one. A claim is a file named
 * after the thing, in a folder that all users of the host share; in it is the folder of whoever has it, and it ends with that
 * folder. Only the user who made a claim (and root) can read it, and says whether its owner is gone: of what is in another's home
 * nobody else can tell. Everything that others put there counts as a claim of theirs.
 *
 * <p>Nobody waits for anybody: making a file is atomic, and who drops one locks that file alone.
 */
public final class HostClaims {
    /** As of `/tmp`: everybody may add, nobody may take away what another added. */
    private static final int SHARED = 01777;

    private static final int OWNER_BYTES = 8 << 10;
    /** An empty claim this old is of one that was killed before it wrote whose it is. */
    private static final Duration UNFINISHED = Duration.ofMinutes(1);

    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path folder;

    /** @param folder the same for all of the host */
    public HostClaims(Path folder) {
        this.folder = folder;
    }

    /** True: the owner has it now, or had it already. */
    public synchronized boolean claim(String name, Path owner) throws IOException {
        makeFolder();
        return make(name, owner) || has(name, owner) || drop(name, (another, age) -> false) && make(name, owner);
    }

    private boolean make(String name, Path owner) throws IOException {
        ByteBuffer content = ByteBuffer.wrap(owner.toString().getBytes(StandardCharsets.UTF_8));
        Path claim = folder.resolve(name);
        try (FileChannel channel =
                FileChannel.open(claim, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE)) {
            try {
                while (content.hasRemaining()) {
                    channel.write(content);
                }
            } catch (IOException failure) {
                // Such as of a full disk: what does not say whose it is would be nobody's to free.
                Files.deleteIfExists(claim);
                throw failure;
            }
            return true;
        } catch (FileAlreadyExistsException taken) {
            return false;
        }
    }

    /** Whether this owner has it. */
    public synchronized boolean has(String name, Path owner) throws IOException {
        try (FileChannel channel = open(folder.resolve(name))) {
            return channel != null && owner(channel).filter(owner::equals).isPresent();
        }
    }

    /** Gives back what this owner has; what another has stays. */
    public synchronized void release(String name, Path owner) throws IOException {
        drop(name, (there, age) -> there.equals(owner));
    }

    /** Frees it if its owner is gone, and the claim is at least this old: it may be there a moment before its owner is. */
    public synchronized void free(String name, Duration age) throws IOException {
        drop(name, (owner, old) -> old.compareTo(age) >= 0 && Files.notExists(owner));
    }

    /** Frees all whose owner is gone. */
    public synchronized void clean(Duration age) throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.list(folder)) {
            all = found.toList();
        } catch (NoSuchFileException none) {
            return;
        }
        for (Path claim : all) {
            free(claim.getFileName().toString(), age);
        }
    }

    private interface Condition {
        boolean test(Path owner, Duration age);
    }

    /** Drops it on this condition, and one that its maker left unfinished in any case; true if it did. */
    private boolean drop(String name, Condition condition) throws IOException {
        Path claim = folder.resolve(name);
        Object file = file(claim);
        try (FileChannel channel = open(claim)) {
            if (channel == null) {
                return false;
            }
            try (FileLock lock = channel.tryLock()) {
                // Who finds it locked leaves it: another drops it. And once it was dropped, it may have been made anew.
                if (lock == null || file == null || !file.equals(file(claim))) {
                    return false;
                }
                Duration age = Duration.ofMillis(System.currentTimeMillis()
                        - Files.getLastModifiedTime(claim, LinkOption.NOFOLLOW_LINKS)
                                .toMillis());
                Optional<Path> owner = owner(channel);
                boolean unfinished = channel.size() == 0 && age.compareTo(UNFINISHED) >= 0 && isOwn(claim);
                return (unfinished || owner.isPresent() && condition.test(owner.get(), age))
                        && Files.deleteIfExists(claim);
            } catch (OverlappingFileLockException here) {
                return false;
            } catch (FileSystemException anothers) {
                return false;
            }
        }
    }

    /** Made by this process's user: root could change all. */
    private static boolean isOwn(Path claim) throws IOException {
        return Files.getAttribute(claim, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                .equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    /** Which file it is now; null where there is none. */
    private static Object file(Path claim) throws IOException {
        try {
            return Files.readAttributes(claim, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (NoSuchFileException none) {
            return null;
        }
    }

    /** Null where it is not there or another user's, or no plain file. */
    private static FileChannel open(Path claim) throws IOException {
        if (!Files.isRegularFile(claim, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        try {
            return FileChannel.open(
                    claim, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        } catch (FileSystemException anothers) {
            return null;
        }
    }

    /** Empty where it makes no sense: that is nobody's to free. */
    private static Optional<Path> owner(FileChannel channel) throws IOException {
        // No more than what is there: what took the place of a file a moment ago could keep its reader waiting.
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(channel.size(), OWNER_BYTES));
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {
            continue;
        }
        try {
            Path owner = Path.of(
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
            return owner.isAbsolute() ? Optional.of(owner) : Optional.empty();
        } catch (CharacterCodingException | InvalidPathException senseless) {
            return Optional.empty();
        }
    }

    private void makeFolder() throws IOException {
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException there) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(folder + " is in the way: it must be a folder that all users of this host share");
            }
        }
        int mode = (Integer) Files.getAttribute(folder, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & SHARED) != SHARED) {
            try {
                Files.setAttribute(folder, "unix:mode", SHARED, LinkOption.NOFOLLOW_LINKS);
            } catch (FileSystemException anothers) {
                return;
            }
        }
    }
}
