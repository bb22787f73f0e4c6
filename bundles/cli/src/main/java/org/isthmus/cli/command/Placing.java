package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** `-n` and `--to`. */
final class Placing {
    @Option(
            names = {"-n", "--num-units"},
            paramLabel = "N",
            description = "Number of units to add")
    Integer units;

    @Option(
            names = "--to",
            paramLabel = "PLACEMENT",
            description = "The machine and/or container to deploy the unit in (bypasses constraints)")
    List<String> to = new ArrayList<>();

    @Option(
            names = "--attach-storage",
            paramLabel = "IDS",
            description = "Existing storage to attach to the deployed unit")
    String attachStorage;

    boolean given() {
        return units != null;
    }

    int count() {
        if (units != null && units < 1) {
            throw Failure.usage("--num-units must be a positive integer");
        }
        return units == null ? 1 : units;
    }

    /** `0` and `lxd:0` name machines and containers; all else is for the cloud. */
    List<Map<String, Object>> directives(String modelUuid) {
        List<Map<String, Object>> directives = new ArrayList<>();
        for (String words : to) {
            for (String word : words.split(",")) {
                Map<String, Object> at = new LinkedHashMap<>();
                int colon = word.indexOf(':');
                if (word.matches("\\d+(/[a-z]+/\\d+)*")) {
                    at.put("scope", "#");
                    at.put("directive", word);
                } else if (colon > 0) {
                    at.put("scope", word.substring(0, colon));
                    at.put("directive", word.substring(colon + 1));
                } else if (word.equals("lxd")) {
                    at.put("scope", "lxd");
                    at.put("directive", "");
                } else {
                    at.put("scope", modelUuid);
                    at.put("directive", word);
                }
                directives.add(at);
            }
        }
        return directives;
    }
}
