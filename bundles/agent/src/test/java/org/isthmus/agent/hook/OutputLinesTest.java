package org.isthmus.agent.hook;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class OutputLinesTest {
    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> lines(String text) throws IOException {
        List<String> all = new ArrayList<>();
        try (OutputLines lines = new OutputLines(stream(text), 100)) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                all.add(line);
            }
        }
        return all;
    }

    @Test
    public void linesEndAsElsewhere() throws IOException {
        for (String text : List.of(
                "",
                "\n",
                "a",
                "a\n",
                "a\nb",
                "a\r\nb\r\n",
                "a\rb\r\r",
                "\n\na\n\n",
                "\r\n\r\n",
                "\r",
                "50 %\r100 %\nä€\n")) {
            List<String> expected =
                    new BufferedReader(new StringReader(text)).lines().toList();
            assertEquals(expected, lines(text));
        }
    }

    @Test
    public void anEndThatFallsOnTheBuffersEndIsOneEnd() throws IOException {
        String long1 = "x".repeat(8191);
        try (OutputLines lines = new OutputLines(stream(long1 + "\r\nb"), 10_000)) {
            assertEquals(long1, lines.next());
            assertEquals("b", lines.next());
            assertNull(lines.next());
        }
    }

    @Test
    public void aLongLineIsCutAndSaysSo() throws IOException {
        assertEquals(
                List.of("x".repeat(100), "y".repeat(100) + "… (19900 more characters)", "z"),
                lines("x".repeat(100) + "\n" + "y".repeat(20_000) + "\nz"));
    }

    /** More than a string can hold. */
    @Test
    public void aLineWithoutEndCostsNoMemory() throws IOException {
        long[] left = {3L << 30};
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return left[0]-- > 0 ? 'x' : -1;
            }

            @Override
            public int read(byte[] to, int from, int length) {
                if (left[0] <= 0) {
                    return -1;
                }
                java.util.Arrays.fill(to, from, from + length, (byte) 'x');
                left[0] -= length;
                return length;
            }
        };
        try (OutputLines lines = new OutputLines(endless, 100)) {
            assertEquals("x".repeat(100) + "… (3221225372 more characters)", lines.next());
            assertNull(lines.next());
        }
    }
}
