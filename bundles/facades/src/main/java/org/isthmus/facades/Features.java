package org.isthmus.facades;

import java.util.List;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.Controller;
import org.isthmus.rpc.Call;

/** Feature flags: the controller's setting `features`, a list of words. */
final class Features {
    private static final String SETTING = "features";
    private static final String CROSS_MODEL = "cross-model";

    private Features() {}

    /**
     * Refuses where an administrator took cross-model relations out. They are on where nothing was ever said. What takes away
     * (removing, revoking, suspending) is never refused: what was made before must still come to its end.
     */
    static void needCrossModel(Call call) {
        if (!has(call.controller().store().controller().snapshot().controller(), CROSS_MODEL)) {
            throw Problem.refuse(Code.NOT_SUPPORTED, "feature flag \"%s\" is not enabled", CROSS_MODEL);
        }
    }

    static boolean has(Controller controller, String flag) {
        Object set = controller == null ? null : controller.settings().get(SETTING);
        if (set == null) {
            return flag.equals(CROSS_MODEL);
        }
        List<?> words =
                set instanceof List<?> list ? list : List.of(set.toString().split("[,\\s\\[\\]]+"));
        return words.stream().anyMatch(word -> flag.equals(word.toString().strip()));
    }
}
