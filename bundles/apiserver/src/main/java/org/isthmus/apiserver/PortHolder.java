package org.isthmus.apiserver;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Who holds a TCP port of this host, as far as Linux tells this user. */
final class PortHolder {
    private PortHolder() {}

    /** ` by process 123 (java)`, or empty. */
    static String of(int port) {
        try {
            String inode = inode(port);
            return inode == null ? "" : holder("socket:[" + inode + "]");
        } catch (IOException | RuntimeException unknown) {
            return "";
        }
    }

    private static String inode(int port) throws IOException {
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
            if (!Files.isReadable(Path.of(table))) {
                continue;
            }
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] words = line.trim().split("\\s+");
                // Column 4 is the state; 0A is "listening".
                if (words.length > 9 && words[1].endsWith(suffix) && words[3].equals("0A")) {
                    return words[9];
                }
            }
        }
        return null;
    }

    private static String holder(String socket) throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
                    for (Path file : files) {
                        if (Files.readSymbolicLink(file).toString().equals(socket)) {
                            return " by process " + process.getFileName() + " ("
                                    + Files.readString(process.resolve("comm")).trim() + ")";
                        }
                    }
                } catch (IOException notOurs) {
                    // Processes of other users do not show their files.
                }
            }
        }
        return "";
    }
}
