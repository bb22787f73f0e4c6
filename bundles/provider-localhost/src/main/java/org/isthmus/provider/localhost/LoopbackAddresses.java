package org.isthmus.provider.localhost;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;

/**
 * Hands out 127.x.y.z, one for each machine of this host, whichever container or user runs it. A claim is a file named after the
 * address; making it is atomic, so no two can have it. 127.0.x.y stays the host's own.
 */
final class LoopbackAddresses {
    private static final long YOUNG_MILLIS = 600_000;

    private final Path folder;

    LoopbackAddresses(Path folder) {
        this.folder = folder;
    }

    /** The address of this machine's folder: what it has already, else a new one. */
    String claim(Path machine, String seed) throws IOException {
        makeFolder();
        byte[] owner = machine.toString().getBytes(StandardCharsets.UTF_8);
        // Spread by seed, so that a released address is not the next one given: others may still remember it.
        int at = seed.hashCode() & 0x7FFFFFFF;
        for (int tries = 0; tries < 65_536; tries++) {
            int n = (at + tries * 7919) % (254 * 254 * 254);
            n = n < 0 ? -n : n;
            String address = "127." + (1 + n / (254 * 254)) + "." + (1 + n / 254 % 254) + "." + (1 + n % 254);
            Path claim = folder.resolve(address);
            try {
                Files.write(claim, owner, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                return address;
            } catch (FileAlreadyExistsException taken) {
                if (isOwner(claim, machine)) {
                    return address;
                }
            }
        }
        throw Problem.refuse(Code.QUOTA_LIMIT_EXCEEDED, "no free address left on this host");
    }

    /** Makes sure that the claim is there: a host may have emptied its temporary folders. */
    void keep(String address, Path machine) throws IOException {
        makeFolder();
        try {
            Files.write(
                    folder.resolve(address),
                    machine.toString().getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException there) {
            if (!isOwner(folder.resolve(address), machine)) {
                throw new IOException("address " + address + " was given to another machine");
            }
        }
    }

    void release(String address, Path machine) throws IOException {
        Path claim = folder.resolve(address);
        if (isOwner(claim, machine)) {
            Files.deleteIfExists(claim);
        }
    }

    /** Frees what belongs to folders that are gone. One cleaner at a time; when another is at it, nothing is done. */
    void clean() throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Path lockFile = folder.resolve("lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                return;
            }
            List<Path> claims;
            try (Stream<Path> all = Files.list(folder)) {
                claims = all.filter(p -> p.getFileName().toString().startsWith("127."))
                        .toList();
            }
            for (Path claim : claims) {
                String owner = Files.readString(claim);
                // A claim is there a moment before its machine's folder is.
                boolean old = Files.getLastModifiedTime(claim).toMillis() < System.currentTimeMillis() - YOUNG_MILLIS;
                if (old && !Files.exists(Path.of(owner)) && Files.isWritable(claim)) {
                    Files.deleteIfExists(claim);
                }
            }
        } catch (OverlappingFileLockException here) {
            return;
        } catch (java.nio.file.AccessDeniedException anotherUsers) {
            return;
        }
    }

    private boolean isOwner(Path claim, Path machine) throws IOException {
        try {
            return Files.readString(claim).equals(machine.toString());
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    private void makeFolder() throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        try {
            Files.createDirectory(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        } catch (FileAlreadyExistsException madeByAnother) {
            return;
        }
    }
}
