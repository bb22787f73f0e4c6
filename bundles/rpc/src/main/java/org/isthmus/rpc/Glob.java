package org.isthmus.rpc;

import java.util.List;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;

/**
 * A pattern with `*` that somebody sent. It is matched with one step back only, to its last star: whoever writes many of them gets
 * no more work done than the length of the pattern times that of the text, where a regular expression would try every way.
 */
public final class Glob {
    /** In characters; a name has at most some 60, a tag a few more. */
    public static final int LONGEST = 200;

    /** In one request. */
    public static final int MOST = 100;

    private final String pattern;
    private final boolean path;

    private Glob(String pattern, boolean path) {
        if (pattern.length() > LONGEST) {
            throw Problem.refuse(
                    Code.NOT_VALID, "pattern \"%s…\" is longer than %d characters", pattern.substring(0, 40), LONGEST);
        }
        this.pattern = pattern;
        this.path = path;
    }

    /** `*` is anything. */
    public static Glob of(String pattern) {
        return new Glob(pattern, false);
    }

    /** `*` is anything within a part, `?` one character of it; parts are divided by `/`. */
    public static Glob ofPath(String pattern) {
        return new Glob(pattern, true);
    }

    /** Refuses too many of them. */
    public static <T> List<T> few(List<T> patterns) {
        if (patterns.size() > MOST) {
            throw Problem.refuse(Code.NOT_VALID, "more than %d patterns: %d", MOST, patterns.size());
        }
        return patterns;
    }

    /** Whether this text as a whole is meant; null never is. */
    public boolean matches(String text) {
        return text != null && matches(text, 0);
    }

    /** Whether what follows in the text from there is meant. */
    public boolean matches(String text, int from) {
        int at = 0;
        int in = from;
        int star = -1;
        int taken = from;
        while (in < text.length()) {
            if (at < pattern.length() && pattern.charAt(at) == '*') {
                star = at++;
                taken = in;
            } else if (at < pattern.length() && same(pattern.charAt(at), text.charAt(in))) {
                at++;
                in++;
            } else if (star >= 0 && !(path && text.charAt(taken) == '/')) {
                // The star takes one more; those before it took the least, which is as good as any.
                at = star + 1;
                in = ++taken;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }

    private boolean same(char wanted, char is) {
        return wanted == is || path && wanted == '?' && is != '/';
    }
}
