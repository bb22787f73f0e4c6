package org.isthmus.agent.hook;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** How tools print: as their `--format` says, to where their `--output` says. */
final class ToolPrinter {
    private static final Set<String> PRINTING = Set.of("format", "output");
    private static final Map<String, String> PRINTING_SHORT = Map.of("o", "output");

    private final ToolFormat format;

    ToolPrinter(ToolFormat format) {
        this.format = format;
    }

    /** Of no tool in particular: as if YAML was asked for. */
    static ToolArgs yaml() {
        return ToolArgs.parse(List.of("--format=yaml"), Set.of(), PRINTING, PRINTING_SHORT);
    }

    static ToolArgs args(ToolCall call, Set<String> flags, Set<String> valued, Map<String, String> shorts) {
        Set<String> allValued = new TreeSet<>(PRINTING);
        allValued.addAll(valued);
        Map<String, String> allShorts = new TreeMap<>(PRINTING_SHORT);
        allShorts.putAll(shorts);
        return ToolArgs.parse(call.args(), flags, allValued, allShorts);
    }

    String print(ToolCall call, ToolArgs args, Object value) throws IOException {
        String text = format.render(args.option("format"), value);
        String output = args.option("output");
        if (output == null || output.isEmpty()) {
            return text;
        }
        Files.writeString(call.cwd().resolve(output), text);
        return "";
    }
}
