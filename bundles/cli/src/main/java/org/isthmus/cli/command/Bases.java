package org.isthmus.cli.command;

import java.util.Map;

/** Bases as the line gives them: `ubuntu@22.04`, `ubuntu@22.04/stable`, or an old series name. */
final class Bases {
    private static final Map<String, String> SERIES = Map.of(
            "trusty", "ubuntu@14.04",
            "xenial", "ubuntu@16.04",
            "bionic", "ubuntu@18.04",
            "focal", "ubuntu@20.04",
            "jammy", "ubuntu@22.04",
            "noble", "ubuntu@24.04",
            "bookworm", "debian@12",
            "trixie", "debian@13");

    private Bases() {}

    static String[] parse(String text) {
        String base = SERIES.getOrDefault(text, text);
        int at = base.indexOf('@');
        if (at <= 0 || at == base.length() - 1) {
            throw Failure.usage("base \"%s\" not valid: expected <name>@<channel>", text);
        }
        String channel = base.substring(at + 1);
        return new String[] {base.substring(0, at), channel.contains("/") ? channel : channel + "/stable"};
    }
}
