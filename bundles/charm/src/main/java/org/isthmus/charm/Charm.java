package org.isthmus.charm;

import java.util.Map;

/**
 * All that a charm says of itself: the parsed files, never the archive.
 *
 * @param metadata metadata.yaml
 * @param config config.yaml, options by name, in the order of their names
 * @param actions actions.yaml, by name
 * @param manifest manifest.yaml; {@link CharmManifest#NONE} for a v1 charm
 * @param revision of the file `revision`, 0 where there is none
 * @param version the file `version`, trimmed; empty where there is none
 */
public record Charm(
        CharmMetadata metadata,
        Map<String, CharmOption> config,
        Map<String, CharmAction> actions,
        CharmManifest manifest,
        int revision,
        String version) {

    public Charm {
        config = config == null ? Map.of() : java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(config));
        actions = actions == null ? Map.of() : java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(actions));
        manifest = manifest == null ? CharmManifest.NONE : manifest;
        version = version == null ? "" : version;
    }
}
