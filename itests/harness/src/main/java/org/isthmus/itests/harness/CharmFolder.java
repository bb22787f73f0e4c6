package org.isthmus.itests.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Writes a charm of bash hooks, as a stranger would. */
public final class CharmFolder {
    private final Path folder;

    private CharmFolder(Path folder) {
        this.folder = folder;
    }

    public static CharmFolder in(Path folder, String metadata) {
        CharmFolder charm = new CharmFolder(folder);
        charm.file("metadata.yaml", metadata);
        return charm;
    }

    public CharmFolder file(String name, String content) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    public CharmFolder hook(String name, String script) {
        file("hooks/" + name, "#!/bin/bash\nset -eu\n" + script);
        try {
            Files.setPosixFilePermissions(
                    folder.resolve("hooks").resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    public Path path() {
        return folder;
    }
}
