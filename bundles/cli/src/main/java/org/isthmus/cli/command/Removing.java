package org.isthmus.cli.command;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options of commands that remove things, and the lines that tell what goes. */
final class Removing {
    @Option(names = "--destroy-storage", description = "Destroy storage attached to what is removed")
    boolean destroyStorage;

    @Option(names = "--force", description = "Completely remove, ignoring errors")
    boolean force;

    @Option(
            names = "--no-wait",
            description = "Rush through removal without waiting for each individual step to complete")
    boolean noWait;

    @Option(names = "--dry-run", description = "Print what this command would remove without removing")
    boolean dryRun;

    @Option(
            names = {"-y", "--no-prompt"},
            description = "Do not ask for confirmation")
    boolean noPrompt;

    @Option(names = "--num-units", paramLabel = "N", hidden = true)
    Integer numUnits;

    void check() {
        if (noWait && !force) {
            throw Failure.usage("--no-wait without --force not valid");
        }
    }

    Map<String, Object> params(String key, String tag, boolean dryRun) {
        Map<String, Object> params = new LinkedHashMap<>();
        params.put(key, tag);
        params.put("destroy-storage", destroyStorage);
        params.put("force", force);
        params.put("dry-run", dryRun);
        if (noWait) {
            params.put("max-wait", 0L);
        }
        return params;
    }

    static String readable(String tag) {
        String id = Session.tagId(tag);
        int dash = id.lastIndexOf('-');
        return (tag.startsWith("unit-") || tag.startsWith("storage-")) && dash > 0
                ? id.substring(0, dash) + "/" + id.substring(dash + 1)
                : id;
    }
}
