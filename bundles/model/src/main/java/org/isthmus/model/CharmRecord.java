package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import org.isthmus.charm.Charm;

/** A charm known to the model; its archive is the blob {@code sha256}. {@code url} is such as `local:mysql-3` or `ch:amd64/mysql-58`. */
@RecordBuilder
public record CharmRecord(
        String url, String name, int revision, String source, String sha256, long size, Charm charm, Instant created)
        implements Entity, CharmRecordBuilder.With {
    @Override
    public String id() {
        return url;
    }
}
