package org.isthmus.cli.text;

import java.util.Set;

/** Colours of status words; plain text where colours are off. */
public record Colour(boolean on) {
    private static final Set<String> GOOD =
            Set.of("active", "idle", "started", "running", "joined", "available", "executing", "allocating");
    private static final Set<String> BAD =
            Set.of("error", "blocked", "down", "lost", "failed", "broken", "terminated", "provisioning error");
    private static final Set<String> CURRENT = Set.of(
            "waiting", "maintenance", "pending", "suspended", "suspending", "joining", "busy", "destroying", "stopped");

    public String status(String word) {
        if (!on || word == null || word.isEmpty()) {
            return word;
        }
        if (GOOD.contains(word)) {
            return paint(32, word);
        }
        if (BAD.contains(word)) {
            return paint(31, word);
        }
        return CURRENT.contains(word) ? paint(33, word) : word;
    }

    public String good(String text) {
        return on ? paint(32, text) : text;
    }

    public String bad(String text) {
        return on ? paint(31, text) : text;
    }

    private static String paint(int code, String text) {
        return "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
