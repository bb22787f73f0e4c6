package org.isthmus.cli.status;

import java.util.Map;

/** Names that bases had before 3.0. */
final class Series {
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("ubuntu@14.04", "trusty"),
            Map.entry("ubuntu@16.04", "xenial"),
            Map.entry("ubuntu@18.04", "bionic"),
            Map.entry("ubuntu@20.04", "focal"),
            Map.entry("ubuntu@22.04", "jammy"),
            Map.entry("ubuntu@24.04", "noble"),
            Map.entry("ubuntu@26.04", "resolute"),
            Map.entry("debian@11", "bullseye"),
            Map.entry("debian@12", "bookworm"),
            Map.entry("debian@13", "trixie"));

    private Series() {}

    static String of(String name, String channel) {
        String base = name + "@" + channel;
        return NAMES.getOrDefault(base, base);
    }
}
