package org.isthmus.api;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them, and with it Juju's settings and options: `1h30m`, `250ms`, `0`. */
public final class Durations {
    private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ns|us|µs|ms|s|m|h)");
    private static final Map<String, Double> NANOS =
            Map.of("ns", 1.0, "us", 1e3, "µs", 1e3, "ms", 1e6, "s", 1e9, "m", 60e9, "h", 3600e9);

    private Durations() {}

    /** Null where it is no duration. */
    public static Duration parse(String text) {
        boolean negative = text.startsWith("-");
        String rest = negative ? text.substring(1) : text;
        if (rest.equals("0")) {
            return Duration.ZERO;
        }
        Matcher part = PART.matcher(rest);
        double nanos = 0;
        int at = 0;
        while (part.find() && part.start() == at) {
            nanos += Double.parseDouble(part.group(1)) * NANOS.get(part.group(2));
            at = part.end();
        }
        return at == 0 || at != rest.length() ? null : Duration.ofNanos((long) (negative ? -nanos : nanos));
    }
}
