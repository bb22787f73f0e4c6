package org.isthmus.agentfacades;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.isthmus.api.Address;
import org.isthmus.model.Application;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Kinds;
import org.isthmus.model.Lease;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationApplication;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Unit;
import org.isthmus.model.store.Interest;
import org.isthmus.wire.agent.UnitRemoteState;
import org.isthmus.wire.agent.UnitRemoteState.ModelFacts;
import org.isthmus.wire.agent.UnitRemoteState.RelationState;

/** A unit's remote state, read from one snapshot. Costs what the unit's relations hold, whatever the size of the model. */
final class UnitView {
    /** The setting's default. */
    private static final String NO_PROXY = "127.0.0.1,localhost,::1";

    private static final Pattern DURATION = Pattern.compile("(\\d+)(ms|s|m|h)");

    private UnitView() {}

    static Set<Integer> relations(Snapshot model, String application) {
        Set<Integer> numbers = new HashSet<>();
        model.by(Kinds.RELATIONS_BY_APPLICATION, application).forEach(relation -> numbers.add(relation.number()));
        return numbers;
    }

    static Set<Interest> interests(Snapshot model, Unit unit, Set<Integer> relations) {
        Set<Interest> interests = new HashSet<>();
        interests.add(Interest.in(Kinds.UNIT, unit.name()));
        interests.add(Interest.in(Kinds.UNIT, Kinds.UNITS_BY_PRINCIPAL, unit.name()));
        interests.add(Interest.in(Kinds.APPLICATION, unit.application()));
        interests.add(Interest.in(Kinds.RELATION, Kinds.RELATIONS_BY_APPLICATION, unit.application()));
        interests.add(Interest.in(Kinds.LEASE, unit.application()));
        interests.add(Interest.in(Kinds.MODEL, ModelRecord.ID));
        String machine = MachineView.machineOf(model, unit);
        if (machine != null) {
            interests.add(Interest.in(Kinds.MACHINE, machine));
        }
        for (int relation : relations) {
            String key = Integer.toString(relation);
            interests.add(Interest.in(Kinds.RELATION_UNIT, Kinds.RELATION_UNITS_BY_RELATION, key));
            interests.add(Interest.in(Kinds.RELATION_APPLICATION, Kinds.RELATION_APPLICATIONS_BY_RELATION, key));
        }
        return interests;
    }

    /** All but the relations. */
    static UnitRemoteState head(
            Snapshot model, String name, boolean rewatch, List<String> apiAddresses, Watched watched) {
        Unit unit = model.get(Kinds.UNIT, name);
        Application application = unit == null ? null : model.get(Kinds.APPLICATION, unit.application());
        if (unit == null || application == null) {
            return new UnitRemoteState(
                    name, null, "dead", null, null, null, null, null, null, null, null, 0, null, null, null, false, 0,
                    null, List.of(), false);
        }
        ModelRecord record = model.model();
        CharmRecord charm = model.get(Kinds.CHARM, application.charmUrl());
        Lease lease = model.get(Kinds.LEASE, unit.application());
        String machineId = MachineView.machineOf(model, unit);
        Machine machine = model.get(Kinds.MACHINE, machineId);
        String privateAddress = address(machine, "local-cloud");
        String publicAddress = address(machine, "public");
        Map<String, Object> told = new TreeMap<>(application.settings());
        String configHash = watched.digest(List.of(
                told,
                application.trust(),
                privateAddress == null ? "" : privateAddress,
                publicAddress == null ? "" : publicAddress));
        Map<String, Object> config = record.config();
        return new UnitRemoteState(
                name,
                unit.application(),
                unit.life().word(),
                application.life().word(),
                unit.principal(),
                machineId,
                application.charmUrl(),
                charm == null ? null : charm.sha256(),
                configHash,
                unit.resolved(),
                lease == null ? null : lease.holder(),
                model.count(Kinds.UNITS_BY_PRINCIPAL, name),
                privateAddress,
                publicAddress,
                machine == null || machine.hardware() == null
                        ? null
                        : machine.hardware().availabilityZone(),
                !"false".equals(String.valueOf(config.get("automatically-retry-hooks"))),
                seconds(config.get("update-status-hook-interval"), Duration.ofMinutes(5)),
                new ModelFacts(record.uuid(), record.name(), proxies(config), apiAddresses),
                List.of(),
                rewatch);
    }

    /** Null: the unit's application is not in it. */
    static RelationState relation(Snapshot model, Unit unit, Relation relation) {
        if (relation == null || relation.endpointOf(unit.application()) == null) {
            return null;
        }
        String number = Integer.toString(relation.number());
        Relation.Endpoint own = relation.endpointOf(unit.application());
        Relation.Endpoint other = relation.counterpartOf(unit.application());
        RelationUnit self = model.get(Kinds.RELATION_UNIT, RelationUnit.idOf(relation.number(), unit.name()));
        boolean container = relation.scope().equals("container");
        Map<String, Long> members = new TreeMap<>();
        for (RelationUnit member : model.by(Kinds.RELATION_UNITS_IN_SCOPE, number)) {
            boolean ownSide = org.isthmus.api.Names.applicationOf(member.unit()).equals(unit.application());
            boolean visible = !member.unit().equals(unit.name())
                    && ownSide == relation.isPeer()
                    && (!container || self != null && member.container().equals(self.container()));
            if (visible) {
                members.put(member.unit(), member.version());
            }
        }
        RelationApplication bag =
                model.get(Kinds.RELATION_APPLICATION, RelationApplication.idOf(relation.number(), other.application()));
        RemoteApplication elsewhere = model.get(Kinds.REMOTE_APPLICATION, other.application());
        return new RelationState(
                relation.number(),
                relation.key(),
                own.name(),
                relation.isPeer(),
                !own.name().equals("juju-info") || !own.role().equals("provider"),
                relation.life().word(),
                relation.suspended(),
                other.application(),
                elsewhere == null ? model.model().uuid() : elsewhere.sourceModel(),
                self != null && self.inScope(),
                members,
                bag == null ? 0 : bag.version());
    }

    /** The first address of this scope, else the first of any. */
    static String address(Machine machine, String scope) {
        if (machine == null || machine.addresses().isEmpty()) {
            return null;
        }
        return machine.addresses().stream()
                .filter(address -> scope.equals(address.scope()))
                .findFirst()
                .map(Address::value)
                .orElse(machine.addresses().get(0).value());
    }

    private static Map<String, String> proxies(Map<String, Object> config) {
        Map<String, String> proxies = new TreeMap<>();
        for (String name : List.of("http", "https", "ftp", "no")) {
            String key = "juju-" + name + "-proxy";
            Object value = config.getOrDefault(key, name.equals("no") ? NO_PROXY : null);
            if (value != null && !value.toString().isEmpty()) {
                proxies.put(name, value.toString());
            }
        }
        return proxies;
    }

    /** Go's durations, such as `5m` or `1h30m`. */
    static long seconds(Object value, Duration otherwise) {
        if (value == null) {
            return otherwise.toSeconds();
        }
        Matcher matcher = DURATION.matcher(value.toString());
        Duration sum = Duration.ZERO;
        while (matcher.find()) {
            long count = Long.parseLong(matcher.group(1));
            sum = sum.plus(
                    switch (matcher.group(2)) {
                        case "ms" -> Duration.ofMillis(count);
                        case "s" -> Duration.ofSeconds(count);
                        case "m" -> Duration.ofMinutes(count);
                        default -> Duration.ofHours(count);
                    });
        }
        return sum.isZero() ? otherwise.toSeconds() : sum.toSeconds();
    }
}
