package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The controller; one a document set of its own, id `controller`. */
@RecordBuilder
public record Controller(
        String uuid,
        String name,
        String cloud,
        String region,
        Map<String, Object> settings,
        String agentVersion,
        Instant created)
        implements Entity, ControllerBuilder.With {
    public static final String ID = "controller";
    /** Feature flag: relations between models. */
    public static final String CROSS_MODEL = "cross-model";

    public Controller {
        settings = settings == null ? Map.of() : Map.copyOf(settings);
    }

    /** A word of the setting `features`; `cross-model` is on where nothing was ever said. */
    public boolean hasFeature(String flag) {
        Object set = settings.get("features");
        if (set == null) {
            return flag.equals(CROSS_MODEL);
        }
        List<?> words =
                set instanceof List<?> list ? list : List.of(set.toString().split("[,\\s\\[\\]]+"));
        return words.stream().anyMatch(word -> flag.equals(word.toString().strip()));
    }

    @Override
    public String id() {
        return ID;
    }
}
