package org.isthmus.provisioner;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Life;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.Snapshot;
import org.isthmus.spi.CloudProvider.Instance;

/** What a model's machines and the instances of its cloud tell of each other. */
final class Comparison {
    private final Map<String, Machine> byToken = new HashMap<>();
    private final Map<String, Machine> byInstance = new HashMap<>();
    private final Map<Machine, Instance> moved = new LinkedHashMap<>();
    private final Map<Machine, Instance> running = new LinkedHashMap<>();
    private final List<String> unknown = new ArrayList<>();
    private final List<String> left = new ArrayList<>();

    Comparison(Snapshot model, Collection<Instance> instances) {
        for (Machine machine : model.all(Kinds.MACHINE)) {
            if (machine.clientToken() != null) {
                byToken.put(machine.clientToken(), machine);
            }
            if (machine.instanceId() != null) {
                byInstance.put(machine.instanceId(), machine);
            }
        }
        Harvest harvest = Harvest.of(model);
        for (Instance instance : instances) {
            Machine machine = byInstance.getOrDefault(instance.id(), byToken.get(instance.token()));
            if (machine == null) {
                boolean ended = model.get(Kinds.ENDED_START, instance.token()) != null;
                (harvest.takes(ended) ? unknown : left).add(instance.id());
            } else if (instance.id().equals(machine.instanceId())) {
                known(machine, instance);
            } else if (machine.instanceId() != null) {
                (harvest.takes(true) ? unknown : left).add(instance.id());
            }
        }
    }

    private void known(Machine machine, Instance instance) {
        byInstance.remove(instance.id());
        if (!instance.addresses().isEmpty() && !instance.addresses().equals(machine.addresses())) {
            moved.put(machine, instance);
        }
        if (machine.life() == Life.ALIVE) {
            running.put(machine, instance);
        }
    }

    /** Machines with an instance whose addresses the model does not know. */
    Map<Machine, Instance> moved() {
        return moved;
    }

    /** Machines that are alive, with their instance. */
    Map<Machine, Instance> running() {
        return running;
    }

    /** Machines that are alive and whose instance is not there any more. */
    List<Machine> gone() {
        return byInstance.values().stream()
                .filter(machine -> machine.life() == Life.ALIVE
                        && !machine.controller()
                        && !machine.instanceId().startsWith("manual:"))
                .toList();
    }

    /** Instances that no machine knows and that the model wants stopped. */
    List<String> unknown() {
        return unknown;
    }

    /** Instances that no machine knows and that are none of the model's business. */
    List<String> left() {
        return left;
    }
}
