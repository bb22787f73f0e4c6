package org.isthmus.itests.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders of one run, beside each other on the disk that is measured: the one the build lies on, or `isthmus.work`. */
final class Folders {
    private Folders() {}

    static Path fresh(String name) throws IOException {
        Path work = Files.createDirectories(Path.of(System.getProperty("isthmus.work", "target/bases")));
        return Files.createTempDirectory(work.toAbsolutePath(), name + "-");
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
