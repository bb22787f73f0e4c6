package org.isthmus.modeladmin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.isthmus.api.Durations;
import org.isthmus.api.Problem;
import org.isthmus.api.Sizes;
import org.isthmus.model.engine.ModelEngine.Setting;

/** Typed settings of one kind of thing: every key, its type, default and range; nothing else is accepted. */
final class Schema {
    private final Map<String, Entry> entries = new TreeMap<>();

    /**
     * One setting.
     *
     * @param type `string`, `int`, `bool`, `duration`, `list`
     * @param defaultValue of the type's Java class: String, Long, Boolean, String, String (comma separated)
     * @param unit of numbers; null where there is none
     * @param check what more a value must be
     * @param readOnly why it cannot be set; null where it can
     * @param live true: in effect at once
     * @param unused why nothing comes of it: it is kept so that what others wrote for Juju is taken; null where it counts
     */
    record Entry(
            String name,
            String type,
            Object defaultValue,
            String unit,
            Check check,
            String readOnly,
            boolean live,
            String description,
            String unused) {
        Entry withUnused(String why) {
            String told = description + "; no effect here: " + why;
            return new Entry(name, type, defaultValue, unit, check, readOnly, live, told, why);
        }

        Entry withCheck(Check other) {
            return new Entry(name, type, defaultValue, unit, other, readOnly, live, description, unused);
        }

        boolean defaultOnly() {
            return check instanceof DefaultOnly;
        }
    }

    private record DefaultOnly(String name, Object value, String why) implements Check {
        @Override
        public String wrong(Object other) {
            return other.equals(value) ? null : name + " is not supported: " + why;
        }
    }

    /** Refuses a typed value that is out of range; the message says what is in range. */
    interface Check {
        /** What is wrong, or null. */
        String wrong(Object value);

        /** For people: `1 to 100`; empty where the description says it. */
        default String range() {
            return "";
        }
    }

    private record Ranged(String range, Check check) implements Check {
        @Override
        public String wrong(Object value) {
            return check.wrong(value);
        }
    }

    Schema add(
            String name, String type, Object defaultValue, String unit, Check check, boolean live, String description) {
        entries.put(name, new Entry(name, type, defaultValue, unit, check, null, live, description, null));
        return this;
    }

    Schema readOnly(String name, String type, String reason, String description) {
        entries.put(name, new Entry(name, type, null, null, null, reason, false, description, null));
        return this;
    }

    /** Says of settings that nothing comes of them here, and why. */
    Schema unused(String why, String... names) {
        return change(e -> e.withUnused(why), names);
    }

    /** Settings whose other values would promise what is not here; refused, with the reason. */
    Schema defaultOnly(String why, String... names) {
        return change(e -> e.withCheck(new DefaultOnly(e.name(), e.defaultValue(), why)), names);
    }

    private Schema change(UnaryOperator<Entry> change, String... names) {
        for (String name : names) {
            entries.put(name, change.apply(need(name)));
        }
        return this;
    }

    Collection<Entry> all() {
        return entries.values();
    }

    Set<String> names() {
        return entries.keySet();
    }

    private Entry need(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw Problem.notValid("unknown option \"%s\"", name);
        }
        return entry;
    }

    /** Every value checked and typed; unknown and read-only keys refused. */
    Map<String, Object> checked(Map<String, Object> values, Map<String, Object> current) {
        Map<String, Object> typed = new TreeMap<>();
        new TreeMap<>(values).forEach((name, value) -> {
            Entry entry = need(name);
            if (entry.readOnly() != null) {
                Object now = current.get(name);
                if (now == null || value == null || !now.toString().equals(value.toString())) {
                    throw Problem.notValid("%s", entry.readOnly());
                }
                return;
            }
            typed.put(name, typed(entry, value));
        });
        return typed;
    }

    void needSettable(List<String> names) {
        for (String name : names) {
            Entry entry = need(name);
            if (entry.readOnly() != null) {
                throw Problem.notValid("%s", entry.readOnly());
            }
        }
    }

    private static Object typed(Entry entry, Object value) {
        Object typed =
                switch (entry.type()) {
                    case "int" -> number(value);
                    case "bool" -> bool(value);
                    case "list" -> list(value);
                    default -> value instanceof String ? value : null;
                };
        if (typed == null) {
            throw Problem.notValid(
                    "%s: expected %s, got %s",
                    entry.name(),
                    entry.type().equals("list") ? "list of strings" : entry.type(),
                    value instanceof String ? "string(\"" + value + "\")" : String.valueOf(value));
        }
        if (entry.type().equals("duration") && Durations.parse((String) typed) == null) {
            throw Problem.notValid("%s: conversion to duration: time: invalid duration \"%s\"", entry.name(), typed);
        }
        String wrong = entry.check() == null ? null : entry.check().wrong(typed);
        if (wrong != null) {
            throw Problem.notValid("%s", wrong);
        }
        return typed;
    }

    private static Object number(Object value) {
        if (value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue())) {
            return number.longValue();
        }
        try {
            return value instanceof String text ? Long.valueOf(text.trim()) : null;
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    private static Object bool(Object value) {
        if (value instanceof Boolean) {
            return value;
        }
        return switch (String.valueOf(value)) {
            case "true", "True", "TRUE", "t", "T", "1" -> Boolean.TRUE;
            case "false", "False", "FALSE", "f", "F", "0" -> Boolean.FALSE;
            default -> null;
        };
    }

    private static Object list(Object value) {
        if (value instanceof String) {
            return value;
        }
        if (value instanceof List<?> list) {
            List<String> words = new ArrayList<>();
            list.forEach(each -> words.add(String.valueOf(each)));
            return String.join(",", words);
        }
        return null;
    }

    /** Every setting, set or not. @param source what a set value's source is called */
    List<Setting> show(Map<String, Object> values, Map<String, Object> fixed, String source) {
        List<Setting> all = new ArrayList<>();
        for (Entry entry : entries.values()) {
            Object set = entry.readOnly() == null ? values.get(entry.name()) : fixed.get(entry.name());
            if (entry.readOnly() != null && set == null) {
                continue;
            }
            if (set instanceof Integer number) {
                set = number.longValue();
            }
            boolean isDefault = set == null || set.equals(entry.defaultValue());
            all.add(new Setting(
                    entry.name(),
                    entry.type(),
                    set == null ? entry.defaultValue() : set,
                    entry.defaultValue(),
                    isDefault ? "default" : source,
                    described(entry),
                    entry.live()));
        }
        return all;
    }

    private static String described(Entry entry) {
        String range = entry.check() == null ? "" : entry.check().range();
        String words = (range + " " + (entry.unit() == null ? "" : entry.unit())).trim();
        return words.isEmpty() ? entry.description() : entry.description() + " (" + words + ")";
    }

    /** What is stored after these changes: values equal to their default are not kept, so that a later default counts. */
    static Map<String, Object> merged(Map<String, Object> before, Map<String, Object> set, List<String> reset) {
        Map<String, Object> after = new LinkedHashMap<>(before);
        after.putAll(set);
        new TreeSet<>(reset).forEach(after::remove);
        return after;
    }

    static Check between(String name, long from, long to) {
        return new Ranged(from + " to " + to, value -> {
            long number = (Long) value;
            return number >= from && number <= to
                    ? null
                    : String.format("%s: expected a number from %d to %d, got %d", name, from, to, number);
        });
    }

    /** `300M`; without a suffix it is megabytes. */
    static Check size(String name) {
        return value -> Sizes.bytes(String.valueOf(value)) >= 0
                ? null
                : String.format(
                        "%s: expected a non-negative number with optional multiplier suffix (M/G/T/P/E), got \"%s\"",
                        name, value);
    }

    static Check lasting(String name, String from, String to) {
        return new Ranged(to == null ? "from " + from : from + " to " + to, value -> {
            Duration lasts = Durations.parse((String) value);
            if (lasts.compareTo(Durations.parse(from)) < 0) {
                return String.format("%s %s cannot be less than %s", name, value, from);
            }
            return to != null && lasts.compareTo(Durations.parse(to)) > 0
                    ? String.format("%s %s cannot be greater than %s", name, value, to)
                    : null;
        });
    }

    static Check oneOf(String name, String... words) {
        return new Ranged(
                String.join(", ", words),
                value -> List.of(words).contains(value)
                        ? null
                        : String.format("%s: expected one of [%s], got \"%s\"", name, String.join(" ", words), value));
    }
}
