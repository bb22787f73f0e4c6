package org.isthmus.log;

import java.io.FileNotFoundException;
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
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Lines in numbered files of one folder. When the newest is full the next begins; when there are too many the oldest goes. A line
 * is handed to the operating system before {@link #append} returns, so it outlives the process; a line that a crash tore is
 * dropped. Callers hold their own lock.
 */
final class Segments {
    private static final String SUFFIX = ".log";
    private static final long FIRST = 1;
    /** What is read at a time. */
    private static final int CHUNK = 256 * 1024;

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
            begin(FIRST);
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

    /** Where a line begins. */
    record Position(long segment, long offset) implements Comparable<Position> {
        @Override
        public int compareTo(Position other) {
            int bySegment = Long.compare(segment, other.segment);
            return bySegment != 0 ? bySegment : Long.compare(offset, other.offset);
        }
    }

    /** What is there at one moment: its files by their numbers, and how much of the newest. Read without a lock. */
    record Extent(NavigableMap<Long, Path> files, long newestBytes) {
        static final Extent NONE = new Extent(new TreeMap<>(), 0);

        Position begin() {
            return new Position(files.isEmpty() ? FIRST : files.firstKey(), 0);
        }

        Position end() {
            return new Position(files.isEmpty() ? FIRST : files.lastKey(), newestBytes);
        }

        private long bytes(long number, Path file) throws IOException {
            return number == files.lastKey() ? newestBytes : Files.size(file);
        }
    }

    Extent extent() throws IOException {
        long bytes = written;
        if (out == null) {
            bytes = files().isEmpty() ? 0 : cutTornLine(files.lastEntry().getValue());
        }
        return new Extent(new TreeMap<>(files), bytes);
    }

    /** Is told of lines; answers false when it has enough. */
    interface Visitor {
        boolean line(Position at, byte[] line);
    }

    /** Newest first. */
    static void backwards(Extent extent, Visitor visitor) throws IOException {
        for (Map.Entry<Long, Path> file : extent.files().descendingMap().entrySet()) {
            byte[] all;
            try {
                all = block(file.getValue(), 0, extent.bytes(file.getKey(), file.getValue()), Integer.MAX_VALUE);
            } catch (NoSuchFileException | FileNotFoundException swept) {
                continue;
            }
            int end = all.length;
            while (end > 0) {
                int from = end - 1;
                while (from > 0 && all[from - 1] != '\n') {
                    from--;
                }
                byte[] line = Arrays.copyOfRange(all, from, end - 1);
                end = from;
                if (line.length > 0 && !visitor.line(new Position(file.getKey(), from), line)) {
                    return;
                }
            }
        }
    }

    /** @param gap lines that were due are not there any more */
    record Chunk(List<byte[]> lines, Position next, boolean gap) {}

    /** Some lines from there on, oldest first; none when there are no more. */
    static Chunk forwards(Extent extent, Position from) throws IOException {
        Position at = from;
        boolean gap = false;
        while (at.compareTo(extent.end()) < 0) {
            Map.Entry<Long, Path> file = extent.files().ceilingEntry(at.segment());
            if (file.getKey() > at.segment()) {
                gap = true;
                at = new Position(file.getKey(), 0);
            }
            byte[] block;
            try {
                block = block(file.getValue(), at.offset(), extent.bytes(file.getKey(), file.getValue()), CHUNK);
            } catch (NoSuchFileException | FileNotFoundException swept) {
                gap = true;
                block = new byte[0];
            }
            if (block.length > 0) {
                return new Chunk(lines(block), new Position(at.segment(), at.offset() + block.length), gap);
            }
            at = file.getKey().equals(extent.files().lastKey()) ? extent.end() : new Position(file.getKey() + 1, 0);
        }
        return new Chunk(List.of(), at, gap);
    }

    private static List<byte[]> lines(byte[] block) {
        List<byte[]> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < block.length; i++) {
            if (block[i] == '\n') {
                if (i > from) {
                    lines.add(Arrays.copyOfRange(block, from, i));
                }
                from = i + 1;
            }
        }
        return lines;
    }

    /** Whole lines: what follows the last line feed was torn by a crash. */
    private static byte[] block(Path file, long from, long to, int most) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "r")) {
            access.seek(from);
            long left = Math.min(to, access.length()) - from;
            if (left <= 0) {
                return new byte[0];
            }
            byte[] block = new byte[(int) Math.min(left, most)];
            access.readFully(block);
            int end = afterLastLine(block);
            if (end == 0 && block.length < left) {
                // One line that is longer than that.
                access.seek(from);
                block = new byte[(int) left];
                access.readFully(block);
                end = afterLastLine(block);
            }
            return end == block.length ? block : Arrays.copyOf(block, end);
        }
    }

    private static int afterLastLine(byte[] block) {
        int end = block.length;
        while (end > 0 && block[end - 1] != '\n') {
            end--;
        }
        return end;
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
