package org.isthmus.state;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.isthmus.model.Key;

/** Which request changed what last. For display: bounded, and gone with the process. */
final class Traces {
    private static final int KEYS = 1024;

    private record Mark(String trace, long order) {}

    private final Map<Key, Mark> marks = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Mark> eldest) {
            return size() > KEYS;
        }
    };
    private long order;

    synchronized void note(Map<Key, String> changed) {
        order++;
        changed.forEach((key, trace) -> marks.put(key, new Mark(trace, order)));
    }

    /** Of the newest change of one of these; null where none is known. */
    synchronized String of(Collection<Key> keys) {
        Mark newest = null;
        for (Key key : keys) {
            Mark mark = marks.get(key);
            newest = mark != null && (newest == null || mark.order() > newest.order()) ? mark : newest;
        }
        return newest == null ? null : newest.trace();
    }
}
