package org.isthmus.provider.localhost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Constraints;
import org.isthmus.api.Hardware;

/** What this host is. Sizes in MiB. {@code root}: this process, and so its charms, run as root. */
record HostFacts(String arch, long cores, long mem, long disk, String base, boolean root) {

    static HostFacts detect(Path folder) {
        return new HostFacts(
                arch(System.getProperty("os.arch")),
                Runtime.getRuntime().availableProcessors(),
                memory(Path.of("/proc/meminfo")),
                disk(folder),
                base(List.of(Path.of("/etc/os-release"), Path.of("/usr/lib/os-release"))),
                isRoot());
    }

    private static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException unknown) {
            return "root".equals(System.getProperty("user.name"));
        }
    }

    static String arch(String java) {
        return switch (java) {
            case "x86_64", "amd64" -> "amd64";
            case "aarch64" -> "arm64";
            case "ppc64le" -> "ppc64el";
            default -> java;
        };
    }

    private static long memory(Path file) {
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith("MemTotal:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
                }
            }
        } catch (IOException | NumberFormatException unknown) {
            return 0;
        }
        return 0;
    }

    private static long disk(Path folder) {
        try {
            Path at = folder.toAbsolutePath();
            while (!Files.exists(at)) {
                at = at.getParent();
            }
            return Files.getFileStore(at).getTotalSpace() >> 20;
        } catch (IOException unknown) {
            return 0;
        }
    }

    static String base(List<Path> files) {
        for (Path file : files) {
            try {
                Map<String, String> values = new HashMap<>();
                for (String line : Files.readAllLines(file)) {
                    int equals = line.indexOf('=');
                    if (equals > 0) {
                        values.put(
                                line.substring(0, equals),
                                line.substring(equals + 1).replaceAll("^\"|\"$", ""));
                    }
                }
                String version = values.getOrDefault("VERSION_ID", values.get("VERSION_CODENAME"));
                if (values.containsKey("ID")) {
                    return values.get("ID") + "@" + (version == null ? "rolling" : version);
                }
            } catch (IOException notThere) {
                continue;
            }
        }
        return "linux@unknown";
    }

    /** A cap below what the host has is what the machine has. */
    Hardware hardware(Constraints wanted, String zone) {
        return new Hardware(
                arch,
                cap(wanted.number("cores"), cores),
                cap(wanted.number("mem"), mem),
                cap(wanted.number("root-disk"), disk),
                zone,
                null,
                List.of());
    }

    private static Long cap(Long wanted, long has) {
        return wanted == null || wanted == 0 || has > 0 && wanted > has ? (has > 0 ? has : null) : wanted;
    }
}
