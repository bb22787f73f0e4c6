package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.List;

/** `juju switch`. */
final class SwitchCommand extends Command {
    @Override
    int run(Session session) {
        String wanted = optional();
        String before = current(session);
        if (wanted == null) {
            if (before == null) {
                throw Failure.of("no currently specified model");
            }
            session.print(before);
            return 0;
        }
        for (String variable : List.of("JUJU_CONTROLLER", "JUJU_MODEL")) {
            if (!session.env(variable).isEmpty()) {
                throw Failure.of(
                        "cannot switch when %s is overriding the model (set to \"%s\")",
                        variable, session.env(variable));
            }
        }
        Data data = session.data();
        int colon = wanted.indexOf(':');
        if (colon < 0 && data.controllers().containsKey(wanted)) {
            data.setCurrentController(wanted);
        } else if (colon == wanted.length() - 1 && colon > 0) {
            data.setCurrentController(
                    session.controller(wanted.substring(0, colon)).name());
        } else {
            String name = colon > 0 ? wanted.substring(0, colon) : data.currentController();
            if (name == null) {
                throw notFound(wanted);
            }
            Data.Controller controller = session.controller(name);
            Target target;
            try {
                target = session.find(controller, wanted.substring(colon + 1));
            } catch (Failure unknown) {
                if (colon >= 0
                        || unknown.getMessage() == null
                        || !unknown.getMessage().endsWith("not found")) {
                    throw unknown;
                }
                throw notFound(wanted);
            }
            data.setCurrentModel(controller.name(), target.model());
            data.setCurrentController(controller.name());
        }
        String now = current(session);
        session.info(now.equals(before) ? now + " (no change)" : (before == null ? "" : before) + " -> " + now);
        return 0;
    }

    private static Failure notFound(String name) {
        return Failure.of("\"%s\" is not the name of a model or controller", name);
    }

    private static String current(Session session) {
        String model = session.env("JUJU_MODEL");
        if (model.contains(":")) {
            return model;
        }
        String controller = session.env("JUJU_CONTROLLER");
        if (controller.isEmpty()) {
            controller = session.data().currentController();
        }
        if (controller == null) {
            return null;
        }
        if (model.isEmpty()) {
            model = session.data().currentModel(controller);
        }
        return model == null ? controller + " (controller)" : controller + ":" + model;
    }

    @Override
    List<String> complete(Session session) {
        List<String> names = new ArrayList<>(Candidates.controllers(session));
        names.addAll(Candidates.models(session));
        return args.isEmpty() ? names : List.of();
    }
}
