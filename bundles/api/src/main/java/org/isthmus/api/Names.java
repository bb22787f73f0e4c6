package org.isthmus.api;

import java.util.Comparator;
import java.util.regex.Pattern;

/** Which names are valid (juju/names v5), and the natural order in which lists show them. */
public final class Names {
    // Whoever asks may be a stranger, and what it asks long: nothing is tried twice (`*+`), and no part is a call
    // deeper.
    private static final Pattern APPLICATION = Pattern.compile("[a-z][a-z0-9]*+(?:-[0-9]*+[a-z][a-z0-9]*+)*+");
    private static final Pattern MODEL = Pattern.compile("[a-z0-9][a-z0-9-]*+");
    private static final Pattern USER =
            Pattern.compile("[a-zA-Z0-9]++(?:[.+-]++[a-zA-Z0-9]++)*+(?:@[a-zA-Z0-9]++(?:[.-]++[a-zA-Z0-9]++)*+)?+");
    private static final Pattern UNIT = Pattern.compile(APPLICATION.pattern() + "/(?:0|[1-9][0-9]*+)");
    private static final Pattern MACHINE = Pattern.compile("(?:0|[1-9][0-9]*+)(?:/[a-z]++/(?:0|[1-9][0-9]*+))*+");
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    /** Digits compare as numbers: mysql/2 comes before mysql/10. */
    public static final Comparator<String> NATURAL = Names::compareNatural;

    private Names() {}

    public static boolean isApplication(String name) {
        return name != null && APPLICATION.matcher(name).matches();
    }

    public static boolean isModel(String name) {
        return name != null && MODEL.matcher(name).matches();
    }

    public static boolean isUser(String name) {
        return name != null && USER.matcher(name).matches();
    }

    public static boolean isUnit(String name) {
        return name != null && UNIT.matcher(name).matches();
    }

    public static boolean isMachine(String id) {
        return id != null && MACHINE.matcher(id).matches();
    }

    public static boolean isUuid(String text) {
        return text != null && UUID.matcher(text).matches();
    }

    /** `mysql` of `mysql/0`. */
    public static String applicationOf(String unit) {
        return unit.substring(0, unit.lastIndexOf('/'));
    }

    /** `0` of `mysql/0`. */
    public static int numberOf(String unit) {
        return Integer.parseInt(unit.substring(unit.lastIndexOf('/') + 1));
    }

    /** Every look into a snapshot comes through here: it makes no object. */
    private static int compareNatural(String a, String b) {
        int i = 0;
        int j = 0;
        while (i < a.length() && j < b.length()) {
            char left = a.charAt(i);
            char right = b.charAt(j);
            if (Character.isDigit(left) && Character.isDigit(right)) {
                int endA = endOfDigits(a, i);
                int endB = endOfDigits(b, j);
                i = afterZeros(a, i, endA);
                j = afterZeros(b, j, endB);
                int order = Integer.compare(endA - i, endB - j);
                while (order == 0 && i < endA) {
                    order = Character.compare(a.charAt(i++), b.charAt(j++));
                }
                if (order != 0) {
                    return order;
                }
            } else if (left != right) {
                return Character.compare(left, right);
            } else {
                i++;
                j++;
            }
        }
        int rest = Integer.compare(a.length() - i, b.length() - j);
        return rest != 0 ? rest : a.compareTo(b);
    }

    private static int endOfDigits(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isDigit(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** The last digit stays, be it a zero. */
    private static int afterZeros(String digits, int from, int end) {
        int at = from;
        while (at < end - 1 && digits.charAt(at) == '0') {
            at++;
        }
        return at;
    }
}
