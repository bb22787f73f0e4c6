package org.isthmus.apiserver;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.HashMap;
import java.util.Map;

/** Matches paths with patterns such as `/model-{model}/charms/{object}`; a name stands for a part of one segment. */
final class Route {
    private Route() {}

    /** The values of the pattern's names; null when the path does not match. */
    static Map<String, String> match(String pattern, String path) {
        String[] wanted = pattern.split("/", -1);
        String[] given = path.split("/", -1);
        if (wanted.length != given.length) {
            return null;
        }
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < wanted.length; i++) {
            int open = wanted[i].indexOf('{');
            int close = wanted[i].indexOf('}');
            if (open < 0 || close < open) {
                if (!wanted[i].equals(given[i])) {
                    return null;
                }
                continue;
            }
            String before = wanted[i].substring(0, open);
            String after = wanted[i].substring(close + 1);
            if (given[i].length() <= before.length() + after.length()
                    || !given[i].startsWith(before)
                    || !given[i].endsWith(after)) {
                return null;
            }
            String value = given[i].substring(before.length(), given[i].length() - after.length());
            try {
                names.put(wanted[i].substring(open + 1, close), QueryStringDecoder.decodeComponent(value));
            } catch (IllegalArgumentException malformed) {
                return null;
            }
        }
        return names;
    }
}
