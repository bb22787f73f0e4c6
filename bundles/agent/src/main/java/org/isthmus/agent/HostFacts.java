package org.isthmus.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.isthmus.api.Base;
import org.isthmus.api.Hardware;

/** What the agent sees of the host it runs on. Null where it cannot tell. */
record HostFacts(String hostname, Hardware hardware, Base base) {
    /** Has another id after each start of the kernel. */
    static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    private static final long KIB_PER_MIB = 1024;

    static HostFacts read() {
        return new HostFacts(readName(), readHardware(), readBase());
    }

    static String boot(Path file) {
        List<String> lines = lines(file);
        return lines.isEmpty() || lines.get(0).isBlank() ? null : lines.get(0).strip();
    }

    private static String readName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return null;
        }
    }

    private static Hardware readHardware() {
        String arch =
                switch (System.getProperty("os.arch")) {
                    case "amd64", "x86_64" -> "amd64";
                    case "aarch64" -> "arm64";
                    default -> System.getProperty("os.arch");
                };
        long cores = Runtime.getRuntime().availableProcessors();
        return new Hardware(arch, cores, memory(), null, null, null, List.of());
    }

    private static Long memory() {
        for (String line : lines(Path.of("/proc/meminfo"))) {
            if (line.startsWith("MemTotal:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / KIB_PER_MIB;
            }
        }
        return null;
    }

    private static Base readBase() {
        String name = null;
        String version = null;
        for (String line : lines(Path.of("/etc/os-release"))) {
            String value = line.substring(line.indexOf('=') + 1).replace("\"", "");
            if (line.startsWith("ID=")) {
                name = value;
            } else if (line.startsWith("VERSION_ID=")) {
                version = value;
            }
        }
        return name == null || version == null ? null : new Base(name, version);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException unreadable) {
            return List.of();
        }
    }
}
