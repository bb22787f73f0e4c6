package org.isthmus.agent.hook;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/** Lines of a process's output. One that is too long is cut, and says so: who writes without end costs no memory. */
final class OutputLines implements AutoCloseable {
    private final Reader reader;
    private final int limit;
    private final char[] buffer = new char[8192];
    private int from;
    private int to;
    private boolean afterReturn;

    /** @param limit characters of a line that are kept */
    OutputLines(InputStream stream, int limit) {
        this.reader = new InputStreamReader(stream, StandardCharsets.UTF_8);
        this.limit = limit;
    }

    /** The next line without its end, which is as {@link java.io.BufferedReader} has it; null at the end. */
    String next() throws IOException {
        StringBuilder line = new StringBuilder();
        long length = 0;
        while (true) {
            if (from == to && !fill()) {
                return length == 0 ? null : said(line, length);
            }
            if (afterReturn && buffer[from] == '\n') {
                from++;
                afterReturn = false;
                continue;
            }
            afterReturn = false;
            int end = from;
            while (end < to && buffer[end] != '\n' && buffer[end] != '\r') {
                end++;
            }
            line.append(buffer, from, Math.min(end - from, limit - line.length()));
            length += end - from;
            from = end;
            if (end < to) {
                afterReturn = buffer[end] == '\r';
                from++;
                return said(line, length);
            }
        }
    }

    private boolean fill() throws IOException {
        from = 0;
        to = Math.max(0, reader.read(buffer, 0, buffer.length));
        return to > 0;
    }

    private static String said(StringBuilder line, long length) {
        return length == line.length()
                ? line.toString()
                : line + "… (" + (length - line.length()) + " more characters)";
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
