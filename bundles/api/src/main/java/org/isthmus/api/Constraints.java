package org.isthmus.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a machine must have (core/constraints). Kept as the words the operator wrote, in canonical units: `mem`, `root-disk` in
 * MiB. A key with an empty value is set to "explicitly nothing" and hides what a broader scope says.
 */
public record Constraints(Map<String, String> values) {
    public static final Constraints NONE = new Constraints(Map.of());

    private static final Set<String> KEYS = Set.of(
            "arch",
            "container",
            "cores",
            "cpu-power",
            "mem",
            "root-disk",
            "root-disk-source",
            "tags",
            "spaces",
            "instance-type",
            "instance-role",
            "virt-type",
            "zones",
            "allocate-public-ip",
            "image-id");
    private static final Set<String> ARCHES = Set.of("amd64", "arm64", "ppc64el", "s390x", "riscv64");

    public Constraints {
        values = values == null ? Map.of() : Map.copyOf(values);
    }

    /** Reads `mem=16G root-disk=1T`; refuses what is no constraint, in Juju's words. */
    public static Constraints parse(String text) {
        Map<String, String> values = new TreeMap<>();
        if (text == null || text.isBlank()) {
            return NONE;
        }
        for (String word : text.trim().split("\\s+")) {
            int equals = word.indexOf('=');
            if (equals <= 0) {
                throw Problem.notValid("malformed constraint \"%s\"", word);
            }
            String key = word.substring(0, equals);
            if (key.equals("cpu-cores")) {
                key = "cores";
            }
            if (!KEYS.contains(key)) {
                throw Problem.notValid("unknown constraint \"%s\"", key);
            }
            if (values.put(key, canonical(key, word.substring(equals + 1))) != null) {
                throw Problem.notValid("bad \"%s\" constraint: already set", key);
            }
        }
        return new Constraints(values);
    }

    private static String canonical(String key, String value) {
        if (value.isEmpty()) {
            return value;
        }
        try {
            switch (key) {
                case "mem", "root-disk":
                    return Long.toString(mebibytes(key, value));
                case "cores", "cpu-power":
                    if (Long.parseLong(value) < 0) {
                        throw new NumberFormatException();
                    }
                    return Long.toString(Long.parseLong(value));
                default:
                    break;
            }
        } catch (NumberFormatException notANumber) {
            throw Problem.notValid("bad \"%s\" constraint: must be a non-negative integer", key);
        }
        if (key.equals("arch") && !ARCHES.contains(value)) {
            throw Problem.notValid("bad \"arch\" constraint: \"%s\" not recognized", value);
        }
        if (key.equals("container") && !Set.of("lxd", "none").contains(value)) {
            throw Problem.notValid("bad \"container\" constraint: invalid container type \"%s\"", value);
        }
        if (key.equals("allocate-public-ip") && !Set.of("true", "false").contains(value)) {
            throw Problem.notValid("bad \"allocate-public-ip\" constraint: must be 'true' or 'false'");
        }
        return value;
    }

    private static long mebibytes(String key, String value) {
        long unit = 1;
        String digits = value;
        int last = "MGTP".indexOf(Character.toUpperCase(value.charAt(value.length() - 1)));
        if (last >= 0) {
            unit = 1L << (10 * last);
            digits = value.substring(0, value.length() - 1);
        }
        try {
            double number = Double.parseDouble(digits);
            if (!(number >= 0) || digits.isEmpty()) {
                throw new NumberFormatException();
            }
            return (long) Math.ceil(number * unit);
        } catch (NumberFormatException notASize) {
            throw Problem.notValid(
                    "bad \"%s\" constraint: must be a non-negative float with optional M/G/T/P suffix", key);
        }
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    public String text(String key) {
        String value = values.get(key);
        return value == null || value.isEmpty() ? null : value;
    }

    /** A number of this key (`mem` and `root-disk` in MiB), or null. */
    public Long number(String key) {
        String value = text(key);
        return value == null ? null : Long.valueOf(value);
    }

    public List<String> list(String key) {
        String value = text(key);
        return value == null ? List.of() : List.of(value.split(","));
    }

    /** These constraints, completed by what a broader scope says of the keys not named here. */
    public Constraints over(Constraints broader) {
        Map<String, String> merged = new TreeMap<>(broader.values);
        merged.putAll(values);
        return new Constraints(merged);
    }

    /** As Juju prints them: `mem=16384M root-disk=1048576M`, keys in order. */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        new TreeMap<>(values)
                .forEach((key, value) -> words.add(
                        (key.equals("mem") || key.equals("root-disk")) && !value.isEmpty()
                                ? key + "=" + value + "M"
                                : key + "=" + value));
        return String.join(" ", words).toLowerCase(Locale.ROOT).replaceAll("(?<=\\d)m(?= |$)", "M");
    }
}
