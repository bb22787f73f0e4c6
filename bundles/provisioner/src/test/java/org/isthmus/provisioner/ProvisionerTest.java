package org.isthmus.provisioner;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.isthmus.api.Code;
import org.isthmus.api.Constraints;
import org.isthmus.api.Life;
import org.isthmus.api.PortRange;
import org.isthmus.api.Problem;
import org.isthmus.model.Application;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Unit;
import org.isthmus.spi.CloudProvider.Cloud;
import org.isthmus.spi.CloudProvider.Firewall.Rule;
import org.isthmus.spi.CloudProvider.Instance;
import org.junit.After;
import org.junit.Test;

public class ProvisionerTest {
    private World world = new World();

    @After
    public void close() {
        world.close();
    }

    @Test
    public void aPendingMachineGetsAnInstance() throws Exception {
        String id = world.addMachine();
        world.turn();
        Machine machine = world.machine(id);
        assertEquals("i-" + machine.clientToken().substring(0, 6), machine.instanceId());
        assertEquals("running: Running", world.status(id));
        assertEquals("debian@12", machine.base().toString());
        assertEquals(
                "arch=amd64 cores=1 mem=512M availability-zone=a",
                machine.hardware().toString());
        assertTrue(machine.nonce().startsWith("machine-" + id + ":"));
        world.turn();
        assertEquals(List.of("start " + id), world.provider.calls);
    }

    @Test
    public void whatACloudOnlyCapsIsToldInTheModelsLog() throws Exception {
        world.provider.warnings = List.of("mem=900G is a cap on this cloud");
        String id = world.addMachine();
        world.turn();
        assertEquals("running: Running", world.status(id));
        assertEquals(
                List.of(World.MODEL + " machine-" + id + " WARNING mem=900G is a cap on this cloud"), world.logged);
    }

    @Test
    public void failedStartsAreTriedAgainThenTold() throws Exception {
        String id = world.addMachine();
        world.provider.failure = new IllegalStateException("out of machines");
        world.turn();
        assertEquals(
                "pending: failed to start machine " + id + " (out of machines), retrying in 10s (2 more attempts)",
                world.status(id));
        world.turn();
        assertEquals("not before its time", 1, world.provider.calls.size());
        world.clock.pass(Duration.ofSeconds(10));
        world.turn();
        world.clock.pass(Duration.ofSeconds(10));
        world.turn();
        assertEquals("provisioning error: out of machines", world.status(id));
        world.clock.pass(Duration.ofSeconds(100));
        world.turn();
        assertEquals(3, world.provider.calls.size());
        // What retry-provisioning does.
        world.provider.failure = null;
        world.change(id, m -> m.withInstanceStatus(new org.isthmus.model.StatusValue("pending", "", Instant.EPOCH)));
        world.turn();
        assertEquals("running: Running", world.status(id));
    }

    @Test
    public void whatCanNeverStartIsToldAtOnce() throws Exception {
        String id = world.addMachine();
        world.provider.failure = Problem.notValid("availability zone \"z\" not valid");
        world.turn();
        assertEquals("provisioning error: availability zone \"z\" not valid", world.status(id));
        assertEquals(1, world.provider.calls.size());
    }

    @Test
    public void aMissingProviderIsToldAndItsMachinesAreTakenUpLater() throws Exception {
        String id = world.addMachine();
        world.installed = false;
        assertEquals(Duration.ofSeconds(2), world.turn());
        assertEquals(
                "pending: waiting for the provider of cloud type \"fake\", which is not installed", world.status(id));
        world.installed = true;
        world.turn();
        assertEquals("running: Running", world.status(id));
    }

    @Test
    public void aStartThatWasCutOffIsAdopted() throws Exception {
        String id = world.addMachine();
        world.provider.hold = true;
        world.provisioner = new Provisioner(shortTurns(), world.clock);
        world.turn();
        assertEquals("allocating: Creating", world.status(id));
        String token = world.machine(id).clientToken();
        String hash = world.machine(id).passwordHash();
        world.provider.hold = false;
        world.crash();
        world.turn();
        assertEquals(token, world.machine(id).clientToken());
        assertEquals(
                "the instance knows the old password", hash, world.machine(id).passwordHash());
        assertEquals(1, world.provider.instances.size());
        assertEquals("running: Running", world.status(id));
    }

    private ProvisionerSettings shortTurns() {
        ProvisionerSettings s = world.settings;
        return new ProvisionerSettings(
                s.tries(), s.between(), s.parallel(), s.look(), s.startLimit(), s.callLimit(), Duration.ofMillis(50));
    }

    @Test
    public void aStartThatNeverReachedTheCloudGetsANewSecret() throws Exception {
        String id = world.addMachine();
        world.provider.failure = new IllegalStateException("lost");
        world.turn();
        String token = world.machine(id).clientToken();
        world.provider.failure = null;
        world.crash();
        world.turn();
        assertNotEquals(token, world.machine(id).clientToken());
        assertEquals(1, world.provider.instances.size());
        assertEquals("running: Running", world.status(id));
    }

    @Test
    public void onlySoManyStartAtOnce() throws Exception {
        for (int i = 0; i < 5; i++) {
            world.addMachine();
        }
        world.provider.hold = true;
        world.provisioner = new Provisioner(shortTurns(), world.clock);
        assertEquals(Duration.ofSeconds(1), world.turn());
        world.turn();
        assertEquals(2, world.provider.held.size());
        world.provider.hold = false;
        world.provider.held.forEach(start ->
                start.complete(List.copyOf(world.provider.instances.values()).get(world.provider.held.indexOf(start))));
        for (int i = 0; i < 4; i++) {
            world.turn();
        }
        assertEquals(0, world.model.snapshot().count(Kinds.MACHINES_PENDING, "pending"));
    }

    /** It may end in what needs another try, of which nothing in the model tells. */
    @Test
    public void aStartThatOutlastsItsTurnIsLookedAfterSoon() throws Exception {
        String id = world.addMachine();
        world.provider.hold = true;
        world.provisioner = new Provisioner(shortTurns(), world.clock);
        world.turn();
        assertEquals(Duration.ofSeconds(1), world.turn());
        world.provider.hold = false;
        world.provider.held.get(0).completeExceptionally(Problem.refuse(Code.TRY_AGAIN, "being replaced"));
        world.turn();
        assertEquals("running: Running", world.status(id));
    }

    @Test
    public void machinesThatEndKeepNoneFromStarting() throws Exception {
        List<String> old = List.of(world.addMachine(), world.addMachine());
        world.turn();
        world.provider.stops = new CompletableFuture<>();
        world.provisioner = new Provisioner(shortTurns(), world.clock);
        old.forEach(id -> world.change(id, m -> m.withLife(Life.DEAD)));
        world.turn();
        String id = world.addMachine();
        world.turn();
        assertEquals("running: Running", world.status(id));
    }

    /** Its password is void: an agent there could never log in. */
    @Test
    public void theInstanceOfAnEarlierTokenIsNotAdopted() throws Exception {
        String id = world.addMachine();
        world.provider.hold = true;
        world.provisioner = new Provisioner(shortTurns(), world.clock);
        world.turn();
        Instance late = world.provider.instances.values().iterator().next();
        world.provider.instances.clear();
        world.provisioner = new Provisioner(shortTurns(), world.clock);
        world.turn();
        assertNotEquals(late.token(), world.machine(id).clientToken());
        world.provider.held.get(0).complete(late);
        assertNull(world.machine(id).instanceId());
        world.provider
                .held
                .get(1)
                .complete(world.provider.instances.values().iterator().next());
        assertEquals(
                "i-" + world.machine(id).clientToken().substring(0, 6),
                world.machine(id).instanceId());
    }

    @Test
    public void theFirstLookIsMadeWhenTheProviderComes() throws Exception {
        world.model.write(
                tx -> tx.put(Kinds.MODEL, tx.now().model().withConfig(Map.of("provisioner-harvest-mode", "all"))));
        String id = world.addMachine();
        world.turn();
        world.model.write(tx -> tx.remove(Kinds.MACHINE, id));
        world.crash();
        world.installed = false;
        assertEquals(Duration.ofSeconds(30), world.turn());
        world.installed = true;
        assertNull(world.turn());
        assertEquals(Map.of(), world.provider.instances);
    }

    @Test
    public void theInstanceOfADeadMachineGoes() throws Exception {
        String dead = world.addMachine();
        world.addMachine();
        world.turn();
        world.change(dead, m -> m.withLife(Life.DEAD));
        world.turn();
        assertNull(world.machine(dead));
        assertEquals(1, world.provider.instances.size());
    }

    @Test
    public void aStartThatAppearsAfterAnotherTookItsPlaceGoes() throws Exception {
        String id = world.addMachine();
        world.provider.hold = true;
        world.provisioner = new Provisioner(shortTurns(), world.clock);
        world.turn();
        Map<String, org.isthmus.spi.CloudProvider.Instance> late = Map.copyOf(world.provider.instances);
        world.provider.instances.clear();
        world.provider.hold = false;
        world.crash();
        world.turn();
        world.provider.instances.putAll(late);
        lookAgain();
        assertEquals(Set.of(world.machine(id).clientToken()), world.provider.instances.keySet());
        // So does one that appears when its machine is removed.
        world.change(id, m -> m.withLife(Life.DEAD));
        late = Map.copyOf(world.provider.instances);
        world.turn();
        world.provider.instances.putAll(late);
        lookAgain();
        assertEquals(Set.of(), world.provider.instances.keySet());
    }

    private void lookAgain() throws Exception {
        world.clock.pass(Duration.ofSeconds(30));
        world.crash();
        world.turn();
    }

    /** As after a store was restored from an older copy: its machines run, and the model does not know them. */
    @Test
    public void instancesOfWhichNothingIsKnownAreLeftUnlessTheModelSaysOtherwise() throws Exception {
        assertEquals(Set.of("default", "none", "destroyed"), modesThatLeave(id -> {
            world.model.write(tx -> tx.remove(Kinds.MACHINE, id));
            world.crash();
        }));
    }

    @Test
    public void instancesOfRemovedMachinesAreStoppedIfTheModelWantsIt() throws Exception {
        assertEquals(Set.of("none", "unknown"), modesThatLeave(id -> world.change(id, m -> m.withLife(Life.DEAD))));
    }

    /** The harvest modes under which the instance of a machine is there a turn after that became of the machine. */
    private Set<String> modesThatLeave(Consumer<String> becomes) throws Exception {
        Set<String> leave = new HashSet<>();
        for (String mode : List.of("default", "none", "unknown", "destroyed", "all")) {
            world.close();
            world = new World();
            if (!mode.equals("default")) {
                world.model.write(tx ->
                        tx.put(Kinds.MODEL, tx.now().model().withConfig(Map.of("provisioner-harvest-mode", mode))));
            }
            String id = world.addMachine();
            world.turn();
            becomes.accept(id);
            world.turn();
            assertNull(world.machine(id));
            if (!world.provider.instances.isEmpty()) {
                leave.add(mode);
            }
        }
        return leave;
    }

    @Test
    public void theModelSaysHowManyStartAtOnceAndUnderWhichTags() throws Exception {
        world.model.write(tx -> tx.put(
                Kinds.MODEL,
                tx.now()
                        .model()
                        .withConfig(Map.of("num-provision-workers", 3L, "resource-tags", "team=web cost-centre=7"))));
        world.provider.hold = true;
        for (int i = 0; i < 5; i++) {
            world.addMachine();
        }
        world.turn();
        assertEquals(3, world.provider.calls.size());
        assertEquals("web", world.provider.tags.get(0).get("team"));
        assertEquals("7", world.provider.tags.get(0).get("cost-centre"));
        assertEquals(World.MODEL, world.provider.tags.get(0).get("juju-model-uuid"));
    }

    @Test
    public void aMachineThatDiesBeforeItStartsIsRemoved() throws Exception {
        String id = world.addMachine();
        world.change(id, m -> m.withLife(Life.DYING));
        world.turn();
        world.turn();
        assertNull(world.machine(id));
        assertEquals(List.of(), world.provider.calls);
    }

    @Test
    public void aModelThatIsMovedIsLeftAlone() throws Exception {
        world.addMachine();
        world.model.write(tx -> tx.put(Kinds.MODEL, tx.now().model().withMode(ModelRecord.Mode.MIGRATING)));
        assertNull(world.turn());
        assertEquals(List.of(), world.provider.calls);
    }

    /** Crashes, failures and removals in any order: in the end each living machine has one instance, and nobody else any. */
    @Test
    public void whateverHappensInstancesAndMachinesAgree() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            world.close();
            world = new World();
            world.provisioner = new Provisioner(shortTurns(), world.clock);
            for (int step = 0; step < 60; step++) {
                List<Machine> machines = List.copyOf(world.model.snapshot().all(Kinds.MACHINE));
                Machine some = machines.isEmpty() ? null : machines.get(random.nextInt(machines.size()));
                switch (random.nextInt(8)) {
                    case 0 -> world.addMachine();
                    case 1 -> world.crash();
                    case 2 -> {
                        world.provider.failure = random.nextInt(3) > 0 ? null : new IllegalStateException("no");
                        world.provider.failAfterStart = random.nextBoolean();
                    }
                    case 3 -> {
                        if (some != null && some.life() == Life.ALIVE) {
                            world.change(some.id(), m -> m.withLife(Life.DYING));
                        }
                    }
                    case 4 -> {
                        if (some != null && some.life() == Life.DYING && some.instanceId() != null) {
                            world.change(some.id(), m -> m.withLife(Life.DEAD));
                        }
                    }
                    default -> {
                        world.clock.pass(Duration.ofSeconds(random.nextInt(15)));
                        world.turn();
                    }
                }
            }
            world.provider.failure = null;
            for (Machine machine : List.copyOf(world.model.snapshot().all(Kinds.MACHINE))) {
                if (machine.life() == Life.DYING && machine.instanceId() != null) {
                    world.change(machine.id(), m -> m.withLife(Life.DEAD));
                }
            }
            for (int i = 0; i < 10; i++) {
                world.clock.pass(Duration.ofSeconds(31));
                world.turn();
            }
            for (Machine machine : world.model.snapshot().all(Kinds.MACHINE)) {
                boolean gaveUp = machine.instanceStatus().status().equals("provisioning error");
                assertTrue(
                        "seed " + seed + " " + machine,
                        gaveUp || machine.instanceId() != null && machine.life() == Life.ALIVE);
            }
            long known = world.provider.instances.keySet().stream()
                    .filter(token -> world.model.snapshot().all(Kinds.MACHINE).stream()
                            .anyMatch(m -> token.equals(m.clientToken())))
                    .count();
            assertEquals("seed " + seed, known, world.provider.instances.size());
        }
    }

    @Test
    public void portsOfExposedApplicationsAreOpened() throws Exception {
        String id = world.addMachine();
        world.turn();
        String instance = world.machine(id).instanceId();
        world.model.write(tx -> {
            tx.put(
                    Kinds.APPLICATION,
                    application("blog", Map.of("", new Application.ExposedEndpoint(null, List.of("10.0.0.0/8")))));
            tx.put(Kinds.APPLICATION, application("db", null));
            tx.put(Kinds.UNIT, unit("blog/0", id, 80));
            tx.put(Kinds.UNIT, unit("db/0", id, 3306));
        });
        Firewaller firewaller = new Firewaller();
        assertNull("nothing filters", world.firewallTurn(firewaller));
        world.provider.filtered = true;
        world.firewallTurn(firewaller);
        assertEquals(
                Set.of(new Rule(PortRange.parse("80/tcp"), Set.of("10.0.0.0/8"))), world.provider.rules.get(instance));
        Cloud cloud = world.provider;
        assertTrue(cloud.firewall().isPresent());
    }

    private static Application application(String name, Map<String, Application.ExposedEndpoint> exposed) {
        return new Application(
                name,
                "local:x-1",
                null,
                Life.ALIVE,
                false,
                exposed != null,
                exposed,
                Map.of(),
                false,
                Constraints.NONE,
                Map.of(),
                null,
                "t",
                1,
                1,
                false,
                null,
                Instant.EPOCH);
    }

    private static Unit unit(String name, String machine, int port) {
        return new Unit(
                name,
                name.substring(0, name.indexOf('/')),
                Life.ALIVE,
                machine,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(new Unit.UnitPort("", PortRange.parse(port + "/tcp"))),
                null,
                false,
                null,
                null,
                Instant.EPOCH);
    }
}
