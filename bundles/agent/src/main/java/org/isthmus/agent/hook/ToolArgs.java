package org.isthmus.agent.hook;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Arguments as Juju's tools take them: options anywhere, `--x=y` or `--x y`, `--` ends them, a lone `-` is an argument. */
final class ToolArgs {
    private final Map<String, String> options = new HashMap<>();
    private final List<String> positional = new ArrayList<>();

    /**
     * @param flags options without a value, by their long names
     * @param valued options with one
     * @param shorts short to long names
     */
    static ToolArgs parse(List<String> args, Set<String> flags, Set<String> valued, Map<String, String> shorts) {
        ToolArgs parsed = new ToolArgs();
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (arg.equals("--")) {
                parsed.positional.addAll(args.subList(i + 1, args.size()));
                break;
            }
            if (arg.length() < 2 || arg.charAt(0) != '-') {
                parsed.positional.add(arg);
                continue;
            }
            String name;
            String value = null;
            if (arg.startsWith("--")) {
                int equals = arg.indexOf('=');
                name = equals < 0 ? arg.substring(2) : arg.substring(2, equals);
                value = equals < 0 ? null : arg.substring(equals + 1);
            } else {
                name = shorts.getOrDefault(arg.substring(1, 2), arg.substring(1, 2));
                if (arg.length() > 2) {
                    value = arg.charAt(2) == '=' ? arg.substring(3) : arg.substring(2);
                }
            }
            if (flags.contains(name)) {
                parsed.options.put(name, Boolean.toString(truth(name, value)));
            } else if (valued.contains(name)) {
                if (value == null) {
                    if (i + 1 == args.size()) {
                        throw new ToolFailure(2, "option needs an argument: " + arg);
                    }
                    value = args.get(++i);
                }
                parsed.options.put(name, value);
            } else {
                throw new ToolFailure(2, "option provided but not defined: " + arg);
            }
        }
        return parsed;
    }

    private static boolean truth(String name, String value) {
        if (value == null) {
            return true;
        }
        return switch (value) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default ->
                throw new ToolFailure(
                        2,
                        "invalid value \"" + value + "\" for option --" + name + ": strconv.ParseBool: invalid syntax");
        };
    }

    boolean has(String flag) {
        return "true".equals(options.get(flag));
    }

    /** Its value, or null. */
    String option(String name) {
        return options.get(name);
    }

    List<String> positional() {
        return positional;
    }

    String at(int index) {
        return index < positional.size() ? positional.get(index) : null;
    }

    /** Refuses more than so many arguments. */
    void atMost(int count) {
        if (positional.size() > count) {
            StringBuilder rest = new StringBuilder();
            for (String each : positional.subList(count, positional.size())) {
                rest.append(rest.isEmpty() ? "" : "\" \"").append(each);
            }
            throw new ToolFailure(2, "unrecognized args: [\"" + rest + "\"]");
        }
    }
}
