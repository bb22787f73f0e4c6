package org.isthmus.application;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.isthmus.api.Address;
import org.isthmus.api.Base;
import org.isthmus.api.Code;
import org.isthmus.api.Constraints;
import org.isthmus.api.Hardware;
import org.isthmus.api.Problem;
import org.isthmus.charm.Charm;
import org.isthmus.model.Application;
import org.isthmus.model.Application.ExposedEndpoint;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;
import org.isthmus.model.UnitAgent;
import org.isthmus.model.engine.ApplicationEngine;
import org.osgi.service.component.annotations.Component;

/** The application engine: pure decisions, no state. */
@Component(service = ApplicationEngine.class)
public final class Applications implements ApplicationEngine {
    private static final String ROOM = "application";

    private static final Set<String> WORKLOAD_STATUSES =
            Set.of("maintenance", "terminated", "unknown", "waiting", "blocked", "active", "unset");
    private static final Set<String> AGENT_STATUSES =
            Set.of("allocating", "rebooting", "executing", "idle", "failed", "lost", "error");

    @Override
    public void addCharm(Tx tx, CharmRecord charm) {
        Charms.add(tx.as(ROOM), charm);
    }

    @Override
    public void removeUnusedCharms(Tx tx, Instant before) {
        Charms.removeUnused(tx.as(ROOM), before);
    }

    @Override
    public int nextLocalRevision(Tx tx, String charm) {
        return Charms.nextLocalRevision(tx.as(ROOM), charm);
    }

    @Override
    public void deploy(Tx tx, Deploy deploy) {
        Deployment.deploy(tx.as(ROOM), deploy);
    }

    @Override
    public List<String> addUnits(Tx tx, AddUnits add) {
        return Deployment.addUnits(tx.as(ROOM), add);
    }

    @Override
    public String ensureSubordinate(Tx tx, String application, String principalUnit, Instant now) {
        return Deployment.ensureSubordinate(tx.as(ROOM), application, principalUnit, now);
    }

    @Override
    public Removal destroyUnit(Tx tx, String unit, Force force, boolean dryRun, Instant now) {
        return Removals.unit(tx.as(ROOM), unit, force, dryRun);
    }

    @Override
    public Removal destroyApplication(Tx tx, String application, Force force, boolean dryRun, Instant now) {
        return Removals.application(tx.as(ROOM), application, force, dryRun);
    }

    @Override
    public void configure(Tx tx, String application, Map<String, Object> set, List<String> reset) {
        tx = tx.as(ROOM);
        Application before = tx.need(Kinds.APPLICATION, application);
        Charm charm = Charms.of(tx.now(), before);
        Map<String, Object> changes = new TreeMap<>();
        if (set != null) {
            changes.putAll(set);
        }
        if (reset != null) {
            for (String name : reset) {
                if (changes.containsKey(name)) {
                    throw Problem.notValid("cannot set and reset option \"%s\" at the same time", name);
                }
                changes.put(name, null);
            }
        }
        boolean trust = before.trust();
        if (changes.containsKey(Options.TRUST) && !charm.config().containsKey(Options.TRUST)) {
            Object value = changes.remove(Options.TRUST);
            trust = value != null && Options.trust(value);
        }
        Map<String, Object> settings = new TreeMap<>(before.settings());
        Options.typed(charm, changes).forEach((name, value) -> {
            if (value == null) {
                settings.remove(name);
            } else {
                settings.put(name, value);
            }
        });
        if (trust != before.trust() || !settings.equals(before.settings())) {
            tx.put(
                    Kinds.APPLICATION,
                    before.withSettings(settings).withTrust(trust).withConfigVersion(before.configVersion() + 1));
        }
    }

    @Override
    public Map<String, Object> effectiveConfig(Snapshot model, String application) {
        Application of = model.need(Kinds.APPLICATION, application);
        Map<String, Object> effective = new TreeMap<>();
        Charms.of(model, of).config().forEach((name, option) -> {
            Object set = Options.kept(option, of.settings().get(name));
            effective.put(name, set == null ? option.defaultValue() : set);
        });
        return effective;
    }

    @Override
    public void expose(Tx tx, String application, Map<String, ExposedEndpoint> endpoints) {
        Exposure.expose(tx.as(ROOM), application, endpoints);
    }

    @Override
    public void unexpose(Tx tx, String application, List<String> endpoints) {
        Exposure.unexpose(tx.as(ROOM), application, endpoints);
    }

    @Override
    public void setConstraints(Tx tx, String application, Constraints constraints) {
        tx = tx.as(ROOM);
        Application before = tx.need(Kinds.APPLICATION, application);
        if (before.subordinate()) {
            throw Deployment.subordinateConstraints();
        }
        tx.put(Kinds.APPLICATION, before.withConstraints(constraints));
    }

    @Override
    public void resolve(Tx tx, String unit, boolean retry) {
        tx = tx.as(ROOM);
        Unit at = tx.need(Kinds.UNIT, unit);
        if (!at.agentStatus().status().equals("error")) {
            throw Problem.refuse(Code.NONE, "unit \"%s\" is not in an error state", unit);
        }
        if (at.resolved() != null) {
            throw Problem.refuse(Code.NONE, "cannot set resolved mode for unit \"%s\": already resolved", unit);
        }
        tx.put(Kinds.UNIT, at.withResolved(retry ? "retry-hooks" : "no-hooks"));
    }

    @Override
    public String addMachine(Tx tx, AddMachine add) {
        return Machines.add(tx.as(ROOM), add);
    }

    @Override
    public Removal destroyMachine(
            Tx tx, String machine, Force force, boolean keepInstance, boolean dryRun, Instant now) {
        return Removals.machine(tx.as(ROOM), machine, force, keepInstance, dryRun);
    }

    @Override
    public void intendStart(Tx tx, String machine, String clientToken, String nonce, String passwordHash) {
        Machines.intendStart(tx.as(ROOM), machine, clientToken, nonce, passwordHash);
    }

    @Override
    public void provisioned(
            Tx tx,
            String machine,
            String instanceId,
            String displayName,
            Hardware hardware,
            List<Address> addresses,
            Base base,
            String hostname) {
        Machines.provisioned(tx.as(ROOM), machine, instanceId, displayName, hardware, addresses, base, hostname);
    }

    @Override
    public void setInstanceStatus(Tx tx, String machine, StatusValue status) {
        tx = tx.as(ROOM);
        tx.put(Kinds.MACHINE, tx.need(Kinds.MACHINE, machine).withInstanceStatus(status));
    }

    @Override
    public void setMachineStatus(Tx tx, String machine, StatusValue status) {
        Machines.setStatus(tx.as(ROOM), machine, status);
    }

    @Override
    public void setMachineAddresses(Tx tx, String machine, List<Address> addresses) {
        tx = tx.as(ROOM);
        tx.put(Kinds.MACHINE, tx.need(Kinds.MACHINE, machine).withAddresses(addresses));
    }

    @Override
    public void machineDead(Tx tx, String machine) {
        Machines.dead(tx.as(ROOM), machine);
    }

    @Override
    public void removeMachine(Tx tx, String machine) {
        Machines.remove(tx.as(ROOM), machine);
    }

    @Override
    public void setUnitPassword(Tx tx, String unit, String passwordHash) {
        tx = tx.as(ROOM);
        tx.put(Kinds.UNIT, tx.need(Kinds.UNIT, unit).withPasswordHash(passwordHash));
    }

    @Override
    public void setMachinePassword(Tx tx, String machine, String passwordHash) {
        tx = tx.as(ROOM);
        tx.put(Kinds.MACHINE, tx.need(Kinds.MACHINE, machine).withPasswordHash(passwordHash));
    }

    @Override
    public void setUnitStatus(Tx tx, String unit, StatusValue status) {
        tx = tx.as(ROOM);
        needStatus(WORKLOAD_STATUSES, status);
        tx.put(Kinds.UNIT, tx.need(Kinds.UNIT, unit).withWorkloadStatus(status));
    }

    @Override
    public void setUnitAgentStatus(Tx tx, String unit, StatusValue status) {
        tx = tx.as(ROOM);
        needStatus(AGENT_STATUSES, status);
        Unit before = tx.need(Kinds.UNIT, unit);
        if (status.status().equals("error")) {
            if (status.message().isEmpty()) {
                throw Problem.notValid("cannot set status \"error\" without info");
            }
        } else if (status.status().equals("allocating")
                && !before.agentStatus().status().equals("allocating")) {
            throw Problem.notValid("cannot set status \"allocating\"");
        }
        boolean leavesError = before.agentStatus().status().equals("error")
                && !status.status().equals("error");
        tx.put(Kinds.UNIT, before.withAgentStatus(status).withResolved(leavesError ? null : before.resolved()));
    }

    @Override
    public void setUnitActivity(Tx tx, String unit, StatusValue status) {
        tx = tx.as(ROOM);
        tx.need(Kinds.UNIT, unit);
        tx.put(Kinds.UNIT_AGENT, new UnitAgent(unit, status));
    }

    @Override
    public void setApplicationStatus(Tx tx, String application, StatusValue status) {
        tx = tx.as(ROOM);
        needStatus(WORKLOAD_STATUSES, status);
        tx.put(Kinds.APPLICATION, tx.need(Kinds.APPLICATION, application).withStatus(status));
    }

    private static void needStatus(Set<String> known, StatusValue status) {
        if (!known.contains(status.status())) {
            throw Problem.notValid("cannot set invalid status \"%s\"", status.status());
        }
    }

    @Override
    public void setWorkloadVersion(Tx tx, String unit, String version) {
        tx = tx.as(ROOM);
        tx.put(Kinds.UNIT, tx.need(Kinds.UNIT, unit).withWorkloadVersion(version));
    }

    @Override
    public void clearResolved(Tx tx, String unit) {
        tx = tx.as(ROOM);
        tx.put(Kinds.UNIT, tx.need(Kinds.UNIT, unit).withResolved(null));
    }

    @Override
    public boolean commitHook(Tx tx, HookCommit commit) {
        return Hooks.commit(tx.as(ROOM), commit);
    }

    @Override
    public void unitDead(Tx tx, String unit, Instant now) {
        Removals.unitDead(tx.as(ROOM), unit);
    }

    @Override
    public void settle(Tx tx, Instant now) {
        Removals.settle(tx.as(ROOM), now);
    }
}
