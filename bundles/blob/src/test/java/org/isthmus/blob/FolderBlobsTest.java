package org.isthmus.blob;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.isthmus.api.Code;
import org.isthmus.api.Refused;
import org.isthmus.model.store.Blobs.Blob;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class FolderBlobsTest {
    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private Path folder;
    private FolderBlobs blobs;

    @Before
    public void open() throws IOException {
        folder = temporary.getRoot().toPath().resolve("blobs");
        blobs = FolderBlobs.open(folder, now::get);
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private Blob put(byte[] bytes) throws IOException {
        return blobs.put(new ByteArrayInputStream(bytes), bytes.length);
    }

    private Path file(Blob blob) {
        return folder.resolve(blob.sha256().substring(0, 2)).resolve(blob.sha256());
    }

    private long unfinished() throws IOException {
        try (var files = Files.list(folder.resolve("tmp"))) {
            return files.count();
        }
    }

    @Test
    public void whatWasPutIsRead() throws IOException {
        for (int size : new int[] {0, 1, 65_536, 300_001}) {
            Blob blob = put(bytes(size));
            assertEquals(size, blob.size());
            assertTrue(blobs.has(blob.sha256()));
            try (InputStream in = FolderBlobs.open(folder).open(blob.sha256())) {
                assertArrayEquals(bytes(size), in.readAllBytes());
            }
        }
        assertEquals(0, unfinished());
    }

    @Test
    public void theLimitLeavesNothing() throws IOException {
        Refused refused =
                assertThrows(Refused.class, () -> blobs.put(new ByteArrayInputStream(bytes(100_000)), 99_999));
        assertEquals(Code.QUOTA_LIMIT_EXCEEDED, refused.problem().code());
        assertEquals(0, unfinished());
    }

    @Test
    public void aBrokenUploadLeavesNothing() throws IOException {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("gone");
            }
        };
        assertThrows(IOException.class, () -> blobs.put(broken, 10));
        assertEquals(0, unfinished());
    }

    @Test
    public void damageIsToldAtTheEndEvenToWhoReadsOnlyTheSize() throws IOException {
        Blob blob = put(bytes(1000));
        byte[] damaged = bytes(1000);
        damaged[500] ^= 1;
        Files.write(file(blob), damaged);
        try (InputStream in = blobs.open(blob.sha256())) {
            IOException told = assertThrows(IOException.class, () -> in.readNBytes(1000));
            assertTrue(told.getMessage().contains(blob.sha256()));
        }
        Files.write(file(blob), new byte[0]);
        try (InputStream in = blobs.open(blob.sha256())) {
            assertThrows(IOException.class, in::readAllBytes);
        }
        put(bytes(1000));
        try (InputStream in = blobs.open(blob.sha256())) {
            assertArrayEquals("putting it again heals it", bytes(1000), in.readAllBytes());
        }
    }

    @Test
    public void unknownNamesAreRefused() {
        for (String name : new String[] {"", "../../etc/passwd", "0".repeat(64), "A".repeat(64)}) {
            Refused refused = assertThrows(Refused.class, () -> blobs.open(name));
            assertEquals(Code.NOT_FOUND, refused.problem().code());
            assertFalse(blobs.has(name));
        }
    }

    @Test
    public void whatNobodyRefersToGoesWhenItIsOld() throws IOException {
        Blob kept = put(bytes(10));
        Blob left = put(bytes(20));
        assertEquals(0, blobs.retain(Set.of(kept.sha256())));
        assertTrue("its commit may be on its way", blobs.has(left.sha256()));
        now.set(now.get().plus(FolderBlobs.GRACE).plusSeconds(60));
        assertEquals(20, blobs.retain(Set.of(kept.sha256())));
        assertTrue(blobs.has(kept.sha256()));
        assertFalse(blobs.has(left.sha256()));
    }

    @Test
    public void whatACrashLeftIsSweptOut() throws IOException {
        Files.write(folder.resolve("tmp").resolve("put123"), bytes(10));
        FolderBlobs.open(folder);
        assertEquals(0, unfinished());
    }
}
