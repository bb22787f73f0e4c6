package org.isthmus.rpc;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.Collections;
import java.util.Random;
import java.util.regex.Pattern;
import org.isthmus.api.Refused;
import org.junit.Test;

public class GlobTest {

    @Test
    public void aStarStaysWithinItsPart() {
        assertTrue(Glob.ofPath("mysql/*").matches("mysql/0"));
        assertTrue(Glob.ofPath("m*").matches("mysql"));
        assertFalse(Glob.ofPath("m*").matches("mysql/0"));
        assertTrue(Glob.ofPath("mysql/?").matches("mysql/0"));
        assertFalse(Glob.ofPath("mysql/?").matches("mysql/10"));
        assertTrue(Glob.of("unit-m*").matches("unit-mysql/0"));
        assertFalse(Glob.of("a?").matches("ab"));
        assertFalse(Glob.of("*").matches(null));
    }

    /** The same as a regular expression says, which tries every way. */
    @Test
    public void asEveryWayTried() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            String pattern = word(random, "ab/*?", 7);
            String text = word(random, "ab/", 8);
            for (boolean path : new boolean[] {true, false}) {
                StringBuilder regex = new StringBuilder();
                for (char c : pattern.toCharArray()) {
                    regex.append(
                            c == '*'
                                    ? path ? "[^/]*" : ".*"
                                    : c == '?' && path ? "[^/]" : Pattern.quote(String.valueOf(c)));
                }
                Glob glob = path ? Glob.ofPath(pattern) : Glob.of(pattern);
                assertEquals(
                        "seed " + seed + ": " + pattern + " of " + text + ", path " + path,
                        Pattern.matches(regex.toString(), text),
                        glob.matches(text));
            }
        }
    }

    private static String word(Random random, String letters, int longest) {
        StringBuilder word = new StringBuilder();
        for (int left = random.nextInt(longest + 1); left > 0; left--) {
            word.append(letters.charAt(random.nextInt(letters.length())));
        }
        return word.toString();
    }

    /** As a regular expression this would take longer than anybody lives. */
    @Test(timeout = 10_000)
    public void manyStarsAreNoMoreWorkThanOne() {
        Glob glob = Glob.ofPath("*a".repeat(Glob.LONGEST / 2 - 1) + "*z");
        String text = "a".repeat(5_000);
        assertFalse(glob.matches(text));
        assertTrue(glob.matches(text + "z"));
    }

    @Test
    public void whatIsTooLongOrTooManyIsRefusedInWords() {
        assertThrows(Refused.class, () -> Glob.of("x".repeat(Glob.LONGEST + 1)));
        Refused many = assertThrows(Refused.class, () -> Glob.few(Collections.nCopies(Glob.MOST + 1, "x")));
        assertEquals("more than 100 patterns: 101", many.problem().message());
    }
}
