package org.isthmus.facades;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.isthmus.api.Tag;
import org.isthmus.model.Annotation;
import org.isthmus.model.Application;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Entity;
import org.isthmus.model.Key;
import org.isthmus.model.Kind;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Offer;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.Relation;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Unit;
import org.isthmus.model.store.Interest;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Next;
import org.isthmus.rpc.Telling;
import org.isthmus.rpc.WatchHandle;

/**
 * The stream of what changes in a model: first everything, in pages, then what changed, each as its whole new state. Remembers
 * only the keys it told of, so that what came and went unseen is never told, and by what names clients know them.
 */
@Facade(name = "AllWatcher", since = 3, until = 3)
final class AllWatcherFacade {
    /** Kinds that are told of, in the order in which a client can use them. */
    private static final List<Kind<?>> TOLD = List.of(
            Kinds.MODEL,
            Kinds.MACHINE,
            Kinds.CHARM,
            Kinds.APPLICATION,
            Kinds.REMOTE_APPLICATION,
            Kinds.OFFER,
            Kinds.UNIT,
            Kinds.RELATION,
            Kinds.ANNOTATION);

    static final Set<Interest> INTERESTS = interests();

    private static Set<Interest> interests() {
        Set<Interest> all = new LinkedHashSet<>();
        TOLD.forEach(kind -> all.add(Interest.in(kind)));
        all.add(Interest.in(Kinds.UNIT_AGENT));
        all.add(Interest.in(Kinds.PRESENCE));
        all.add(Interest.in(Kinds.LEASE));
        all.add(Interest.in(Kinds.OFFER_CONNECTION));
        return Set.copyOf(all);
    }

    record Deltas(List<List<Object>> deltas) {}

    /** In bytes, about: clients take messages of up to 4 MiB, and a page ends with the entity that fills it. */
    private static final long PAGE = 5L << 19;

    @Next
    public Object next(Call call, WatchHandle handle, Set<Key> changed) {
        Snapshot model = call.controller()
                .store()
                .model(handle.model())
                .orElseThrow(() -> org.isthmus.api.Problem.refuse(org.isthmus.api.Code.STOPPED, "watcher was stopped"))
                .snapshot();
        return deltas(model, call.controller().uuid(), (Telling) handle.state(), changed);
    }

    /** @param telling what the client knows; brought up to date once all is made that it is told now */
    static Deltas deltas(Snapshot model, String controller, Telling telling, Set<Key> changed) {
        Map<Key, String> told = new HashMap<>(telling.told());
        Map<String, String> connections = new HashMap<>(telling.connections());
        Set<Key> keys = new LinkedHashSet<>(telling.left());
        if (!telling.isUnfinished() && (told.isEmpty() || changed.isEmpty())) {
            TOLD.forEach(kind -> model.all(kind).forEach(e -> keys.add(new Key(kind, ((Entity) e).id()))));
            keys.addAll(told.keySet());
            connections.clear();
            model.all(Kinds.OFFER_CONNECTION).forEach(c -> connections.put(c.id(), c.offer()));
        } else {
            for (Kind<?> kind : TOLD) {
                changed.stream().filter(k -> k.kind().equals(kind)).forEach(keys::add);
            }
            changed.forEach(key -> meant(model, key, connections, keys));
        }
        Rendering rendering = new Rendering(model, controller);
        List<List<Object>> deltas = new ArrayList<>();
        long length = 0;
        Iterator<Key> all = keys.iterator();
        while (all.hasNext() && length < PAGE) {
            Key key = all.next();
            all.remove();
            Entity entity = model.get(key.kind(), key.id());
            Map<String, Object> delta = null;
            if (entity != null && !isProxy(entity)) {
                told.put(key, name(entity));
                delta = rendering.of(key);
                deltas.add(List.of(word(key), "change", delta));
            } else if (told.containsKey(key)) {
                delta = gone(model, key, told.remove(key));
                deltas.add(List.of(word(key), "remove", delta));
            }
            length += delta == null ? 0 : Length.of(delta);
        }
        telling.page(told, connections, keys);
        return deltas.isEmpty() ? null : new Deltas(deltas);
    }

    /** Stand-ins for consumers: Juju's clients do not see them. */
    private static boolean isProxy(Entity entity) {
        return entity instanceof RemoteApplication remote && remote.proxy();
    }

    private static String name(Entity entity) {
        return entity instanceof Relation relation
                ? relation.key()
                : entity instanceof Offer offer ? offer.application() + " " + offer.name() : "";
    }

    /** What is told differently because of a change of something that is not itself told of. */
    private static void meant(Snapshot model, Key key, Map<String, String> connections, Set<Key> keys) {
        if (key.kind().equals(Kinds.UNIT_AGENT)) {
            keys.add(new Key(Kinds.UNIT, key.id()));
        } else if (key.kind().equals(Kinds.PRESENCE)) {
            Tag tag = Tag.parse(key.id());
            if (tag.kind().equals("unit")) {
                keys.add(new Key(Kinds.UNIT, tag.id()));
            } else if (tag.kind().equals("machine")) {
                keys.add(new Key(Kinds.MACHINE, tag.id()));
            }
        } else if (key.kind().equals(Kinds.LEASE)) {
            model.by(Kinds.UNITS_BY_APPLICATION, key.id()).forEach(u -> keys.add(new Key(Kinds.UNIT, u.name())));
        } else if (key.kind().equals(Kinds.OFFER_CONNECTION)) {
            OfferConnection connection = model.get(Kinds.OFFER_CONNECTION, key.id());
            String offer = connection == null ? connections.remove(key.id()) : connection.offer();
            if (connection != null) {
                connections.put(key.id(), offer);
            }
            if (offer != null) {
                keys.add(new Key(Kinds.OFFER, offer));
            }
        } else if (key.kind().equals(Kinds.RELATION)) {
            model.by(Kinds.CONNECTIONS_BY_RELATION, key.id()).forEach(c -> keys.add(new Key(Kinds.OFFER, c.offer())));
        } else if (key.kind().equals(Kinds.MACHINE)) {
            // A unit's addresses are its machine's.
            for (Unit unit : model.by(Kinds.UNITS_BY_MACHINE, key.id())) {
                keys.add(new Key(Kinds.UNIT, unit.name()));
                model.by(Kinds.UNITS_BY_PRINCIPAL, unit.name()).forEach(u -> keys.add(new Key(Kinds.UNIT, u.name())));
            }
        }
    }

    private static String word(Key key) {
        return key.kind().equals(Kinds.REMOTE_APPLICATION)
                ? "remoteApplication"
                : key.kind().equals(Kinds.OFFER)
                        ? "applicationOffer"
                        : key.kind().name();
    }

    private static Map<String, Object> gone(Snapshot model, Key key, String name) {
        Map<String, Object> delta = new TreeMap<>();
        delta.put("model-uuid", model.model() == null ? "" : model.model().uuid());
        if (key.kind().equals(Kinds.CHARM)) {
            delta.put("charm-url", key.id());
        } else if (key.kind().equals(Kinds.ANNOTATION)) {
            delta.put("tag", key.id());
        } else if (key.kind().equals(Kinds.RELATION)) {
            delta.put("id", Integer.valueOf(key.id()));
            delta.put("key", name);
        } else if (key.kind().equals(Kinds.OFFER)) {
            delta.put("offer-uuid", key.id());
            delta.put("application-name", name.substring(0, name.indexOf(' ')));
            delta.put("offer-name", name.substring(name.indexOf(' ') + 1));
        } else if (key.kind().equals(Kinds.MACHINE)) {
            delta.put("id", key.id());
        } else {
            delta.put("name", key.id());
        }
        return delta;
    }

    /** Entities as the wire's deltas show them. */
    private static final class Rendering {
        private final Snapshot model;
        private final String controller;
        private final Statuses statuses;

        private Rendering(Snapshot model, String controller) {
            this.model = model;
            this.controller = controller;
            this.statuses = new Statuses(model);
        }

        private Map<String, Object> of(Key key) {
            Map<String, Object> delta = new LinkedHashMap<>();
            delta.put("model-uuid", model.model() == null ? "" : model.model().uuid());
            Entity entity = model.get(key.kind(), key.id());
            if (entity instanceof Machine machine) {
                machine(delta, machine);
            } else if (entity instanceof Application application) {
                application(delta, application);
            } else if (entity instanceof Unit unit) {
                unit(delta, unit);
            } else if (entity instanceof Relation relation) {
                relation(delta, relation);
            } else if (entity instanceof CharmRecord charm) {
                charm(delta, charm);
            } else if (entity instanceof RemoteApplication remote) {
                remote(delta, remote);
            } else if (entity instanceof Offer offer) {
                offer(delta, offer);
            } else if (entity instanceof ModelRecord record) {
                model(delta, record);
            } else if (entity instanceof Annotation annotation) {
                delta.put("tag", annotation.tag());
                delta.put("annotations", new TreeMap<>(annotation.values()));
            }
            return delta;
        }

        private static Map<String, Object> status(StatusValue value, String version) {
            Map<String, Object> status = new LinkedHashMap<>();
            status.put("current", value.status());
            status.put("message", value.message());
            if (value.since() != null) {
                status.put("since", value.since());
            }
            status.put("version", Wires.orEmpty(version));
            status.put("data", value.data());
            return status;
        }

        private void machine(Map<String, Object> delta, Machine machine) {
            delta.put("id", machine.id());
            delta.put("instance-id", Wires.orEmpty(machine.instanceId()));
            delta.put("agent-status", status(statuses.of(machine), machine.agentVersion()));
            delta.put("instance-status", status(statuses.instance(machine), ""));
            delta.put("life", machine.life().word());
            delta.put("base", String.valueOf(machine.base() == null ? machine.requestedBase() : machine.base()));
            delta.put("supported-containers", List.of());
            delta.put("supported-containers-known", true);
            if (machine.hardware() != null) {
                delta.put("hardware-characteristics", Wires.hardware(machine.hardware()));
            }
            delta.put("jobs", List.of(machine.controller() ? "JobManageModel" : "JobHostUnits"));
            delta.put(
                    "addresses",
                    machine.addresses().stream()
                            .map(a -> Map.of("value", a.value(), "type", a.type(), "scope", Wires.orEmpty(a.scope())))
                            .toList());
            delta.put("has-vote", machine.controller());
            delta.put("wants-vote", machine.controller());
            delta.put("hostname", Wires.orEmpty(machine.hostname()));
        }

        private void application(Map<String, Object> delta, Application application) {
            delta.put("name", application.name());
            delta.put("exposed", application.exposed());
            delta.put("charm-url", application.charmUrl());
            delta.put(
                    "owner-tag",
                    model.model() == null ? "" : Tag.user(model.model().owner()).toString());
            delta.put("life", application.life().word());
            delta.put("min-units", 0);
            delta.put("constraints", Wires.constraints(application.constraints()));
            delta.put("config", new TreeMap<>(application.settings()));
            delta.put("subordinate", application.subordinate());
            // "unset" tells a client to work it out from the units, as it does anyway.
            delta.put(
                    "status",
                    status(
                            application.status() == null
                                    ? new StatusValue("unset", "", application.created())
                                    : application.status(),
                            ""));
            String version = "";
            for (Unit unit : model.by(Kinds.UNITS_BY_APPLICATION, application.name())) {
                if (unit.workloadVersion() != null && !unit.workloadVersion().isEmpty()) {
                    version = unit.workloadVersion();
                    break;
                }
            }
            delta.put("workload-version", version);
        }

        private void unit(Map<String, Object> delta, Unit unit) {
            Statuses.UnitStatuses both = statuses.of(unit);
            Machine machine = statuses.machineOf(unit);
            Application application = model.get(Kinds.APPLICATION, unit.application());
            delta.put("name", unit.name());
            delta.put("application", unit.application());
            delta.put(
                    "base",
                    application == null
                                    || application.origin() == null
                                    || application.origin().base() == null
                            ? ""
                            : application.origin().base().toString());
            delta.put("charm-url", Wires.orEmpty(unit.charmUrl()));
            delta.put("life", unit.life().word());
            delta.put("public-address", Wires.publicAddress(machine));
            delta.put("private-address", Wires.privateAddress(machine));
            delta.put("machine-id", machine == null ? "" : machine.id());
            List<Map<String, Object>> ranges = new ArrayList<>();
            List<Map<String, Object>> ports = new ArrayList<>();
            unit.ports().stream().map(Unit.UnitPort::range).distinct().sorted().forEach(range -> {
                ranges.add(Map.of("from-port", range.from(), "to-port", range.to(), "protocol", range.protocol()));
                if (range.from() == range.to()) {
                    ports.add(Map.of("number", range.from(), "protocol", range.protocol()));
                }
            });
            delta.put("ports", ports);
            delta.put("port-ranges", ranges);
            delta.put("principal", Wires.orEmpty(unit.principal()));
            delta.put("subordinate", unit.principal() != null);
            delta.put("leader", statuses.isLeader(unit));
            delta.put("workload-status", status(both.workload(), unit.workloadVersion()));
            delta.put("agent-status", status(both.agent(), unit.agentVersion()));
        }

        private static void relation(Map<String, Object> delta, Relation relation) {
            delta.put("key", relation.key());
            delta.put("id", relation.number());
            List<Map<String, Object>> endpoints = new ArrayList<>();
            for (Relation.Endpoint endpoint : relation.endpoints()) {
                Map<String, Object> wire = new LinkedHashMap<>();
                wire.put("application-name", endpoint.application());
                wire.put("relation", Wires.endpoint(endpoint));
                endpoints.add(wire);
            }
            delta.put("endpoints", endpoints);
        }

        private static void remote(Map<String, Object> delta, RemoteApplication remote) {
            delta.put("name", remote.name());
            delta.put("offer-url", Wires.orEmpty(remote.url()));
            delta.put("offer-uuid", remote.offer());
            delta.put("life", remote.life().word());
            delta.put(
                    "status",
                    status(
                            remote.status() == null
                                    ? new StatusValue("unknown", "", remote.created())
                                    : remote.status(),
                            ""));
        }

        private void offer(Map<String, Object> delta, Offer offer) {
            Application application = model.get(Kinds.APPLICATION, offer.application());
            CharmRecord charm = application == null ? null : model.get(Kinds.CHARM, application.charmUrl());
            StatusReport.Connections connections = StatusReport.connections(model, offer);
            delta.put("offer-name", offer.name());
            delta.put("offer-uuid", offer.uuid());
            delta.put("application-name", offer.application());
            delta.put("charm-name", charm == null ? "" : charm.name());
            delta.put("total-connected-count", connections.total());
            delta.put("active-connected-count", connections.active());
        }

        private static void charm(Map<String, Object> delta, CharmRecord charm) {
            delta.put("charm-url", charm.url());
            delta.put("charm-version", charm.charm().version());
            delta.put("life", "alive");
            Map<String, Object> defaults = new TreeMap<>();
            charm.charm().config().forEach((name, option) -> {
                if (option.defaultValue() != null) {
                    defaults.put(name, option.defaultValue());
                }
            });
            delta.put("config", defaults);
        }

        private void model(Map<String, Object> delta, ModelRecord record) {
            delta.put("name", record.name());
            delta.put("life", record.life().word());
            delta.put("owner", record.owner());
            delta.put("controller-uuid", controller);
            delta.put("is-controller", record.controllerModel());
            delta.put("config", new TreeMap<>(record.config()));
            delta.put(
                    "status",
                    status(
                            record.status() == null
                                    ? new StatusValue("available", "", record.created())
                                    : record.status(),
                            record.agentVersion()));
            delta.put("constraints", Wires.constraints(record.constraints()));
            delta.put("sla", Map.of("level", "unsupported", "owner", ""));
        }
    }
}
