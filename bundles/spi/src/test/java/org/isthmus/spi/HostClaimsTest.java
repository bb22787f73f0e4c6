package org.isthmus.spi;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class HostClaimsTest {
    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private Path folder;
    private Path gone;
    private Path there;

    @Before
    public void prepare() throws IOException {
        folder = temporary.getRoot().toPath().resolve("claims");
        gone = temporary.getRoot().toPath().resolve("gone");
        there = temporary.newFolder("there").toPath();
    }

    private HostClaims container() {
        return new HostClaims(folder);
    }

    private int mode(Path of) throws IOException {
        return (Integer) Files.getAttribute(of, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
    }

    @Test
    public void onlyOneOwnerHasIt() throws IOException {
        assertTrue(container().claim("1", there));
        assertTrue("still", container().claim("1", there));
        assertFalse(container().claim("1", gone));
        container().release("1", gone);
        assertTrue("another gave it back", container().has("1", there));
        container().release("1", there);
        assertTrue(container().claim("1", gone));
    }

    @Test
    public void itEndsWithItsOwner() throws IOException {
        container().claim("1", there);
        container().claim("2", gone);
        container().clean(Duration.ofHours(1));
        assertTrue("young", container().has("2", gone));
        container().clean(Duration.ZERO);
        assertTrue(container().has("1", there));
        assertFalse(Files.exists(folder.resolve("2")));
    }

    /** As of temporary folders: nobody takes away what another added. An old one that everybody could change is mended. */
    @Test
    public void nobodyTakesAwayAnothersClaim() throws IOException {
        container().claim("1", there);
        assertEquals(01777, mode(folder));
        assertEquals("only its user says whose it is", 0600, mode(folder.resolve("1")));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        container().claim("2", there);
        assertEquals(01777, mode(folder));
    }

    /** All that another user may put there: it is taken, and in nobody's way. */
    @Test(timeout = 20_000)
    public void whatMakesNoSenseIsLeftAlone() throws Exception {
        container().claim("good", gone);
        Path elsewhere = temporary.getRoot().toPath().resolve("elsewhere");
        Files.createSymbolicLink(folder.resolve("lock"), elsewhere);
        Files.createSymbolicLink(folder.resolve("1"), elsewhere);
        Files.write(folder.resolve("2"), new byte[] {'/', (byte) 0xff, (byte) 0xfe});
        Files.writeString(folder.resolve("3"), "/a\0b");
        Files.createDirectory(folder.resolve("4"));
        new ProcessBuilder("mkfifo", folder.resolve("5").toString()).start().waitFor();
        Files.write(folder.resolve("6"), new byte[1 << 20]);
        Files.writeString(folder.resolve("7"), "");
        Files.writeString(folder.resolve("8"), "relative");
        for (int i = 1; i <= 8; i++) {
            assertFalse(container().claim(Integer.toString(i), there));
            container().release(Integer.toString(i), there);
        }
        container().clean(Duration.ZERO);
        assertFalse("the others are looked at", Files.exists(folder.resolve("good")));
        assertFalse(Files.exists(elsewhere));
        for (int i = 1; i <= 8; i++) {
            assertTrue("" + i, Files.exists(folder.resolve(Integer.toString(i)), LinkOption.NOFOLLOW_LINKS));
        }
    }

    /** An interrupt closes the file as a full disk would: after it was made, before anything is in it. */
    @Test
    public void aClaimThatCannotBeWrittenIsNotThere() throws IOException {
        Thread.currentThread().interrupt();
        try {
            assertThrows(IOException.class, () -> container().claim("1", there));
        } finally {
            Thread.interrupted();
        }
        assertFalse(Files.exists(folder.resolve("1")));
        assertTrue(container().claim("1", there));
    }

    private void leaveUnfinished(String name, Duration age) throws IOException {
        Files.writeString(folder.resolve(name), "");
        Files.setLastModifiedTime(
                folder.resolve(name), FileTime.from(Instant.now().minus(age)));
    }

    /** As of one that was killed in the midst of it. */
    @Test
    public void anUnfinishedClaimIsNobodysForLong() throws IOException {
        container().claim("other", there);
        leaveUnfinished("young", Duration.ofSeconds(30));
        container().free("young", Duration.ZERO);
        assertFalse("its maker may be about to write", container().claim("young", there));
        leaveUnfinished("1", Duration.ofMinutes(2));
        assertTrue(container().claim("1", there));
        assertTrue(container().has("1", there));
        leaveUnfinished("2", Duration.ofMinutes(2));
        container().free("2", Duration.ofMinutes(10));
        assertFalse(Files.exists(folder.resolve("2")));
    }

    /** A claim that may not be read, and an owner in a home that may not be entered. */
    @Test
    public void whatCannotBeToldIsNotGone() throws IOException {
        assumeFalse("root enters everything", Files.isReadable(Path.of("/proc/1/environ")));
        container().claim("1", gone);
        Files.setPosixFilePermissions(folder.resolve("1"), PosixFilePermissions.fromString("---------"));
        Path home = temporary.newFolder("home").toPath();
        container().claim("2", home.resolve("machine"));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("---------"));
        container().clean(Duration.ZERO);
        assertTrue(Files.exists(folder.resolve("1")));
        assertTrue(Files.exists(folder.resolve("2")));
        assertFalse(container().claim("1", there));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        container().clean(Duration.ZERO);
        assertFalse(Files.exists(folder.resolve("2")));
    }

    @Test
    public void aLinkInThePlaceOfTheFolderIsRefused() throws IOException {
        Files.createSymbolicLink(folder, there);
        IOException refused = assertThrows(IOException.class, () -> container().claim("1", there));
        assertTrue(refused.getMessage(), refused.getMessage().contains("is in the way"));
        assertFalse(Files.exists(there.resolve("1")));
    }

    /** Many free what nobody has any more, and take it: one gets it each time. */
    @Test
    public void ofManyWhoTakeOverOneGetsIt() throws Exception {
        HostClaims host = container();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 200; round++) {
                host.claim("1", gone);
                List<Callable<Boolean>> takers = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    Path taker = temporary.newFolder().toPath();
                    takers.add(() -> {
                        host.free("1", Duration.ZERO);
                        return host.claim("1", taker);
                    });
                }
                int got = 0;
                for (Future<Boolean> each : threads.invokeAll(takers)) {
                    got += each.get() ? 1 : 0;
                }
                assertEquals(1, got);
                String owner = Files.readString(folder.resolve("1"), StandardCharsets.UTF_8);
                host.release("1", Path.of(owner));
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
