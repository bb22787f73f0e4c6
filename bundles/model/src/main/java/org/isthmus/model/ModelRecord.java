package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.Map;
import org.isthmus.api.Constraints;
import org.isthmus.api.Life;

/** The model itself; one a document set, id `model`. {@code epoch} rises at every change of owner, {@code mode} gates writes; both are checked in every commit. */
@RecordBuilder
public record ModelRecord(
        String uuid,
        String name,
        String owner,
        String type,
        String cloud,
        String cloudType,
        String region,
        String credential,
        Life life,
        long epoch,
        Mode mode,
        boolean controllerModel,
        Map<String, Object> config,
        Constraints constraints,
        String agentVersion,
        Instant created,
        StatusValue status,
        boolean destroyForced,
        Instant destroyForceAt)
        implements Entity, ModelRecordBuilder.With {
    public static final String ID = "model";

    public ModelRecord {
        config = config == null ? Map.of() : Map.copyOf(config);
        constraints = constraints == null ? Constraints.NONE : constraints;
    }

    /** By when it is over. */
    public Force force() {
        return Force.stored(destroyForced, destroyForceAt);
    }

    /** active: served; importing: inert; migrating: read-only; moved: redirects. */
    public enum Mode {
        ACTIVE,
        IMPORTING,
        MIGRATING,
        MOVED
    }

    @Override
    public String id() {
        return ID;
    }
}
