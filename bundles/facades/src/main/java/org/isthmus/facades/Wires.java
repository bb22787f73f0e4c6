package org.isthmus.facades;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.isthmus.api.Address;
import org.isthmus.api.Constraints;
import org.isthmus.api.Hardware;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.Application.CharmOrigin;
import org.isthmus.model.Application.ExposedEndpoint;
import org.isthmus.model.Force;
import org.isthmus.model.Machine;
import org.isthmus.model.Relation;
import org.isthmus.model.StatusValue;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.rpc.Call;
import org.isthmus.wire.ApplicationCalls;
import org.isthmus.wire.FullStatus.DetailedStatus;
import org.isthmus.wire.ModelCalls;
import org.isthmus.wire.WireBase;
import org.isthmus.wire.WireExposed;
import org.isthmus.wire.WireOrigin;

/** Values of the house as the wire spells them, and back. */
final class Wires {
    /** The one space there is. */
    static final String ALPHA = "alpha";

    private static final List<String> LISTS = List.of("tags", "spaces", "zones");
    private static final List<String> NUMBERS = List.of("cores", "cpu-power", "mem", "root-disk");

    private Wires() {}

    /** From {mem: 1024, tags: ["a"]}: sizes in MiB. Null means none. */
    static Constraints constraints(Map<String, Object> wire) {
        if (wire == null || wire.isEmpty()) {
            return Constraints.NONE;
        }
        List<String> words = new ArrayList<>();
        for (Map.Entry<String, Object> entry : new TreeMap<>(wire).entrySet()) {
            Object value = entry.getValue();
            if (value == null) {
                continue;
            }
            String text;
            if (value instanceof Collection<?> list) {
                text = String.join(",", list.stream().map(String::valueOf).toList());
            } else if (value instanceof Number number) {
                text = Long.toString(number.longValue());
            } else {
                text = value.toString();
            }
            if (text.chars().anyMatch(Character::isWhitespace)) {
                throw Problem.notValid("bad \"%s\" constraint: \"%s\" not valid", entry.getKey(), text);
            }
            words.add(entry.getKey() + "=" + text);
        }
        return Constraints.parse(String.join(" ", words));
    }

    static Map<String, Object> constraints(Constraints constraints) {
        Map<String, Object> wire = new TreeMap<>();
        constraints.values().forEach((key, value) -> {
            if (LISTS.contains(key)) {
                wire.put(key, value.isEmpty() ? List.of() : List.of(value.split(",")));
            } else if (NUMBERS.contains(key)) {
                wire.put(key, value.isEmpty() ? Long.valueOf(0) : Long.valueOf(value));
            } else if (key.equals("allocate-public-ip")) {
                wire.put(key, Boolean.valueOf(value));
            } else {
                wire.put(key, value);
            }
        });
        return wire;
    }

    static List<ApplicationEngine.Placement> placement(List<ApplicationCalls.Placement> wire) {
        return wire == null
                ? List.of()
                : wire.stream().map(Wires::placement).filter(p -> p != null).toList();
    }

    static ApplicationEngine.Placement placement(ApplicationCalls.Placement wire) {
        return wire == null ? null : new ApplicationEngine.Placement(wire.scope(), wire.directive());
    }

    static CharmOrigin origin(WireOrigin wire) {
        return wire == null
                ? null
                : new CharmOrigin(
                        wire.source(),
                        empty(wire.id()),
                        empty(wire.hash()),
                        empty(wire.risk()),
                        wire.revision(),
                        empty(wire.track()),
                        empty(wire.branch()),
                        empty(wire.architecture()),
                        WireBase.base(wire.base()));
    }

    static WireOrigin origin(CharmOrigin origin) {
        return origin == null
                ? null
                : new WireOrigin(
                        origin.source(),
                        "charm",
                        orEmpty(origin.charmHubId()),
                        origin.hash(),
                        origin.risk(),
                        origin.revision(),
                        origin.track(),
                        origin.branch(),
                        origin.architecture(),
                        WireBase.of(origin.base()),
                        null);
    }

    /** `8.0/stable`, `stable` or empty. */
    static String channel(CharmOrigin origin) {
        if (origin == null || origin.risk() == null) {
            return "";
        }
        String channel = origin.track() == null || origin.track().isEmpty()
                ? origin.risk()
                : origin.track() + "/" + origin.risk();
        return origin.branch() == null || origin.branch().isEmpty() ? channel : channel + "/" + origin.branch();
    }

    static String empty(String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    static String orEmpty(String text) {
        return text == null ? "" : text;
    }

    static Map<String, ExposedEndpoint> exposed(Map<String, WireExposed> wire) {
        Map<String, ExposedEndpoint> endpoints = new LinkedHashMap<>();
        if (wire != null) {
            wire.forEach((name, to) -> endpoints.put(
                    name,
                    to == null
                            ? new ExposedEndpoint(List.of(), List.of())
                            : new ExposedEndpoint(to.exposeToSpaces(), to.exposeToCidrs())));
        }
        return endpoints;
    }

    static Map<String, WireExposed> exposedWire(Map<String, ExposedEndpoint> endpoints) {
        Map<String, WireExposed> wire = new TreeMap<>();
        endpoints.forEach((name, to) -> wire.put(name, new WireExposed(to.spaces(), to.cidrs())));
        return wire;
    }

    static ApplicationCalls.Endpoint endpoint(Relation.Endpoint endpoint) {
        return new ApplicationCalls.Endpoint(
                endpoint.name(),
                endpoint.role(),
                endpoint.interfaceName(),
                endpoint.optional(),
                endpoint.limit(),
                endpoint.scope());
    }

    static DetailedStatus status(StatusValue value, String life) {
        return new DetailedStatus(
                value.status(), value.message(), value.data(), value.since(), "", "", life == null ? "" : life, null);
    }

    static DetailedStatus status(StatusValue value, String life, String version) {
        return new DetailedStatus(
                value.status(),
                value.message(),
                value.data(),
                value.since(),
                "",
                orEmpty(version),
                life == null ? "" : life,
                null);
    }

    static ModelCalls.EntityStatus entityStatus(StatusValue value) {
        return value == null
                ? new ModelCalls.EntityStatus("available", "", Map.of(), null)
                : new ModelCalls.EntityStatus(value.status(), value.message(), value.data(), value.since());
    }

    static ModelCalls.MachineHardware hardware(Hardware hardware) {
        return hardware == null
                ? null
                : new ModelCalls.MachineHardware(
                        hardware.arch(),
                        hardware.mem(),
                        hardware.rootDisk(),
                        hardware.cores(),
                        null,
                        hardware.tags(),
                        hardware.availabilityZone(),
                        hardware.virtType());
    }

    /** Where people reach this machine: public before cloud-local before the rest; empty where nothing is known. */
    static String publicAddress(Machine machine) {
        return best(machine, "public");
    }

    /** Where its neighbours reach it. */
    static String privateAddress(Machine machine) {
        return best(machine, "local-cloud");
    }

    private static String best(Machine machine, String first) {
        if (machine == null) {
            return "";
        }
        String best = "";
        int bestRank = -1;
        for (Address address : machine.addresses()) {
            int rank = address.scope() == null || address.scope().equals("local-machine") ? 0 : 2;
            rank = first.equals(address.scope()) ? 4 : rank;
            rank = rank + ("ipv6".equals(address.type()) ? 0 : 1);
            if (rank > bestRank) {
                best = address.value();
                bestRank = rank;
            }
        }
        return best;
    }

    /** `cloudcred-aws_admin_default` of the id `aws/admin/default`; empty for none. */
    static String credentialTag(String id) {
        if (id == null || id.isEmpty()) {
            return "";
        }
        String[] parts = id.split("/", 3);
        return parts.length == 3 ? Tag.credential(parts[0], parts[1], parts[2]).toString() : "";
    }

    /** The id `cloud/owner/name` of a credential's tag; null for none. */
    static String credentialId(String tag) {
        if (tag == null || tag.isEmpty()) {
            return null;
        }
        String[] parts = Tag.idOf("cloudcred", tag).split("_", 3);
        if (parts.length != 3) {
            throw Problem.notValid("\"%s\" is not a valid cloudcred tag", tag);
        }
        return parts[0] + "/" + parts[1] + "/" + parts[2];
    }

    /** How an operator forces a removal; {@code maxWait} is in nanoseconds. */
    static Force force(boolean force, Long maxWait, Call call) {
        return Force.asked(force, maxWait == null ? null : Duration.ofNanos(maxWait), call.now());
    }
}
