package org.isthmus.model;

import java.time.Instant;
import java.util.Map;
import org.isthmus.api.Life;

/**
 * What lists over models show of one, written in the model's own transactions so that idle models may stay unloaded.
 *
 * @param access what each user of the model may do there
 */
public record Summary(
        String uuid,
        String name,
        String owner,
        String type,
        String cloud,
        String cloudType,
        String region,
        String credential,
        Life life,
        boolean controllerModel,
        String agentVersion,
        StatusValue status,
        int machines,
        long cores,
        int units,
        int applications,
        Map<String, String> access,
        Instant created) {
    public Summary {
        access = access == null ? Map.of() : Map.copyOf(access);
    }
}
