package org.isthmus.facades;

import java.time.Instant;
import org.isthmus.api.Names;
import org.isthmus.api.Tag;
import org.isthmus.model.AgentPresence;
import org.isthmus.model.Application;
import org.isthmus.model.ApplicationStatus;
import org.isthmus.model.Kinds;
import org.isthmus.model.Lease;
import org.isthmus.model.Machine;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Unit;
import org.isthmus.model.UnitAgent;

/** What a status says when stored, soft and absent facts are put together (juju.md §2). */
final class Statuses {
    private static final String SILENT = "agent is not communicating with the server";

    /** Both statuses of a unit as people see them. */
    record UnitStatuses(StatusValue workload, StatusValue agent) {}

    private final Snapshot model;

    Statuses(Snapshot model) {
        this.model = model;
    }

    UnitStatuses of(Unit unit) {
        Instant created = unit.created();
        StatusValue workload = unit.workloadStatus() == null
                ? new StatusValue("waiting", "waiting for machine", created)
                : unit.workloadStatus();
        StatusValue durable =
                unit.agentStatus() == null ? new StatusValue("allocating", "", created) : unit.agentStatus();
        StatusValue agent = durable;
        if (durable.status().equals("error")) {
            // A failed hook is the workload's trouble: its agent sits idle and waits for `resolved`.
            workload = durable;
            agent = new StatusValue("idle", "", durable.since());
        } else {
            UnitAgent activity = model.get(Kinds.UNIT_AGENT, unit.name());
            if (activity != null
                    && activity.status() != null
                    && !durable.status().equals("allocating")) {
                agent = activity.status();
            }
        }
        AgentPresence presence = lost(Tag.unit(unit.name()).toString());
        boolean installing =
                agent.status().equals("executing") && agent.message().equals("running install hook");
        if (presence != null && !agent.status().equals("allocating") && !installing) {
            agent = new StatusValue("lost", SILENT, presence.since());
            if (!workload.status().equals("error") && !workload.status().equals("terminated")) {
                workload = new StatusValue(
                        "unknown", "agent lost, see 'juju show-status-log " + unit.name() + "'", presence.since());
            }
        }
        return new UnitStatuses(workload, agent);
    }

    /** The presence record of an agent that was there and went away, else null. */
    private AgentPresence lost(String tag) {
        AgentPresence presence = model.get(Kinds.PRESENCE, tag);
        return presence == null || presence.alive() ? null : presence;
    }

    StatusValue of(Machine machine) {
        StatusValue status = machine.agentStatus() == null
                ? new StatusValue("pending", "", machine.created())
                : machine.agentStatus();
        StatusValue instance = instance(machine);
        if (status.status().equals("pending") && instance.status().equals("provisioning error")) {
            // There will be no agent; what happened is the instance's message.
            return new StatusValue("down", SILENT, instance.since());
        }
        AgentPresence presence = lost(Tag.machine(machine.id()).toString());
        if (presence != null
                && !status.status().equals("pending")
                && !status.status().equals("stopped")
                && !status.status().equals("error")) {
            return new StatusValue("down", SILENT, presence.since());
        }
        return status;
    }

    StatusValue instance(Machine machine) {
        return machine.instanceStatus() == null
                ? new StatusValue("pending", "", machine.created())
                : machine.instanceStatus();
    }

    /** What the leader said, else the worst of the units, else unknown. */
    StatusValue of(Application application) {
        return ApplicationStatus.of(model, application, unit -> of(unit).workload());
    }

    boolean isLeader(Unit unit) {
        Lease lease = model.get(Kinds.LEASE, unit.application());
        return lease != null && unit.name().equals(lease.holder());
    }

    /** The machine a unit runs on; a subordinate's is its principal's. Null while there is none. */
    Machine machineOf(Unit unit) {
        Unit at = unit;
        if (at.machine() == null && at.principal() != null) {
            at = model.get(Kinds.UNIT, at.principal());
        }
        return at == null ? null : model.get(Kinds.MACHINE, at.machine());
    }

    /** The id of the machine that hosts a container, or null. */
    static String hostOf(String machine) {
        int last = machine.lastIndexOf('/');
        return last < 0 ? null : machine.substring(0, machine.lastIndexOf('/', last - 1));
    }

    static int compare(String a, String b) {
        return Names.NATURAL.compare(a, b);
    }
}
