package org.isthmus.modeladmin;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them: `1h30m`, `250ms`. */
final class Durations {
    private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ns|us|ms|s|m|h)");
    private static final Map<String, Double> NANOS =
            Map.of("ns", 1.0, "us", 1e3, "ms", 1e6, "s", 1e9, "m", 60e9, "h", 3600e9);

    private Durations() {}

    /** In nanoseconds; null where it is no duration. */
    static Long parse(String text) {
        if (text.equals("0")) {
            return 0L;
        }
        Matcher part = PART.matcher(text);
        double nanos = 0;
        int at = 0;
        while (part.find() && part.start() == at) {
            nanos += Double.parseDouble(part.group(1)) * NANOS.get(part.group(2));
            at = part.end();
        }
        return at == 0 || at != text.length() ? null : Long.valueOf((long) nanos);
    }
}
