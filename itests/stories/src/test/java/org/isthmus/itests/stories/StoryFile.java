package org.isthmus.itests.stories;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads `first-story.txt`; the kinds of its lines are explained in `may-differ.md`. */
final class StoryFile {
    private static final Map<String, String> VARYING = Map.of(
            "version", "[0-9][0-9A-Za-z.+-]*",
            "revision", "[0-9]+",
            "address", "127\\.[0-9]+\\.[0-9]+\\.[0-9]+",
            "ports", "[0-9]+/tcp",
            "instance", "[0-9a-f]{8}-[0-9]+-[0-9a-f]{8}",
            "series", "[a-z]+",
            "token", "[0-9a-f]{32}",
            "seconds", "[0-9]+\\.[0-9]+");

    /**
     * @param line what is typed
     * @param await `UNIT WORKLOAD AGENT` before it, or null
     * @param inside what is typed inside the machine that this line leads to; the last of them has the output
     * @param shown output, one expression a line; empty: the story does not show it
     * @param excerpt the story shows only these lines
     */
    record Step(String line, String await, List<String> inside, List<Pattern> shown, boolean excerpt) {}

    private StoryFile() {}

    static List<Step> read(Path file) throws IOException {
        List<Step> steps = new ArrayList<>();
        String await = null;
        for (String text : Files.readAllLines(file)) {
            if (text.isBlank() || text.startsWith("#")) {
                continue;
            }
            Step last = steps.isEmpty() ? null : steps.get(steps.size() - 1);
            String rest = text.substring(1).strip();
            if (text.startsWith("mysql> ")) {
                last.inside().add(text.substring("mysql> ".length()));
                continue;
            }
            switch (text.charAt(0)) {
                case '$', '+' -> {
                    steps.add(new Step(rest, await, new ArrayList<>(), new ArrayList<>(), false));
                    await = null;
                }
                case '?' -> await = rest;
                case '<' -> last.inside().add(rest);
                case '*' -> {
                    steps.remove(last);
                    steps.add(new Step(last.line(), last.await(), last.inside(), last.shown(), true));
                }
                case '=', '>' -> last.shown().add(pattern(rest));
                case '~', ':', '!' -> {}
                default -> throw new IOException(file + ": " + text);
            }
        }
        return steps;
    }

    private static Pattern pattern(String shown) {
        StringBuilder expression = new StringBuilder();
        int from = 0;
        String line = collapse(shown);
        while (from < line.length()) {
            int open = line.indexOf('{', from);
            int end = open < 0 ? line.length() : open;
            expression.append(Pattern.quote(line.substring(from, end)));
            from = end;
            if (open >= 0) {
                int close = line.indexOf('}', open);
                expression.append(VARYING.get(line.substring(open + 1, close)));
                from = close + 1;
            }
        }
        return Pattern.compile(expression.toString());
    }

    /** Widths of columns depend on what is in them. */
    static String collapse(String line) {
        return line.strip().replaceAll("\\s+", " ");
    }

    /** @return null, or what is wrong with that output */
    static String compare(Step step, String output) {
        if (step.shown().isEmpty()) {
            return null;
        }
        List<String> lines = output.lines()
                .map(StoryFile::collapse)
                .filter(l -> !l.isEmpty())
                .toList();
        int at = 0;
        for (Pattern expected : step.shown()) {
            while (step.excerpt()
                    && at < lines.size()
                    && !expected.matcher(lines.get(at)).matches()) {
                at++;
            }
            if (at == lines.size() || !expected.matcher(lines.get(at)).matches()) {
                return "after: " + step.line() + "\nexpected: " + expected + "\nin:\n" + output;
            }
            at++;
        }
        return step.excerpt() || at == lines.size()
                ? null
                : "more than the story shows after " + step.line() + "\n" + output;
    }
}
