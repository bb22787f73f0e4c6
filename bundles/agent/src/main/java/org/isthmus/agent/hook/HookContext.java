package org.isthmus.agent.hook;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.isthmus.agent.unit.HookInfo;
import org.isthmus.agent.unit.Leadership;
import org.isthmus.agent.unit.UnitApi;
import org.isthmus.api.PortRange;
import org.isthmus.wire.agent.HookChanges.Port;
import org.isthmus.wire.agent.UnitRemoteState;

/**
 * What one run of a hook sees and writes. Writes are kept here until the hook ends well; reads see them. Its token is known to
 * the hook's own processes only.
 */
public final class HookContext {
    /**
     * A relation as the hook sees it.
     *
     * @param remoteModel UUID; null where the controller has no such relation any more
     * @param members those that the charm was told of
     */
    public record RelationView(
            int id,
            String endpoint,
            String remoteApplication,
            String remoteModel,
            boolean peer,
            boolean broken,
            List<String> members) {}

    /** What the charm's files say; read when a tool wants to know. */
    public interface Bindings {
        Set<String> names() throws IOException;
    }

    private final String id;
    private final String token;
    private final HookInfo hook;
    private final UnitApi api;
    private final Leadership leadership;
    private final UnitRemoteState remote;
    private final Map<Integer, RelationView> relations;
    private final Bindings bindings;
    private final Map<Integer, Map<String, String>> unitWrites = new TreeMap<>();
    private final Map<Integer, Map<String, String>> applicationWrites = new TreeMap<>();
    private final Map<String, Map<String, String>> readSettings = new LinkedHashMap<>();
    private final List<Port> opened = new ArrayList<>();
    private final List<Port> closed = new ArrayList<>();
    private final Map<String, String> charmState;
    private boolean charmStateTouched;
    private Map<String, Object> config;
    private List<Port> portsBefore;
    private boolean statusSet;
    private boolean unreachable;

    public HookContext(
            HookInfo hook,
            UnitApi api,
            Leadership leadership,
            UnitRemoteState remote,
            Collection<RelationView> relations,
            Bindings bindings,
            Map<String, String> charmState,
            SecureRandom random) {
        byte[] secret = new byte[24];
        random.nextBytes(secret);
        this.token = HexFormat.of().formatHex(secret);
        this.id = api.unit() + "-" + hook.name() + "-" + Long.toUnsignedString(random.nextLong());
        this.hook = hook;
        this.api = api;
        this.leadership = leadership;
        this.remote = remote;
        this.relations = new TreeMap<>();
        relations.forEach(relation -> this.relations.put(relation.id(), relation));
        this.bindings = bindings;
        this.charmState = new TreeMap<>(charmState);
    }

    public String id() {
        return id;
    }

    /** Of the request that this hook follows from; null where that is not known. */
    public String trace() {
        return api.trace();
    }

    public String token() {
        return token;
    }

    public HookInfo hook() {
        return hook;
    }

    public UnitRemoteState remote() {
        return remote;
    }

    UnitApi api() {
        return api;
    }

    Leadership leadership() {
        return leadership;
    }

    Map<Integer, RelationView> relations() {
        return relations;
    }

    Set<String> bindings() throws IOException {
        return bindings.names();
    }

    synchronized Map<String, Object> config() throws InterruptedException {
        if (config == null) {
            config = api.config();
        }
        return config;
    }

    /** Settings as committed, without this hook's writes. */
    private Map<String, String> read(int relation, String of) throws InterruptedException {
        String key = relation + "#" + of;
        Map<String, String> known = readSettings.get(key);
        if (known == null) {
            known = api.settings(relation, of);
            readSettings.put(key, known);
        }
        return known;
    }

    /** Settings as this hook may see them: its own writes are there. */
    synchronized Map<String, String> settings(int relation, String of) throws InterruptedException {
        Map<String, String> writes = Map.of();
        if (of.equals(api.unit())) {
            writes = unitWrites.getOrDefault(relation, Map.of());
        } else if (of.equals(api.application())) {
            writes = applicationWrites.getOrDefault(relation, Map.of());
        }
        Map<String, String> merged = new TreeMap<>(read(relation, of));
        writes.forEach((key, value) -> {
            if (value.isEmpty()) {
                merged.remove(key);
            } else {
                merged.put(key, value);
            }
        });
        return merged;
    }

    synchronized void write(int relation, boolean application, Map<String, String> settings) {
        (application ? applicationWrites : unitWrites)
                .computeIfAbsent(relation, id -> new TreeMap<>())
                .putAll(settings);
    }

    /** For each of the endpoints, or for none of them where the range touches another one of this unit. */
    synchronized void open(PortRange range, Collection<String> endpoints) throws InterruptedException {
        needApart("open", range);
        move(range, endpoints, closed, opened);
    }

    synchronized void close(PortRange range, Collection<String> endpoints) throws InterruptedException {
        needApart("close", range);
        move(range, endpoints, opened, closed);
    }

    private static void move(PortRange range, Collection<String> endpoints, List<Port> from, List<Port> to) {
        for (String endpoint : endpoints) {
            Port port = new Port(endpoint, range.toString());
            from.remove(port);
            if (!to.contains(port)) {
                to.add(port);
            }
        }
    }

    /**
     * The charm that asks can still do something about it; the commit, which would refuse it too, fails a hook that has
     * ended well. What units beside this one have open only the commit knows.
     */
    private void needApart(String what, PortRange range) throws InterruptedException {
        for (Port port : ports()) {
            PortRange other = PortRange.parse(port.range());
            if (other.overlaps(range) && !other.equals(range)) {
                throw new ToolFailure("cannot " + what + " " + range + " (unit \"" + api.unit()
                        + "\"): port range conflicts with " + other + " (unit \"" + api.unit() + "\")"
                        + (portsBefore.contains(port) ? "" : " requested earlier"));
            }
        }
    }

    synchronized List<Port> ports() throws InterruptedException {
        if (portsBefore == null) {
            portsBefore = api.openedPorts();
        }
        List<Port> now = new ArrayList<>(portsBefore);
        now.removeAll(closed);
        for (Port port : opened) {
            if (!now.contains(port)) {
                now.add(port);
            }
        }
        return now;
    }

    synchronized Map<String, String> charmState() {
        return new TreeMap<>(charmState);
    }

    /** Null values delete. */
    synchronized void writeState(Map<String, String> changes) {
        charmStateTouched = true;
        changes.forEach((key, value) -> {
            if (value == null) {
                charmState.remove(key);
            } else {
                charmState.put(key, value);
            }
        });
    }

    synchronized void noteStatusSet() {
        statusSet = true;
    }

    /** A tool could not reach the controller: the hook's view of the world is broken, it must run again. */
    synchronized void noteUnreachable() {
        unreachable = true;
    }

    public synchronized boolean isUnreachable() {
        return unreachable;
    }

    public synchronized boolean isStatusSet() {
        return statusSet;
    }

    public synchronized Map<Integer, Map<String, String>> unitWrites() {
        return copy(unitWrites);
    }

    public synchronized Map<Integer, Map<String, String>> applicationWrites() {
        return copy(applicationWrites);
    }

    private static Map<Integer, Map<String, String>> copy(Map<Integer, Map<String, String>> writes) {
        Map<Integer, Map<String, String>> copy = new TreeMap<>();
        writes.forEach((relation, settings) -> copy.put(relation, Map.copyOf(settings)));
        return copy;
    }

    public synchronized List<Port> opened() {
        return List.copyOf(opened);
    }

    public synchronized List<Port> closed() {
        return List.copyOf(closed);
    }

    /** All of the charm's state, or null where the hook did not touch it. */
    public synchronized Map<String, String> changedState() {
        return charmStateTouched ? Map.copyOf(charmState) : null;
    }
}
