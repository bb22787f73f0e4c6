package org.isthmus.charmstore;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.isthmus.api.Names;
import org.isthmus.api.Refused;
import org.isthmus.charm.Charm;
import org.isthmus.charm.CharmArchive;
import org.isthmus.charm.CharmFolder;
import org.isthmus.spi.CharmSource.Found;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders that hold charms: `NAME` or `NAME-…` as a folder, `NAME.charm`, `NAME-….charm` or `NAME_….charm` as an archive. What a
 * charm is called, and its revision, is what its files say. The first folder that knows the name wins; it serves every channel.
 */
final class CharmFolders {
    private static final Logger LOG = LoggerFactory.getLogger(CharmFolders.class);
    /** What is shown as a store's charm. */
    static final String SOURCE = "charm-hub";

    private CharmFolders() {}

    static Optional<Found> find(String charm, String channel, int revision, List<Path> folders) throws IOException {
        if (!Names.isApplication(charm)) {
            return Optional.empty();
        }
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                continue;
            }
            List<Path> candidates;
            try (Stream<Path> all = Files.list(folder)) {
                candidates = all.filter(path -> mayBe(charm, path)).sorted().toList();
            }
            Found best = null;
            for (Path path : candidates) {
                Found found = read(charm, channel, path);
                boolean asked = found != null && (revision < 0 || revision == found.revision());
                if (asked && (best == null || found.revision() > best.revision())) {
                    best = found;
                }
            }
            if (best != null) {
                return Optional.of(best);
            }
        }
        return Optional.empty();
    }

    private static boolean mayBe(String charm, Path path) {
        String name = path.getFileName().toString();
        if (Files.isDirectory(path)) {
            return (name.equals(charm) || name.startsWith(charm + "-")) && Files.exists(path.resolve("metadata.yaml"));
        }
        return name.equals(charm + ".charm")
                || name.endsWith(".charm") && (name.startsWith(charm + "-") || name.startsWith(charm + "_"));
    }

    private static Found read(String charm, String channel, Path path) throws IOException {
        try {
            Charm read = Files.isDirectory(path) ? CharmFolder.read(path) : CharmArchive.read(path);
            if (!read.metadata().name().equals(charm)) {
                return null;
            }
            return new Found(
                    charm,
                    read.revision(),
                    channel == null || channel.isEmpty() ? "stable" : channel,
                    SOURCE,
                    path.toAbsolutePath().toString());
        } catch (Refused refused) {
            // One broken charm must not hide the others.
            LOG.warn("{} is left out: {}", path, refused.problem().message());
            return null;
        }
    }

    static InputStream open(Found found) throws IOException {
        Path path = Path.of(found.location());
        if (!Files.exists(path)) {
            throw new NoSuchFileException(found.location());
        }
        if (!Files.isDirectory(path)) {
            return Files.newInputStream(path);
        }
        Path packed = Files.createTempFile("charm-", ".zip");
        try {
            try (OutputStream out = Files.newOutputStream(packed)) {
                CharmFolder.zip(path, out);
            }
            return Files.newInputStream(packed, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException | RuntimeException failure) {
            Files.deleteIfExists(packed);
            throw failure;
        }
    }
}
