package org.isthmus.wire;

/** Where an application's charm came from: source `local` or `charm-hub`. */
public record WireOrigin(
        String source,
        String type,
        String id,
        String hash,
        String risk,
        Integer revision,
        String track,
        String branch,
        String architecture,
        WireBase base,
        String instanceKey) {}
