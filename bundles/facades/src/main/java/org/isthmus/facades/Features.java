package org.isthmus.facades;

import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.Controller;
import org.isthmus.rpc.Call;

/** Feature flags: the controller's setting `features`, a list of words. */
final class Features {
    private Features() {}

    /**
     * Refuses where an administrator took cross-model relations out. They are on where nothing was ever said. What takes away
     * (removing, revoking, suspending) is never refused: what was made before must still come to its end.
     */
    static void needCrossModel(Call call) {
        Controller controller =
                call.controller().store().controller().snapshot().controller();
        if (controller != null && !controller.hasFeature(Controller.CROSS_MODEL)) {
            throw Problem.refuse(Code.NOT_SUPPORTED, "feature flag \"%s\" is not enabled", Controller.CROSS_MODEL);
        }
    }
}
