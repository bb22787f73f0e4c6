package org.isthmus.model.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Address;
import org.isthmus.api.Base;
import org.isthmus.api.Constraints;
import org.isthmus.api.Hardware;
import org.isthmus.model.Application.CharmOrigin;
import org.isthmus.model.Application.ExposedEndpoint;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Force;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit.UnitPort;

/**
 * Decides about applications, units, machines and charms. Owns machine, charm, application, unit, unit-state, unit-agent.
 * Refusals are in Juju's words. Relations are the relation engine's: a facade asks both in one request.
 */
public interface ApplicationEngine {
    /** Units or machines that one call adds: all of them are made in one turn of the model's writer. */
    int MOST_AT_A_TIME = 1000;

    /** @param scope machine id scope: `#` with directive a machine id, or a model UUID with a cloud's directive such as `zone=a` */
    record Placement(String scope, String directive) {}

    record Deploy(
            String name,
            String charmUrl,
            CharmOrigin origin,
            int units,
            Map<String, Object> config,
            Constraints constraints,
            List<Placement> placement,
            Map<String, String> bindings,
            boolean trust,
            String token,
            Instant now) {}

    /** Stores a charm's record; the same URL twice is fine if the archive is the same. */
    void addCharm(Tx tx, CharmRecord charm);

    /** Forgets charms of before that moment that no application uses: their deployment was refused, or never asked for. */
    void removeUnusedCharms(Tx tx, Instant before);

    /** The next revision of a local charm of this name. */
    int nextLocalRevision(Tx tx, String charm);

    /** Charm must be there. Config values are typed by the charm's options, or strings that are parsed by them. */
    void deploy(Tx tx, Deploy deploy);

    record AddUnits(String application, int count, List<Placement> placement, Instant now) {}

    /** Names of the new units. Each gets a machine, by placement or new. */
    List<String> addUnits(Tx tx, AddUnits add);

    /** The subordinate's unit beside this principal: makes it if it is not there. Refuses with `cannot enter scope yet`. */
    String ensureSubordinate(Tx tx, String application, String principalUnit, Instant now);

    /** What a removal takes with it, for display. */
    record Removal(List<String> units, List<String> machines, List<String> storage) {}

    Removal destroyUnit(Tx tx, String unit, Force force, boolean dryRun, Instant now);

    Removal destroyApplication(Tx tx, String application, Force force, boolean dryRun, Instant now);

    /** Strings are parsed by the option's type. `trust` is an application setting. */
    void configure(Tx tx, String application, Map<String, Object> set, List<String> reset);

    /** Charm options merged with what was set, each of its option's type; null where neither says anything. */
    Map<String, Object> effectiveConfig(org.isthmus.model.Snapshot model, String application);

    void expose(Tx tx, String application, Map<String, ExposedEndpoint> endpoints);

    void unexpose(Tx tx, String application, List<String> endpoints);

    void setConstraints(Tx tx, String application, Constraints constraints);

    /** Refuses with `unit "<u>" is not in an error state` or `already resolved`. */
    void resolve(Tx tx, String unit, boolean retry);

    record AddMachine(Base base, Constraints constraints, Placement placement, Instant now) {}

    String addMachine(Tx tx, AddMachine add);

    Removal destroyMachine(Tx tx, String machine, Force force, boolean keepInstance, boolean dryRun, Instant now);

    // --- what agents and reconcilers report

    /** Token and credentials of a start that is about to be tried: the durable intent. */
    void intendStart(Tx tx, String machine, String clientToken, String nonce, String passwordHash);

    void provisioned(
            Tx tx,
            String machine,
            String instanceId,
            String displayName,
            Hardware hardware,
            List<Address> addresses,
            Base base,
            String hostname);

    void setInstanceStatus(Tx tx, String machine, StatusValue status);

    void setMachineStatus(Tx tx, String machine, StatusValue status);

    void setMachineAddresses(Tx tx, String machine, List<Address> addresses);

    /** The machine's agent is done: Dead. The provisioner then stops the instance and removes it. */
    void machineDead(Tx tx, String machine);

    void removeMachine(Tx tx, String machine);

    void setUnitPassword(Tx tx, String unit, String passwordHash);

    void setMachinePassword(Tx tx, String machine, String passwordHash);

    /** Workload status. */
    void setUnitStatus(Tx tx, String unit, StatusValue status);

    /** Durable part: allocating, idle, error. Also clears `resolved` when it leaves error. */
    void setUnitAgentStatus(Tx tx, String unit, StatusValue status);

    /** Soft part: executing or idle. */
    void setUnitActivity(Tx tx, String unit, StatusValue status);

    void setApplicationStatus(Tx tx, String application, StatusValue status);

    void setWorkloadVersion(Tx tx, String unit, String version);

    void clearResolved(Tx tx, String unit);

    /**
     * The unit part of a hook's commit. Null fields leave what is there.
     *
     * @param relationStates the agent's state of the relations for which it changed; empty where the agent forgot one
     */
    record HookCommit(
            String unit,
            long sequence,
            String agentState,
            Map<Integer, String> relationStates,
            Map<String, String> charmState,
            List<UnitPort> openPorts,
            List<UnitPort> closePorts,
            String charmUrl) {}

    /** Answers false, and changes nothing, when this sequence was committed before. Refuses a gap. */
    boolean commitHook(Tx tx, HookCommit commit);

    /** The unit's agent is done: Dead, then removed with what it leaves. Refuses while it has subordinates. */
    void unitDead(Tx tx, String unit, Instant now);

    /**
     * Takes the next step of everything that is Dying or Dead and costs only what is: units never assigned to an agent go, and
     * forced ones that are due; applications without units go; machines without units, when the application engine made them for a unit, begin
     * to die; a dying model's applications and machines begin to die.
     */
    void settle(Tx tx, Instant now);
}
