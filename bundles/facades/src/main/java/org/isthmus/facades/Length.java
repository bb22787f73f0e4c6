package org.isthmus.facades;

import java.util.Collection;
import java.util.Map;

/** About how many bytes a value is as JSON, found without writing it. */
final class Length {
    private static final int NUMBER = 12;

    private Length() {}

    static long of(Object value) {
        if (value instanceof CharSequence text) {
            return text(text);
        }
        if (value instanceof Map<?, ?> map) {
            long length = 2;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                length += 2 + of(entry.getKey()) + of(entry.getValue());
            }
            return length;
        }
        if (value instanceof Collection<?> all) {
            long length = 2;
            for (Object each : all) {
                length += 1 + of(each);
            }
            return length;
        }
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return NUMBER;
        }
        // A record: it says its names and values, as JSON does with a few more signs.
        return 2 * text(value.toString());
    }

    private static long text(CharSequence text) {
        long length = 2;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            length += c < ' ' ? 6 : c == '"' || c == '\\' ? 2 : c < 0x80 ? 1 : 3;
        }
        return length;
    }
}
