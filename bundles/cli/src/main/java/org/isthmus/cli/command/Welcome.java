package org.isthmus.cli.command;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Login;
import org.isthmus.client.LoginResult;

/** The last steps of `login` and `register`: the account is proved and kept, and its models are told. */
final class Welcome {
    private Welcome() {}

    /** Logs in, keeps the account and makes the controller the current one. */
    static void enter(Session session, Data.Controller at, String user, String password) {
        keep(session, at, user, password, prove(session, at, user, password));
    }

    /** Logs in, and keeps nothing of it. */
    static LoginResult prove(Session session, Data.Controller at, String user, String password) {
        ApiConnection connection = Api.await(session.reach()
                .dialer()
                .connect(Session.endpoint(at, null), Login.user(user, password), Duration.ofSeconds(30)));
        connection.close();
        return connection.loginResult();
    }

    static void keep(Session session, Data.Controller at, String user, String password, LoginResult proved) {
        session.data().putAccount(at.name(), new Data.Account(user, password, proved.controllerAccess()));
        session.data().setCurrentController(at.name());
    }

    /** `Welcome, …`, and which model is in use now, or could be. */
    static void say(Session session, Data.Controller at, String user) {
        session.info("Welcome, %s. You are now logged into \"%s\".", user, at.name());
        Map<String, String> models = session.refreshModels(at);
        String current = session.data().currentModel(at.name());
        if (current != null && models.containsKey(current)) {
            session.info("\nCurrent model set to \"%s\".", current);
        } else if (models.size() == 1) {
            String only = models.keySet().iterator().next();
            session.data().setCurrentModel(at.name(), only);
            session.info("\nCurrent model set to \"%s\".", only);
        } else if (models.isEmpty()) {
            session.info(
                    """

                    There are no models available. You can add models with
                    "juju add-model", or you can ask an administrator or owner
                    of a model to grant access to that model with "juju grant".""");
        } else {
            List<String> lines = models.keySet().stream()
                    .sorted(org.isthmus.api.Names.NATURAL)
                    .map(m -> "  - juju switch " + m)
                    .toList();
            session.info(
                    "\nThere are %d models available. Use \"juju switch\" to select\none of them:\n%s",
                    models.size(), String.join("\n", lines));
        }
    }
}
