package org.isthmus.facades;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.isthmus.api.Address;
import org.isthmus.api.Names;
import org.isthmus.api.Tag;
import org.isthmus.charm.CharmMetadata;
import org.isthmus.charm.CharmRelation;
import org.isthmus.model.Application;
import org.isthmus.model.CharmRecord;
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
import org.isthmus.wire.FullStatus;
import org.isthmus.wire.WireBase;

/** Renders one snapshot as `juju status` wants it; costs one walk over what is there. */
final class StatusReport {
    private final Snapshot model;
    private final Statuses statuses;
    private final StatusFilter filter;

    /** Related applications, by application and endpoint. */
    private final Map<String, Map<String, TreeSet<String>>> related = new TreeMap<>();

    /** Applications to whose units a subordinate's belong. */
    private final Map<String, TreeSet<String>> principals = new TreeMap<>();

    StatusReport(Snapshot model, List<String> patterns) {
        this.model = model;
        this.statuses = new Statuses(model);
        List<String> words =
                patterns.stream().filter(p -> p != null && !p.isEmpty()).toList();
        this.filter = words.isEmpty() ? null : new StatusFilter(model, statuses, words);
    }

    FullStatus render(Instant now) {
        List<FullStatus.Relation> relations = new ArrayList<>();
        for (Relation relation : model.all(Kinds.RELATION)) {
            note(relation);
            // A consumer's stand-in is shown by its offer's counts, not by its made-up name.
            boolean proxy = relation.endpoints().stream().anyMatch(e -> isProxy(e.application()));
            if (!proxy
                    && (filter == null
                            || relation.endpoints().stream()
                                    .allMatch(e -> filter.applications.contains(e.application())))) {
                relations.add(relation(relation));
            }
        }
        Map<String, FullStatus.Application> applications = new LinkedHashMap<>();
        for (Application application : model.all(Kinds.APPLICATION)) {
            if (filter == null || filter.applications.contains(application.name())) {
                applications.put(application.name(), application(application));
            }
        }
        return new FullStatus(
                model(),
                machines(),
                applications,
                remoteApplications(),
                offers(),
                relations,
                now,
                Map.of(),
                List.of(),
                List.of(),
                List.of());
    }

    private boolean isProxy(String application) {
        RemoteApplication remote = model.get(Kinds.REMOTE_APPLICATION, application);
        return remote != null && remote.proxy();
    }

    // --- across models

    private Map<String, FullStatus.RemoteApplication> remoteApplications() {
        Map<String, FullStatus.RemoteApplication> wire = new LinkedHashMap<>();
        for (RemoteApplication remote : model.all(Kinds.REMOTE_APPLICATION)) {
            if (remote.proxy() || (filter != null && !filter.applications.contains(remote.name()))) {
                continue;
            }
            StatusValue status =
                    remote.status() == null ? new StatusValue("unknown", "", remote.created()) : remote.status();
            String url = Wires.orEmpty(remote.url());
            wire.put(
                    remote.name(),
                    new FullStatus.RemoteApplication(
                            null,
                            url,
                            url.substring(url.lastIndexOf('.') + 1),
                            remote.endpoints().stream()
                                    .map(e -> new FullStatus.RemoteEndpoint(
                                            e.name(), e.role(), e.interfaceName(), e.limit()))
                                    .toList(),
                            life(remote.life().word()),
                            relationsOf(remote.name()),
                            Wires.status(status, "")));
        }
        return wire;
    }

    /** Relations that consumers of an offer have with it, and those of them that are joined. */
    record Connections(int active, int total) {}

    static Connections connections(Snapshot model, Offer offer) {
        int total = 0;
        int active = 0;
        for (OfferConnection connection : model.by(Kinds.CONNECTIONS_BY_OFFER, offer.uuid())) {
            total++;
            Relation relation = model.get(Kinds.RELATION, Integer.toString(connection.relation()));
            boolean joined = relation != null
                    && relation.status() != null
                    && relation.status().status().equals("joined");
            active += joined ? 1 : 0;
        }
        return new Connections(active, total);
    }

    private Map<String, FullStatus.Offer> offers() {
        Map<String, FullStatus.Offer> wire = new TreeMap<>(Names.NATURAL);
        for (Offer offer : model.all(Kinds.OFFER)) {
            if (filter != null && !filter.applications.contains(offer.application())) {
                continue;
            }
            Application application = model.get(Kinds.APPLICATION, offer.application());
            CharmRecord charm = application == null ? null : model.get(Kinds.CHARM, application.charmUrl());
            Map<String, FullStatus.RemoteEndpoint> endpoints = new TreeMap<>();
            offer.endpoints().forEach((alias, own) -> {
                CharmRelation relation =
                        charm == null ? null : charm.charm().metadata().endpoint(own);
                endpoints.put(
                        alias,
                        relation == null
                                ? new FullStatus.RemoteEndpoint(own, "provider", "juju-info", 0)
                                : new FullStatus.RemoteEndpoint(
                                        own, relation.role(), relation.interfaceName(), relation.limit()));
            });
            Connections connections = connections(model, offer);
            wire.put(
                    offer.name(),
                    new FullStatus.Offer(
                            null,
                            offer.name(),
                            offer.application(),
                            application == null ? "" : application.charmUrl(),
                            endpoints,
                            connections.active(),
                            connections.total()));
        }
        return wire;
    }

    private FullStatus.Model model() {
        ModelRecord record = model.model();
        StatusValue status =
                record.status() == null ? new StatusValue("available", "", record.created()) : record.status();
        return new FullStatus.Model(
                record.name(),
                record.type(),
                Tag.cloud(record.cloud()).toString(),
                Wires.orEmpty(record.region()),
                Wires.orEmpty(record.agentVersion()),
                "",
                Wires.status(status, "", ""),
                new FullStatus.MeterStatus("", ""),
                "unsupported");
    }

    // --- machines

    private Map<String, FullStatus.Machine> machines() {
        Map<String, List<Machine>> containers = new TreeMap<>();
        List<Machine> hosts = new ArrayList<>();
        for (Machine machine : model.all(Kinds.MACHINE)) {
            if (filter != null && !filter.machines.contains(machine.id())) {
                continue;
            }
            String host = Statuses.hostOf(machine.id());
            if (host == null) {
                hosts.add(machine);
            } else {
                containers.computeIfAbsent(host, h -> new ArrayList<>()).add(machine);
            }
        }
        Map<String, FullStatus.Machine> wire = new LinkedHashMap<>();
        hosts.forEach(m -> wire.put(m.id(), machine(m, containers)));
        return wire;
    }

    private FullStatus.Machine machine(Machine machine, Map<String, List<Machine>> containers) {
        Map<String, FullStatus.Machine> inside = new LinkedHashMap<>();
        containers.getOrDefault(machine.id(), List.of()).forEach(m -> inside.put(m.id(), machine(m, containers)));
        String address = Wires.publicAddress(machine);
        boolean provisioned = machine.instanceId() != null;
        return new FullStatus.Machine(
                Wires.status(statuses.of(machine), life(machine.life().word()), machine.agentVersion()),
                Wires.status(statuses.instance(machine), ""),
                Wires.status(new StatusValue("idle", "", machine.created()), ""),
                machine.hostname(),
                address,
                machine.addresses().stream().map(Address::value).toList(),
                provisioned ? machine.instanceId() : "pending",
                Wires.orEmpty(machine.displayName()),
                WireBase.of(machine.base() == null ? machine.requestedBase() : machine.base()),
                machine.id(),
                networkInterfaces(machine, provisioned),
                inside,
                machine.constraints().toString(),
                machine.hardware() == null ? "" : machine.hardware().toString(),
                List.of(machine.controller() ? "JobManageModel" : "JobHostUnits"),
                machine.controller(),
                machine.controller(),
                Map.of(),
                machine.controller() ? Boolean.TRUE : null);
    }

    private static Map<String, FullStatus.NetworkInterface> networkInterfaces(Machine machine, boolean up) {
        if (machine.addresses().isEmpty()) {
            return null;
        }
        List<String> values = machine.addresses().stream()
                .filter(a -> !"hostname".equals(a.type()))
                .map(Address::value)
                .toList();
        return values.isEmpty()
                ? null
                : Map.of("eth0", new FullStatus.NetworkInterface(values, "", null, null, Wires.ALPHA, up));
    }

    /** Juju leaves the word out while a thing is alive. */
    private static String life(String word) {
        return word.equals("alive") ? "" : word;
    }

    // --- applications

    private FullStatus.Application application(Application application) {
        CharmRecord charm = model.get(Kinds.CHARM, application.charmUrl());
        Map<String, FullStatus.Unit> units = new LinkedHashMap<>();
        String version = "";
        for (Unit unit : model.by(Kinds.UNITS_BY_APPLICATION, application.name())) {
            if (unit.workloadVersion() != null && !unit.workloadVersion().isEmpty()) {
                version = unit.workloadVersion();
            }
            if (!application.subordinate() && (filter == null || filter.units.contains(unit.name()))) {
                units.put(unit.name(), unit(unit, application));
            }
        }
        return new FullStatus.Application(
                null,
                application.charmUrl(),
                charm == null ? "" : charm.charm().version(),
                "",
                Wires.channel(application.origin()),
                charm == null ? 0 : charm.revision(),
                application.origin() == null
                        ? null
                        : WireBase.of(application.origin().base()),
                application.exposed(),
                application.exposed() ? Wires.exposedWire(application.exposedEndpoints()) : null,
                life(application.life().word()),
                relationsOf(application.name()),
                "",
                List.copyOf(principals.getOrDefault(application.name(), new TreeSet<>())),
                units,
                Map.of(),
                Wires.status(statuses.of(application), ""),
                version,
                bindings(application, charm),
                0, // how many are wanted: known of a k8s application alone
                null,
                "");
    }

    private Map<String, List<String>> relationsOf(String application) {
        Map<String, List<String>> relations = new TreeMap<>();
        related.getOrDefault(application, Map.of())
                .forEach((endpoint, names) -> relations.put(endpoint, List.copyOf(names)));
        return relations;
    }

    static Map<String, String> bindings(Application application, CharmRecord charm) {
        Map<String, String> bindings = new TreeMap<>();
        String fallback = application.bindings().getOrDefault("", Wires.ALPHA);
        bindings.put("", fallback);
        if (charm != null) {
            CharmMetadata metadata = charm.charm().metadata();
            metadata.endpoints().keySet().forEach(name -> bindings.put(name, fallback));
            metadata.extraBindings().keySet().forEach(name -> bindings.put(name, fallback));
        }
        bindings.putAll(application.bindings());
        return bindings;
    }

    private FullStatus.Unit unit(Unit unit, Application application) {
        Statuses.UnitStatuses both = statuses.of(unit);
        Machine machine = statuses.machineOf(unit);
        Map<String, FullStatus.Unit> subordinates = null;
        if (unit.principal() == null) {
            for (Unit subordinate : model.by(Kinds.UNITS_BY_PRINCIPAL, unit.name())) {
                Application its = model.get(Kinds.APPLICATION, subordinate.application());
                if (its != null && (filter == null || filter.units.contains(subordinate.name()))) {
                    subordinates = subordinates == null ? new LinkedHashMap<>() : subordinates;
                    subordinates.put(subordinate.name(), unit(subordinate, its));
                }
            }
        }
        // The charm is told only while the unit still runs another one than its application.
        boolean behind = unit.charmUrl() != null && !unit.charmUrl().equals(application.charmUrl());
        return new FullStatus.Unit(
                Wires.status(both.agent(), life(unit.life().word()), unit.agentVersion()),
                Wires.status(both.workload(), ""),
                Wires.orEmpty(unit.workloadVersion()),
                unit.principal() == null ? Wires.orEmpty(unit.machine()) : "",
                ports(unit),
                Wires.publicAddress(machine),
                behind ? unit.charmUrl() : "",
                subordinates == null ? Map.of() : subordinates,
                statuses.isLeader(unit),
                null,
                null);
    }

    static List<String> ports(Unit unit) {
        return unit.ports().isEmpty()
                ? List.of()
                : unit.ports().stream()
                        .map(Unit.UnitPort::range)
                        .distinct()
                        .sorted()
                        .map(Object::toString)
                        .toList();
    }

    // --- relations

    private void note(Relation relation) {
        for (Relation.Endpoint endpoint : relation.endpoints()) {
            Relation.Endpoint other = relation.counterpartOf(endpoint.application());
            if (relation.endpoints().size() == 2) {
                // An application related to itself: its other endpoint, not the first that bears its name.
                other = relation.endpoints().get(relation.endpoints().get(0) == endpoint ? 1 : 0);
            }
            if (isProxy(other.application())) {
                continue;
            }
            related.computeIfAbsent(endpoint.application(), a -> new TreeMap<>())
                    .computeIfAbsent(endpoint.name(), e -> new TreeSet<>(Names.NATURAL))
                    .add(other.application());
            Application its = model.get(Kinds.APPLICATION, endpoint.application());
            if (its != null
                    && its.subordinate()
                    && !relation.isPeer()
                    && relation.scope().equals("container")) {
                principals
                        .computeIfAbsent(its.name(), a -> new TreeSet<>(Names.NATURAL))
                        .add(other.application());
            }
        }
    }

    private FullStatus.Relation relation(Relation relation) {
        List<FullStatus.Endpoint> endpoints = new ArrayList<>();
        for (Relation.Endpoint endpoint : relation.endpoints()) {
            Application application = model.get(Kinds.APPLICATION, endpoint.application());
            endpoints.add(new FullStatus.Endpoint(
                    endpoint.application(),
                    endpoint.name(),
                    endpoint.role(),
                    application != null && application.subordinate()));
        }
        StatusValue status =
                relation.status() == null ? new StatusValue("joining", "", relation.created()) : relation.status();
        return new FullStatus.Relation(
                relation.number(),
                relation.key(),
                relation.endpoints().get(0).interfaceName(),
                relation.scope(),
                endpoints,
                Wires.status(status, ""));
    }
}
