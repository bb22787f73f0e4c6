package org.isthmus.cli.command;

import java.util.LinkedHashMap;
import java.util.Map;
import org.isthmus.cli.text.Table;
import picocli.CommandLine.Mixin;

/** `juju whoami`. */
final class WhoamiCommand extends Command {
    @Mixin
    Format format = new Format();

    @Override
    int run(Session session) {
        noMoreThan(0);
        String current = session.data().currentController();
        boolean named = !session.env("JUJU_CONTROLLER").isEmpty()
                || !session.env("JUJU_MODEL").isEmpty();
        if (current == null && !named) {
            session.info("There is no current controller.\nRun juju controllers to see available controllers.");
            return 1;
        }
        Data.Controller controller = session.controller(null);
        Data.Account account = session.data().account(controller.name());
        if (account == null) {
            session.info(
                    "You are not logged in to controller \"%s\".\nRun juju login if you want to login.",
                    controller.name());
            return 1;
        }
        String model = session.env("JUJU_MODEL");
        model = model.substring(model.indexOf(':') + 1);
        if (model.isEmpty()) {
            model = session.data().currentModel(controller.name());
        }
        String shown = model == null ? "" : session.shown(controller, model);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("controller", controller.name());
        document.put("model", shown);
        document.put("user", account.user());
        return format.print(
                session,
                () -> new Table("Controller:", controller.name())
                        .row("Model:", shown.isEmpty() ? "<no-current-model>" : shown)
                        .row("User:", account.user())
                        .toString(),
                () -> document);
    }
}
