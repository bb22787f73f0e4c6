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

    /** What juju/names says, as it says it: right, and slow. */
    private static final String PLAIN_APPLICATION = "[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*";

    private static final String PLAIN_USER =
            "[a-zA-Z0-9]([a-zA-Z0-9.+-]*[a-zA-Z0-9])?(@[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?)?";

    @Test
    public void theyAreThoseOfTheSlowPatterns() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 300_000; i++) {
            String name = of("aab0019-/@.+Z", random);
            String why = "seed " + seed + ": " + name;
            assertEquals(why, name.matches(PLAIN_APPLICATION), Names.isApplication(name));
            assertEquals(why, name.matches("(" + PLAIN_APPLICATION + ")/(0|[1-9][0-9]*)"), Names.isUnit(name));
            assertEquals(why, name.matches("[a-z0-9]+[a-z0-9-]*"), Names.isModel(name));
            assertEquals(why, name.matches(PLAIN_USER), Names.isUser(name));
            String id = of("a01//", random);
            assertEquals(id, id.matches("(0|[1-9][0-9]*)(/[a-z]+/(0|[1-9][0-9]*))*"), Names.isMachine(id));
        }
    }

    private static String of(String letters, Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(9); i > 0; i--) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    /** Quadratic ones took hours for these, or the stack. */
    @Test(timeout = 20_000)
    public void endlessNamesTakeNoTime() {
        String part = "-aa0".repeat(1 << 20);
        String letters = "a".repeat(4 << 20);
        for (String end : List.of("", "/", "/0", "-", "-0", "@", ".", "!", "/0/a")) {
            for (String name : List.of("a" + part + end, letters + end, "0" + "/lxd/0".repeat(1 << 20) + end)) {
                Names.isApplication(name);
                Names.isUnit(name);
                Names.isModel(name);
                Names.isUser(name);
                Names.isMachine(name);
            }
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
