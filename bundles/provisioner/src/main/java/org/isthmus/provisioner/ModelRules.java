package org.isthmus.provisioner;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.api.PortRange;
import org.isthmus.model.Application;
import org.isthmus.model.Application.ExposedEndpoint;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.Relation;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Unit;
import org.isthmus.model.Unit.UnitPort;
import org.isthmus.spi.CloudProvider.Firewall.Rule;

/**
 * The rules that one model wants on its instances, kept up with what changes at a cost that depends on that alone: units say
 * something all the time, and hardly ever about ports. Used by one thread at a time.
 */
final class ModelRules {
    private static final Set<String> EVERYBODY = Set.of("0.0.0.0/0", "::/0");

    /** One machine's instance, and what it is to let in. */
    private record Wanted(String instance, Set<Rule> rules) {}

    private final Map<String, Wanted> machines = new HashMap<>();
    /** Of units with rules only: where they were seen. A unit that is gone says no more. */
    private final Map<String, String> homes = new HashMap<>();
    /** Of exposed applications only. */
    private final Map<String, Map<String, ExposedEndpoint>> exposures = new HashMap<>();
    /** By relation, those by which somebody in another model dials an application here. */
    private final Map<String, Crossing> crossings = new HashMap<>();
    /** Machines whose cloud does not know yet. */
    private final Set<String> due = new HashSet<>();

    /** Looks at everything anew; all of it is due. */
    void readAll(Snapshot model) {
        machines.clear();
        homes.clear();
        exposures.clear();
        crossings.clear();
        due.clear();
        for (RemoteApplication remote : model.all(Kinds.REMOTE_APPLICATION)) {
            model.by(Kinds.RELATIONS_BY_APPLICATION, remote.name())
                    .forEach(relation -> noteCrossing(model, relation.id(), new HashSet<>()));
        }
        model.all(Kinds.APPLICATION).forEach(application -> noteExposure(application.name(), application));
        for (Machine machine : model.all(Kinds.MACHINE)) {
            read(model, machine.id());
        }
        due.addAll(machines.keySet());
    }

    /** Looks at what changed. */
    void read(Snapshot model, Set<Key> changed) {
        Set<String> touched = new HashSet<>();
        Set<String> relations = new HashSet<>();
        for (Key key : changed) {
            if (key.kind().equals(Kinds.RELATION)) {
                relations.add(key.id());
            } else if (key.kind().equals(Kinds.RELATION_UNIT)) {
                relations.add(ofRemote(model, key.id()));
            } else if (key.kind().equals(Kinds.OFFER_CONNECTION)) {
                OfferConnection connection = model.get(Kinds.OFFER_CONNECTION, key.id());
                // One that is gone goes with its relation.
                relations.add(connection == null ? null : Integer.toString(connection.relation()));
            } else if (key.kind().equals(Kinds.MACHINE)) {
                touched.add(key.id());
            } else if (key.kind().equals(Kinds.UNIT)) {
                touched.add(homes.remove(key.id()));
                touched.add(machineOf(model, model.get(Kinds.UNIT, key.id())));
            } else if (key.kind().equals(Kinds.APPLICATION)
                    && noteExposure(key.id(), model.get(Kinds.APPLICATION, key.id()))) {
                for (Unit unit : model.by(Kinds.UNITS_BY_APPLICATION, key.id())) {
                    touched.add(machineOf(model, unit));
                }
            }
        }
        relations.remove(null);
        relations.forEach(number -> noteCrossing(model, number, touched));
        touched.remove(null);
        touched.forEach(machine -> read(model, machine));
    }

    /** The relation of a unit of another model; null for a unit of this one, whose settings say nothing about who dials. */
    private static String ofRemote(Snapshot model, String id) {
        int hash = id.indexOf('#');
        String application = Names.applicationOf(id.substring(hash + 1));
        return model.has(Kinds.REMOTE_APPLICATION, application) ? id.substring(0, hash) : null;
    }

    /** @param touched takes the machines whose rules depend on it */
    private void noteCrossing(Snapshot model, String relation, Set<String> touched) {
        Crossing now = Crossing.of(model, relation);
        Crossing before = now == null ? crossings.remove(relation) : crossings.put(relation, now);
        if (Objects.equals(before, now)) {
            return;
        }
        for (Crossing each : new Crossing[] {before, now}) {
            if (each != null) {
                model.by(Kinds.UNITS_BY_APPLICATION, each.application())
                        .forEach(unit -> touched.add(machineOf(model, unit)));
            }
        }
    }

    /** True: it is exposed otherwise than before. */
    private boolean noteExposure(String name, Application application) {
        boolean exposed = application != null && application.exposed();
        Map<String, ExposedEndpoint> before =
                exposed ? exposures.put(name, application.exposedEndpoints()) : exposures.remove(name);
        return !Objects.equals(before, exposed ? application.exposedEndpoints() : null);
    }

    private static String machineOf(Snapshot model, Unit unit) {
        if (unit == null || unit.machine() != null || unit.principal() == null) {
            return unit == null ? null : unit.machine();
        }
        return machineOf(model, model.get(Kinds.UNIT, unit.principal()));
    }

    private void read(Snapshot model, String id) {
        Machine machine = model.get(Kinds.MACHINE, id);
        Wanted now =
                machine == null || machine.instanceId() == null || machine.controller() || machine.life() == Life.DEAD
                        ? null
                        : new Wanted(machine.instanceId(), rules(model, id));
        Wanted before = now == null ? machines.remove(id) : machines.put(id, now);
        if (now == null) {
            due.remove(id);
        } else if (!now.equals(before)) {
            due.add(id);
        }
    }

    private Set<Rule> rules(Snapshot model, String machine) {
        // By port: one opened for two reasons is open to both kinds of callers.
        Map<PortRange, Set<String>> sources = new HashMap<>();
        for (Unit unit : model.by(Kinds.UNITS_BY_MACHINE, machine)) {
            add(model, unit, machine, sources);
            for (Unit subordinate : model.by(Kinds.UNITS_BY_PRINCIPAL, unit.name())) {
                add(model, subordinate, machine, sources);
            }
        }
        Set<Rule> rules = new HashSet<>();
        sources.forEach((range, callers) -> rules.add(new Rule(range, Set.copyOf(callers))));
        return Set.copyOf(rules);
    }

    private void add(Snapshot model, Unit unit, String machine, Map<PortRange, Set<String>> sources) {
        homes.remove(unit.name());
        Application application = model.get(Kinds.APPLICATION, unit.application());
        if (application == null || unit.ports().isEmpty()) {
            return;
        }
        for (UnitPort port : unit.ports()) {
            Set<String> callers = new HashSet<>();
            if (application.exposed()) {
                callers.addAll(callers(application, port.endpoint()));
            }
            callers.addAll(acrossModels(model, application, port.endpoint()));
            if (!callers.isEmpty()) {
                sources.computeIfAbsent(port.range(), any -> new HashSet<>()).addAll(callers);
                homes.put(unit.name(), machine);
            }
        }
    }

    /** A port opened for every endpoint is open to who dials any. */
    private Set<String> acrossModels(Snapshot model, Application application, String endpoint) {
        Set<String> callers = new HashSet<>();
        if (crossings.isEmpty()) {
            return callers;
        }
        boolean every = endpoint == null || endpoint.isEmpty();
        for (Relation relation : model.by(Kinds.RELATIONS_BY_APPLICATION, application.name())) {
            Crossing crossing = crossings.get(relation.id());
            if (crossing != null
                    && crossing.application().equals(application.name())
                    && (every || crossing.endpoint().equals(endpoint))) {
                callers.addAll(crossing.networks());
            }
        }
        return callers;
    }

    /** A port opened for every endpoint is open to whomever any endpoint is exposed to. */
    private static Set<String> callers(Application application, String endpoint) {
        Map<String, ExposedEndpoint> exposed = application.exposedEndpoints();
        if (exposed.isEmpty()) {
            return EVERYBODY;
        }
        Set<String> out = new HashSet<>();
        boolean every = endpoint == null || endpoint.isEmpty();
        exposed.forEach((name, to) -> {
            boolean all = name.isEmpty() && !exposed.containsKey(endpoint);
            if (every || all || name.equals(endpoint)) {
                boolean open = to.cidrs().isEmpty() && to.spaces().isEmpty();
                out.addAll(open ? EVERYBODY : to.cidrs());
            }
        });
        return out;
    }

    boolean isEmpty() {
        return machines.isEmpty();
    }

    /** What the cloud must be told, by instance; all of it may be told again. */
    Map<String, Set<Rule>> due() {
        Map<String, Set<Rule>> told = new TreeMap<>();
        for (String machine : due) {
            told.put(machines.get(machine).instance(), machines.get(machine).rules());
        }
        return told;
    }

    /** The cloud was told all that was due. */
    void told() {
        due.clear();
    }
}
