package org.isthmus.application;

import static org.isthmus.application.Stage.NOW;
import static org.isthmus.application.Stage.of;
import static org.isthmus.application.Stage.status;
import static org.isthmus.application.Stage.units;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Base;
import org.isthmus.api.Code;
import org.isthmus.api.Constraints;
import org.isthmus.api.Life;
import org.isthmus.api.PortRange;
import org.isthmus.model.Application;
import org.isthmus.model.Application.ExposedEndpoint;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;
import org.isthmus.model.Unit.UnitPort;
import org.isthmus.model.engine.ApplicationEngine.AddMachine;
import org.isthmus.model.engine.ApplicationEngine.Deploy;
import org.isthmus.model.engine.ApplicationEngine.HookCommit;
import org.isthmus.model.engine.ApplicationEngine.Placement;
import org.isthmus.model.engine.ApplicationEngine.Removal;
import org.junit.Test;

public final class ApplicationsTest {
    private final Stage stage = new Stage();
    private final Applications engine = stage.engine;

    @Test
    public void deployMakesApplicationUnitsAndMachines() {
        Deploy d = of("db", "mysql", 2);
        stage.does(tx -> engine.deploy(
                tx,
                new Deploy(
                        "db",
                        d.charmUrl(),
                        null,
                        2,
                        Map.of("size", "7", "trust", "true"),
                        Constraints.parse("mem=4G"),
                        List.of(new Placement(Stage.UUID, "zone=a")),
                        Map.of(),
                        false,
                        "token",
                        NOW)));
        Application db = stage.now.get(Kinds.APPLICATION, "db");
        assertEquals(Map.of("size", 7L), db.settings());
        assertTrue(db.trust());
        assertNull(db.status());
        Unit unit = stage.now.get(Kinds.UNIT, "db/1");
        assertEquals("waiting for machine", unit.workloadStatus().message());
        assertEquals("allocating", unit.agentStatus().status());
        Machine first = stage.now.get(Kinds.MACHINE, "0");
        assertEquals("zone=a", first.placement());
        assertEquals("cores=1 mem=4096M", first.constraints().toString());
        assertEquals("ubuntu@22.04", first.requestedBase().toString());
        assertEquals("pending", first.agentStatus().status());
        assertEquals("pending", first.instanceStatus().status());
        assertNull(stage.now.get(Kinds.MACHINE, unit.machine()).placement());
    }

    @Test
    public void deployRefusesInJujusWords() {
        stage.does(tx -> engine.deploy(tx, of("db", "mysql", 1)));
        stage.refuses("cannot add application \"Foo_\": invalid name", tx -> engine.deploy(tx, of("Foo_", "mysql", 1)));
        stage.refuses(
                Code.ALREADY_EXISTS,
                "cannot add application \"db\": application already exists",
                tx -> engine.deploy(tx, of("db", "mysql", 1)));
        stage.refuses(Code.NOT_FOUND, "charm \"local:nope-0\" not found", tx -> engine.deploy(tx, of("x", "nope", 1)));
        stage.refuses(
                "option \"size\" expected int, got \"abc\"",
                tx -> engine.deploy(tx, Stage.with(of("x", "mysql", 1), Map.of("size", "abc"))));
        stage.refuses(
                "unknown option \"colour\"",
                tx -> engine.deploy(tx, Stage.with(of("x", "mysql", 1), Map.of("colour", "red"))));
        stage.refuses(
                "subordinate application must be deployed without units",
                tx -> engine.deploy(tx, of("log", "logging", 1)));
        stage.does(tx -> tx.put(Kinds.MODEL, stage.now.model().withLife(Life.DYING)));
        stage.refuses(
                "cannot add application \"x\": model \"prod\" is dying", tx -> engine.deploy(tx, of("x", "mysql", 1)));
    }

    @Test
    public void unitNumbersAreNeverReused() {
        stage.does(tx -> engine.deploy(tx, of("db", "mysql", 2)));
        stage.does(tx -> engine.destroyApplication(tx, "db", Force.NONE, false, NOW));
        stage.does(tx -> engine.settle(tx, NOW));
        assertFalse(stage.now.has(Kinds.APPLICATION, "db"));
        assertFalse("its charm is not used any more", stage.now.has(Kinds.CHARM, "local:mysql-0"));
        stage.does(tx -> engine.addCharm(tx, Stage.charm("mysql", false, "22.04/stable")));
        stage.does(tx -> engine.deploy(tx, of("db", "mysql", 1)));
        assertTrue(stage.now.has(Kinds.UNIT, "db/2"));
        assertEquals("2", stage.now.get(Kinds.UNIT, "db/2").machine());
    }

    @Test
    public void aCharmThatIsAskedForAgainOutlivesTheApplicationThatEnds() {
        stage.does(tx -> engine.deploy(tx, of("db", "mysql", 0)));
        CharmRecord charm = stage.now.get(Kinds.CHARM, "local:mysql-0");
        stage.does(tx -> engine.destroyApplication(tx, "db", Force.NONE, false, NOW));
        stage.does(tx -> engine.addCharm(tx, charm.withCreated(NOW.plusSeconds(1))));
        stage.does(tx -> engine.settle(tx, NOW.plusSeconds(2)));
        assertFalse(stage.now.has(Kinds.APPLICATION, "db"));
        stage.does(tx -> engine.deploy(tx, of("again", "mysql", 0)));
        assertTrue(stage.now.has(Kinds.APPLICATION, "again"));
    }

    @Test
    public void charmsThatWereNeverDeployedAreForgottenInTime() {
        stage.does(tx -> engine.deploy(tx, of("db", "mysql", 0)));
        stage.does(tx -> engine.removeUnusedCharms(tx, NOW));
        assertTrue("its deployment may come", stage.now.has(Kinds.CHARM, "local:old-0"));
        CharmRecord old = stage.now.get(Kinds.CHARM, "local:old-0");
        stage.does(tx -> engine.addCharm(tx, old.withCreated(NOW.plusSeconds(1))));
        stage.does(tx -> engine.removeUnusedCharms(tx, NOW.plusSeconds(1)));
        assertTrue("it was asked for again", stage.now.has(Kinds.CHARM, "local:old-0"));
        stage.does(tx -> engine.removeUnusedCharms(tx, NOW.plusSeconds(2)));
        assertFalse(stage.now.has(Kinds.CHARM, "local:old-0"));
        assertTrue("an application without units uses it too", stage.now.has(Kinds.CHARM, "local:mysql-0"));
    }

    @Test
    public void addUnitsPlacesOnMachines() {
        stage.does(tx -> engine.deploy(tx, of("db", "mysql", 1)));
        stage.does(tx -> engine.deploy(tx, of("legacy", "old", 0)));
        assertEquals(List.of("db/1"), stage.asks(tx -> engine.addUnits(tx, units("db", 1, new Placement("#", "0")))));
        assertEquals(List.of("db/0", "db/1"), stage.asks(tx -> Machines.units(tx, "0")));
        stage.refuses(
                "cannot assign unit \"db/2\" to machine 9: machine 9 not found",
                tx -> engine.addUnits(tx, units("db", 1, new Placement("#", "9"))));
        stage.refuses(
                "cannot assign unit \"legacy/0\" to machine 0: base does not match: unit has \"ubuntu@20.04\", machine"
                        + " has \"ubuntu@22.04\"",
                tx -> engine.addUnits(tx, units("legacy", 1, new Placement("#", "0"))));
        stage.refuses(
                Code.NOT_SUPPORTED,
                "cannot add a new machine: lxd containers not supported",
                tx -> engine.addUnits(tx, units("db", 1, new Placement("lxd", "0"))));
        stage.refuses("must add at least one unit", tx -> engine.addUnits(tx, units("db", 0)));
        stage.refuses(
                "cannot add more than 1000 units at a time: 2000000000",
                tx -> engine.addUnits(tx, units("db", 2_000_000_000)));
        stage.refuses(Code.NOT_FOUND, "application \"nope\" not found", tx -> engine.addUnits(tx, units("nope", 1)));
        stage.does(tx -> engine.deploy(tx, of("log", "logging", 0)));
        stage.refuses(
                "cannot add unit to application \"log\": application is a subordinate",
                tx -> engine.addUnits(tx, units("log", 1)));
        stage.does(tx -> engine.destroyApplication(tx, "db", Force.NONE, false, NOW));
        stage.refuses(
                "cannot add unit to application \"db\": application is not alive",
                tx -> engine.addUnits(tx, units("db", 1)));
    }

    @Test
    public void configIsTypedAndReset() {
        stage.does(tx -> engine.deploy(tx, of("db", "mysql", 0)));
        stage.does(tx -> engine.configure(
                tx, "db", Map.of("size", "9", "rate", "1.5", "debug", "True", "title", ""), List.of()));
        assertEquals(
                Map.of("size", 9L, "rate", 1.5, "debug", true, "title", ""), engine.effectiveConfig(stage.now, "db"));
        assertEquals(1, stage.now.get(Kinds.APPLICATION, "db").configVersion());
        stage.does(tx -> engine.configure(tx, "db", Map.of("size", 9), List.of()));
        assertEquals(
                "nothing changed", 1, stage.now.get(Kinds.APPLICATION, "db").configVersion());
        stage.does(tx -> engine.configure(tx, "db", Map.of(), List.of("size", "title", "rate", "debug")));
        Map<String, Object> defaults = new HashMap<>(Map.of("size", 3L, "debug", false, "title", "hello"));
        defaults.put("rate", null);
        assertEquals(defaults, engine.effectiveConfig(stage.now, "db"));
        stage.refuses(
                "option \"debug\" expected boolean, got \"maybe\"",
                tx -> engine.configure(tx, "db", Map.of("debug", "maybe"), List.of()));
        stage.refuses(
                "option \"size\" expected int, got 1.5",
                tx -> engine.configure(tx, "db", Map.of("size", 1.5), List.of()));
        stage.refuses("unknown option \"x\"", tx -> engine.configure(tx, "db", Map.of(), List.of("x")));
        stage.does(tx -> engine.configure(tx, "db", Map.of("trust", true), List.of()));
        assertTrue(stage.now.get(Kinds.APPLICATION, "db").trust());
        stage.does(tx -> engine.configure(tx, "db", Map.of(), List.of("trust")));
        assertFalse(stage.now.get(Kinds.APPLICATION, "db").trust());
    }

    @Test
    public void exposeAndUnexpose() {
        stage.does(tx -> engine.deploy(tx, of("db", "mysql", 0)));
        stage.does(tx -> engine.expose(tx, "db", Map.of()));
        Application db = stage.now.get(Kinds.APPLICATION, "db");
        assertTrue(db.exposed());
        assertEquals(List.of("0.0.0.0/0", "::/0"), db.exposedEndpoints().get("").cidrs());
        stage.does(tx -> engine.expose(tx, "db", Map.of("db", new ExposedEndpoint(null, List.of("10.0.0.0/24")))));
        stage.does(tx -> engine.unexpose(tx, "db", List.of("")));
        assertEquals(
                Map.of("db", new ExposedEndpoint(List.of(), List.of("10.0.0.0/24"))),
                stage.now.get(Kinds.APPLICATION, "db").exposedEndpoints());
        stage.refuses(
                "endpoint \"x\" not found",
                tx -> engine.expose(tx, "db", Map.of("x", new ExposedEndpoint(null, null))));
        stage.refuses(
                "cannot parse \"10.0.0.300/8\" as a CIDR",
                tx -> engine.expose(tx, "db", Map.of("", new ExposedEndpoint(null, List.of("10.0.0.300/8")))));
        stage.refuses("endpoint \"x\" is not exposed", tx -> engine.unexpose(tx, "db", List.of("x")));
        stage.does(tx -> engine.unexpose(tx, "db", List.of()));
        assertFalse(stage.now.get(Kinds.APPLICATION, "db").exposed());
    }

    @Test
    public void resolvedOnlyInError() {
        stage.does(tx -> engine.deploy(tx, of("db", "mysql", 1)));
        stage.refuses("unit \"db/0\" is not in an error state", tx -> engine.resolve(tx, "db/0", true));
        stage.refuses(
                "cannot set status \"error\" without info",
                tx -> engine.setUnitAgentStatus(tx, "db/0", status("error", "")));
        stage.does(tx -> engine.setUnitAgentStatus(tx, "db/0", status("error", "hook failed: \"install\"")));
        stage.does(tx -> engine.resolve(tx, "db/0", false));
        assertEquals("no-hooks", stage.now.get(Kinds.UNIT, "db/0").resolved());
        stage.refuses(
                "cannot set resolved mode for unit \"db/0\": already resolved", tx -> engine.resolve(tx, "db/0", true));
        stage.does(tx -> engine.setUnitAgentStatus(tx, "db/0", status("idle", "")));
        assertNull(stage.now.get(Kinds.UNIT, "db/0").resolved());
        stage.refuses(
                "cannot set invalid status \"great\"", tx -> engine.setUnitStatus(tx, "db/0", status("great", "")));
    }

    @Test
    public void hooksCommitOnceAndInOrder() {
        stage.does(tx -> engine.deploy(tx, of("db", "mysql", 1)));
        stage.does(tx -> engine.addUnits(tx, units("db", 1, new Placement("#", "0"))));
        HookCommit first = new HookCommit(
                "db/0",
                1,
                "state-1",
                Map.of(4, "told", 5, "told"),
                Map.of("k", "v"),
                List.of(new UnitPort("", new PortRange(80, 82, "tcp"))),
                null,
                "local:mysql-0");
        assertTrue(stage.asks(tx -> engine.commitHook(tx, first)));
        Tx again = Tx.on(stage.now);
        assertFalse(engine.commitHook(again, first));
        assertTrue(again.changes().isEmpty());
        stage.refuses(
                Code.BAD_REQUEST,
                "hook commit 3 of unit \"db/0\" does not follow 1",
                tx -> engine.commitHook(tx, new HookCommit("db/0", 3, null, null, null, null, null, null)));
        stage.does(tx -> engine.commitHook(tx, new HookCommit("db/0", 2, null, Map.of(4, ""), null, null, null, null)));
        assertEquals("state-1", stage.now.get(Kinds.UNIT_STATE, "db/0").agentState());
        assertFalse("forgotten", stage.now.has(Kinds.UNIT_RELATION_STATE, "db/0#4"));
        assertEquals("told", stage.now.get(Kinds.UNIT_RELATION_STATE, "db/0#5").agentState());
        assertEquals(1, stage.now.get(Kinds.UNIT, "db/0").ports().size());
        stage.refuses(
                "cannot open ports 82/tcp on unit \"db/1\": port ranges 80-82/tcp (\"db/0\") and 82/tcp (\"db/1\")"
                        + " conflict",
                tx -> engine.commitHook(
                        tx,
                        new HookCommit(
                                "db/1",
                                1,
                                null,
                                null,
                                null,
                                List.of(new UnitPort("", new PortRange(82, 82, "tcp"))),
                                null,
                                null)));
        stage.does(tx -> engine.commitHook(
                tx,
                new HookCommit(
                        "db/0",
                        3,
                        null,
                        null,
                        null,
                        null,
                        List.of(new UnitPort("", new PortRange(80, 82, "tcp"))),
                        null)));
        assertEquals(List.of(), stage.now.get(Kinds.UNIT, "db/0").ports());
    }

    @Test
    public void machinesGoWithTheirLastUnit() {
        stage.does(tx -> engine.deploy(tx, of("db", "mysql", 1)));
        stage.refuses(
                Code.HAS_ASSIGNED_UNITS,
                "machine 0 has unit(s) db/0 assigned",
                tx -> engine.destroyMachine(tx, "0", Force.NONE, false, false, NOW));
        stage.does(tx -> {
            engine.intendStart(tx, "0", "token", "nonce", "hash");
            engine.provisioned(tx, "0", "inst-0", null, null, List.of(), null, null);
            engine.setUnitPassword(tx, "db/0", "hash");
        });
        stage.refuses(
                "cannot set instance data for machine \"0\": already set",
                tx -> engine.provisioned(tx, "0", "inst-1", null, null, List.of(), null, null));
        Removal removal = stage.asks(tx -> engine.destroyUnit(tx, "db/0", Force.NONE, true, NOW));
        assertEquals(new Removal(List.of("db/0"), List.of("0"), List.of()), removal);
        assertEquals(Life.ALIVE, stage.now.get(Kinds.UNIT, "db/0").life());
        stage.does(tx -> engine.destroyUnit(tx, "db/0", Force.NONE, false, NOW));
        stage.does(tx -> engine.settle(tx, NOW));
        assertEquals(
                "an agent has it", Life.DYING, stage.now.get(Kinds.UNIT, "db/0").life());
        stage.does(tx -> engine.unitDead(tx, "db/0", NOW));
        assertFalse(stage.now.has(Kinds.UNIT, "db/0"));
        assertFalse(stage.now.has(Kinds.UNIT_STATE, "db/0"));
        assertEquals(0, stage.now.count(Kinds.UNIT_RELATION_STATE));
        assertEquals(Life.DYING, stage.now.get(Kinds.MACHINE, "0").life());
        stage.does(tx -> engine.settle(tx, NOW));
        stage.refuses("cannot remove machine 0: machine is not dead", tx -> engine.removeMachine(tx, "0"));
        stage.does(tx -> engine.machineDead(tx, "0"));
        stage.does(tx -> engine.removeMachine(tx, "0"));
        assertEquals(0, stage.now.count(Kinds.MACHINE));
        assertTrue("the application stays without units", stage.now.has(Kinds.APPLICATION, "db"));
    }

    @Test
    public void controllersMachineStays() {
        String id =
                stage.asks(tx -> engine.addMachine(tx, new AddMachine(new Base("ubuntu", "22.04"), null, null, NOW)));
        stage.does(tx -> tx.put(Kinds.MACHINE, tx.get(Kinds.MACHINE, id).withController(true)));
        stage.refuses(
                "machine 0 is required by the model",
                tx -> engine.destroyMachine(tx, "0", new Force(NOW), false, false, NOW));
        stage.refuses("machine 7 not found", tx -> engine.destroyMachine(tx, "7", Force.NONE, false, false, NOW));
        stage.does(tx -> engine.deploy(tx, of("db", "mysql", 0)));
        stage.does(tx -> engine.addUnits(tx, units("db", 1, new Placement("#", "0"))));
        stage.does(tx -> engine.destroyUnit(tx, "db/0", new Force(NOW), false, NOW));
        stage.does(tx -> engine.settle(tx, NOW));
        assertEquals(0, stage.now.count(Kinds.UNIT));
        assertEquals(Life.ALIVE, stage.now.get(Kinds.MACHINE, "0").life());
    }

    @Test
    public void forcedMachineTakesItsUnits() {
        stage.does(tx -> engine.deploy(tx, of("db", "mysql", 1)));
        stage.does(tx -> {
            engine.intendStart(tx, "0", "token", "nonce", "hash");
            engine.provisioned(tx, "0", "inst-0", null, null, List.of(), null, null);
            engine.setUnitPassword(tx, "db/0", "hash");
            engine.setUnitAgentStatus(tx, "db/0", status("idle", ""));
        });
        Removal removal =
                stage.asks(tx -> engine.destroyMachine(tx, "0", new Force(NOW.plusSeconds(1)), false, false, NOW));
        assertEquals(List.of("db/0"), removal.units());
        stage.does(tx -> engine.settle(tx, NOW));
        assertEquals(Life.DYING, stage.now.get(Kinds.UNIT, "db/0").life());
        assertEquals(Life.DYING, stage.now.get(Kinds.MACHINE, "0").life());
        stage.does(tx -> engine.settle(tx, NOW.plusSeconds(1)));
        assertEquals(0, stage.now.count(Kinds.UNIT));
        assertEquals(
                "for the provisioner to stop",
                Life.DEAD,
                stage.now.get(Kinds.MACHINE, "0").life());
    }

    @Test
    public void subordinatesFollowTheirPrincipal() {
        stage.does(tx -> engine.deploy(tx, of("db", "mysql", 1)));
        stage.does(tx -> engine.deploy(tx, of("log", "logging", 0)));
        assertEquals("log/0", stage.asks(tx -> engine.ensureSubordinate(tx, "log", "db/0", NOW)));
        assertEquals("log/0", stage.asks(tx -> engine.ensureSubordinate(tx, "log", "db/0", NOW)));
        assertNull(stage.now.get(Kinds.UNIT, "log/0").machine());
        stage.refuses(
                "unit \"log/0\" is a subordinate, to remove use remove-relation. Note: this will remove all units of"
                        + " \"log\"",
                tx -> engine.destroyUnit(tx, "log/0", Force.NONE, false, NOW));
        stage.does(tx -> {
            engine.setUnitPassword(tx, "db/0", "h");
            engine.setUnitPassword(tx, "log/0", "h");
            engine.destroyUnit(tx, "db/0", Force.NONE, false, NOW);
        });
        assertEquals(Life.DYING, stage.now.get(Kinds.UNIT, "log/0").life());
        stage.refuses(
                Code.UNIT_HAS_SUBORDINATES,
                "cannot set unit \"db/0\" to dead: unit has subordinates",
                tx -> engine.unitDead(tx, "db/0", NOW));
        stage.refuses(
                Code.CANNOT_ENTER_SCOPE_YET,
                "cannot enter scope yet: non-alive subordinate unit has not been removed",
                tx -> engine.ensureSubordinate(tx, "log", "db/0", NOW));
        stage.does(tx -> engine.unitDead(tx, "log/0", NOW));
        stage.does(tx -> engine.unitDead(tx, "db/0", NOW));
        stage.does(tx -> engine.settle(tx, NOW));
        assertEquals(0, stage.now.count(Kinds.UNIT) + stage.now.count(Kinds.MACHINE));
        stage.refuses(
                "constraints do not apply to subordinate applications",
                tx -> engine.setConstraints(tx, "log", Constraints.parse("mem=1G")));
    }

    @Test
    public void localRevisionsRise() {
        assertEquals(1, (int) stage.asks(tx -> engine.nextLocalRevision(tx, "mysql")));
        assertEquals(2, (int) stage.asks(tx -> engine.nextLocalRevision(tx, "mysql")));
        assertEquals(0, (int) stage.asks(tx -> engine.nextLocalRevision(tx, "new")));
        stage.does(tx -> engine.addCharm(tx, Stage.charm("mysql", false, "22.04/stable")));
        stage.refuses(
                Code.ALREADY_EXISTS,
                "charm \"local:mysql-0\" already exists",
                tx -> engine.addCharm(
                        tx, Stage.charm("mysql", false, "22.04/stable").withSha256("other")));
    }

    @Test(expected = IllegalStateException.class)
    public void writesOnlyWhatItOwns() {
        Tx.on(stage.now).as("application").remove(Kinds.MODEL, "model");
    }
}
