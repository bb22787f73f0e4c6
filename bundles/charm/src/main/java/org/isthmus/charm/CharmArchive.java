package org.isthmus.charm;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A charm as a zip archive. */
public final class CharmArchive {
    private CharmArchive() {}

    /** Parses and checks; refuses with the reason what is no charm, or no archive that is safe to unpack. */
    public static Charm read(Path zip) throws IOException {
        return read(zip, ArchiveLimits.USUAL);
    }

    static Charm read(Path zip, ArchiveLimits limits) throws IOException {
        try (ArchiveReader reader = ArchiveReader.open(zip, limits)) {
            return CharmParser.parse(name -> {
                ArchiveEntry entry = reader.entry(name);
                if (entry == null || entry.type() == ArchiveEntry.Type.FOLDER) {
                    return null;
                }
                if (entry.type() == ArchiveEntry.Type.LINK) {
                    throw ArchiveReader.bad("\"%s\" is a symlink", name);
                }
                return reader.bytes(entry, ArchiveLimits.PARSED_FILE);
            });
        }
    }

    /**
     * Unpacks with permissions and links into a folder that is new or empty. A refusal or a failure may leave a part of it: unpack
     * beside the place and move it there.
     */
    public static void unpack(Path zip, Path folder) throws IOException {
        unpack(zip, folder, ArchiveLimits.USUAL);
    }

    static void unpack(Path zip, Path folder, ArchiveLimits limits) throws IOException {
        try (ArchiveReader reader = ArchiveReader.open(zip, limits)) {
            Files.createDirectories(folder);
            try (Stream<Path> there = Files.list(folder)) {
                if (there.findAny().isPresent()) {
                    throw new java.nio.file.DirectoryNotEmptyException(folder.toString());
                }
            }
            List<ArchiveEntry> folders = new ArrayList<>();
            for (ArchiveEntry entry : reader.entries()) {
                Path path = folder.resolve(entry.name());
                if (entry.type() == ArchiveEntry.Type.FOLDER) {
                    Files.createDirectories(path);
                    folders.add(entry);
                } else if (entry.type() == ArchiveEntry.Type.FILE) {
                    Files.createDirectories(path.getParent());
                    try (OutputStream out =
                            Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                        reader.copy(entry, out);
                    }
                    Files.setPosixFilePermissions(path, permissions(entry.mode()));
                }
            }
            // Links last, so that no file is ever written through one.
            for (ArchiveEntry entry : reader.entries()) {
                if (entry.type() == ArchiveEntry.Type.LINK) {
                    Path path = folder.resolve(entry.name());
                    Files.createDirectories(path.getParent());
                    Files.createSymbolicLink(path, Path.of(reader.target(entry)));
                }
            }
            // The owner keeps all rights on folders: else the charm could not be removed by an ordinary user.
            for (ArchiveEntry entry : folders) {
                Files.setPosixFilePermissions(folder.resolve(entry.name()), permissions(entry.mode() | 0700));
            }
        }
    }

    static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
        // The enum's order is that of the bits: owner read is 0400, others execute is 0001.
        for (PosixFilePermission each : PosixFilePermission.values()) {
            if ((mode & 0400 >> each.ordinal()) != 0) {
                set.add(each);
            }
        }
        return set;
    }
}
