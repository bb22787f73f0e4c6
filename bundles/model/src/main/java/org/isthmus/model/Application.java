package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Base;
import org.isthmus.api.Constraints;
import org.isthmus.api.Life;

/** An application. {@code settings} holds only what the operator set; {@code status} is null until the charm's leader sets one. {@code token} stands for it across models and dies with it. {@code configVersion} rises with each change of settings or trust, {@code charmVersion} with each change of charm. */
@RecordBuilder
public record Application(
        String name,
        String charmUrl,
        CharmOrigin origin,
        Life life,
        boolean subordinate,
        boolean exposed,
        Map<String, ExposedEndpoint> exposedEndpoints,
        Map<String, Object> settings,
        boolean trust,
        Constraints constraints,
        Map<String, String> bindings,
        StatusValue status,
        String token,
        long configVersion,
        long charmVersion,
        boolean forced,
        Instant forceAt,
        Instant created)
        implements Entity, Forceable, ApplicationBuilder.With {
    public Application {
        exposedEndpoints = exposedEndpoints == null ? Map.of() : Map.copyOf(exposedEndpoints);
        settings = settings == null ? Map.of() : Map.copyOf(settings);
        bindings = bindings == null ? Map.of() : Map.copyOf(bindings);
        constraints = constraints == null ? Constraints.NONE : constraints;
    }

    /** Where its charm came from: source `local` or `charm-hub`; the rest null where it means nothing. */
    public record CharmOrigin(
            String source,
            String charmHubId,
            String hash,
            String risk,
            Integer revision,
            String track,
            String branch,
            String architecture,
            Base base) {}

    /** To whom one endpoint (`` is all of them) is exposed; empty lists mean everybody. */
    public record ExposedEndpoint(List<String> spaces, List<String> cidrs) {
        public ExposedEndpoint {
            spaces = spaces == null ? List.of() : List.copyOf(spaces);
            cidrs = cidrs == null ? List.of() : List.copyOf(cidrs);
        }
    }

    @Override
    public String id() {
        return name;
    }
}
