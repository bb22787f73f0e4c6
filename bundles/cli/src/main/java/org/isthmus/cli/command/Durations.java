package org.isthmus.cli.command;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them: `100ms`, `5m`, `1h30m`. */
final class Durations {
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h)");

    private Durations() {}

    static Duration parse(String option, String text) {
        boolean negative = text.startsWith("-");
        String rest = negative ? text.substring(1) : text;
        double nanos = 0;
        Matcher part = PART.matcher(rest);
        int at = 0;
        while (part.find() && part.start() == at) {
            double unit =
                    switch (part.group(2)) {
                        case "ns" -> 1;
                        case "us", "µs" -> 1e3;
                        case "ms" -> 1e6;
                        case "s" -> 1e9;
                        case "m" -> 60e9;
                        default -> 3600e9;
                    };
            nanos += Double.parseDouble(part.group(1)) * unit;
            at = part.end();
        }
        if (rest.isEmpty() || at != rest.length() && !rest.equals("0")) {
            throw Failure.usage(
                    "invalid value \"%s\" for option %s: time: invalid duration \"%s\"", text, option, text);
        }
        return Duration.ofNanos((long) (negative ? -nanos : nanos));
    }
}
