package org.isthmus.charm;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.isthmus.api.Problem;

/** A charm as a folder, as an author has it. */
public final class CharmFolder {
    private CharmFolder() {}

    /** Parses and checks; refuses with the reason what is no charm. */
    public static Charm read(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw Problem.notValid("\"%s\" is not a charm folder", folder);
        }
        return CharmParser.parse(name -> {
            Path file = folder.resolve(name);
            if (!Files.isRegularFile(file)) {
                return null;
            }
            if (Files.size(file) > ArchiveLimits.PARSED_FILE) {
                throw Problem.notValid("\"%s\" is larger than %d bytes", name, ArchiveLimits.PARSED_FILE);
            }
            return Files.readAllBytes(file);
        });
    }

    /**
     * Packs the charm: always the same bytes for the same files. Executable files and all hooks and actions become 0755, others
     * 0644; links are kept and must stay inside; what `.jujuignore` names is left out.
     */
    public static void zip(Path folder, OutputStream out) throws IOException {
        TreeMap<String, Path> files = files(folder);
        Map<String, String> links = new HashMap<>();
        for (Map.Entry<String, Path> entry : files.entrySet()) {
            if (Files.isSymbolicLink(entry.getValue())) {
                String target = Files.readSymbolicLink(entry.getValue()).toString();
                if (target.startsWith("/")) {
                    throw Problem.notValid("symlink \"%s\" is absolute: \"%s\"", entry.getKey(), target);
                }
                links.put(entry.getKey(), target);
            }
        }
        for (Map.Entry<String, String> link : links.entrySet()) {
            if (!ArchiveReader.staysInside(link.getKey(), links)) {
                throw Problem.notValid("symlink \"%s\" links out of charm: \"%s\"", link.getKey(), link.getValue());
            }
        }
        ArchiveWriter zip = new ArchiveWriter(out);
        for (Map.Entry<String, Path> entry : files.entrySet()) {
            String name = entry.getKey();
            Path path = entry.getValue();
            if (links.containsKey(name)) {
                zip.link(name, links.get(name));
            } else if (Files.isDirectory(path)) {
                zip.folder(name, 0755);
            } else {
                try (InputStream in = Files.newInputStream(path)) {
                    zip.file(name, isExecutable(name, path) ? 0755 : 0644, in);
                }
            }
        }
        zip.finish();
    }

    /** Hooks lose their bit in some editors and on some file systems; nobody wants one that does not run. */
    private static boolean isExecutable(String name, Path path) throws IOException {
        return name.equals("dispatch")
                || name.matches("(hooks|actions)/[^/.]+")
                || Files.getPosixFilePermissions(path).contains(PosixFilePermission.OWNER_EXECUTE);
    }

    private static TreeMap<String, Path> files(Path folder) throws IOException {
        TreeMap<String, Path> files = new TreeMap<>();
        IgnoreRules rules = IgnoreRules.of(folder);
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                String name = folder.relativize(path).toString();
                if (name.isEmpty()) {
                    return FileVisitResult.CONTINUE;
                }
                if (rules.ignores(name, true)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                files.put(name, path);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                String name = folder.relativize(path).toString();
                if (rules.ignores(name, false)) {
                    return FileVisitResult.CONTINUE;
                }
                if (!attributes.isRegularFile() && !attributes.isSymbolicLink()) {
                    throw Problem.notValid("file is neither file, folder nor link: \"%s\"", name);
                }
                files.put(name, path);
                return FileVisitResult.CONTINUE;
            }
        });
        if (!Files.exists(folder.resolve("metadata.yaml"), LinkOption.NOFOLLOW_LINKS)) {
            throw Problem.notValid("\"%s\" is no charm: metadata.yaml is missing", folder);
        }
        return files;
    }
}
