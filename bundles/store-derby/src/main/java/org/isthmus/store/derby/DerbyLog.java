package org.isthmus.store.derby;

import java.io.Writer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where Derby writes what it would write to `derby.log`. Public because Derby finds it by name. */
public final class DerbyLog extends Writer {
    private static final Logger LOG = LoggerFactory.getLogger("org.isthmus.store.derby.engine");

    private final StringBuilder line = new StringBuilder();

    private DerbyLog() {}

    /** Named in the property `derby.stream.error.method`. */
    public static Writer writer() {
        return new DerbyLog();
    }

    @Override
    public void write(char[] chars, int from, int length) {
        synchronized (line) {
            for (int i = from; i < from + length; i++) {
                if (chars[i] == '\n') {
                    flushLine();
                } else if (line.length() < 8192) {
                    line.append(chars[i]);
                }
            }
        }
    }

    private void flushLine() {
        String text = line.toString().stripTrailing();
        line.setLength(0);
        if (!text.isEmpty()) {
            LOG.debug(text);
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        synchronized (line) {
            flushLine();
        }
    }
}
