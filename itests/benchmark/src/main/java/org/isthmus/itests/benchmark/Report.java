package org.isthmus.itests.benchmark;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table of figures: each value, its floor of the same run, and the ratio of the two with its spread. */
final class Report {
    private final PrintStream out;
    private final List<String> rows = new ArrayList<>();

    Report(PrintStream out) {
        this.out = out;
    }

    /** @param unit a format for one value, such as `%.1f ms`, and {@code scale} what to multiply values by to get it */
    void compare(String figure, String unit, double scale, Rounds measured, String floorName, Rounds floor) {
        Rounds ratio = measured.over(floor);
        row(
                figure,
                format(unit, measured.median() * scale),
                floorName + " " + format(unit, floor.median() * scale),
                ratio);
    }

    void row(String figure, String value, String floor, Rounds ratio) {
        add(String.format(
                Locale.ROOT,
                "%-62s %16s  | %-46s | x %-8.3g +-%.0f%%",
                figure,
                value,
                floor,
                ratio.median(),
                ratio.noise() * 100));
    }

    void note(String text) {
        add("    " + text);
    }

    /** Shown at once, and again at the end. */
    private void add(String row) {
        rows.add(row);
        out.println(row);
        out.flush();
    }

    void end() {
        out.println();
        rows.forEach(out::println);
        out.flush();
    }

    private static String format(String unit, double value) {
        return String.format(Locale.ROOT, unit, value);
    }
}
