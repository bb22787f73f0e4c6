package org.isthmus.charm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What is left out of an archive: version control, build output, and the patterns of `.jujuignore` (those of git). */
final class IgnoreRules {
    private static final List<String> ALWAYS = List.of(".git", ".svn", ".hg", ".bzr", ".tox", "/build/", ".jujuignore");

    private record Rule(Pattern pattern, boolean foldersOnly, boolean keep) {}

    private final List<Rule> rules = new ArrayList<>();

    static IgnoreRules of(Path folder) throws IOException {
        IgnoreRules rules = new IgnoreRules();
        ALWAYS.forEach(rules::add);
        Path own = folder.resolve(".jujuignore");
        if (Files.isRegularFile(own)) {
            Files.readAllLines(own).forEach(rules::add);
        }
        return rules;
    }

    private void add(String line) {
        String text = line.strip();
        if (text.isEmpty() || text.startsWith("#")) {
            return;
        }
        boolean keep = text.startsWith("!");
        text = keep ? text.substring(1) : text;
        boolean foldersOnly = text.endsWith("/");
        text = foldersOnly ? text.substring(0, text.length() - 1) : text;
        // A slash that is not at the end ties the pattern to the charm's root.
        boolean rooted = text.contains("/");
        text = text.startsWith("/") ? text.substring(1) : text;
        if (!text.isEmpty()) {
            rules.add(new Rule(Pattern.compile((rooted ? "" : "(?:.*/)?") + regex(text)), foldersOnly, keep));
        }
    }

    private static String regex(String glob) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (glob.startsWith("**/", i)) {
                out.append("(?:.*/)?");
                i += 2;
            } else if (glob.startsWith("**", i)) {
                out.append(".*");
                i++;
            } else if (c == '*') {
                out.append("[^/]*");
            } else if (c == '?') {
                out.append("[^/]");
            } else if (c == '[' && glob.indexOf(']', i + 2) > 0) {
                int end = glob.indexOf(']', i + 2);
                String set = glob.substring(i + 1, end).replace("\\", "\\\\").replace("[", "\\[");
                out.append('[')
                        .append(set.startsWith("!") ? "^" + set.substring(1) : set)
                        .append(']');
                i = end;
            } else {
                out.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return out.toString();
    }

    /** The last rule that matches decides; what lies in a folder that is left out is never asked for. */
    boolean ignores(String name, boolean folder) {
        boolean ignored = false;
        for (Rule rule : rules) {
            if ((folder || !rule.foldersOnly()) && rule.pattern().matcher(name).matches()) {
                ignored = !rule.keep();
            }
        }
        return ignored;
    }
}
