package org.isthmus.agent.hook;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The configuration that the operator gave, and the state that the charm keeps. */
final class ConfigTools {
    private static final int STATE_KEY_BYTES = 256;
    private static final int STATE_VALUE_BYTES = 65536;

    private final ToolPrinter out;

    ConfigTools(ToolPrinter out) {
        this.out = out;
    }

    String configGet(ToolCall call, HookContext context) throws InterruptedException, IOException {
        ToolArgs args = ToolPrinter.args(call, Set.of("all"), Set.of(), Map.of("a", "all"));
        args.atMost(1);
        Map<String, Object> config = context.config();
        if (args.at(0) != null && !args.at(0).equals("-")) {
            if (args.has("all")) {
                throw new ToolFailure(2, "cannot use argument --all together with key \"" + args.at(0) + "\"");
            }
            return out.print(call, args, config.get(args.at(0)));
        }
        Map<String, Object> shown = new TreeMap<>(config);
        if (!args.has("all")) {
            shown.values().removeIf(java.util.Objects::isNull);
        }
        return out.print(call, args, shown);
    }

    String stateGet(ToolCall call, HookContext context) throws IOException {
        ToolArgs args = ToolPrinter.args(call, Set.of("strict"), Set.of(), Map.of());
        args.atMost(1);
        String key = args.at(0);
        if (key == null || key.equals("-")) {
            return out.print(call, args, context.charmState());
        }
        String value = context.charmState().get(key);
        if (value == null && args.has("strict")) {
            throw new ToolFailure("\"" + key + "\" not found");
        }
        return out.print(call, args, value == null && args.option("format") == null ? "" : value);
    }

    String stateSet(ToolCall call, HookContext context) throws IOException {
        ToolArgs args = ToolArgs.parse(call.args(), Set.of(), Set.of("file"), Map.of());
        Map<String, String> values = GivenSettings.of(call, args);
        values.forEach((key, value) -> {
            if (key.getBytes(StandardCharsets.UTF_8).length > STATE_KEY_BYTES) {
                throw new ToolFailure("key length of " + key.length() + " exceeds maximum of " + STATE_KEY_BYTES);
            }
            if (value.getBytes(StandardCharsets.UTF_8).length > STATE_VALUE_BYTES) {
                throw new ToolFailure("value length of " + value.length() + " exceeds maximum of " + STATE_VALUE_BYTES);
            }
        });
        context.writeState(values);
        return "";
    }

    String stateDelete(ToolCall call, HookContext context) {
        ToolArgs args = ToolArgs.parse(call.args(), Set.of(), Set.of(), Map.of());
        if (args.at(0) == null || args.at(0).isEmpty()) {
            throw new ToolFailure(2, "missing key");
        }
        args.atMost(1);
        Map<String, String> gone = new LinkedHashMap<>();
        gone.put(args.at(0), null);
        context.writeState(gone);
        return "";
    }
}
