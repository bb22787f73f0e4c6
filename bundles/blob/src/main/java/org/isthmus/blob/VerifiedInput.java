package org.isthmus.blob;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Fails at the end where the content is not what its name says. The check is made with the last byte and not only at the end of
 * the stream: who knows the size may never ask for more.
 */
final class VerifiedInput extends FilterInputStream {
    private final String sha256;
    private final long size;
    private final MessageDigest digest = FolderBlobs.digest();
    private long read;
    private boolean checked;

    VerifiedInput(InputStream file, String sha256, long size) throws IOException {
        super(file);
        this.sha256 = sha256;
        this.size = size;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int count = read(one, 0, 1);
        return count < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int from, int length) throws IOException {
        int count = super.read(to, from, length);
        if (count > 0) {
            digest.update(to, from, count);
            read += count;
        }
        if (!checked && (count < 0 || read >= size)) {
            checked = true;
            if (!HexFormat.of().formatHex(digest.digest()).equals(sha256)) {
                throw new IOException("blob " + sha256 + " is damaged on disk");
            }
        }
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = 0;
        byte[] buffer = new byte[8192];
        while (skipped < count) {
            int got = read(buffer, 0, (int) Math.min(buffer.length, count - skipped));
            if (got < 0) {
                break;
            }
            skipped += got;
        }
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
