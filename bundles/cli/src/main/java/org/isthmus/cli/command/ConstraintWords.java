package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.isthmus.api.Constraints;

/** Constraints between the words of the command line and the wire's object. */
final class ConstraintWords {
    private static final Set<String> NUMBERS = Set.of("cores", "cpu-power", "mem", "root-disk");
    private static final Set<String> LISTS = Set.of("tags", "spaces", "zones");

    private ConstraintWords() {}

    static Map<String, Object> wire(Constraints constraints) {
        Map<String, Object> wire = new LinkedHashMap<>();
        new TreeMap<>(constraints.values()).forEach((key, value) -> {
            if (NUMBERS.contains(key)) {
                wire.put(key, value.isEmpty() ? 0L : Long.parseLong(value));
            } else if (LISTS.contains(key)) {
                wire.put(key, constraints.list(key));
            } else if (key.equals("allocate-public-ip")) {
                wire.put(key, value.equals("true"));
            } else {
                wire.put(key, value);
            }
        });
        return wire;
    }

    /** As Juju prints them: `mem=16384M`. */
    static Constraints of(JsonNode wire) {
        Map<String, String> values = new TreeMap<>();
        wire.properties().forEach(e -> {
            JsonNode value = e.getValue();
            if (value.isArray()) {
                List<String> words = new ArrayList<>();
                value.forEach(w -> words.add(w.asText()));
                values.put(e.getKey(), String.join(",", words));
            } else if (!value.isNull()) {
                values.put(e.getKey(), value.asText());
            }
        });
        return new Constraints(values);
    }
}
