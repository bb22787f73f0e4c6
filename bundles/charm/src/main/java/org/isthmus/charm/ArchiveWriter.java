package org.isthmus.charm;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.isthmus.api.Problem;

/** Writes a zip with modes and links, the same bytes for the same files: no times, no owners. */
final class ArchiveWriter {
    /** 1 January 1980, the first day a zip knows. */
    private static final int DATE = 0x0021;

    private static final int FLAGS = 0x0808;

    private record Written(byte[] name, int unix, int method, long crc, long packed, long size, long header) {}

    private final OutputStream out;
    private final List<Written> entries = new ArrayList<>();
    private long position;

    ArchiveWriter(OutputStream out) {
        this.out = out;
    }

    void folder(String name, int mode) throws IOException {
        add(name + "/", 0040000 | mode, 0, InputStream.nullInputStream());
    }

    void link(String name, String target) throws IOException {
        add(name, 0120777, 0, new java.io.ByteArrayInputStream(target.getBytes(StandardCharsets.UTF_8)));
    }

    void file(String name, int mode, InputStream content) throws IOException {
        add(name, 0100000 | mode, 8, content);
    }

    private void add(String name, int unix, int method, InputStream content) throws IOException {
        byte[] raw = name.getBytes(StandardCharsets.UTF_8);
        long header = position;
        ByteBuffer local = little(30);
        local.putInt(0x04034b50).putShort((short) 20);
        byte[] stored = method == 0 ? content.readAllBytes() : null;
        CRC32 crc = new CRC32();
        if (stored != null) {
            crc.update(stored);
            // Sizes first: readers that stream need them where nothing marks the end of stored bytes.
            local.putShort((short) (FLAGS & ~8))
                    .putShort((short) 0)
                    .putShort((short) 0)
                    .putShort((short) DATE);
            local.putInt((int) crc.getValue()).putInt(stored.length).putInt(stored.length);
        } else {
            local.putShort((short) FLAGS)
                    .putShort((short) 8)
                    .putShort((short) 0)
                    .putShort((short) DATE);
            local.putInt(0).putInt(0).putInt(0);
        }
        local.putShort((short) raw.length).putShort((short) 0);
        write(local.array(), 30);
        write(raw, raw.length);
        if (stored != null) {
            write(stored, stored.length);
            entries.add(new Written(raw, unix, 0, crc.getValue(), stored.length, stored.length, header));
            return;
        }
        long data = position;
        long size = deflate(content, crc);
        long packed = position - data;
        ByteBuffer descriptor = little(16);
        descriptor
                .putInt(0x08074b50)
                .putInt((int) crc.getValue())
                .putInt((int) packed)
                .putInt((int) size);
        write(descriptor.array(), 16);
        entries.add(new Written(raw, unix, 8, crc.getValue(), packed, size, header));
    }

    private long deflate(InputStream content, CRC32 crc) throws IOException {
        Deflater deflater = new Deflater(6, true);
        byte[] in = new byte[64 * 1024];
        byte[] packed = new byte[64 * 1024];
        long size = 0;
        try {
            for (int n = content.read(in); n >= 0; n = content.read(in)) {
                crc.update(in, 0, n);
                size += n;
                deflater.setInput(in, 0, n);
                while (!deflater.needsInput()) {
                    write(packed, deflater.deflate(packed));
                }
            }
            deflater.finish();
            while (!deflater.finished()) {
                write(packed, deflater.deflate(packed));
            }
        } finally {
            deflater.end();
        }
        return size;
    }

    void finish() throws IOException {
        long directory = position;
        for (Written entry : entries) {
            ByteBuffer head = little(46);
            head.putInt(0x02014b50).putShort((short) (3 << 8 | 20)).putShort((short) 20);
            head.putShort((short) (entry.method() == 0 ? FLAGS & ~8 : FLAGS)).putShort((short) entry.method());
            head.putShort((short) 0).putShort((short) DATE);
            head.putInt((int) entry.crc()).putInt((int) entry.packed()).putInt((int) entry.size());
            head.putShort((short) entry.name().length).putShort((short) 0).putShort((short) 0);
            head.putShort((short) 0).putShort((short) 0);
            head.putInt(entry.unix() << 16).putInt((int) entry.header());
            write(head.array(), 46);
            write(entry.name(), entry.name().length);
        }
        if (position > 0xFFFFFFFEL || entries.size() > 0xFFFE) {
            throw Problem.notValid("charm is too large to be packed");
        }
        ByteBuffer end = little(22);
        end.putInt(0x06054b50).putShort((short) 0).putShort((short) 0);
        end.putShort((short) entries.size()).putShort((short) entries.size());
        end.putInt((int) (position - directory)).putInt((int) directory).putShort((short) 0);
        write(end.array(), 22);
        out.flush();
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void write(byte[] bytes, int length) throws IOException {
        out.write(bytes, 0, length);
        position += length;
    }
}
