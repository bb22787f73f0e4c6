package org.isthmus.cli.command;

/** What the client remembers of a controller, asked anew. */
final class ControllerFacts {
    private ControllerFacts() {}

    static void refresh(Session session, Data.Controller controller) {
        Api api = session.api(controller);
        Data.Account account = session.account(controller);
        session.refreshModels(controller);
        String access = api.connection().loginResult().controllerAccess();
        String version = api.connection().loginResult().serverVersion();
        session.data()
                .putController(new Data.Controller(
                        controller.name(),
                        controller.uuid(),
                        controller.addresses(),
                        controller.caCert(),
                        controller.cloud(),
                        controller.region(),
                        controller.type(),
                        version.isEmpty() ? controller.agentVersion() : version));
        if (!access.isEmpty() && !access.equals(account.access())) {
            session.data().putAccount(controller.name(), new Data.Account(account.user(), account.password(), access));
        }
    }
}
