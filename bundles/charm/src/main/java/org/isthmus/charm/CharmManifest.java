package org.isthmus.charm;

import java.util.List;

/** manifest.yaml: the bases a v2 charm runs on. */
public record CharmManifest(List<CharmBase> bases) {
    public static final CharmManifest NONE = new CharmManifest(List.of());

    /** @param channel such as `22.04/stable` */
    public record CharmBase(String name, String channel, List<String> architectures) {
        public CharmBase {
            architectures = architectures == null ? List.of() : List.copyOf(architectures);
        }
    }

    public CharmManifest {
        bases = bases == null ? List.of() : List.copyOf(bases);
    }
}
