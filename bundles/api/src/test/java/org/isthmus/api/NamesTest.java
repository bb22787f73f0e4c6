package org.isthmus.api;

import static org.junit.Assert.assertEquals;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Test;

public final class NamesTest {
    private static final Pattern PARTS = Pattern.compile("[0-9]+|[^0-9]");

    @Test
    public void digitsCompareAsNumbers() {
        List<String> names = new ArrayList<>(List.of("b", "a10", "a9", "a", "a09", "a1/lxd/10", "a1/lxd/2", "a1"));
        names.sort(Names.NATURAL);
        assertEquals(List.of("a", "a1", "a1/lxd/2", "a1/lxd/10", "a09", "a9", "a10", "b"), names);
    }

    @Test
    public void theOrderIsThatOfTheParts() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            String a = text(random);
            String b = random.nextInt(4) == 0 ? a : text(random);
            assertEquals(
                    "seed " + seed + ": " + a + " " + b,
                    Integer.signum(byParts(a, b)),
                    Integer.signum(Names.NATURAL.compare(a, b)));
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(7); i > 0; i--) {
            text.append("001293a/-".charAt(random.nextInt(9)));
        }
        return text.toString();
    }

    /** Part by part; texts that are equal so (a1, a01) compare as they are written, so that no two are the same. */
    private static int byParts(String a, String b) {
        Matcher left = PARTS.matcher(a);
        Matcher right = PARTS.matcher(b);
        while (true) {
            boolean more = left.find();
            if (!right.find()) {
                return more ? 1 : a.compareTo(b);
            }
            if (!more) {
                return -1;
            }
            boolean numbers = Character.isDigit(left.group().charAt(0))
                    && Character.isDigit(right.group().charAt(0));
            int order = numbers
                    ? new BigInteger(left.group()).compareTo(new BigInteger(right.group()))
                    : Character.compare(left.group().charAt(0), right.group().charAt(0));
            if (order != 0) {
                return order;
            }
        }
    }
}
