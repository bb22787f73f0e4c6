package org.isthmus.lifecycle;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.isthmus.api.Refused;
import org.isthmus.model.Cause;
import org.isthmus.model.Credential;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.Relation;
import org.isthmus.model.RemoteApplication.RemoteEndpoint;
import org.isthmus.model.Snapshot;
import org.isthmus.model.User;
import org.isthmus.model.engine.ApplicationEngine.Deploy;
import org.isthmus.model.engine.OfferEngine.Consume;
import org.isthmus.model.engine.OfferEngine.Offering;
import org.isthmus.model.engine.OfferEngine.Registration;
import org.isthmus.rpc.Reconciler;
import org.junit.After;
import org.junit.Test;

public final class ReconcilersTest {
    private static final String UUID = World.model().uuid();
    private static final Cause CAUSE = new Cause(Set.of(), true);

    private FakeHouse house = new FakeHouse();

    @After
    public void close() {
        house.close();
    }

    private static Clock clock(long seconds) {
        return Clock.fixed(FakeHouse.at(seconds), ZoneOffset.UTC);
    }

    /** A dying model with an application that never got an agent. */
    private void dyingModel() {
        house.store.own.fill(tx -> {
            house.models.reserveEntry(tx, UUID, "prod", "admin", World.NOW);
            house.models.confirmEntry(tx, UUID);
        });
        house.store.create(UUID, tx -> {
            house.models.create(tx, World.model());
            World.charms().forEach(charm -> house.applications.addCharm(tx, charm));
            house.applications.deploy(
                    tx,
                    new Deploy("mysql", "local:mysql-0", null, 2, Map.of(), null, null, null, false, "t", World.NOW));
            house.relations.addPeers(tx, "mysql", World.NOW);
            house.models.destroy(tx, Force.NONE, World.NOW);
        });
    }

    /** As the host does: asks on, and again after a failure. */
    private Duration drive(Clock clock) {
        Reconciler lifecycle = new LifecycleReconciler(clock);
        Reconciler sagas = new ModelSagas(clock);
        Duration next = null;
        for (int i = 0; i < 6; i++) {
            try {
                house.store.model(UUID).ifPresent(documents -> lifecycle
                        .reconcile(house.context(), documents, CAUSE)
                        .toCompletableFuture()
                        .join());
                next = sagas.reconcile(house.context(), house.store.controller(), CAUSE)
                        .toCompletableFuture()
                        .join();
            } catch (RuntimeException crash) {
                // The next round stands for the restarted process.
                assertTrue(
                        String.valueOf(crash.getCause()),
                        crash.getCause() instanceof FakeHouse.Crash || crash instanceof FakeHouse.Crash);
            }
        }
        return next;
    }

    @Test
    public void aDyingModelEndsWhereverItIsInterrupted() {
        dyingModel();
        drive(clock(0));
        assertGone();
        int steps = house.steps;
        assertTrue("settle, mark, delete, forget, remove: " + steps, steps >= 5);
        for (int crash = 0; crash < steps; crash++) {
            for (boolean after : new boolean[] {false, true}) {
                house.close();
                house = new FakeHouse();
                dyingModel();
                house.crashIn = crash;
                house.afterEffect = after;
                drive(clock(0));
                assertGone();
            }
        }
    }

    private void assertGone() {
        assertEquals(Set.of(), house.store.models());
        assertEquals(0, house.store.own.snapshot().count(Kinds.MODEL_ENTRY));
        assertTrue(house.forgotten.contains(UUID));
    }

    @Test
    public void aModelWithRunningMachinesWaitsForThem() {
        dyingModel();
        house.store.sets.get(UUID).fill(tx -> house.applications.setUnitPassword(tx, "mysql/0", "hash"));
        drive(clock(0));
        assertEquals(Set.of(UUID), house.store.models());
        assertEquals(1, house.store.sets.get(UUID).snapshot().count(Kinds.UNIT));
        assertEquals(
                "present",
                house.store.own.snapshot().get(Kinds.MODEL_ENTRY, UUID).state());
        house.store.sets.get(UUID).fill(tx -> house.models.destroy(tx, new Force(World.NOW), World.NOW));
        drive(clock(0));
        assertGone();
    }

    @Test
    public void aForcedModelThatNobodyEndsIsEndedInTime() {
        dyingModel();
        house.store.sets.get(UUID).fill(tx -> {
            house.applications.setUnitPassword(tx, "mysql/0", "hash");
            house.models.destroy(tx, Force.asked(true, null, FakeHouse.at(0)), FakeHouse.at(0));
        });
        // Each drive is made of new reconcilers: what they wait for is in the model alone.
        drive(clock(0));
        Duration next = new LifecycleReconciler(clock(20))
                .reconcile(house.context(), house.store.model(UUID).orElseThrow(), CAUSE)
                .toCompletableFuture()
                .join();
        assertEquals(Duration.ofSeconds(40), next);
        drive(clock(59));
        assertEquals(Set.of(UUID), house.store.models());
        drive(clock(60));
        assertGone();
    }

    /** The alarm for what is forced may come a moment early, and the time be over when it is asked what to wait for. */
    @Test
    public void whatBecomesDueWhileItIsLookedAtIsNotForgotten() {
        dyingModel();
        house.store.sets.get(UUID).fill(tx -> {
            house.applications.setUnitPassword(tx, "mysql/0", "hash");
            house.models.destroy(tx, Force.asked(true, null, FakeHouse.at(0)), FakeHouse.at(0));
        });
        drive(clock(0));
        Clock passing = new Clock() {
            private Instant now = FakeHouse.at(60).minusNanos(1);

            @Override
            public Instant instant() {
                Instant read = now;
                now = now.plusMillis(1);
                return read;
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }
        };
        assertEquals(
                Duration.ofNanos(1),
                new LifecycleReconciler(passing)
                        .reconcile(house.context(), house.store.model(UUID).orElseThrow(), CAUSE)
                        .toCompletableFuture()
                        .join());
    }

    @Test
    public void idleModelsCostNothing() {
        house.store.own.fill(tx -> {
            house.models.reserveEntry(tx, UUID, "prod", "admin", World.NOW);
            house.models.confirmEntry(tx, UUID);
        });
        house.store.create(UUID, tx -> house.models.create(tx, World.model()));
        drive(clock(0));
        assertEquals(0, house.steps);
    }

    @Test
    public void aModelThatWasMadeIsConfirmed() {
        house.store.own.fill(tx -> house.models.reserveEntry(tx, UUID, "prod", "admin", World.NOW));
        house.store.create(UUID, tx -> house.models.create(tx, World.model()));
        assertNull(drive(clock(1)));
        assertEquals(
                "present",
                house.store.own.snapshot().get(Kinds.MODEL_ENTRY, UUID).state());
    }

    @Test
    public void aModelThatWasNotMadeIsForgottenAfterAWhile() {
        house.store.own.fill(tx -> house.models.reserveEntry(tx, UUID, "prod", "admin", World.NOW));
        assertEquals(Duration.ofSeconds(119), drive(clock(1)));
        assertEquals(
                "creating",
                house.store.own.snapshot().get(Kinds.MODEL_ENTRY, UUID).state());
        drive(clock(120));
        assertFalse(house.store.own.snapshot().has(Kinds.MODEL_ENTRY, UUID));
    }

    /** Whoever made it was told that it failed, the journal had saved it, and the container ended before anybody looked. */
    @Test
    public void documentsWithoutAnEntryAreRemovedAtTheStart() {
        house.store.create(UUID, tx -> house.models.create(tx, World.model()));
        new ModelSagas(clock(0))
                .reconcile(house.context(), house.store.own, new Cause(Set.of(), false))
                .toCompletableFuture()
                .join();
        assertEquals("who makes one now is left alone", Set.of(UUID), house.store.models());
        house.store.damaged.add(UUID);
        look();
        assertEquals("what cannot be read is left", Set.of(UUID), house.store.models());
        house.store.damaged.clear();
        look();
        assertEquals(Set.of(), house.store.models());
        dyingModel();
        house.store.own.fill(tx -> house.models.removeEntry(tx, UUID));
        look();
        assertEquals("what is in use is left", Set.of(UUID), house.store.models());
    }

    private void look() {
        new ModelSagas(clock(0))
                .reconcile(house.context(), house.store.own, CAUSE)
                .toCompletableFuture()
                .join();
    }

    private static final String DAMAGED = "00000000-0000-4000-8000-00000000dead";

    private void damagedModel(String name) {
        house.store.own.fill(tx -> house.models.reserveEntry(tx, DAMAGED, name, "admin", World.NOW));
        house.store.create(DAMAGED, tx -> house.models.create(tx, World.model()));
        house.store.damaged.add(DAMAGED);
    }

    @Test
    public void aModelThatCannotBeReadHoldsUpNoOther() {
        damagedModel("broken");
        house.store.own.fill(tx -> house.models.reserveEntry(tx, UUID, "prod", "admin", World.NOW));
        house.store.create(UUID, tx -> house.models.create(tx, World.model()));
        assertFails(new ModelSagas(clock(1)));
        assertEquals(
                "present",
                house.store.own.snapshot().get(Kinds.MODEL_ENTRY, UUID).state());
    }

    @Test
    public void aModelThatCannotBeReadKeepsNoUsersRightsInAnother() {
        userThatConsumes();
        damagedModel("broken");
        assertFails(new UserSagas(clock(0)));
        assertFalse(house.store.sets.get(UUID).snapshot().has(Kinds.MODEL_USER, "bob"));
        assertEquals("the name is not free yet", 1, house.store.own.snapshot().count(Kinds.DEPARTED_USER));
        house.store.damaged.clear();
        driveUsers();
        assertBobIsForgotten();
    }

    private void assertFails(Reconciler reconciler) {
        CompletionException failure = assertThrows(CompletionException.class, () -> reconciler
                .reconcile(house.context(), house.store.own, CAUSE)
                .toCompletableFuture()
                .join());
        assertTrue(failure.toString(), failure.getMessage().contains("damaged row in set " + DAMAGED));
    }

    private void userThatConsumes() {
        house.store.own.fill(tx -> {
            house.access.addUser(tx, new User("admin", "", "hash", "superuser", "admin", World.NOW, false, null));
            house.access.addUser(tx, new User("bob", "", "hash", "login", "admin", World.NOW, false, null));
            tx.put(Kinds.CREDENTIAL, new Credential("aws", "bob", "spare", "empty", Map.of(), false));
        });
        dyingModel();
        house.store.sets.get(UUID).fill(tx -> {
            tx.put(Kinds.MODEL, World.model());
            house.access.grantModel(tx, "bob", "", "write", "admin", World.NOW);
            house.offers.offer(tx, new Offering("offer-1", "db", "mysql", "", Map.of("db", "db"), "admin", World.NOW));
            house.access.grantOffer(tx, "offer-1", "bob", "consume");
            String proxy = house.offers.register(
                    tx,
                    new Registration(
                            "r1",
                            "offer-1",
                            "db",
                            "bob",
                            null,
                            "other-model",
                            "11111111-1111-4111-8111-111111111111",
                            new RemoteEndpoint("db", "requirer", "mysql", 0),
                            1,
                            "hash",
                            World.NOW));
            int number = house.relations
                    .addRelation(tx, List.of("mysql:db", proxy), null, World.NOW)
                    .number();
            house.offers.connected(tx, "r1", number);
        });
        house.store.own.fill(tx -> house.access.removeUser(tx, "bob", World.NOW));
    }

    private void assertBobIsForgotten() {
        Snapshot model = house.store.sets.get(UUID).snapshot();
        assertFalse(model.has(Kinds.MODEL_USER, "bob"));
        assertEquals(List.of(), model.listBy(Kinds.OFFER_USERS_BY_USER, "bob"));
        OfferConnection connection =
                model.listBy(Kinds.CONNECTIONS_BY_USER, "bob").get(0);
        Relation relation = model.need(Kinds.RELATION, Integer.toString(connection.relation()));
        assertTrue(relation.suspended());
        assertEquals(0, house.store.own.snapshot().count(Kinds.DEPARTED_USER));
        assertEquals(0, house.store.own.snapshot().count(Kinds.CREDENTIAL));
        house.store.own.fill(tx ->
                house.access.addUser(tx, new User("bob", "another", "hash", "login", "admin", World.NOW, false, null)));
    }

    @Test
    public void whoeverGetsARemovedUsersNameInheritsNothing() {
        userThatConsumes();
        assertEquals(
                "user \"bob\" is still being removed, try again in a moment",
                assertThrows(
                                Refused.class,
                                () -> house.store.own.fill(tx -> house.access.addUser(
                                        tx, new User("bob", "", "hash", "login", "admin", World.NOW, false, null))))
                        .getMessage());
        driveUsers();
        assertBobIsForgotten();
        int steps = house.steps;
        for (int crash = 0; crash < steps; crash++) {
            for (boolean after : new boolean[] {false, true}) {
                house.close();
                house = new FakeHouse();
                userThatConsumes();
                house.crashIn = crash;
                house.afterEffect = after;
                driveUsers();
                assertBobIsForgotten();
            }
        }
    }

    private void driveUsers() {
        Reconciler users = new UserSagas(clock(0));
        for (int i = 0; i < 3; i++) {
            try {
                users.reconcile(house.context(), house.store.own, CAUSE)
                        .toCompletableFuture()
                        .join();
            } catch (RuntimeException crash) {
                assertTrue(String.valueOf(crash), crash.getCause() instanceof FakeHouse.Crash);
            }
        }
    }

    @Test
    public void aDyingApplicationTakesItsOffers() {
        dyingModel();
        FakeHouse.FakeDocuments documents = house.store.sets.get(UUID);
        documents.fill(tx -> {
            tx.put(Kinds.MODEL, World.model());
            house.offers.offer(tx, new Offering("offer-1", "db", "mysql", "", Map.of("db", "db"), "admin", World.NOW));
            house.access.grantOffer(tx, "offer-1", "bob", "consume");
            house.applications.destroyApplication(tx, "mysql", Force.NONE, false, World.NOW);
        });
        drive(clock(0));
        assertEquals(
                0,
                documents.snapshot().count(Kinds.OFFER) + documents.snapshot().count(Kinds.OFFER_USER));
        assertEquals(
                0,
                documents.snapshot().count(Kinds.APPLICATION)
                        + documents.snapshot().count(Kinds.MACHINE));
        assertEquals(Set.of(UUID), house.store.models());
    }

    @Test
    public void aDyingModelLetsGoOfWhatItSharesAndUses() {
        dyingModel();
        FakeHouse.FakeDocuments documents = house.store.sets.get(UUID);
        documents.fill(tx -> {
            tx.put(Kinds.MODEL, World.model());
            house.applications.deploy(
                    tx,
                    new Deploy(
                            "wordpress", "local:wordpress-0", null, 1, null, null, null, null, false, "t", World.NOW));
            house.offers.offer(
                    tx,
                    new Offering("offer-1", "site", "wordpress", "", Map.of("website", "website"), "admin", World.NOW));
            house.offers.consume(
                    tx,
                    new Consume(
                            "far-db",
                            "offer-2",
                            "admin/other.db",
                            null,
                            "other-model",
                            List.of(new RemoteEndpoint("db", "provider", "mysql", 0)),
                            "admin",
                            null,
                            World.NOW));
            int number = house.relations
                    .addRelation(tx, List.of("wordpress", "far-db"), null, World.NOW)
                    .number();
            house.relations.enterScope(tx, number, "wordpress/0", Map.of());
            house.relations.enterScope(tx, number, "far-db/0", Map.of());
            house.applications.setUnitPassword(tx, "wordpress/0", "hash");
            house.models.destroy(tx, Force.NONE, World.NOW);
        });
        drive(clock(0));
        assertEquals(0, documents.snapshot().count(Kinds.OFFER));
        assertEquals(1, documents.snapshot().count(Kinds.RELATION));
        documents.fill(tx -> {
            int number = house.relations.find(tx.now(), List.of("wordpress", "far-db"));
            house.relations.leaveScope(tx, number, "far-db/0");
            house.relations.leaveScope(tx, number, "wordpress/0");
            house.applications.unitDead(tx, "wordpress/0", World.NOW);
        });
        drive(clock(0));
        assertGone();
    }
}
