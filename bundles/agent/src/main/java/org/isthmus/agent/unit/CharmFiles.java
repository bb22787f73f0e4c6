package org.isthmus.agent.unit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.isthmus.agent.DurableFile;
import org.isthmus.agent.Folders;
import org.isthmus.charm.CharmArchive;
import org.isthmus.charm.CharmFolder;
import org.isthmus.charm.CharmMetadata;

/** A unit's charm on disk. An upgrade replaces what came with the old charm and leaves what the charm's hooks made. */
final class CharmFiles {
    private final Path folder;
    private final Path manifest;
    private final Path fresh;

    /** @param unit the unit's folder; the charm lies in `charm` */
    CharmFiles(Path unit) {
        folder = unit.resolve("charm");
        manifest = unit.resolve("charm.files");
        fresh = unit.resolve("charm.new");
    }

    Path folder() {
        return folder;
    }

    boolean isThere() {
        return Files.exists(folder.resolve("metadata.yaml"));
    }

    /** Refuses an archive with another hash. Repeatable: a crash in the middle leaves what a second run puts right. */
    void put(Path archive, String sha256) throws IOException {
        String found = sha256(archive);
        if (sha256 != null && !sha256.equals(found)) {
            throw new IOException("the charm's archive is damaged: sha256 " + found + ", expected " + sha256);
        }
        Folders.remove(fresh);
        CharmArchive.unpack(archive, fresh);
        Set<String> coming = new TreeSet<>();
        try (Stream<Path> walk = Files.walk(fresh)) {
            walk.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .forEach(path -> coming.add(fresh.relativize(path).toString()));
        }
        Set<String> before = new HashSet<>();
        if (Files.exists(manifest)) {
            before.addAll(Files.readAllLines(manifest));
        }
        // While it is at work both lists hold: whatever happens, the next run knows what came with a charm.
        Set<String> both = new TreeSet<>(before);
        both.addAll(coming);
        DurableFile.write(manifest, String.join("\n", both).getBytes(StandardCharsets.UTF_8));
        if (!Files.exists(folder)) {
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        } else {
            for (String old : before) {
                if (!coming.contains(old) && !old.isEmpty()) {
                    Files.deleteIfExists(folder.resolve(old));
                }
            }
            overlay();
            Folders.remove(fresh);
        }
        DurableFile.write(manifest, String.join("\n", coming).getBytes(StandardCharsets.UTF_8));
    }

    private void overlay() throws IOException {
        try (Stream<Path> walk = Files.walk(fresh)) {
            for (Path path : (Iterable<Path>) walk::iterator) {
                Path target = folder.resolve(fresh.relativize(path).toString());
                if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createDirectories(target);
                } else {
                    Files.move(path, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    /** Names by which the charm may ask for a network: its endpoints, what every charm has, and its extra bindings. */
    Set<String> bindings() throws IOException {
        CharmMetadata metadata = CharmFolder.read(folder).metadata();
        Set<String> names = new TreeSet<>(metadata.endpoints().keySet());
        names.addAll(metadata.extraBindings().keySet());
        names.add("juju-info");
        return names;
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }
}
