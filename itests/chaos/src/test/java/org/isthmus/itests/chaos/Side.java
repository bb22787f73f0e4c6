package org.isthmus.itests.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Dialer;
import org.isthmus.client.Endpoint;
import org.isthmus.client.JujuData;
import org.isthmus.client.Login;
import org.isthmus.itests.harness.CharmFolder;
import org.isthmus.itests.harness.Distribution;
import org.isthmus.itests.harness.Result;

/** One of two controllers in processes of their own, with a model in which one application talks. */
final class Side {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CALL = Duration.ofSeconds(30);

    final Distribution isthmus;
    final String controller;
    final String application;
    final String model;
    private boolean up = true;
    private int said;

    Side(Distribution isthmus, String controller, String model, String application) {
        this.isthmus = isthmus;
        this.controller = controller;
        this.model = model;
        this.application = application;
    }

    /** Two units on one machine, of a charm that says its text and notes what it hears. */
    void prepare(String role) {
        isthmus.juju("bootstrap", "localhost", controller, "--no-default-model").ok();
        isthmus.juju("add-model", model).ok();
        isthmus.juju("deploy", charm(role).path().toString(), application).ok();
        isthmus.juju("add-unit", application, "--to", "0").ok();
    }

    private CharmFolder charm(String role) {
        // A key of its own for each text: what was deleted must be gone on the other side too.
        String say =
                """
                text=$(config-get text)
                for key in $(relation-get -r "$id" - "$JUJU_UNIT_NAME" | sed -n 's/^\\(key-[^:]*\\):.*/\\1/p'); do
                  relation-set -r "$id" "$key="
                done
                relation-set -r "$id" text="$text" "key-$text=$JUJU_UNIT_NAME"
                if [ "$(is-leader)" = True ]; then relation-set -r "$id" --app leader-text="$text"; fi
                """;
        return CharmFolder.in(
                        isthmus.folder("charms/" + application),
                        """
                        name: %s
                        summary: Talks
                        description: Says its text and notes what it hears.
                        %s:
                          talk:
                            interface: talk
                        """
                                .formatted(application, role))
                .file(
                        "config.yaml",
                        "options:\n  text:\n    type: string\n    default: t0\n    description: What is said\n")
                .file("say", say)
                .hook("start", "status-set active\n")
                .hook("config-changed", "for id in $(relation-ids talk); do . ./say; done\n")
                .hook("leader-elected", "for id in $(relation-ids talk); do . ./say; done\n")
                .hook("talk-relation-joined", "id=$JUJU_RELATION_ID; . ./say\n")
                .hook(
                        "talk-relation-changed",
                        """
                        # Of the application, not of a unit.
                        [ -n "${JUJU_REMOTE_UNIT:-}" ] || exit 0
                        mkdir -p "heard/$JUJU_RELATION_ID"
                        relation-get text > "heard/$JUJU_RELATION_ID/${JUJU_REMOTE_UNIT//\\//-}"
                        """)
                .hook("talk-relation-departed", "rm -f \"heard/$JUJU_RELATION_ID/${JUJU_REMOTE_UNIT//\\//-}\"\n")
                .hook("talk-relation-broken", "rm -rf \"heard/$JUJU_RELATION_ID\"\n");
    }

    /** A model with an application that never has a unit: a subordinate beside nobody. */
    void addModel(String name, String quiet) {
        isthmus.juju("add-model", "--no-switch", name).ok();
        CharmFolder charm = CharmFolder.in(
                        isthmus.folder("charms/" + quiet),
                        """
                        name: %s
                        summary: Says nothing
                        description: Has no units.
                        subordinate: true
                        requires:
                          host:
                            interface: juju-info
                            scope: container
                          talk:
                            interface: talk
                        """
                                .formatted(quiet))
                .hook("start", "status-set active\n");
        isthmus.juju("deploy", "-m", name, charm.path().toString(), quiet).ok();
    }

    boolean isUp() {
        return up;
    }

    void kill() {
        isthmus.kill();
        up = false;
    }

    void stop() {
        isthmus.stop();
        up = false;
    }

    void start() {
        isthmus.start();
        up = true;
    }

    /** `kill -9` of the program on the machine; false: it is not there now. */
    boolean killAgent() {
        for (String process : isthmus.processes()) {
            if (process.contains("org.isthmus.agent.AgentMain")) {
                ProcessHandle.of(Long.parseLong(process.substring(0, process.indexOf(' '))))
                        .ifPresent(ProcessHandle::destroyForcibly);
                return true;
            }
        }
        return false;
    }

    /** Another text; whether it was taken is read later. */
    String say() {
        String text = "t" + ++said;
        Result set = isthmus.juju("config", application, "text=" + text);
        return application + " says " + text + (set.exit() == 0 ? "" : " in vain");
    }

    static String took(Result result, String what) {
        return result.exit() == 0 ? what : what + " (refused: " + result.err().trim() + ")";
    }

    /** Beside the others; their numbers are never given twice. */
    String addUnit() {
        if (units().size() > 2) {
            return application + " has enough units";
        }
        return took(juju("add-unit", application, "--to", "0"), application + " gets a unit");
    }

    String removeUnit(Random random) {
        List<String> units = units();
        if (units.size() < 2) {
            return application + " keeps its last unit";
        }
        String unit = units.get(random.nextInt(units.size()));
        return took(juju("remove-unit", "--no-prompt", unit), unit + " is removed");
    }

    List<String> connections() {
        List<String> relations = new ArrayList<>();
        json("offers")
                .path(application)
                .path("connections")
                .forEach(connection ->
                        relations.add(connection.path("relation-id").asText()));
        return relations;
    }

    String suspend() {
        List<String> relations = connections();
        return relations.isEmpty()
                ? "no relation to suspend"
                : took(juju("suspend-relation", relations.get(0)), "relation " + relations + " is suspended");
    }

    String resume() {
        List<String> done = new ArrayList<>();
        connections().forEach(relation -> done.add(took(juju("resume-relation", relation), relation + " is resumed")));
        return done.toString();
    }

    Result juju(String... arguments) {
        return isthmus.juju(arguments);
    }

    JsonNode json(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--format", "json"));
        try {
            return JSON.readTree(isthmus.juju(all.toArray(String[]::new)).ok().out());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode status() {
        return json("status", "--relations");
    }

    List<String> units() {
        List<String> names = new ArrayList<>();
        json("status")
                .path("applications")
                .path(application)
                .path("units")
                .fieldNames()
                .forEachRemaining(names::add);
        return names;
    }

    String text() {
        return isthmus.juju("config", application, "text").ok().out().trim();
    }

    /** What the hooks of a unit noted, by the number of the unit that said it. */
    Map<Integer, String> heard(String unit) {
        Map<Integer, String> heard = new TreeMap<>();
        try (Stream<Path> files = Files.walk(isthmus.base().resolve("machines"))) {
            String folder = "/unit-" + unit.replace('/', '-') + "/charm/heard/";
            for (Path file : files.filter(f -> f.toString().contains(folder) && Files.isRegularFile(f))
                    .toList()) {
                String name = file.getFileName().toString();
                String before = heard.put(
                        Integer.valueOf(name.substring(name.lastIndexOf('-') + 1)),
                        Files.readString(file).trim());
                if (before != null) {
                    throw new IllegalStateException(unit + " hears " + name + " twice");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return heard;
    }

    boolean hearsNothing() {
        return units().stream().allMatch(unit -> heard(unit).isEmpty());
    }

    String saasStatus() {
        return status().path("application-endpoints")
                .path("mouth")
                .path("application-status")
                .path("current")
                .asText();
    }

    // --- by its API, for what the command line does not show or does otherwise

    private JujuData.ControllerDetails details() throws IOException {
        return new JujuData(isthmus.clientFiles()).controllers().get(controller);
    }

    String uuid() throws IOException {
        return details().uuid();
    }

    Path store() throws IOException {
        return isthmus.base().resolve("controllers").resolve(uuid()).resolve("store");
    }

    InetSocketAddress api() throws IOException {
        String address = details().addresses().get(0);
        int colon = address.lastIndexOf(':');
        return new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }

    /** A figure of the controller as monitoring reads it. */
    int figure(String name) throws IOException {
        InetSocketAddress api = api();
        String url = "https://" + api.getHostString() + ":" + api.getPort() + "/metrics";
        String all = isthmus.type("curl -fsSk " + url).ok().out();
        return all.lines()
                .filter(line -> line.startsWith(name + "{"))
                .mapToInt(line -> Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** @param on name of a model; null for the controller itself */
    JsonNode call(String on, String facade, String method, Object params) throws Exception {
        JujuData data = new JujuData(isthmus.clientFiles());
        JujuData.Account account = data.account(controller);
        Endpoint at = on == null
                ? details().endpoint()
                : details().endpoint(data.models(controller).get(account.user() + "/" + on));
        try (Dialer dialer = new Dialer("cut")) {
            try (ApiConnection connection = dialer.connect(at, Login.user(account.user(), account.password()), CALL)
                    .toCompletableFuture()
                    .get(CALL.toSeconds(), TimeUnit.SECONDS)) {
                return connection
                        .call(facade, method, params)
                        .toCompletableFuture()
                        .get(CALL.toSeconds(), TimeUnit.SECONDS);
            }
        } catch (CompletionException failure) {
            throw new IOException(failure.getCause());
        }
    }
}
