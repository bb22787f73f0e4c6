package org.isthmus.blob;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.store.Blobs;

/**
 * Blobs in one folder: `ab/abcdef…` by hash, `tmp/` for what is being written. A blob gets its name only when all of it is on the
 * disk, so a name that exists is whole, unless the disk damaged it; putting it again heals it.
 */
final class FolderBlobs implements Blobs {
    /** A blob younger than this is not removed: the commit that names it may still be on its way. */
    static final Duration GRACE = Duration.ofHours(1);

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final int BUFFER = 64 * 1024;

    private final Path folder;
    private final Path unfinished;
    private final InstantSource clock;

    private FolderBlobs(Path folder, InstantSource clock) {
        this.folder = folder;
        this.unfinished = folder.resolve("tmp");
        this.clock = clock;
    }

    static FolderBlobs open(Path folder) throws IOException {
        return open(folder, InstantSource.system());
    }

    static FolderBlobs open(Path folder, InstantSource clock) throws IOException {
        FolderBlobs blobs = new FolderBlobs(folder.toAbsolutePath().normalize(), clock);
        Files.createDirectories(blobs.unfinished);
        // What a crash left behind; the store's lock keeps a second controller out of here.
        try (DirectoryStream<Path> left = Files.newDirectoryStream(blobs.unfinished)) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        }
        sync(blobs.folder);
        return blobs;
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    @Override
    public Blob put(InputStream content, long limit) throws IOException {
        Path file = Files.createTempFile(unfinished, "put", null);
        try {
            MessageDigest digest = digest();
            long size = 0;
            try (FileOutputStream out = new FileOutputStream(file.toFile())) {
                byte[] buffer = new byte[BUFFER];
                int read = content.read(buffer);
                while (read >= 0) {
                    size += read;
                    if (size > limit) {
                        throw Problem.refuse(
                                Code.QUOTA_LIMIT_EXCEEDED, "more than %d bytes: quota limit exceeded", limit);
                    }
                    digest.update(buffer, 0, read);
                    out.write(buffer, 0, read);
                    read = content.read(buffer);
                }
                out.getFD().sync();
            }
            String sha256 = HexFormat.of().formatHex(digest.digest());
            Path place = place(sha256);
            if (Files.notExists(place.getParent())) {
                Files.createDirectories(place.getParent());
                sync(folder);
            }
            synchronized (this) {
                Files.move(file, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            sync(place.getParent());
            return new Blob(sha256, size);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** The name of a new file is durable only when its folder is. */
    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private Path place(String sha256) {
        return folder.resolve(sha256.substring(0, 2)).resolve(sha256);
    }

    @Override
    public InputStream open(String sha256) throws IOException {
        if (!isName(sha256)) {
            throw Problem.notFound("blob", sha256);
        }
        Path place = place(sha256);
        try {
            return new VerifiedInput(new FileInputStream(place.toFile()), sha256, Files.size(place));
        } catch (java.io.FileNotFoundException | NoSuchFileException missing) {
            throw Problem.notFound("blob", sha256);
        }
    }

    @Override
    public boolean has(String sha256) {
        return isName(sha256) && Files.isRegularFile(place(sha256));
    }

    private static boolean isName(String sha256) {
        return sha256 != null && SHA256.matcher(sha256).matches();
    }

    @Override
    public long retain(Set<String> referenced) throws IOException {
        long young = clock.millis() - GRACE.toMillis();
        long free = 0;
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, Files::isDirectory)) {
            for (Path part : parts) {
                if (!part.equals(unfinished)) {
                    free += retain(part, referenced, young);
                }
            }
        }
        return free;
    }

    private long retain(Path part, Set<String> referenced, long young) throws IOException {
        long free = 0;
        try (DirectoryStream<Path> blobs = Files.newDirectoryStream(part)) {
            for (Path blob : blobs) {
                String name = blob.getFileName().toString();
                if (isName(name) && !referenced.contains(name)) {
                    free += removeUnlessYoung(blob, young);
                }
            }
        }
        return free;
    }

    /** One that is being put again in this very moment becomes young first, or is removed before. */
    private synchronized long removeUnlessYoung(Path blob, long young) throws IOException {
        if (Files.getLastModifiedTime(blob).toMillis() >= young) {
            return 0;
        }
        long size = Files.size(blob);
        Files.delete(blob);
        return size;
    }
}
