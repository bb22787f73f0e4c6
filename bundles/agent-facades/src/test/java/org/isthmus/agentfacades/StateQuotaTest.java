package org.isthmus.agentfacades;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import java.util.Map;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.wire.agent.HookChanges;
import org.junit.Test;

public class StateQuotaTest {
    private static HookChanges changes(String agent, Map<Integer, String> relations, Map<String, String> charm) {
        return new HookChanges("unit-a-0", 1, agent, relations, charm, null, null, null, null, null, null, null, null);
    }

    @Test
    public void stateBeyondTheControllersSettingIsRefused() {
        StateQuota quota = new StateQuota(8, 6);
        quota.need(changes("{\"a\"}", Map.of(), Map.of("key", "value")));
        assertEquals(
                "charm state: max allowed size (8) exceeded",
                refusal(quota, changes(null, null, Map.of("key", "välue"))));
        assertEquals(
                "agent state: max allowed size (6) exceeded", refusal(quota, changes("1234", Map.of(7, "567"), null)));
        new StateQuota(0, 0).need(changes("1234567", Map.of(), Map.of("key", "some value")));
    }

    private static String refusal(StateQuota quota, HookChanges changes) {
        Problem problem = assertThrows(Refused.class, () -> quota.need(changes)).problem();
        assertEquals(Code.QUOTA_LIMIT_EXCEEDED, problem.code());
        return problem.message();
    }
}
