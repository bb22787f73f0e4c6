package org.isthmus.charm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a charm wants of the model that runs it: `min-juju-version`, or `assumes` with features such as `juju >= 3.1`, `k8s-api`,
 * and their `any-of` and `all-of`. The one feature of our models is their version.
 */
public final class CharmNeeds {
    private static final Pattern FEATURE =
            Pattern.compile("\\s*([a-z][a-z0-9-]*)\\s*(?:(>=|<)\\s*([0-9]+(?:\\.[0-9]+)*(?:-[a-z0-9.]+)?))?\\s*");

    private final String version;

    /** @param version of the model, such as `3.6.9` */
    public CharmNeeds(String version) {
        this.version = version;
    }

    /** Why the charm cannot run there, one reason a line; empty where it can. */
    public List<String> unmet(CharmMetadata charm) {
        List<String> reasons = new ArrayList<>();
        String least = charm.minJujuVersion();
        if (least != null && compare(version, least) < 0) {
            reasons.add(
                    "charm's min version (" + least + ") is higher than this juju model's version (" + version + ")");
        }
        charm.assumes().forEach(each -> reasons.addAll(unmet(each)));
        return reasons;
    }

    private List<String> unmet(Object need) {
        if (need instanceof Map<?, ?> group) {
            List<String> reasons = new ArrayList<>();
            boolean any = group.containsKey("any-of");
            Object parts = any ? group.get("any-of") : group.get("all-of");
            for (Object part : parts instanceof List<?> list ? list : List.of()) {
                List<String> more = unmet(part);
                if (any && more.isEmpty()) {
                    return List.of();
                }
                reasons.addAll(more);
            }
            return reasons;
        }
        Matcher feature = FEATURE.matcher(String.valueOf(need));
        if (!feature.matches()) {
            return List.of("charm assumes \"" + need + "\", which is not understood");
        }
        String name = feature.group(1);
        if (!name.equals("juju")) {
            return List.of("charm requires feature \"" + name + "\" but model does not support it");
        }
        String wanted = feature.group(3);
        boolean met = wanted == null
                || compare(version, wanted) >= 0 == feature.group(2).equals(">=");
        return met
                ? List.of()
                : List.of("charm requires Juju version " + feature.group(2) + " " + wanted + ", model has version "
                        + version);
    }

    /** By numbers; a missing one is 0, and what follows a dash does not count. */
    private static int compare(String one, String other) {
        String[] a = one.replaceFirst("-.*", "").split("\\.");
        String[] b = other.replaceFirst("-.*", "").split("\\.");
        for (int i = 0; i < Math.max(a.length, b.length); i++) {
            int difference = Long.compare(number(a, i), number(b, i));
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    private static long number(String[] parts, int at) {
        return at < parts.length && parts[at].matches("[0-9]{1,9}") ? Long.parseLong(parts[at]) : 0;
    }
}
