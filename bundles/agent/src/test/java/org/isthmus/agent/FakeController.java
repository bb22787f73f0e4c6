package org.isthmus.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.charm.CharmFolder;
import org.isthmus.rpc.Json;
import org.isthmus.wire.agent.HookChanges;
import org.isthmus.wire.agent.MachineState;
import org.isthmus.wire.agent.UnitRemoteState;
import org.isthmus.wire.agent.UnitRemoteState.RelationState;

/**
 * A controller with one machine and one unit, as the agent sees it through its link: it keeps what is committed, tells watchers,
 * and can go away at any moment.
 */
public final class FakeController implements ControllerLink {
    public static final String UNIT = "wp/0";
    private final ObjectMapper json = Json.newMapper();
    private final Path charm;

    // Everything under this object's lock.
    private long connection = 1;
    private boolean up = true;
    private final Map<String, CompletableFuture<JsonNode>> parked = new HashMap<>();
    private final Map<String, Long> told = new HashMap<>();
    private long revision = 1;
    private int watchers;

    /** Of the model, and what the agent's last login heard of it. */
    public long epoch = 1;

    private long heardEpoch = 1;

    // What tests look at and change without the lock, while the agent goes on.
    public final Map<String, String> passwords = new ConcurrentHashMap<>();
    public final Set<String> loggedIn = ConcurrentHashMap.newKeySet();
    public final List<String> statuses = new CopyOnWriteArrayList<>();
    public final List<String> agentStatuses = new CopyOnWriteArrayList<>();
    public final List<HookChanges> commits = new CopyOnWriteArrayList<>();
    public final List<String> log = new CopyOnWriteArrayList<>();
    public final List<String> calls = new CopyOnWriteArrayList<>();
    public final Map<Integer, Map<String, String>> settings = new ConcurrentSkipListMap<>();
    public final Map<Integer, Map<String, String>> applicationSettings = new ConcurrentSkipListMap<>();
    public final Map<String, Map<String, String>> others = new ConcurrentHashMap<>();
    /** Not concurrent: a setting may be null; tests set it before the agent starts, or inside {@link #change}. */
    public final Map<String, Object> config = new TreeMap<>();

    public final Set<String> ports = new ConcurrentSkipListSet<>();
    public final NavigableMap<Integer, RelationState> relations = new ConcurrentSkipListMap<>();
    public String life = "alive";
    public String machineLife = "alive";
    public String charmUrl = "local:wp-0";
    public String configHash = "c0";
    public String resolved;
    public boolean leader = true;
    public boolean retryHooks = true;
    public String version;
    public long sequence;
    public String agentState;
    /** Of the agent, by relation number. */
    public final Map<Integer, String> relationStates = new ConcurrentSkipListMap<>();

    public Map<String, String> charmState = Map.of();
    public boolean machineDead;
    public boolean unitGone;
    /** With what commits that open ports are refused; null for not. */
    public Code refuseCommit;
    /** Not only those that open ports. */
    public boolean refuseEveryCommit;
    /** Of the machine. */
    public String address = "127.0.0.9";
    /** A unit that is dead is still there, for a while. */
    public boolean slowToForget;
    /** Number of the commit whose answer is lost after it was taken in; 0 for none. */
    public long loseAnswerOf;

    public FakeController(Path charm) {
        this.charm = charm;
    }

    public synchronized void change(Runnable what) {
        what.run();
        revision++;
        tell();
        notifyAll();
    }

    private void tell() {
        for (String id : List.copyOf(parked.keySet())) {
            if (told.get(id) < revision) {
                told.put(id, revision);
                CompletableFuture<JsonNode> next = parked.remove(id);
                JsonNode state = state(id);
                // Not on this thread, which holds the lock.
                CompletableFuture.runAsync(() -> next.complete(state));
            }
        }
    }

    private JsonNode state(String id) {
        ObjectNode answer = json.createObjectNode();
        answer.set("state", json.valueToTree(id.startsWith("m") ? machine() : unit()));
        return answer;
    }

    private MachineState machine() {
        return new MachineState(
                machineLife, unitGone ? List.of() : List.of(new MachineState.Deployed(UNIT, life, null)), false);
    }

    private UnitRemoteState unit() {
        return new UnitRemoteState(
                UNIT,
                "wp",
                life,
                "alive",
                null,
                "0",
                charmUrl,
                null,
                configHash,
                resolved,
                leader ? UNIT : "wp/1",
                0,
                address,
                address,
                null,
                retryHooks,
                3600,
                new UnitRemoteState.ModelFacts("uuid-1", "default", Map.of(), List.of("127.0.0.1:17070")),
                List.copyOf(relations.values()),
                false);
    }

    /** Waits until it holds; the controller tells of every change. */
    public synchronized void until(String what, BooleanSupplier holds) throws InterruptedException, TimeoutException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!holds.getAsBoolean()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw new TimeoutException(what + "; statuses " + statuses + "; agent " + agentStatuses + "; commits "
                        + hooks() + "; log " + log);
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, 50_000_000));
        }
    }

    /** Cuts the connection; until {@link #comeBack} there is none. */
    public void goAway() {
        List<CompletableFuture<JsonNode>> lost;
        synchronized (this) {
            up = false;
            loggedIn.clear();
            lost = List.copyOf(parked.values());
            parked.clear();
        }
        lost.forEach(each -> each.completeExceptionally(new ControllerUnreachable("cut", null)));
    }

    public synchronized void comeBack() {
        up = true;
        connection++;
        notifyAll();
    }

    public synchronized List<Long> hooks() {
        return commits.stream().map(HookChanges::sequence).toList();
    }

    @Override
    public synchronized long await(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + Math.min(patience.toNanos(), TimeUnit.DAYS.toNanos(1));
        while (!up) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw new ControllerUnreachable("no connection", null);
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return connection;
    }

    @Override
    public synchronized long epoch() {
        return heardEpoch;
    }

    /** As if the agent had logged in again. */
    @Override
    public synchronized void distrust(long on) {
        if (on == connection) {
            connection++;
            loggedIn.clear();
            heardEpoch = epoch;
        }
    }

    @Override
    public synchronized boolean isUp() {
        return up;
    }

    @Override
    public synchronized CompletionStage<Void> login(long on, String tag, String password) {
        if (!up || on != connection) {
            return CompletableFuture.failedFuture(new ControllerUnreachable("cut", null));
        }
        if (!password.equals(passwords.get(tag))) {
            return CompletableFuture.failedFuture(Problem.refuse(Code.UNAUTHORIZED, "invalid entity name or password"));
        }
        loggedIn.add(tag);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletionStage<JsonNode> request(
            long on, String facade, int version, String id, String method, Object params) {
        if (!up || on != connection) {
            return CompletableFuture.failedFuture(new ControllerUnreachable("cut", null));
        }
        calls.add(facade + "." + method);
        if (method.equals("Next")) {
            CompletableFuture<JsonNode> next = new CompletableFuture<>();
            parked.put(id, next);
            tell();
            return next;
        }
        if (method.equals("Stop")) {
            parked.remove(id);
            return CompletableFuture.completedFuture(json.createObjectNode());
        }
        try {
            JsonNode answer = answer(facade, method, json.valueToTree(params));
            notifyAll();
            if (answer == null) {
                return CompletableFuture.failedFuture(new ControllerUnreachable("cut in the answer", null));
            }
            return CompletableFuture.completedFuture(answer);
        } catch (RuntimeException refused) {
            return CompletableFuture.failedFuture(refused);
        } catch (IOException bad) {
            return CompletableFuture.failedFuture(bad);
        }
    }

    private JsonNode answer(String facade, String method, JsonNode params) throws IOException {
        ObjectNode empty = json.createObjectNode();
        switch (facade + "." + method) {
            case "Deployer.WatchMachine":
            case "Uniter.WatchUnit": {
                String id = (facade.equals("Uniter") ? "u" : "m") + ++watchers;
                told.put(id, revision);
                ObjectNode answer = (ObjectNode) state(id);
                answer.put("watcher-id", id);
                return answer;
            }
            case "Deployer.SetPasswords":
                for (JsonNode each : params.path("changes")) {
                    passwords.put(
                            each.path("tag").asText(), each.path("password").asText());
                }
                return one();
            case "Machiner.EnsureDead":
                machineDead = true;
                return empty;
            case "Uniter.Memory":
                empty.put("sequence", sequence);
                empty.put("agent-state", agentState);
                empty.set("relation-states", json.valueToTree(relationStates));
                empty.set("charm-state", json.valueToTree(charmState));
                return empty;
            case "Uniter.SetUnitStatus":
                statuses.add(text(params));
                return one();
            case "Uniter.SetAgentStatus":
                agentStatuses.add(text(params));
                return one();
            case "Uniter.ConfigSettings":
                empty.set("settings", json.valueToTree(config));
                return empty;
            case "Uniter.ReadSettings": {
                String of = params.path("of").asText();
                int relation = params.path("relation").asInt();
                Map<String, String> found = of.equals(UNIT)
                        ? settings.getOrDefault(relation, Map.of())
                        : of.equals("wp") ? applicationSettings.getOrDefault(relation, Map.of()) : others.get(of);
                if (found == null) {
                    throw Problem.refuse(Code.NOT_FOUND, "unit \"%s\": settings not found", of);
                }
                empty.set("settings", json.valueToTree(found));
                return empty;
            }
            case "Uniter.EnterScope": {
                Map<String, String> bag =
                        settings.computeIfAbsent(params.path("relation").asInt(), any -> new ConcurrentSkipListMap<>());
                params.path("settings")
                        .properties()
                        .forEach(e -> bag.put(e.getKey(), e.getValue().asText()));
                return empty;
            }
            case "Uniter.UpdateAddresses":
                settings.values().forEach(bag -> params.path("settings")
                        .properties()
                        .forEach(e -> bag.put(e.getKey(), e.getValue().asText())));
                return empty;
            case "Uniter.NetworkInfo": {
                // Relation 4 is one with another model: there the unit is reached and dials otherwise.
                int relation = params.path("relation").asInt(-1);
                empty.putArray("ingress").add(relation == 4 ? "192.0.2.4" : address);
                var networks = empty.putArray("egress");
                (relation == 4 ? List.of("192.0.2.0/24", "198.51.100.0/24") : List.of(address + "/32"))
                        .forEach(networks::add);
                return empty;
            }
            case "Uniter.OpenedPorts": {
                var list = empty.putArray("ports");
                ports.forEach(port -> list.addObject().put("endpoint", "").put("range", port));
                return empty;
            }
            case "Uniter.UnitStatus": {
                String[] words = statuses.get(statuses.size() - 1).split(": ", 2);
                empty.put("status", words[0]);
                empty.put("info", words.length > 1 ? words[1] : "");
                return empty;
            }
            case "Uniter.SetWorkloadVersion":
                this.version = params.path("version").asText();
                return empty;
            case "Uniter.ClearResolved":
                resolved = null;
                revision++;
                return empty;
            case "Uniter.CommitHook":
                return commit(json.treeToValue(params, HookChanges.class));
            case "Uniter.EnsureDead":
                unitGone = !slowToForget;
                life = "dead";
                revision++;
                tell();
                return empty;
            case "LeadershipService.ClaimLeadership":
                empty.put("leader", leader);
                empty.put("seconds", leader ? 60 : 0);
                return empty;
            case "Logger.Append":
                for (JsonNode line : params.path("lines")) {
                    log.add(line.path("level").asText() + " "
                            + line.path("module").asText() + " "
                            + line.path("message").asText());
                }
                return empty;
            default:
                return empty;
        }
    }

    private JsonNode commit(HookChanges changes) {
        if (changes.epoch() != epoch) {
            throw Problem.refuse(Code.REDIRECT, "another epoch");
        }
        boolean fresh = changes.sequence() > sequence;
        if (fresh
                && refuseCommit != null
                && (refuseEveryCommit || !changes.open().isEmpty())) {
            throw Problem.refuse(refuseCommit, "cannot open ports: port ranges conflict");
        }
        if (fresh) {
            if (changes.sequence() != sequence + 1) {
                throw Problem.refuse(Code.BAD_REQUEST, "gap");
            }
            sequence = changes.sequence();
            agentState = changes.agentState();
            relationStates.putAll(changes.relationStates());
            relationStates.values().removeIf(String::isEmpty);
            commits.add(changes);
            charmState = changes.charmState() == null ? charmState : changes.charmState();
            changes.relations().forEach((id, values) -> merge(settings, id, values));
            changes.applications().forEach((id, values) -> merge(applicationSettings, id, values));
            changes.open().forEach(port -> ports.add(port.range()));
            changes.close().forEach(port -> ports.remove(port.range()));
            if (changes.workload() != null) {
                statuses.add(
                        changes.workload().status() + ": " + changes.workload().info());
            }
        }
        if (loseAnswerOf == changes.sequence()) {
            loseAnswerOf = 0;
            return null;
        }
        return json.createObjectNode().put("fresh", fresh);
    }

    private static void merge(Map<Integer, Map<String, String>> into, int id, Map<String, String> values) {
        Map<String, String> bag = into.computeIfAbsent(id, any -> new ConcurrentSkipListMap<>());
        values.forEach((key, value) -> {
            if (value.isEmpty()) {
                bag.remove(key);
            } else {
                bag.put(key, value);
            }
        });
    }

    private JsonNode one() {
        ObjectNode results = json.createObjectNode();
        results.putArray("results").addObject();
        return results;
    }

    private static String text(JsonNode params) {
        JsonNode item = params.path("entities").path(0);
        return item.path("status").asText() + ": " + item.path("info").asText();
    }

    @Override
    public void download(String path, String tag, String password, Path target) throws IOException {
        try (OutputStream out = Files.newOutputStream(target)) {
            CharmFolder.zip(charm, out);
        }
    }

    @Override
    public void close() {
        goAway();
    }
}
