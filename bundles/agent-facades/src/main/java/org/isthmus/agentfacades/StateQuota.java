package org.isthmus.agentfacades;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.Controller;
import org.isthmus.rpc.Call;
import org.isthmus.wire.agent.HookChanges;

/**
 * How much of its own a unit may have the controller keep, by the settings `max-charm-state-size` and `max-agent-state-size`.
 *
 * @param charm bytes; 0 is any number
 * @param agent bytes; 0 is any number
 */
record StateQuota(long charm, long agent) {
    static StateQuota of(Call call) {
        Controller controller =
                call.controller().store().controller().snapshot().controller();
        Map<String, Object> settings = controller == null ? Map.of() : controller.settings();
        return new StateQuota(
                bytes(settings.get("max-charm-state-size"), 2 << 20),
                bytes(settings.get("max-agent-state-size"), 512 << 10));
    }

    private static long bytes(Object set, long otherwise) {
        return set == null ? otherwise : ((Number) set).longValue();
    }

    void need(HookChanges changes) {
        if (changes.charmState() != null) {
            long size = 0;
            for (Map.Entry<String, String> each : changes.charmState().entrySet()) {
                size += length(each.getKey()) + length(each.getValue());
            }
            need("charm", size, charm);
        }
        long size = length(changes.agentState());
        if (changes.relationStates() != null) {
            for (String each : changes.relationStates().values()) {
                size += length(each);
            }
        }
        need("agent", size, agent);
    }

    private static void need(String whose, long size, long limit) {
        if (limit > 0 && size > limit) {
            throw Problem.refuse(Code.QUOTA_LIMIT_EXCEEDED, "%s state: max allowed size (%d) exceeded", whose, limit);
        }
    }

    private static long length(String text) {
        return text == null ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
    }
}
