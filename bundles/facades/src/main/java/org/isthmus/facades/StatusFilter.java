package org.isthmus.facades;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.isthmus.api.Problem;
import org.isthmus.model.Application;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.Relation;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Unit;
import org.isthmus.rpc.Glob;

/**
 * What of a model the selectors of `juju status` leave: machines, units and applications by name, with `*`, by port, by address,
 * or by a status word. What belongs to a match stays with it: a unit's machine, application, principal and subordinates, and the
 * applications that a matched application is related to.
 */
final class StatusFilter {
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9*?/._:\\[\\]@ -]+");

    final Set<String> machines = new HashSet<>();
    final Set<String> applications = new HashSet<>();
    final Set<String> units = new HashSet<>();

    private final Snapshot model;
    private final Statuses statuses;
    private final List<Selector> selectors;

    private record Selector(String word, Glob glob) {
        boolean is(String text) {
            return glob.matches(text);
        }
    }

    /** @param patterns not empty */
    StatusFilter(Snapshot model, Statuses statuses, List<String> patterns) {
        this.model = model;
        this.statuses = statuses;
        this.selectors = Glob.few(patterns).stream().map(StatusFilter::selector).toList();
        Set<String> matched = new TreeSet<>();
        for (Unit unit : model.all(Kinds.UNIT)) {
            if (matches(unit)) {
                keep(unit);
                matched.add(unit.application());
            }
        }
        for (Machine machine : model.all(Kinds.MACHINE)) {
            if (matches(machine)) {
                keepMachine(machine.id());
                for (Unit unit : model.by(Kinds.UNITS_BY_MACHINE, machine.id())) {
                    keep(unit);
                }
            }
        }
        for (Application application : model.all(Kinds.APPLICATION)) {
            if (matches(application)) {
                matched.add(application.name());
                keepAll(application.name());
            }
        }
        for (RemoteApplication remote : model.all(Kinds.REMOTE_APPLICATION)) {
            if (selectors.stream().anyMatch(s -> s.is(remote.name()))) {
                matched.add(remote.name());
                keepAll(remote.name());
            }
        }
        for (String application : matched) {
            for (Relation relation : model.by(Kinds.RELATIONS_BY_APPLICATION, application)) {
                for (Relation.Endpoint endpoint : relation.endpoints()) {
                    // Of its own units only those that were asked for, be they peers of each other.
                    if (!endpoint.application().equals(application)) {
                        keepAll(endpoint.application());
                    }
                }
            }
        }
    }

    private static Selector selector(String word) {
        if (word == null || !WORD.matcher(word).matches()) {
            throw Problem.notValid("pattern \"%s\" contains invalid characters", word);
        }
        return new Selector(word, Glob.ofPath(word));
    }

    private void keepAll(String application) {
        applications.add(application);
        for (Unit unit : model.by(Kinds.UNITS_BY_APPLICATION, application)) {
            keep(unit);
        }
    }

    private void keep(Unit unit) {
        Unit principal = unit.principal() == null ? unit : model.get(Kinds.UNIT, unit.principal());
        keepOne(unit);
        if (principal != null && keepOne(principal)) {
            for (Unit subordinate : model.by(Kinds.UNITS_BY_PRINCIPAL, principal.name())) {
                keepOne(subordinate);
            }
        }
    }

    private boolean keepOne(Unit unit) {
        if (!units.add(unit.name())) {
            return unit.principal() == null;
        }
        applications.add(unit.application());
        Machine machine = statuses.machineOf(unit);
        if (machine != null) {
            keepMachine(machine.id());
        }
        return unit.principal() == null;
    }

    private void keepMachine(String id) {
        for (String at = id; at != null; at = Statuses.hostOf(at)) {
            machines.add(at);
        }
    }

    private boolean matches(Unit unit) {
        Statuses.UnitStatuses now = null;
        for (Selector selector : selectors) {
            if (selector.is(unit.name()) || selector.is(unit.application())) {
                return true;
            }
            if (selector.word().equals(unit.application() + "/leader") && statuses.isLeader(unit)) {
                return true;
            }
            now = now == null ? statuses.of(unit) : now;
            if (selector.word().equals(now.workload().status())
                    || selector.word().equals(now.agent().status())) {
                return true;
            }
            if (unit.ports().stream().anyMatch(p -> selector.is(p.range().toString()))) {
                return true;
            }
        }
        return false;
    }

    private boolean matches(Machine machine) {
        for (Selector selector : selectors) {
            if (selector.word().equals(machine.id())
                    || selector.is(machine.hostname())
                    || machine.addresses().stream().anyMatch(a -> selector.is(a.value()))
                    || selector.word().equals(statuses.of(machine).status())
                    || selector.word().equals(statuses.instance(machine).status())) {
                return true;
            }
        }
        return false;
    }

    private boolean matches(Application application) {
        for (Selector selector : selectors) {
            if (selector.is(application.name())
                    || selector.word().equals(application.exposed() ? "exposed" : "not exposed")
                    || selector.word().equals(statuses.of(application).status())) {
                return true;
            }
        }
        return false;
    }
}
