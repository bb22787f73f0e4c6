package org.isthmus.api;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as Juju's settings have them: `300M`, `1.5G`; without a suffix they are megabytes. */
public final class Sizes {
    private static final Pattern SIZE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)([MGTPE]?)");

    private Sizes() {}

    /** In bytes; -1 where it is no size. */
    public static long bytes(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            return -1;
        }
        int tens = Math.max(0, "MGTPE".indexOf(size.group(2).isEmpty() ? "M" : size.group(2)));
        return (long) (Double.parseDouble(size.group(1)) * (1L << 20) * (1L << (10 * tens)));
    }
}
