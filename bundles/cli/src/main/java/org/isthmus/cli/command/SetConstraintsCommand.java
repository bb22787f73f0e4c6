package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Constraints;

/** `juju set-constraints` and `juju set-model-constraints`. */
final class SetConstraintsCommand extends ModelCommand {
    private final boolean ofModel;

    SetConstraintsCommand(boolean ofModel) {
        this.ofModel = ofModel;
    }

    @Override
    int run(Session session) {
        List<String> words = new ArrayList<>(args);
        String application = "";
        if (!ofModel) {
            if (words.isEmpty() || words.get(0).contains("=")) {
                throw Failure.usage("no application name specified");
            }
            application = words.remove(0);
        }
        Map<String, Object> params = Map.of(
                "application",
                application,
                "constraints",
                ConstraintWords.wire(Constraints.parse(String.join(" ", words))));
        Api api = session.api(session.target(model));
        if (ofModel) {
            api.call("ModelConfig", "SetModelConstraints", params);
        } else {
            api.call("Application", "SetConstraints", params);
        }
        return 0;
    }

    @Override
    List<String> complete(Session session) {
        return ofModel || !args.isEmpty() ? List.of() : Candidates.applications(session, model);
    }
}
