package org.isthmus.charm;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;

/**
 * Reads a zip by its central directory. The JDK's own reader hides modes and links, and trusts what an archive says of itself;
 * this one refuses every archive that could write outside its folder, or larger than it says, before a byte is unpacked.
 */
final class ArchiveReader implements AutoCloseable {
    private static final int END_SIZE = 22;
    private static final int LINK_LENGTH = 4096;
    private static final int LINK_HOPS = 40;

    private final FileChannel channel;
    private final Map<String, ArchiveEntry> entries = new LinkedHashMap<>();
    private final Map<String, String> links = new HashMap<>();
    private final ArchiveLimits limits;
    private long directory;

    private ArchiveReader(FileChannel channel, ArchiveLimits limits) {
        this.channel = channel;
        this.limits = limits;
    }

    static ArchiveReader open(Path zip, ArchiveLimits limits) throws IOException {
        FileChannel channel = FileChannel.open(zip, StandardOpenOption.READ);
        ArchiveReader reader = new ArchiveReader(channel, limits);
        try {
            reader.readDirectory();
            reader.checkOverlap();
            reader.checkTree();
            reader.checkLinks();
            return reader;
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    static Refused bad(String reason, Object... args) {
        return Problem.refuse(Code.BAD_REQUEST, "cannot read charm archive: " + reason, args);
    }

    Collection<ArchiveEntry> entries() {
        return entries.values();
    }

    ArchiveEntry entry(String name) {
        return entries.get(name);
    }

    /** Where a link leads, as written. */
    String target(ArchiveEntry link) {
        return links.get(link.name());
    }

    private void readDirectory() throws IOException {
        long length = channel.size();
        if (length < END_SIZE) {
            throw bad("not a zip file");
        }
        int tail = (int) Math.min(length, END_SIZE + 0xFFFF);
        ByteBuffer end = at(length - tail, tail);
        int found = -1;
        for (int i = tail - END_SIZE; i >= 0; i--) {
            // The comment must end where the file ends: else bytes inside a comment could pose as the end record.
            if (end.getInt(i) == 0x06054b50 && i + END_SIZE + (end.getShort(i + 20) & 0xFFFF) == tail) {
                found = i;
                break;
            }
        }
        if (found < 0) {
            throw bad("not a zip file");
        }
        int disk = end.getShort(found + 4) & 0xFFFF;
        int count = end.getShort(found + 10) & 0xFFFF;
        long size = end.getInt(found + 12) & 0xFFFFFFFFL;
        directory = end.getInt(found + 16) & 0xFFFFFFFFL;
        if (count == 0xFFFF || directory == 0xFFFFFFFFL) {
            throw bad("zip64 is not supported");
        }
        if (disk != 0 || count != (end.getShort(found + 8) & 0xFFFF)) {
            throw bad("parts of a split archive are missing");
        }
        if (count > limits.entries()) {
            throw bad("%d entries, more than %d", count, limits.entries());
        }
        long endAt = length - tail + found;
        if (directory + size > endAt || size > 64L << 20) {
            throw bad("damaged central directory");
        }
        ByteBuffer list = at(directory, (int) size);
        long total = 0;
        for (int i = 0; i < count; i++) {
            ArchiveEntry entry = readEntry(list);
            if (entry == null) {
                continue;
            }
            if (entries.put(entry.name(), entry) != null) {
                throw bad("duplicate entry \"%s\"", entry.name());
            }
            if (entry.size() > limits.file()) {
                throw bad("\"%s\" is larger than %d bytes", entry.name(), limits.file());
            }
            total += entry.size();
        }
        if (list.hasRemaining()) {
            throw bad("damaged central directory");
        }
        if (total > limits.total()) {
            throw bad("unpacks to more than %d bytes", limits.total());
        }
        if (total > limits.ratioFrom() && total / Math.max(1, length) > limits.ratio()) {
            throw bad("unpacks to %d times its size", total / Math.max(1, length));
        }
    }

    private ArchiveEntry readEntry(ByteBuffer list) {
        if (list.remaining() < 46 || list.getInt(list.position()) != 0x02014b50) {
            throw bad("damaged central directory");
        }
        int p = list.position();
        int madeBy = (list.getShort(p + 4) & 0xFFFF) >> 8;
        int flags = list.getShort(p + 8) & 0xFFFF;
        int method = list.getShort(p + 10) & 0xFFFF;
        long crc = list.getInt(p + 16) & 0xFFFFFFFFL;
        long packed = list.getInt(p + 20) & 0xFFFFFFFFL;
        long size = list.getInt(p + 24) & 0xFFFFFFFFL;
        int nameLength = list.getShort(p + 28) & 0xFFFF;
        int skip = (list.getShort(p + 30) & 0xFFFF) + (list.getShort(p + 32) & 0xFFFF);
        int unix = madeBy == 3 || madeBy == 19 ? list.getInt(p + 38) >>> 16 : 0;
        long header = list.getInt(p + 42) & 0xFFFFFFFFL;
        if (list.remaining() < 46 + nameLength + skip) {
            throw bad("damaged central directory");
        }
        byte[] raw = new byte[nameLength];
        list.position(p + 46);
        list.get(raw);
        list.position(list.position() + skip);
        String written = text(raw);
        boolean folder = written.endsWith("/");
        String name = checkedName(written);
        if (name.isEmpty()) {
            return null;
        }
        if ((flags & 1) != 0) {
            throw bad("\"%s\" is encrypted", name);
        }
        if (method != 0 && method != 8) {
            throw bad("\"%s\" is packed by an unknown method", name);
        }
        if (packed == 0xFFFFFFFFL || size == 0xFFFFFFFFL || header == 0xFFFFFFFFL) {
            throw bad("zip64 is not supported");
        }
        if (method == 0 && packed != size) {
            throw bad("sizes of \"%s\" contradict each other", name);
        }
        ArchiveEntry.Type type = folder ? ArchiveEntry.Type.FOLDER : ArchiveEntry.Type.FILE;
        int kind = unix & 0170000;
        if (kind == 0120000) {
            type = ArchiveEntry.Type.LINK;
        } else if (kind == 0040000 && !folder || kind == 0100000 && folder) {
            throw bad("\"%s\" is a file and a folder", name);
        } else if (kind != 0 && kind != 0100000 && kind != 0040000) {
            throw bad("\"%s\" is neither file, folder nor link", name);
        }
        if (type == ArchiveEntry.Type.LINK && (folder || size == 0 || size > LINK_LENGTH)) {
            throw bad("symlink \"%s\" has no valid target", name);
        }
        if (type == ArchiveEntry.Type.FOLDER && size != 0) {
            throw bad("folder \"%s\" has content", name);
        }
        int mode = unix & 0777;
        if (mode == 0) {
            mode = folder ? 0755 : 0644;
        }
        return new ArchiveEntry(name, type, mode, method, packed, size, crc, header, flags);
    }

    private static String text(byte[] raw) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(raw))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw bad("an entry's name is not UTF-8");
        }
    }

    /** The name without the `/` that ends a folder's; empty for `./` alone. */
    private static String checkedName(String written) {
        if (written.startsWith("/") || written.matches("[A-Za-z]:.*")) {
            throw bad("absolute path \"%s\"", written);
        }
        if (written.indexOf('\\') >= 0) {
            throw bad("backslash in \"%s\"", written);
        }
        for (int i = 0; i < written.length(); i++) {
            if (written.charAt(i) < ' ') {
                throw bad("control character in an entry's name");
            }
        }
        List<String> parts = new ArrayList<>();
        for (String part : written.split("/", -1)) {
            if (part.equals("..")) {
                throw bad("path \"%s\" leads out of the charm", written);
            }
            if (part.length() > 255) {
                throw bad("name is too long: \"%s…\"", part.substring(0, 40));
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        if (parts.isEmpty() && !written.matches("(\\./*)+")) {
            throw bad("an entry without a name");
        }
        String name = String.join("/", parts);
        if (name.length() > 3000) {
            throw bad("path is too long: \"%s…\"", name.substring(0, 40));
        }
        return name;
    }

    /** Entries that share bytes are how a small archive unpacks to terabytes. */
    private void checkOverlap() throws IOException {
        List<ArchiveEntry> inOrder = new ArrayList<>(entries.values());
        inOrder.sort(Comparator.comparingLong(ArchiveEntry::header));
        long end = 0;
        for (ArchiveEntry entry : inOrder) {
            if (entry.header() < end) {
                throw bad("entries overlap at \"%s\"", entry.name());
            }
            end = dataAt(entry) + entry.packed();
            if (end > directory) {
                throw bad("\"%s\" is cut off", entry.name());
            }
        }
    }

    private long dataAt(ArchiveEntry entry) throws IOException {
        if (entry.header() + 30 > directory) {
            throw bad("\"%s\" is cut off", entry.name());
        }
        ByteBuffer local = at(entry.header(), 30);
        if (local.getInt(0) != 0x04034b50) {
            throw bad("damaged header of \"%s\"", entry.name());
        }
        return entry.header() + 30 + (local.getShort(26) & 0xFFFF) + (local.getShort(28) & 0xFFFF);
    }

    /** No entry may lie below a file or a link. */
    private void checkTree() {
        for (ArchiveEntry entry : entries.values()) {
            for (int slash = entry.name().lastIndexOf('/');
                    slash > 0;
                    slash = entry.name().lastIndexOf('/', slash - 1)) {
                ArchiveEntry above = entries.get(entry.name().substring(0, slash));
                if (above != null && above.type() != ArchiveEntry.Type.FOLDER) {
                    throw bad(
                            "\"%s\" lies below a %s",
                            entry.name(), above.type() == ArchiveEntry.Type.LINK ? "symlink" : "file");
                }
            }
        }
    }

    private void checkLinks() throws IOException {
        for (ArchiveEntry entry : entries.values()) {
            if (entry.type() == ArchiveEntry.Type.LINK) {
                String target = text(bytes(entry, LINK_LENGTH));
                if (target.startsWith("/")) {
                    throw bad("symlink \"%s\" is absolute: \"%s\"", entry.name(), target);
                }
                if (target.indexOf('\0') >= 0) {
                    throw bad("symlink \"%s\" has no valid target", entry.name());
                }
                links.put(entry.name(), target);
            }
        }
        for (Map.Entry<String, String> link : links.entrySet()) {
            if (!staysInside(link.getKey(), links)) {
                throw bad("symlink \"%s\" links out of charm: \"%s\"", link.getKey(), link.getValue());
            }
        }
    }

    /**
     * Whether following the link at this path never leaves the root. Follows links within the target too: `a/link -> d/..` looks
     * harmless, and is not when `d` is itself a link upwards. A loop leads nowhere, so it stays inside.
     */
    static boolean staysInside(String path, Map<String, String> links) {
        List<String> at = new ArrayList<>();
        List<String> todo = new ArrayList<>(List.of(path.split("/")));
        int hops = 0;
        while (!todo.isEmpty()) {
            String part = todo.remove(0);
            if (part.isEmpty() || part.equals(".")) {
                continue;
            }
            if (part.equals("..")) {
                if (at.isEmpty()) {
                    return false;
                }
                at.remove(at.size() - 1);
                continue;
            }
            at.add(part);
            String target = links.get(String.join("/", at));
            if (target != null) {
                if (target.startsWith("/")) {
                    return false;
                }
                if (++hops > LINK_HOPS) {
                    return true;
                }
                at.remove(at.size() - 1);
                todo.addAll(0, List.of(target.split("/")));
            }
        }
        return true;
    }

    /** A small file's content. */
    byte[] bytes(ArchiveEntry entry, int limit) throws IOException {
        if (entry.size() > limit) {
            throw bad("\"%s\" is larger than %d bytes", entry.name(), limit);
        }
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream((int) entry.size());
        copy(entry, out);
        return out.toByteArray();
    }

    /** Unpacks one file: exactly as many bytes as it announced, with the checksum it announced. */
    void copy(ArchiveEntry entry, OutputStream out) throws IOException {
        CRC32 crc = new CRC32();
        long written = 0;
        long from = dataAt(entry);
        long left = entry.packed();
        byte[] in = new byte[64 * 1024];
        byte[] plain = new byte[64 * 1024];
        Inflater inflater = entry.method() == 8 ? new Inflater(true) : null;
        try {
            while (left > 0) {
                int n = (int) Math.min(in.length, left);
                channelRead(from, in, n);
                from += n;
                left -= n;
                if (inflater == null) {
                    crc.update(in, 0, n);
                    out.write(in, 0, n);
                    written += n;
                    continue;
                }
                inflater.setInput(in, 0, n);
                int got;
                do {
                    got = inflater.inflate(plain);
                    if (got == 0 && inflater.needsDictionary()) {
                        throw bad("\"%s\" is damaged", entry.name());
                    }
                    written += got;
                    if (written > entry.size()) {
                        throw bad("\"%s\" is larger than it says", entry.name());
                    }
                    crc.update(plain, 0, got);
                    out.write(plain, 0, got);
                } while (!inflater.finished() && (got > 0 || !inflater.needsInput()));
                if (inflater.finished() && (left > 0 || inflater.getRemaining() > 0)) {
                    throw bad("\"%s\" is damaged", entry.name());
                }
            }
            if (inflater != null && !inflater.finished()) {
                throw bad("\"%s\" is damaged", entry.name());
            }
        } catch (DataFormatException damaged) {
            throw bad("\"%s\" is damaged", entry.name());
        } finally {
            if (inflater != null) {
                inflater.end();
            }
        }
        if (written != entry.size() || crc.getValue() != entry.crc()) {
            throw bad("\"%s\" is damaged", entry.name());
        }
    }

    private ByteBuffer at(long position, int length) throws IOException {
        byte[] bytes = new byte[length];
        channelRead(position, bytes, length);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void channelRead(long position, byte[] into, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into, 0, length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw bad("file is cut off");
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
