package org.isthmus.itests.access;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Dialer;
import org.isthmus.client.Endpoint;
import org.isthmus.client.Login;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.FacadeSet;
import org.isthmus.rpc.Method;
import org.junit.After;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Every method of every facade, asked over the wire by every kind of caller on every kind of connection. */
public class AccessWalkTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Rule
    public TemporaryFolder temp = new TemporaryFolder();

    private Premises premises;
    private Dialer dialer;
    private Premises.Record record;
    private final Map<Seat, ApiConnection> open = new HashMap<>();
    /** Whom somebody disabled, removed or revoked: not asked again, as each failed login takes longer. */
    private final Set<Seat> gone = new HashSet<>();

    private final List<String> holes = new ArrayList<>();

    /** Ends of the same building: a model of the caller's team, of the other team, and the controller itself. */
    private enum Place {
        MINE,
        THEIRS,
        CONTROLLER
    }

    private enum Caller {
        ANONYMOUS(Login.anonymous()),
        DISABLED(Login.user("dora", Premises.PASSWORD)),
        LOGIN_ONLY(Login.user("lone", Premises.PASSWORD)),
        READER(Login.user("rita", Premises.PASSWORD)),
        WRITER(Login.user("will", Premises.PASSWORD)),
        ADMIN_OF_ANOTHER(Login.user("zebrauser", Premises.PASSWORD)),
        MODEL_ADMIN(Login.user("ada", Premises.PASSWORD)),
        SUPERUSER(Login.user("admin", Premises.PASSWORD)),
        MACHINE(Login.agent("machine-0", Premises.PASSWORD, "nonce-0")),
        OTHER_MACHINE(Login.agent("machine-1", Premises.PASSWORD, "nonce-1")),
        UNIT(Login.agent("unit-wp-0", Premises.PASSWORD, null)),
        OTHER_UNIT(Login.agent("unit-wp-1", Premises.PASSWORD, null)),
        AGENT_OF_ANOTHER(Login.agent("unit-zebraapp-0", Premises.PASSWORD, null));

        private final Login login;

        Caller(Login login) {
            this.login = login;
        }

        boolean isUser() {
            return login.tag().startsWith("user-") && this != ANONYMOUS;
        }

        boolean isAgent() {
            return !login.tag().startsWith("user-");
        }
    }

    /** A caller on a connection. */
    private record Seat(Caller caller, Place place) {}

    private record Target(
            String facade, Facade.Scope scope, int version, String method, Access access, boolean mutates, Type type) {
        @Override
        public String toString() {
            return facade + "." + method;
        }
    }

    private enum Expected {
        /** Nobody can log in here as that. */
        NO_LOGIN,
        NOT_OFFERED,
        DENIED,
        SERVED
    }

    /** @param problem null where an answer came */
    private record Outcome(JsonNode answer, Problem problem, Throwable failure) {
        String text() {
            return failure != null ? failure.toString() : problem != null ? problem.toString() : answer.toString();
        }
    }

    @BeforeClass
    public static void quiet() {
        System.setProperty("org.slf4j.simpleLogger.log.org.isthmus.audit", "off");
    }

    @Before
    public void setUp() throws Exception {
        premises = new Premises(temp.newFolder("premises").toPath());
        dialer = new Dialer("walk");
        record = premises.new Record();
    }

    @After
    public void tearDown() throws Exception {
        open.values().forEach(ApiConnection::close);
        dialer.close();
        premises.close();
    }

    private static String wireName(java.lang.reflect.Method method, Method marked) {
        return marked.name().isEmpty()
                ? Character.toUpperCase(method.getName().charAt(0))
                        + method.getName().substring(1)
                : marked.name();
    }

    private List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (FacadeSet set : premises.sets) {
            for (Object facade : set.facades()) {
                Facade declared = facade.getClass().getAnnotation(Facade.class);
                for (java.lang.reflect.Method method : facade.getClass().getMethods()) {
                    Method marked = method.getAnnotation(Method.class);
                    if (marked != null && !method.isBridge()) {
                        targets.add(new Target(
                                declared.name(),
                                declared.scope(),
                                Math.min(declared.until(), marked.until()),
                                wireName(method, marked),
                                marked.access(),
                                marked.mutates(),
                                method.getParameterCount() < 2 ? null : method.getGenericParameterTypes()[1]));
                    }
                }
            }
        }
        targets.sort(Comparator.comparing(AccessWalkTest::ending).thenComparing(Target::toString));
        return targets;
    }

    /** What ends things comes last, so that all others find them. */
    private static int ending(Target target) {
        if (target.toString().equals("Controller.DestroyController")) {
            return 5;
        }
        if (target.facade().equals("ModelManager") && target.method().startsWith("Destroy")) {
            return 4;
        }
        for (String word : List.of("Destroy", "Remove", "EnsureDead", "Disable", "Revoke", "Password")) {
            if (target.method().contains(word)) {
                return 3;
            }
        }
        return target.method().startsWith("Modify") ? 2 : target.mutates() ? 1 : 0;
    }

    // --- what should be

    private static Expected expected(Seat seat, Target target) {
        Caller caller = seat.caller();
        if (!entersAtAll(seat)) {
            return Expected.NO_LOGIN;
        }
        boolean onModel = seat.place() != Place.CONTROLLER;
        boolean offered =
                switch (target.scope()) {
                    case ANONYMOUS -> true;
                    case BOTH -> caller != Caller.ANONYMOUS;
                    case MODEL -> caller != Caller.ANONYMOUS && onModel;
                    case CONTROLLER -> caller != Caller.ANONYMOUS && !onModel;
                };
        if (!offered) {
            return Expected.NOT_OFFERED;
        }
        boolean superuser = caller == Caller.SUPERUSER;
        boolean may =
                switch (target.access()) {
                    case ANONYMOUS -> true;
                    case AUTHENTICATED -> caller != Caller.ANONYMOUS;
                    case CONTROLLER_LOGIN, CHECKED_INSIDE -> caller.isUser();
                    case CONTROLLER_SUPERUSER -> superuser;
                    case MODEL_READ -> superuser || level(seat) >= 1;
                    case MODEL_WRITE -> superuser || level(seat) >= 2;
                    case MODEL_ADMIN -> superuser || level(seat) >= 3;
                    case MACHINE_AGENT -> caller == Caller.MACHINE || caller == Caller.OTHER_MACHINE;
                    case UNIT_AGENT ->
                        caller == Caller.UNIT || caller == Caller.OTHER_UNIT || caller == Caller.AGENT_OF_ANOTHER;
                    case AGENT -> caller.isAgent();
                };
        return may ? Expected.SERVED : Expected.DENIED;
    }

    private static int level(Seat seat) {
        return switch (seat.caller()) {
            case SUPERUSER -> 3;
            case MODEL_ADMIN -> seat.place() == Place.MINE ? 3 : 0;
            case WRITER -> seat.place() == Place.MINE ? 2 : 0;
            case READER -> seat.place() == Place.MINE ? 1 : 0;
            case ADMIN_OF_ANOTHER -> seat.place() == Place.THEIRS ? 3 : 0;
            default -> 0;
        };
    }

    private static boolean entersAtAll(Seat seat) {
        Caller caller = seat.caller();
        if (caller == Caller.ANONYMOUS) {
            return true;
        }
        if (caller == Caller.DISABLED) {
            return false;
        }
        if (caller.isAgent()) {
            return caller == Caller.AGENT_OF_ANOTHER ? seat.place() == Place.THEIRS : seat.place() == Place.MINE;
        }
        return seat.place() == Place.CONTROLLER || level(seat) > 0;
    }

    // --- arguments

    private static final List<String> THEIR_TAGS = List.of(
            "model-" + Premises.THEIRS,
            "user-zebrauser",
            "application-zebraapp",
            "unit-zebraapp-0",
            "machine-0",
            "cloud-localhost",
            "cloudcred-localhost_zebrauser_zebracred",
            "relation-0",
            "nonsense");

    private static final List<String> MY_TAGS = List.of(
            "application-wp",
            "unit-wp-0",
            "machine-0",
            "model-" + Premises.MINE,
            "user-ada",
            "cloud-localhost",
            "cloudcred-localhost_ada_default",
            "local:wp-0",
            "nonsense");

    private static Arguments arguments(Target target, boolean theirs, String tag) {
        Map<String, Object> values = new TreeMap<>();
        String team = theirs ? "zebrauser" : "ada";
        String app = theirs ? "zebraapp" : "wp";
        String model = "model-" + (theirs ? Premises.THEIRS : Premises.MINE);
        values.put("tag", tag);
        values.put("entity", tag);
        values.put("entities", List.of(Map.of("tag", tag)));
        for (String name : List.of("modelTag", "offeringModelTag")) {
            values.put(name, model);
        }
        values.put("sourceModelTag", "model-" + Premises.MINE);
        for (String name : List.of("userTag", "ownerTag", "user")) {
            values.put(name, "user-" + team);
        }
        values.put("applicationTag", "application-" + app);
        for (String name : List.of("application", "applicationName")) {
            values.put(name, app);
        }
        values.put("name", target.facade().equals("Application") ? app : "x");
        values.put("unitTag", "unit-" + app + "-0");
        values.put("unit", app + "/0");
        values.put("of", "sql/0");
        values.put("machineTag", "machine-0");
        values.put("cloudTag", "cloud-localhost");
        values.put("cloudName", "localhost");
        values.put("credentialName", theirs ? "zebracred" : "default");
        values.put("credentialTag", "cloudcred-localhost_" + team + "_" + (theirs ? "zebracred" : "default"));
        values.put("credential", values.get("credentialTag"));
        values.put("authType", "empty");
        values.put("offerUrl", "zebrauser/zebramodel.zebraoffer");
        values.put("offerUuid", Premises.OFFER);
        values.put("offerName", theirs ? "zebraoffer" : "wpoffer");
        values.put("ownerName", team);
        values.put("modelName", theirs ? "zebramodel" : "mine");
        values.put("relationToken", "dddddddd-0000-4000-8000-000000000001");
        values.put("applicationToken", "dddddddd-0000-4000-8000-000000000002");
        values.put("token", values.get("relationToken"));
        values.put("secret", "guessed-guessed-guessed-guessed");
        // Whoever may set the own password can still log in.
        values.put("password", Premises.PASSWORD);
        values.put("username", "intruder");
        values.put("action", "grant");
        values.put("access", target.facade().equals("Controller") ? "superuser" : "admin");
        values.put("url", "local:" + (theirs ? "zebra" : "wp") + "-0");
        values.put("charmUrl", values.get("url"));
        values.put("endpoint", "db");
        values.put("status", "active");
        values.put("message", "walked");
        return new Arguments(values, "x");
    }

    private static List<JsonNode> questions(Target target, boolean theirs) {
        Map<String, JsonNode> all = new LinkedHashMap<>();
        JsonNode empty = JsonNodeFactory.instance.objectNode();
        all.put("{}", empty);
        if (target.type() != null) {
            for (String tag : theirs ? THEIR_TAGS : MY_TAGS) {
                JsonNode question = arguments(target, theirs, tag).of(target.type());
                all.put(question.toString(), question);
            }
        }
        return List.copyOf(all.values());
    }

    // --- asking

    private Endpoint endpoint(Place place) {
        List<String> at = List.of("127.0.0.1:" + premises.port);
        return switch (place) {
            case CONTROLLER -> Endpoint.controller(at, premises.caCert);
            case MINE -> Endpoint.model(at, premises.caCert, Premises.MINE);
            case THEIRS -> Endpoint.model(at, premises.caCert, Premises.THEIRS);
        };
    }

    private Outcome ask(Seat seat, Target target, JsonNode params) throws Exception {
        try {
            ApiConnection connection = open.get(seat);
            if (connection == null || !connection.isOpen()) {
                connection = Premises.get(dialer.connect(endpoint(seat.place()), seat.caller().login, LIMIT));
                open.put(seat, connection);
            }
            return new Outcome(
                    Premises.get(connection.call(target.facade(), target.version(), "", target.method(), params)),
                    null,
                    null);
        } catch (ExecutionException failed) {
            if (open.get(seat) == null || !open.get(seat).isOpen()) {
                gone.add(seat);
            }
            return new Outcome(null, Refused.of(failed), Refused.of(failed) == null ? failed.getCause() : null);
        }
    }

    private void hole(String what, Seat seat, Target target, JsonNode params, String said) {
        holes.add(what + ": " + seat.caller() + " at " + seat.place() + ", " + target + " [" + target.access() + "] "
                + params + "\n    -> " + said.substring(0, Math.min(600, said.length())));
    }

    private List<Seat> seats() {
        List<Seat> seats = new ArrayList<>();
        for (Caller caller : Caller.values()) {
            for (Place place : Place.values()) {
                seats.add(new Seat(caller, place));
            }
        }
        return seats;
    }

    private static boolean entitledToTheirs(Caller caller) {
        return caller == Caller.SUPERUSER || caller == Caller.ADMIN_OF_ANOTHER || caller == Caller.AGENT_OF_ANOTHER;
    }

    private void report(String what, int methods, Map<?, Integer> counts) {
        System.out.println(what + ": " + methods + " methods, " + counts + ", " + holes.size() + " holes");
        assertEquals(String.join("\n", holes), 0, holes.size());
    }

    // --- the walks

    @Test
    public void whoLacksTheDeclaredAccessIsRefusedAndChangesNothing() throws Exception {
        List<Target> targets = targets();
        Map<Expected, Integer> counts = new EnumMap<>(Expected.class);
        for (Seat seat : seats()) {
            if (!entersAtAll(seat)) {
                Outcome outcome = ask(seat, targets.get(0), null);
                boolean told = outcome.problem() != null
                        && outcome.problem().code() == Code.UNAUTHORIZED
                        && List.of("permission denied", "invalid entity name or password")
                                .contains(outcome.problem().message());
                if (!told) {
                    hole("logged in", seat, targets.get(0), null, outcome.text());
                }
                counts.merge(Expected.NO_LOGIN, 1, Integer::sum);
                continue;
            }
            ask(seat, targets.get(0), null);
            record.changes();
            for (Target target : targets) {
                Expected expected = expected(seat, target);
                if (expected == Expected.SERVED) {
                    continue;
                }
                // Whoever is refused is refused before the arguments are looked at: two questions are enough.
                List<JsonNode> questions = questions(target, false);
                for (JsonNode params : questions.subList(0, Math.min(2, questions.size()))) {
                    Outcome outcome = ask(seat, target, params);
                    counts.merge(expected, 1, Integer::sum);
                    Problem problem = outcome.problem();
                    boolean right = problem != null
                            && (expected == Expected.DENIED
                                    ? problem.code() == Code.UNAUTHORIZED
                                            && problem.message().equals("permission denied")
                                    : problem.code() == Code.NOT_SUPPORTED
                                            && problem.message().startsWith("facade \"" + target.facade()));
                    if (!right) {
                        hole("expected " + expected, seat, target, params, outcome.text());
                    }
                    for (String change : record.changes()) {
                        hole("changed by a refused call", seat, target, params, change);
                    }
                }
            }
        }
        assertTrue(targets.size() + " methods", targets.size() > 150);
        report("refused", targets.size(), counts);
    }

    @Test
    public void foreignThingsAreNeitherShownNorChanged() throws Exception {
        List<Target> targets = targets();
        Map<String, Integer> counts = new TreeMap<>();
        for (Seat seat : seats()) {
            // The other team's admin asks at the controller, where nothing of ours is theirs.
            boolean otherTeam = seat.equals(new Seat(Caller.ADMIN_OF_ANOTHER, Place.CONTROLLER));
            if (!entersAtAll(seat) || (entitledToTheirs(seat.caller()) && !otherTeam)) {
                continue;
            }
            ask(seat, targets.get(0), null);
            record.changes();
            for (Target target : targets) {
                // A model admin may end the own model, and then sits nowhere.
                if (expected(seat, target) != Expected.SERVED) {
                    continue;
                }
                for (JsonNode params : questions(target, !otherTeam)) {
                    Outcome outcome = ask(seat, target, params);
                    counts.merge(outcome.problem() == null ? "answered" : "refused", 1, Integer::sum);
                    String said = outcome.text();
                    if (outcome.failure() != null || said.contains("internal error")) {
                        hole("internal error", seat, target, params, said);
                    }
                    boolean names = params.isEmpty() && said.contains("zebra");
                    if (!otherTeam && (said.contains(Premises.SECRET) || names)) {
                        hole("shown", seat, target, params, said);
                    }
                    for (String change : record.changes(otherTeam ? Premises.THEIRS : Premises.MINE)) {
                        hole("changed", seat, target, params, change);
                    }
                }
            }
        }
        report("foreign", targets.size(), counts);
    }

    @Test
    public void agentsSpeakForThemselvesOnly() throws Exception {
        List<Target> targets = targets().stream()
                .filter(t -> List.of(Access.AGENT, Access.MACHINE_AGENT, Access.UNIT_AGENT)
                        .contains(t.access()))
                .toList();
        Map<String, Integer> counts = new TreeMap<>();
        Map<Caller, List<String>> others = Map.of(
                Caller.MACHINE, List.of("machine-1", "machine-2", "unit-wp-1", "unit-sql-0", "machine-99", "nonsense"),
                Caller.OTHER_MACHINE, List.of("machine-0", "unit-wp-0", "unit-sql-0", "user-admin"),
                Caller.UNIT, List.of("unit-wp-1", "unit-sql-0", "machine-0", "machine-1", "unit-no-9", "user-admin"),
                Caller.OTHER_UNIT, List.of("unit-wp-0", "unit-sql-0", "machine-1", "application-wp"));
        for (Caller caller : others.keySet()) {
            Seat seat = new Seat(caller, Place.MINE);
            ask(seat, targets.get(0), null);
            record.changes();
            for (Target target : targets) {
                if (expected(seat, target) != Expected.SERVED) {
                    continue;
                }
                for (String tag : others.get(caller)) {
                    Arguments arguments = arguments(target, false, tag);
                    arguments.values().put("unitTag", tag);
                    JsonNode params = arguments.of(target.type());
                    Outcome outcome = ask(seat, target, params);
                    counts.merge(target.facade().equals("Logger") ? "dropped" : "refused", 1, Integer::sum);
                    String said = outcome.text();
                    boolean items = outcome.answer() != null
                            && !outcome.answer().findValuesAsText("error").isEmpty();
                    boolean refused = outcome.problem() != null || items;
                    boolean told = said.contains("permission denied")
                            || said.contains("is not a valid")
                            || said.contains("not valid");
                    if (!target.facade().equals("Logger") && (!refused || !told)) {
                        hole("spoke for " + tag, seat, target, params, said);
                    }
                    if (outcome.failure() != null || said.contains("internal error")) {
                        hole("internal error", seat, target, params, said);
                    }
                    for (String change : record.changes()) {
                        hole("changed", seat, target, params, change);
                    }
                }
            }
        }
        assertTrue(premises.logs
                .read(Premises.MINE, 1, false, line -> line.message().equals("walked"))
                .next()
                .lines()
                .isEmpty());
        report("agents", targets.size(), counts);
    }

    @Test
    public void whoMayIsServedWithoutAnInternalError() throws Exception {
        List<Target> targets = targets();
        Map<String, Integer> counts = new TreeMap<>();
        // One kind of end after the other, so that everybody meets a thing that is there, and one that is gone.
        for (Target target : targets) {
            for (Seat seat : seats()) {
                if (expected(seat, target) != Expected.SERVED || gone.contains(seat)) {
                    continue;
                }
                for (JsonNode params : questions(target, seat.place() == Place.THEIRS)) {
                    Outcome outcome = ask(seat, target, params);
                    counts.merge(outcome.problem() == null ? "answered" : "refused", 1, Integer::sum);
                    String said = outcome.text();
                    if (gone.contains(seat)) {
                        counts.merge("gone", 1, Integer::sum);
                        break;
                    }
                    if (outcome.failure() != null || said.contains("internal error")) {
                        hole("internal error", seat, target, params, said);
                    }
                }
            }
        }
        report("served", targets.size(), counts);
    }
}
