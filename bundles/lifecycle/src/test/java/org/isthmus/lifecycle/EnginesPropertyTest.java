package org.isthmus.lifecycle;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Life;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.ApplicationEngine.AddUnits;
import org.isthmus.model.engine.ApplicationEngine.Deploy;
import org.junit.Test;

/** Whatever operators, agents and the provisioner do in whatever order, the model stays whole and can be emptied. */
public final class EnginesPropertyTest {
    private static final int RUNS = Integer.getInteger("isthmus.property.runs", 150);
    private static final int STEPS = 120;

    @Test
    public void anyOrderOfEventsLeavesAWholeModelThatEndsEmpty() {
        long first = Long.getLong("isthmus.property.seed", System.nanoTime());
        int done = 0;
        int refused = 0;
        for (int run = 0; run < RUNS; run++) {
            long seed = first + run;
            try {
                World world = run(seed);
                done += world.done;
                refused += world.refused;
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError("-Disthmus.property.seed=" + seed + ": " + failure.getMessage(), failure);
            }
        }
        System.out.println("seed " + first + ": " + done + " steps, " + refused + " refused");
        assertTrue(done > refused);
    }

    private static World run(long seed) {
        World world = new World(seed);
        for (int i = 0; i < STEPS; i++) {
            if (world.random.nextBoolean()) {
                world.operator();
            } else {
                world.world();
            }
            if (i % 20 == 0) {
                world.checkIndexes();
            }
        }
        Force force = world.random.nextInt(4) == 0 ? world.force() : Force.NONE;
        Runnable turn = force.isAsked() && world.random.nextBoolean() ? world::nobody : world::everybody;
        if (world.random.nextBoolean()) {
            world.step(tx -> world.models.destroy(tx, force, world.now));
        } else {
            world.head.all(Kinds.APPLICATION).stream()
                    .toList()
                    .forEach(a -> world.step(
                            tx -> world.applications.destroyApplication(tx, a.name(), force, false, world.now)));
            for (int i = 0; i < 40; i++) {
                turn.run();
            }
            assertEquals("applications", List.of(), List.copyOf(world.head.all(Kinds.APPLICATION)));
            assertEquals("units", List.of(), List.copyOf(world.head.all(Kinds.UNIT)));
            assertEquals("relations", List.of(), List.copyOf(world.head.all(Kinds.RELATION)));
            world.step(tx -> world.models.destroy(tx, force, world.now));
        }
        boolean empty = false;
        for (int i = 0; i < 60 && !empty; i++) {
            turn.run();
            empty = Settlement.isEmptyShell(world.head);
        }
        world.checkIndexes();
        assertTrue(
                "not empty: " + world.head.all(Kinds.UNIT) + world.head.all(Kinds.RELATION)
                        + world.head.all(Kinds.APPLICATION) + world.head.all(Kinds.MACHINE),
                empty);
        assertEquals(0, world.head.count(Kinds.RELATION_UNIT));
        assertEquals(0, world.head.count(Kinds.RELATION_APPLICATION));
        assertEquals(0, world.head.count(Kinds.UNIT_STATE));
        return world;
    }

    private static World related() {
        World world = new World(3);
        world.step(tx -> {
            for (String name : List.of("mysql", "wordpress")) {
                world.applications.deploy(
                        tx,
                        new Deploy(
                                name, "local:" + name + "-0", null, 1, null, null, null, null, false, "t", World.NOW));
            }
            world.relations.addRelation(tx, List.of("mysql", "wordpress"), null, World.NOW);
        });
        int number = world.relations.find(world.head, List.of("mysql", "wordpress"));
        world.step(tx -> {
            for (String id : List.of("0", "1")) {
                world.applications.intendStart(tx, id, "token-" + id, "nonce", "hash");
                world.applications.provisioned(tx, id, "inst-" + id, null, null, List.of(), null, null);
            }
            for (String unit : List.of("mysql/0", "wordpress/0")) {
                world.applications.setUnitPassword(tx, unit, "h");
                world.relations.enterScope(tx, number, unit, Map.of());
            }
        });
        return world;
    }

    @Test
    public void whatIsForcedGoesTheOrdinaryWayUntilItsTimeIsOver() {
        World world = related();
        Force force = Force.asked(true, null, world.now);
        world.step(tx -> world.applications.destroyUnit(tx, "mysql/0", force, false, world.now));
        world.settle();
        assertEquals(Life.DYING, world.head.get(Kinds.UNIT, "mysql/0").life());
        assertEquals(2, world.head.count(Kinds.RELATION_UNITS_IN_SCOPE, "0"));
        assertEquals(Force.WAIT, Settlement.untilForced(world.head, world.now));
        // Its agent is done in time, that of its machine never says a word.
        world.now = world.now.plusSeconds(20);
        world.step(tx -> {
            world.relations.leaveScope(tx, 0, "mysql/0");
            world.applications.unitDead(tx, "mysql/0", world.now);
        });
        world.settle();
        assertEquals(Life.DYING, world.head.get(Kinds.MACHINE, "0").life());
        assertEquals(Force.WAIT.minusSeconds(20), Settlement.untilForced(world.head, world.now));
        world.now = force.at();
        world.settle();
        assertEquals(Life.DEAD, world.head.get(Kinds.MACHINE, "0").life());
        assertNull(Settlement.untilForced(world.head, world.now));
        assertEquals(Life.ALIVE, world.head.get(Kinds.UNIT, "wordpress/0").life());
    }

    @Test
    public void whoeverIsNotGoneInTimeIsCutOffWithItsMachine() {
        World world = related();
        Force force = Force.asked(true, null, world.now);
        world.step(tx -> world.applications.destroyApplication(tx, "mysql", force, false, world.now));
        world.settle();
        world.now = force.at().minusNanos(1);
        world.settle();
        assertTrue(world.head.has(Kinds.UNIT, "mysql/0"));
        assertTrue(world.head.has(Kinds.RELATION, "0"));
        world.now = force.at();
        world.settle();
        assertEquals(0, world.head.count(Kinds.RELATION));
        assertEquals(
                List.of("wordpress"),
                world.head.all(Kinds.APPLICATION).stream().map(a -> a.name()).toList());
        assertEquals(
                "for the provisioner to stop",
                Life.DEAD,
                world.head.get(Kinds.MACHINE, "0").life());
    }

    @Test
    public void theSecondThoughtOfAnOperatorShortensTheWaitAndNeverLengthensIt() {
        World world = related();
        Force first = Force.asked(true, null, world.now);
        world.step(tx -> world.relations.destroyRelation(tx, 0, first, world.now));
        world.settle();
        assertTrue(world.head.has(Kinds.RELATION, "0"));
        world.now = world.now.plusSeconds(10);
        world.step(tx -> world.relations.destroyRelation(tx, 0, Force.asked(true, null, world.now), world.now));
        world.step(tx -> world.relations.destroyRelation(tx, 0, Force.NONE, world.now));
        assertEquals(first, world.head.get(Kinds.RELATION, "0").force());
        world.step(
                tx -> world.relations.destroyRelation(tx, 0, Force.asked(true, Duration.ZERO, world.now), world.now));
        world.settle();
        assertEquals(0, world.head.count(Kinds.RELATION));
        assertEquals(2, world.head.count(Kinds.UNIT));
    }

    @Test
    public void addingAUnitCostsTheSameAtAnySize() {
        World world = new World(1);
        world.step(tx -> {
            world.applications.deploy(
                    tx,
                    new Deploy("haproxy", "local:haproxy-0", null, 50, null, null, null, null, false, "t", World.NOW));
        });
        int small = changesOfAddUnit(world);
        for (int n = 0; n < 5; n++) {
            world.step(tx -> world.applications.addUnits(tx, new AddUnits("haproxy", 990, null, World.NOW)));
        }
        assertEquals(small, changesOfAddUnit(world));
        assertEquals(5000, world.head.count(Kinds.UNIT));
    }

    private static int changesOfAddUnit(World world) {
        Tx tx = Tx.on(world.head);
        world.applications.addUnits(tx, new AddUnits("haproxy", 1, List.of(), World.NOW));
        return tx.changes().size();
    }

    @Test
    public void settingsOfADepartedUnitStayUntilTheRelationGoes() {
        World world = new World(2);
        world.step(tx -> {
            for (String name : List.of("mysql", "wordpress")) {
                world.applications.deploy(
                        tx,
                        new Deploy(
                                name, "local:" + name + "-0", null, 1, null, null, null, null, false, "t", World.NOW));
                world.relations.addPeers(tx, name, World.NOW);
            }
            world.relations.addRelation(tx, List.of("mysql", "wordpress"), null, World.NOW);
        });
        int number = world.relations.find(world.head, List.of("mysql", "wordpress"));
        world.step(tx -> {
            world.applications.setUnitPassword(tx, "mysql/0", "h");
            world.relations.enterScope(tx, number, "mysql/0", Map.of("private-address", "127.0.0.1"));
            world.relations.enterScope(tx, number, "wordpress/0", Map.of("private-address", "127.0.0.2"));
            world.applications.destroyUnit(tx, "mysql/0", Force.NONE, false, World.NOW);
        });
        world.settle();
        assertTrue("its agent has to finish first", world.head.has(Kinds.UNIT, "mysql/0"));
        world.step(tx -> world.applications.unitDead(tx, "mysql/0", World.NOW));
        world.settle();
        assertEquals(null, world.head.get(Kinds.UNIT, "mysql/0"));
        RelationUnit left = world.head.get(Kinds.RELATION_UNIT, RelationUnit.idOf(number, "mysql/0"));
        assertEquals("127.0.0.1", left.settings().get("private-address"));
        assertEquals(List.of(), world.relations.members(world.head, number, "wordpress/0"));
        world.step(tx -> world.relations.destroyRelation(tx, number, Force.NONE, World.NOW));
        world.step(tx -> world.relations.leaveScope(tx, number, "wordpress/0"));
        assertEquals(
                0,
                world.head
                        .by(Kinds.RELATION_UNITS_BY_RELATION, Integer.toString(number))
                        .size());
    }
}
