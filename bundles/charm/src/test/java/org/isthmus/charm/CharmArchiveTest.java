package org.isthmus.charm;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.isthmus.api.Refused;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class CharmArchiveTest {
    private static final String METADATA = "name: blog\nsummary: s\ndescription: d\n";

    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private interface Content {
        void write(ArchiveWriter zip) throws IOException;
    }

    private Path archive(Content content) throws IOException {
        Path zip = temporary.newFile().toPath();
        try (OutputStream out = Files.newOutputStream(zip)) {
            ArchiveWriter writer = new ArchiveWriter(out);
            writer.file("metadata.yaml", 0644, text(METADATA));
            content.write(writer);
            writer.finish();
        }
        return zip;
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private void refused(String reason, Content content) throws IOException {
        Path zip = archive(content);
        try {
            CharmArchive.read(zip);
            fail("not refused: " + reason);
        } catch (Refused refused) {
            assertTrue(refused.problem().message(), refused.problem().message().contains(reason));
        }
        Path folder = temporary.newFolder().toPath();
        try {
            CharmArchive.unpack(zip, folder);
            fail("unpacked: " + reason);
        } catch (Refused refused) {
            try (Stream<Path> left = Files.list(folder)) {
                assertEquals("nothing is written before all is checked", 0, left.count());
            }
        }
    }

    @Test
    public void hostileArchivesAreRefused() throws IOException {
        refused("leads out of the charm", zip -> zip.file("../evil", 0644, text("x")));
        refused("leads out of the charm", zip -> zip.file("hooks/../../evil", 0644, text("x")));
        refused("absolute path", zip -> zip.file("/etc/evil", 0644, text("x")));
        refused("absolute path", zip -> zip.file("C:/evil", 0644, text("x")));
        refused("backslash", zip -> zip.file("..\\evil", 0644, text("x")));
        refused("control character", zip -> zip.file("a\nb", 0644, text("x")));
        refused("duplicate entry", zip -> zip.file("metadata.yaml", 0644, text(METADATA)));
        refused("duplicate entry", zip -> zip.file("./metadata.yaml", 0644, text(METADATA)));
        refused("is absolute", zip -> zip.link("passwd", "/etc/passwd"));
        refused("links out of charm", zip -> zip.link("up", ".."));
        refused("links out of charm", zip -> zip.link("hooks/up", "../../x"));
        refused("links out of charm", zip -> {
            zip.link("p/q/d", "../..");
            zip.link("p/q/x", "d/..");
        });
        refused("lies below a symlink", zip -> {
            zip.link("lib", "hooks");
            zip.file("lib/evil", 0644, text("x"));
        });
        refused("lies below a file", zip -> zip.file("metadata.yaml/evil", 0644, text("x")));
    }

    @Test
    public void bombsAreRefused() throws IOException {
        refused("times its size", zip -> zip.file("zeros", 0644, new Zeros(100L << 20)));
        ArchiveLimits small = new ArchiveLimits(10, 1000, 1500, 200, 1 << 20);
        String[] reasons = {"larger than 1000 bytes", "unpacks to more than 1500 bytes", "entries, more than 10"};
        Path[] archives = {
            archive(zip -> zip.file("a", 0644, new Zeros(1001))),
            archive(zip -> {
                zip.file("a", 0644, new Zeros(800));
                zip.file("b", 0644, new Zeros(800));
            }),
            archive(zip -> {
                for (int i = 0; i < 10; i++) {
                    zip.file("f" + i, 0644, text(""));
                }
            })
        };
        for (int i = 0; i < reasons.length; i++) {
            try {
                CharmArchive.read(archives[i], small);
                fail(reasons[i]);
            } catch (Refused refused) {
                assertTrue(
                        refused.problem().message(), refused.problem().message().contains(reasons[i]));
            }
        }
    }

    /** Sizes in the directory that are too small must not let more be written. */
    @Test
    public void aLyingSizeIsRefused() throws IOException {
        Path zip = archive(zip1 -> zip1.file("big", 0644, new Zeros(50_000)));
        byte[] bytes = Files.readAllBytes(zip);
        for (int i = bytes.length - 4; i > 0; i--) {
            boolean directory = bytes[i] == 'P' && bytes[i + 1] == 'K' && bytes[i + 2] == 1 && bytes[i + 3] == 2;
            if (directory && new String(bytes, i + 46, 3, StandardCharsets.UTF_8).equals("big")) {
                bytes[i + 24] = 10;
                bytes[i + 25] = 0;
                bytes[i + 26] = 0;
            }
        }
        Files.write(zip, bytes);
        try {
            CharmArchive.unpack(zip, temporary.newFolder().toPath());
            fail();
        } catch (Refused refused) {
            assertTrue(refused.problem().message(), refused.problem().message().contains("larger than it says"));
        }
    }

    @Test
    public void whatIsNoZipIsRefused() throws IOException {
        for (String content :
                new String[] {"", "x", "PK\3\4 this is no zip, however it starts, and long enough to be one"}) {
            Path file = temporary.newFile().toPath();
            Files.writeString(file, content);
            try {
                CharmArchive.read(file);
                fail();
            } catch (Refused refused) {
                assertEquals(
                        "cannot read charm archive: not a zip file",
                        refused.problem().message());
            }
        }
    }

    @Test
    public void archivesOfOtherToolsAreRead() throws IOException {
        Path zip = temporary.newFile().toPath();
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry("hooks/"));
            out.putNextEntry(new ZipEntry("metadata.yaml"));
            out.write(METADATA.getBytes(StandardCharsets.UTF_8));
            out.putNextEntry(new ZipEntry("revision"));
            out.write("7\n".getBytes(StandardCharsets.UTF_8));
            out.closeEntry();
        }
        assertEquals(7, CharmArchive.read(zip).revision());
        CharmArchive.unpack(zip, temporary.newFolder().toPath().resolve("new"));
    }

    @Test
    public void anyFolderSurvivesTheWayThroughAnArchive() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 30; round++) {
            Path folder = temporary.newFolder().toPath();
            Files.writeString(folder.resolve("metadata.yaml"), METADATA);
            for (int i = random.nextInt(20); i > 0; i--) {
                Path sub = folder.resolve("d" + random.nextInt(4)).resolve("e" + random.nextInt(3));
                Files.createDirectories(sub);
                Path file = sub.resolve("f" + random.nextInt(50) + (random.nextBoolean() ? "é x" : ""));
                if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    continue;
                }
                if (random.nextInt(5) == 0) {
                    Files.createSymbolicLink(file, Path.of(random.nextBoolean() ? "../../metadata.yaml" : "dangling"));
                    continue;
                }
                byte[] content = new byte[random.nextInt(10) == 0 ? 200_000 : random.nextInt(300)];
                random.nextBytes(content);
                Files.write(file, content);
                boolean executable = random.nextBoolean();
                Files.setPosixFilePermissions(
                        file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
            }
            Path zip = temporary.newFile().toPath();
            ByteArrayOutputStream first = new ByteArrayOutputStream();
            CharmFolder.zip(folder, first);
            Files.write(zip, first.toByteArray());
            ByteArrayOutputStream second = new ByteArrayOutputStream();
            CharmFolder.zip(folder, second);
            assertArrayEquals("same files, same bytes", first.toByteArray(), second.toByteArray());
            assertEquals("blog", CharmArchive.read(zip).metadata().name());
            try (ZipFile other = new ZipFile(zip.toFile())) {
                other.stream().forEach(entry -> {
                    try (InputStream in = other.getInputStream(entry)) {
                        in.readAllBytes();
                    } catch (IOException unreadable) {
                        throw new AssertionError(entry.getName(), unreadable);
                    }
                });
            }
            Path back = temporary.newFolder().toPath().resolve("charm");
            CharmArchive.unpack(zip, back);
            assertEquals("seed " + seed, tree(folder), tree(back));
        }
    }

    private static Map<String, String> tree(Path folder) throws IOException {
        Map<String, String> out = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                String name = folder.relativize(path).toString();
                if (Files.isSymbolicLink(path)) {
                    out.put(name, "-> " + Files.readSymbolicLink(path));
                } else if (Files.isRegularFile(path)) {
                    out.put(
                            name,
                            Files.getPosixFilePermissions(path).contains(PosixFilePermission.OWNER_EXECUTE) + " "
                                    + java.util.Arrays.hashCode(Files.readAllBytes(path)));
                } else if (!name.isEmpty()) {
                    out.put(name, "folder");
                }
            }
        }
        return out;
    }

    /** Whatever the bytes are: a charm, a refusal or an I/O error; no other failure, and nothing outside the folder. */
    @Test
    public void damagedArchivesNeverBreakTheReader() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] good = Files.readAllBytes(archive(zip -> {
            zip.folder("hooks", 0755);
            zip.file("hooks/install", 0755, text("#!/bin/sh\n".repeat(50)));
            zip.link("hooks/start", "install");
            zip.file("config.yaml", 0644, text("options: {a: {type: int, default: 3}}\n"));
        }));
        Path area = temporary.newFolder().toPath();
        for (int i = 0; i < 3000; i++) {
            byte[] bad = good.clone();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            if (random.nextInt(10) == 0) {
                bad = java.util.Arrays.copyOf(bad, random.nextInt(bad.length));
            }
            Path zip = area.resolve("a.zip");
            Files.write(zip, bad);
            Path to = area.resolve("to").resolve(Integer.toString(i));
            try {
                CharmArchive.read(zip);
                CharmArchive.unpack(zip, to);
            } catch (Refused | java.nio.file.FileSystemException expected) {
                assertFalse(expected.getMessage().isEmpty());
            } catch (RuntimeException broken) {
                throw new AssertionError("seed " + seed, broken);
            }
            try (Stream<Path> left = Files.list(area)) {
                assertTrue("seed " + seed, left.count() <= 2);
            }
        }
    }

    @Test
    public void ignoredFilesStayOut() throws IOException {
        Path folder = temporary.newFolder().toPath();
        Files.writeString(folder.resolve("metadata.yaml"), METADATA);
        Files.writeString(folder.resolve(".jujuignore"), "# notes\n*.log\n/top\nsub/**/x\n!keep.log\nonly/\n");
        for (String name : new String[] {
            "a.log",
            "deep/b.log",
            "keep.log",
            "top",
            "deep/top",
            "sub/1/2/x",
            "sub/x",
            "only/in",
            "deep/only",
            ".git/config",
            "build/o",
            "deep/build/o",
            "hooks/install"
        }) {
            Files.createDirectories(folder.resolve(name).getParent());
            Files.writeString(folder.resolve(name), name);
        }
        Path zip = temporary.newFile().toPath();
        try (OutputStream out = Files.newOutputStream(zip)) {
            CharmFolder.zip(folder, out);
        }
        Path back = temporary.newFolder().toPath();
        CharmArchive.unpack(zip, back);
        Map<String, String> tree = tree(back);
        tree.values().removeIf(value -> value.equals("folder"));
        assertEquals(
                "[deep/build/o, deep/only, deep/top, hooks/install, keep.log, metadata.yaml]",
                tree.keySet().toString());
        assertTrue("hooks run", Files.isExecutable(back.resolve("hooks/install")));
    }

    @Test
    public void foldersThatLinkOutAreRefused() throws IOException {
        Path folder = temporary.newFolder().toPath();
        Files.writeString(folder.resolve("metadata.yaml"), METADATA);
        Files.createSymbolicLink(folder.resolve("up"), Path.of("../x"));
        try {
            CharmFolder.zip(folder, OutputStream.nullOutputStream());
            fail();
        } catch (Refused refused) {
            assertEquals(
                    "symlink \"up\" links out of charm: \"../x\"",
                    refused.problem().message());
        }
    }

    private static final class Zeros extends InputStream {
        private long left;

        Zeros(long left) {
            this.left = left;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int n = (int) Math.min(left, length);
            java.util.Arrays.fill(into, offset, offset + n, (byte) 0);
            left -= n;
            return n;
        }
    }
}
