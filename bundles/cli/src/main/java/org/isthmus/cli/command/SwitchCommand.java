package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** `juju switch`. The way back (`-`) is that of Juju 4.0, as are its options; 3.6 only notes what it needs. */
final class SwitchCommand extends Command {
    private static final String BACK = "-";

    @Option(
            names = {"-c", "--controller"},
            paramLabel = "NAME",
            description = "Controller to operate in")
    String controller;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "Model to operate in. Accepts [<controller name>:]<model name>")
    String model;

    @Override
    int run(Session session) {
        String wanted = wanted();
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
        if (controller != null) {
            toController(session, wanted.equals(BACK) ? previousController(data) : wanted);
        } else if (model != null) {
            toModel(session, wanted.equals(BACK) ? previousModel(session) : wanted);
        } else if (wanted.equals(BACK)) {
            back(session);
        } else {
            int colon = wanted.indexOf(':');
            if (colon < 0 && data.controllers().containsKey(wanted)) {
                toController(session, wanted);
            } else if (colon == wanted.length() - 1 && colon > 0) {
                toController(session, wanted.substring(0, colon));
            } else {
                toModel(session, wanted);
            }
        }
        String now = current(session);
        session.info("%s", now.equals(before) ? now + " (no change)" : (before == null ? "" : before) + " -> " + now);
        return 0;
    }

    /** The one place that was named, in whichever way; null for none. */
    private String wanted() {
        if (controller != null && model != null) {
            throw Failure.usage("cannot specify both --model and --controller");
        }
        if (controller != null || model != null) {
            if (!args.isEmpty()) {
                throw Failure.usage(
                        "no argument accepted when --%s flag is specified",
                        controller != null ? "controller" : "model");
            }
            return controller != null ? controller : model;
        }
        return optional();
    }

    private static void toController(Session session, String name) {
        session.data().setCurrentController(session.controller(name).name());
    }

    private static void toModel(Session session, String wanted) {
        Data data = session.data();
        int colon = wanted.indexOf(':');
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

    /** Undoes the last switch, be it to another controller or to another model of this one. */
    private static void back(Session session) {
        Data data = session.data();
        if (data.controllerWasChanged()) {
            toController(session, previousController(data));
            return;
        }
        Data.Controller here = session.controller(null);
        String model = data.previousModel(here.name());
        if (model == null) {
            throw Failure.of(
                    "no previous model for this controller %s, use a qualified switch 'juju switch controller:model' "
                            + "or return to previous controller through 'juju switch -c -'",
                    here.name());
        }
        toModel(session, model);
    }

    private static String previousController(Data data) {
        String name = data.previousController();
        if (name == null) {
            throw Failure.of("previous controller not found");
        }
        return name;
    }

    private static String previousModel(Session session) {
        Data.Controller here = session.controller(null);
        String model = session.data().previousModel(here.name());
        if (model == null) {
            throw Failure.of("previous model for controller %s not found", here.name());
        }
        return model;
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
