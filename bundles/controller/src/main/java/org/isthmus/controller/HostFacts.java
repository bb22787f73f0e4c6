package org.isthmus.controller;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.isthmus.api.Address;
import org.isthmus.api.Base;
import org.isthmus.api.Hardware;

/** What this host is, as its kernel and its os-release say. */
record HostFacts(String name, Base base, Hardware hardware) {

    static HostFacts read(String region) {
        return new HostFacts(hostName(), release(), hardware(region));
    }

    Address address(String bind) {
        return new Address(bind, "ipv4", bind.startsWith("127.") ? "local-machine" : "public");
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).trim();
        } catch (IOException noProc) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (java.net.UnknownHostException unknown) {
                return "localhost";
            }
        }
    }

    private static Base release() {
        try {
            Map<String, String> release = Files.readAllLines(Path.of("/etc/os-release")).stream()
                    .map(line -> line.split("=", 2))
                    .filter(halves -> halves.length == 2)
                    .collect(Collectors.toMap(h -> h[0], h -> h[1].replace("\"", ""), (a, b) -> b));
            return new Base(
                    release.getOrDefault("ID", "linux"), release.getOrDefault("VERSION_ID", "rolling") + "/stable");
        } catch (IOException unknown) {
            return new Base("linux", "rolling/stable");
        }
    }

    private static Hardware hardware(String region) {
        String arch =
                switch (System.getProperty("os.arch")) {
                    case "aarch64" -> "arm64";
                    case "ppc64le" -> "ppc64el";
                    default -> System.getProperty("os.arch");
                };
        return new Hardware(
                arch, (long) Runtime.getRuntime().availableProcessors(), memory(), null, zone(region), null, List.of());
    }

    /** As machines of this host have it: a region `us-east-1` has the zone `us-east-1a`, a cloud without regions one of its name. */
    private static String zone(String region) {
        return region == null || region.isEmpty() ? null : region.equals("localhost") ? region : region + "a";
    }

    private static Long memory() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith("MemTotal:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
                }
            }
            return null;
        } catch (IOException noProc) {
            return null;
        }
    }
}
