package org.isthmus.cli.command;

import java.time.Duration;

/** Durations that are given with options. */
final class Durations {
    private Durations() {}

    static Duration parse(String option, String text) {
        Duration lasts = org.isthmus.api.Durations.parse(text);
        if (lasts == null) {
            throw Failure.usage(
                    "invalid value \"%s\" for option %s: time: invalid duration \"%s\"", text, option, text);
        }
        return lasts;
    }
}
