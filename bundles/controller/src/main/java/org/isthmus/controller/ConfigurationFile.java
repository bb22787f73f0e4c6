package org.isthmus.controller;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Dictionary;

/** Writes a configuration file so that it is whole or not there, also after a power cut. */
final class ConfigurationFile {
    private ConfigurationFile() {}

    static void write(Path file, Dictionary<String, Object> settings) throws IOException {
        StringBuilder text = new StringBuilder(
                "# Written by bootstrap. Removing this file stops the controller and keeps its data.\n");
        Collections.list(settings.keys()).stream()
                .sorted()
                .forEach(key ->
                        text.append(key).append(" = ").append(settings.get(key)).append('\n'));
        Files.createDirectories(file.getParent());
        Path written = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(written, text, StandardCharsets.UTF_8);
        try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel folder = FileChannel.open(file.getParent())) {
            folder.force(true);
        }
    }
}
