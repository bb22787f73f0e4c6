package org.isthmus.application;

import java.util.Map;
import java.util.TreeMap;
import org.isthmus.api.Problem;
import org.isthmus.charm.Charm;
import org.isthmus.charm.CharmOption;
import org.isthmus.charm.Scalar;

/** Values of a charm's options: typed, or words, said or written in YAML, that become typed. */
final class Options {
    /** An application's own setting, beside those of its charm. */
    static final String TRUST = "trust";

    private Options() {}

    /** Each value in its option's type: String, Long, Double or Boolean. A null value resets. */
    static Map<String, Object> typed(Charm charm, Map<String, Object> values) {
        Map<String, Object> typed = new TreeMap<>();
        values.forEach((name, value) -> {
            CharmOption option = charm.config().get(name);
            if (option == null) {
                throw Problem.notValid("unknown option \"%s\"", name);
            }
            typed.put(name, value == null ? null : typed(option, value));
        });
        return typed;
    }

    private static Object typed(CharmOption option, Object value) {
        if (value instanceof Scalar written) {
            return written(option, written);
        }
        try {
            switch (option.type()) {
                case "int":
                    if (value instanceof String text) {
                        return Long.valueOf(text.trim());
                    }
                    if (value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue())) {
                        return number.longValue();
                    }
                    break;
                case "float":
                    if (value instanceof String text) {
                        return Double.valueOf(text.trim());
                    }
                    if (value instanceof Number number) {
                        return number.doubleValue();
                    }
                    break;
                case "boolean":
                    Boolean flag = bool(value);
                    if (flag != null) {
                        return flag;
                    }
                    break;
                default:
                    if (value instanceof String) {
                        return value;
                    }
                    break;
            }
        } catch (NumberFormatException notANumber) {
            throw mistyped(option, value);
        }
        throw mistyped(option, value);
    }

    /** A string is the text as it was written; for the others YAML has more words than a command line: `yes`, `0x1F`. */
    private static Object written(CharmOption option, Scalar written) {
        boolean text = written.value() == null
                || written.value() instanceof String
                || option.type().equals("string")
                || option.type().equals("secret")
                || option.type().equals("boolean") && !(written.value() instanceof Boolean);
        return typed(option, text ? written.text() : written.value());
    }

    private static RuntimeException mistyped(CharmOption option, Object value) {
        return Problem.notValid(
                "option \"%s\" expected %s, got %s",
                option.name(), option.type(), value instanceof String ? "\"" + value + "\"" : value);
    }

    /** The words that Go reads as a boolean; null for others. */
    static Boolean bool(Object value) {
        if (value instanceof Scalar written) {
            return bool(written.value() instanceof Boolean ? written.value() : written.text());
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        if (!(value instanceof String text)) {
            return null;
        }
        return switch (text.trim()) {
            case "1", "t", "T", "true", "TRUE", "True" -> Boolean.TRUE;
            case "0", "f", "F", "false", "FALSE", "False" -> Boolean.FALSE;
            default -> null;
        };
    }

    static boolean trust(Object value) {
        Boolean flag = bool(value);
        if (flag == null) {
            throw Problem.notValid(
                    "converting \"trust\" option: expected bool, got %s",
                    value instanceof String
                            ? "string(\"" + value + "\")"
                            : value instanceof Scalar written ? written.text() : String.valueOf(value));
        }
        return flag;
    }

    /** A stored value in its option's type again: a journal may give a whole number back in a smaller one. */
    static Object kept(CharmOption option, Object stored) {
        if (stored instanceof Number number) {
            if (option.type().equals("int")) {
                return number.longValue();
            }
            if (option.type().equals("float")) {
                return number.doubleValue();
            }
        }
        return stored;
    }
}
