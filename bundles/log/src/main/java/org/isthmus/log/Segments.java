package org.isthmus.log;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Lines in numbered files of one folder. When the newest is full the next begins; when there are too many the oldest goes. A line
 * is handed to the operating system before {@link #append} returns, so it outlives the process; a line that a crash tore is
 * dropped. Callers hold their own lock.
 */
final class Segments {
    private static final String SUFFIX = ".log";

    private final Path folder;
    private final int segmentBytes;
    private final int maxSegments;
    /** Number to file, oldest first; null until read. */
    private TreeMap<Long, Path> files;

    private OutputStream out;
    private long written;

    Segments(Path folder, int segmentBytes, int maxSegments) {
        this.folder = folder;
        this.segmentBytes = segmentBytes;
        this.maxSegments = maxSegments;
    }

    /** @param line without a line feed in it */
    void append(byte[] line) throws IOException {
        if (out == null) {
            openNewest();
        }
        if (written > 0 && written + line.length + 1 > segmentBytes) {
            begin(files.lastKey() + 1);
        }
        byte[] whole = new byte[line.length + 1];
        System.arraycopy(line, 0, whole, 0, line.length);
        whole[line.length] = '\n';
        try {
            // One write for the whole line. A stream and no channel: the interrupt of a caller must not close it.
            out.write(whole);
            written += whole.length;
        } catch (IOException failure) {
            // Part of the line may be there; opening it again cuts that off.
            close();
            throw failure;
        }
    }

    private TreeMap<Long, Path> files() throws IOException {
        if (files == null) {
            TreeMap<Long, Path> found = new TreeMap<>();
            if (Files.isDirectory(folder)) {
                try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
                    for (Path file : all) {
                        String name = file.getFileName().toString();
                        String number = name.substring(0, name.length() - SUFFIX.length());
                        if (number.matches("[0-9]{1,18}")) {
                            found.put(Long.parseLong(number), file);
                        }
                    }
                }
            }
            files = found;
        }
        return files;
    }

    private void openNewest() throws IOException {
        Files.createDirectories(folder);
        if (files().isEmpty()) {
            begin(1);
            return;
        }
        Path newest = files.lastEntry().getValue();
        written = cutTornLine(newest);
        out = new FileOutputStream(newest.toFile(), true);
    }

    private static long cutTornLine(Path file) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            long end = access.length();
            byte[] block = new byte[8192];
            while (end > 0) {
                int size = (int) Math.min(block.length, end);
                access.seek(end - size);
                access.readFully(block, 0, size);
                for (int i = size - 1; i >= 0; i--) {
                    if (block[i] == '\n') {
                        long keep = end - size + i + 1;
                        access.setLength(keep);
                        return keep;
                    }
                }
                end -= size;
            }
            access.setLength(0);
            return 0;
        }
    }

    private void begin(long number) throws IOException {
        close();
        Path next = folder.resolve(String.format("%010d", number) + SUFFIX);
        out = new FileOutputStream(next.toFile(), true);
        written = 0;
        files.put(number, next);
        while (files.size() > maxSegments) {
            Files.deleteIfExists(files.pollFirstEntry().getValue());
        }
    }

    /** What is there at one moment: its files, newest first, and how much of the newest. Read without a lock. */
    record Extent(List<Path> newestFirst, long newestBytes) {}

    Extent extent() throws IOException {
        List<Path> newestFirst = new ArrayList<>(files().descendingMap().values());
        long bytes = 0;
        if (out != null) {
            bytes = written;
        } else if (!newestFirst.isEmpty()) {
            bytes = Files.size(newestFirst.get(0));
        }
        return new Extent(newestFirst, bytes);
    }

    /** Newest first, until the reader has enough (false) or there are no more. */
    static void backwards(Extent extent, Predicate<byte[]> reader) throws IOException {
        long limit = extent.newestBytes();
        for (Path file : extent.newestFirst()) {
            byte[] all;
            try {
                all = Files.readAllBytes(file);
            } catch (NoSuchFileException swept) {
                limit = Long.MAX_VALUE;
                continue;
            }
            int end = (int) Math.min(limit, all.length);
            limit = Long.MAX_VALUE;
            while (end > 0 && all[end - 1] != '\n') {
                // What follows the last line feed was torn by a crash.
                end--;
            }
            while (end > 0) {
                int from = end - 1;
                while (from > 0 && all[from - 1] != '\n') {
                    from--;
                }
                byte[] line = Arrays.copyOfRange(all, from, end - 1);
                end = from;
                if (line.length > 0 && !reader.test(line)) {
                    return;
                }
            }
        }
    }

    void close() throws IOException {
        OutputStream closing = out;
        out = null;
        if (closing != null) {
            closing.close();
        }
    }

    void delete() throws IOException {
        close();
        for (Path file : files().values()) {
            Files.deleteIfExists(file);
        }
        Files.deleteIfExists(folder);
        files = null;
    }
}
