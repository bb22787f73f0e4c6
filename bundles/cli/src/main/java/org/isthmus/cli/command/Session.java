package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.isthmus.api.Names;
import org.isthmus.api.Refused;
import org.isthmus.cli.Doors;
import org.isthmus.cli.text.Colour;
import org.isthmus.cli.text.Document;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Connections;
import org.isthmus.client.Endpoint;
import org.isthmus.client.Https;
import org.isthmus.client.JujuData;
import org.isthmus.client.Login;
import org.isthmus.rpc.Invocation;

/** One run of one command: what it may print to, ask, and reach. */
final class Session implements AutoCloseable {
    private static final String NO_CONTROLLERS =
            """
            No controllers registered.

            Please either create a new controller using "juju bootstrap" or connect to
            another controller that you have been given access to using "juju register".""";
    private static final String NO_CURRENT_CONTROLLER =
            """
            No selected controller.

            Please use "juju switch" to select a controller.""";
    private static final String NO_MODEL =
            """
            No model in focus.

            Please use "juju models" to see models available to you.
            You can set current model by running "juju switch"
            or specify any other model on the command line using the "-m" option.""";

    private final Invocation invocation;
    private final Doors doors;
    private final Reach reach;
    private final Document documents;
    private final Data data;
    private final List<Connections.Borrowed> borrowed = new ArrayList<>();
    /** One for all that this command asks, here and at other controllers: it is found again in their logs, and in hooks. */
    private final String trace =
            HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());

    private boolean quiet;

    Session(Invocation invocation, Doors doors, Reach reach, Document documents) {
        this.invocation = invocation;
        this.doors = doors;
        this.reach = reach;
        this.documents = documents;
        this.data = new Data(new JujuData(dataFolder(invocation)), documents.mapper());
    }

    /** Gives back the connections. */
    @Override
    public void close() {
        borrowed.forEach(Connections.Borrowed::close);
        borrowed.clear();
    }

    static Path dataFolder(Invocation invocation) {
        Map<String, String> env = invocation.env();
        if (env.getOrDefault("JUJU_DATA", "").isEmpty()
                && env.getOrDefault("XDG_DATA_HOME", "").isEmpty()
                && env.getOrDefault("HOME", "").isEmpty()) {
            throw Failure.of("cannot determine juju data directory, no suitable environment variables: "
                    + "set JUJU_DATA, XDG_DATA_HOME or HOME");
        }
        return invocation.cwd().resolve(JujuData.folder(env));
    }

    Invocation invocation() {
        return invocation;
    }

    Doors doors() {
        return doors;
    }

    Reach reach() {
        return reach;
    }

    Document documents() {
        return documents;
    }

    Data data() {
        return data;
    }

    String trace() {
        return trace;
    }

    void quiet(boolean quiet) {
        this.quiet = quiet;
    }

    String env(String name) {
        return invocation.env().getOrDefault(name, "");
    }

    boolean feature(String flag) {
        return List.of(env("JUJU_DEV_FEATURE_FLAGS").split("[,\\s]+")).contains(flag);
    }

    Path path(String name) {
        String home = env("HOME");
        if (name.startsWith("~/") && !home.isEmpty()) {
            return Path.of(home, name.substring(2));
        }
        return invocation.cwd().resolve(name);
    }

    // ---- saying and asking

    PrintStream out() {
        return invocation.out();
    }

    /** A line on stdout. */
    void print(String line) {
        invocation.out().println(line);
    }

    /** A line on stderr, unless `--quiet`. */
    void info(String message, Object... args) {
        if (!quiet) {
            invocation.err().println(args.length == 0 ? message : String.format(message, args));
            invocation.err().flush();
        }
    }

    void warn(String message, Object... args) {
        invocation.err().println("WARNING " + (args.length == 0 ? message : String.format(message, args)));
        invocation.err().flush();
    }

    void error(String message, Object... args) {
        invocation.err().println("ERROR " + (args.length == 0 ? message : String.format(message, args)));
        invocation.err().flush();
    }

    Colour colour(boolean forced) {
        return new Colour(forced || invocation.tty() && env("NO_COLOR").isEmpty());
    }

    String ask(String text, boolean hidden) {
        if (invocation.prompt() == null) {
            throw Failure.of("cannot ask: there is no terminal; give the answer as an option");
        }
        try {
            invocation.err().flush();
            invocation.out().flush();
            String answer = invocation.prompt().ask(text, hidden);
            if (answer == null) {
                // The question's line is still open.
                invocation.err().println();
                throw Failure.of("EOF");
            }
            return answer;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    // ---- controllers

    /** The controller that was named, or JUJU_CONTROLLER, that of JUJU_MODEL, or the current one. */
    Data.Controller controller(String named) {
        String name = named;
        if (name == null || name.isEmpty()) {
            name = env("JUJU_CONTROLLER");
        }
        if (name.isEmpty()) {
            String model = env("JUJU_MODEL");
            int colon = model.indexOf(':');
            name = colon > 0 ? model.substring(0, colon) : "";
        }
        Map<String, Data.Controller> known = data.controllers();
        if (name.isEmpty()) {
            name = data.currentController();
            if (name == null) {
                throw Failure.of(known.isEmpty() ? NO_CONTROLLERS : NO_CURRENT_CONTROLLER);
            }
        }
        Data.Controller controller = known.get(name);
        if (controller == null) {
            throw Failure.of("controller %s not found", name);
        }
        return controller;
    }

    Data.Account account(Data.Controller controller) {
        Data.Account account = data.account(controller.name());
        if (account == null || account.password() == null) {
            throw Failure.of(
                    "not logged in to controller \"%s\": use \"juju login -c %s -u <user>\"",
                    controller.name(), controller.name());
        }
        return account;
    }

    Login login(Data.Controller controller) {
        Data.Account account = account(controller);
        return Login.user(account.user(), account.password());
    }

    static Endpoint endpoint(Data.Controller controller, String modelUuid) {
        return new Endpoint(controller.addresses(), controller.caCert(), modelUuid);
    }

    /** A connection to the controller; it stays with this session. */
    Api api(Data.Controller controller) {
        return api(controller, null);
    }

    Api api(Target target) {
        return api(controller(target.controller()), target.uuid());
    }

    private Api api(Data.Controller controller, String modelUuid) {
        Coming coming = new Coming(doors.host(), controller.uuid());
        return new Api(seconds -> coming.first(() -> connect(controller, modelUuid, seconds)), trace);
    }

    private ApiConnection connect(Data.Controller controller, String modelUuid, long seconds) {
        needRunning(controller);
        Login login = login(controller);
        try {
            Connections.Borrowed connection =
                    Api.await(reach.connections().borrow(endpoint(controller, modelUuid), login), seconds);
            borrowed.add(connection);
            return connection.connection();
        } catch (Failure.Lost lost) {
            String why = Standing.absence(doors, controller.uuid());
            throw why == null ? lost : new Failure.Lost(why);
        }
    }

    /** One of this container that cannot run is not dialled: a stranger may have its port, and never say a word. */
    private void needRunning(Data.Controller controller) {
        String why = Standing.failure(doors, controller.uuid());
        if (why != null) {
            throw new Failure.Lost(why);
        }
    }

    /** Whether the controller knows this user by this password. */
    boolean mayLogIn(Data.Controller controller, String user, String password) {
        needRunning(controller);
        try {
            borrowed.add(
                    Api.await(reach.connections().borrow(endpoint(controller, null), Login.user(user, password)), 60));
            return true;
        } catch (Refused refused) {
            return false;
        }
    }

    Https https(Target target) {
        Data.Controller controller = controller(target.controller());
        needRunning(controller);
        return new Https(
                reach.dialer(), endpoint(controller, target.uuid()), login(controller), Duration.ofSeconds(60));
    }

    // ---- models

    /** What `-m` names: `[controller:][owner/]model` or a UUID; else JUJU_MODEL; else the current model. */
    Target target(String named) {
        String text = named == null || named.isEmpty() ? env("JUJU_MODEL") : named;
        String controllerName = null;
        String model = text;
        int colon = text.indexOf(':');
        if (colon >= 0) {
            controllerName = text.substring(0, colon);
            model = text.substring(colon + 1);
        }
        Data.Controller controller = controller(controllerName);
        if (model.isEmpty()) {
            model = data.currentModel(controller.name());
            if (model == null) {
                // Logging out forgets the models: that is what is wrong then.
                account(controller);
                throw Failure.of(NO_MODEL);
            }
        }
        return find(controller, model);
    }

    Target find(Data.Controller controller, String model) {
        Target known = known(controller, model);
        if (known == null) {
            refreshModels(controller);
            known = known(controller, model);
        }
        if (known == null) {
            if (Names.isUuid(model)) {
                return new Target(controller.name(), model, model);
            }
            throw Failure.of("model %s:%s not found", controller.name(), qualify(controller, model));
        }
        return known;
    }

    private Target known(Data.Controller controller, String model) {
        Map<String, String> models = data.models(controller.name());
        String qualified = qualify(controller, model);
        if (models.containsKey(qualified)) {
            return new Target(controller.name(), qualified, models.get(qualified));
        }
        for (Map.Entry<String, String> each : models.entrySet()) {
            if (model.equals(each.getValue())) {
                return new Target(controller.name(), each.getKey(), each.getValue());
            }
        }
        return null;
    }

    /** `owner/name`, the owner being the account's user where none is given. */
    String qualify(Data.Controller controller, String model) {
        return model.contains("/") ? model : account(controller).user() + "/" + model;
    }

    /** Asks the controller which models the user may see, and remembers them. */
    Map<String, String> refreshModels(Data.Controller controller) {
        JsonNode answer = api(controller)
                .call(
                        "ModelManager",
                        "ListModels",
                        Map.of("tag", "user-" + account(controller).user()));
        Map<String, String> models = new LinkedHashMap<>();
        for (JsonNode each : answer.path("user-models")) {
            JsonNode model = each.path("model");
            models.put(
                    tagId(model.path("owner-tag").asText()) + "/"
                            + model.path("name").asText(),
                    model.path("uuid").asText());
        }
        data.setModels(controller.name(), models);
        return models;
    }

    /** `name` for one's own models, `owner/name` for others'. */
    String shown(Data.Controller controller, String qualified) {
        String user = account(controller).user();
        return qualified.startsWith(user + "/") ? qualified.substring(user.length() + 1) : qualified;
    }

    static String tagId(String tag) {
        return tag.substring(tag.indexOf('-') + 1);
    }

    static String unitTag(String unit) {
        return "unit-" + unit.replace('/', '-');
    }

    static String machineTag(String machine) {
        return "machine-" + machine.replace('/', '-');
    }

    /** `k=v` words. */
    static Map<String, String> pairs(List<String> words) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals <= 0) {
                throw Failure.usage("expected \"key=value\", got \"%s\"", word);
            }
            pairs.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return pairs;
    }

    static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        names.sort(Names.NATURAL);
        return names;
    }
}
