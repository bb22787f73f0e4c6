package org.isthmus.state;

import static org.isthmus.state.Documenting.CONTROLLER;
import static org.isthmus.state.Documenting.NOW;
import static org.isthmus.state.Documenting.get;
import static org.isthmus.state.Documenting.setModel;
import static org.isthmus.state.Documenting.until;
import static org.isthmus.state.Documenting.uuid;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.isthmus.api.Code;
import org.isthmus.api.Life;
import org.isthmus.api.Refused;
import org.isthmus.model.Application;
import org.isthmus.model.Kinds;
import org.isthmus.model.Lease;
import org.isthmus.model.Unit;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Leases;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class LeaseTest {
    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private final CrashDisk disk = new CrashDisk(1);
    private final ManualTime time = new ManualTime();
    private final String uuid = uuid(1);
    private JournaledStore store;
    private Documents model;
    private Leases leases;

    @Before
    public void open() throws Exception {
        store = JournaledStore.open(CONTROLLER, temporary.getRoot().toPath(), true, disk, time, this::alarm);
        get(store.controller().submit(tx -> tx.next("x")));
        model = get(store.create(uuid, tx -> setModel(tx, uuid)));
        deploy("mysql");
        leases = store.leases(uuid);
    }

    @After
    public void close() {
        store.close();
        assertEquals("no alarm is left", 0, time.waiting());
    }

    /** When the clock is about to ring again. */
    private Runnable beforeAlarm = () -> {};

    private Runnable alarm(Duration delay, Runnable task) {
        beforeAlarm.run();
        return time.in(delay, task);
    }

    private void deploy(String name) throws Exception {
        get(model.submit(tx -> {
            tx.put(
                    Kinds.APPLICATION,
                    new Application(
                            name,
                            "local:" + name,
                            null,
                            Life.ALIVE,
                            false,
                            false,
                            Map.of(),
                            Map.of(),
                            false,
                            null,
                            Map.of(),
                            null,
                            "token",
                            0,
                            0,
                            false,
                            null,
                            NOW));
            return null;
        }));
    }

    private Lease lease() {
        return model.snapshot().get(Kinds.LEASE, "mysql");
    }

    private boolean claim(String unit) throws Exception {
        return get(leases.claim("mysql", unit));
    }

    @Test
    public void oneHoldsItAndRenewsInMemory() throws Exception {
        assertTrue(claim("mysql/0"));
        assertFalse(claim("mysql/1"));
        assertEquals(new Lease("mysql", "mysql/0", 1), lease());
        int appends = disk.appends;
        for (int i = 0; i < 20; i++) {
            time.pass(Duration.ofSeconds(30));
            assertTrue(claim("mysql/0"));
            assertFalse(claim("mysql/1"));
        }
        assertEquals("renewals are not written", appends, disk.appends);
    }

    @Test
    public void itEndsOneTermAfterTheLastClaim() throws Exception {
        assertTrue(claim("mysql/0"));
        time.pass(Duration.ofSeconds(50));
        assertTrue(claim("mysql/0"));
        time.pass(Leases.TERM.minusSeconds(1));
        assertFalse(claim("mysql/1"));
        assertEquals("mysql/0", lease().holder());
        time.pass(Duration.ofSeconds(3));
        until("it ends", () -> lease().holder() == null);
        assertEquals(1, lease().fencing());
        assertTrue(claim("mysql/1"));
        assertEquals(new Lease("mysql", "mysql/1", 2), lease());
        assertFalse(claim("mysql/0"));
    }

    /** Its end was decided, but is not on its way yet: the clock looks for when to ring next in between. */
    @Test
    public void aClaimThatMeetsTheEndKeepsWhatItPromises() throws Exception {
        deploy("postgresql");
        assertTrue(claim("mysql/0"));
        time.pass(Duration.ofSeconds(10));
        assertTrue(get(leases.claim("postgresql", "postgresql/0")));
        AtomicReference<CompletionStage<Boolean>> met = new AtomicReference<>();
        beforeAlarm = () -> {
            if (met.get() == null) {
                met.set(leases.claim("mysql", "mysql/0"));
            }
        };
        time.pass(Leases.TERM.minusSeconds(10));
        assertTrue(get(met.get()));
        // Behind the end.
        get(model.submit(tx -> null));
        assertEquals("its former end passes it by", new Lease("mysql", "mysql/0", 2), lease());
        time.pass(Leases.TERM.minusSeconds(1));
        assertFalse(claim("mysql/1"));
        time.pass(Duration.ofSeconds(3));
        until("it ends a term later", () -> lease().holder() == null);
    }

    @Test
    public void aReleasedLeaseIsFreeAtOnce() throws Exception {
        assertTrue(claim("mysql/0"));
        get(leases.release("mysql", "mysql/1"));
        assertEquals("only its holder releases it", "mysql/0", lease().holder());
        get(leases.release("mysql", "mysql/0"));
        assertTrue(claim("mysql/1"));
        assertEquals(2, lease().fencing());
    }

    @Test
    public void afterAStartItHasOneFullTerm() throws Exception {
        assertTrue(claim("mysql/0"));
        store.close();
        time.pass(Duration.ofDays(1));
        store = JournaledStore.open(CONTROLLER, temporary.getRoot().toPath(), false, disk, time, time);
        model = store.model(uuid).orElseThrow();
        leases = store.leases(uuid);
        time.pass(Leases.TERM.minusSeconds(1));
        assertFalse(claim("mysql/1"));
        assertTrue("its holder may renew it", claim("mysql/0"));
        time.pass(Leases.TERM.plusSeconds(2));
        until("it ends", () -> lease().holder() == null);
        assertTrue(claim("mysql/1"));
        assertEquals("the fencing number goes on", 2, lease().fencing());
    }

    @Test
    public void anImportedLeaseHasOneFullTerm() throws Exception {
        get(model.submit(tx -> {
            tx.put(Kinds.LEASE, new Lease("mysql", "mysql/7", 41));
            return null;
        }));
        time.pass(Leases.TERM.minusSeconds(1));
        assertFalse(claim("mysql/0"));
        time.pass(Duration.ofSeconds(3));
        until("it ends", () -> lease().holder() == null);
        assertTrue(claim("mysql/0"));
        assertEquals(42, lease().fencing());
    }

    @Test
    public void itStaysWhenItsEndCannotBeWritten() throws Exception {
        assertTrue(claim("mysql/0"));
        disk.failNext(1);
        int appends = disk.appends;
        time.pass(Leases.TERM.plusSeconds(1));
        until("it was tried", () -> disk.appends > appends);
        assertEquals("mysql/0", lease().holder());
        until("its holder may go on", () -> {
            try {
                return claim("mysql/0");
            } catch (Exception failed) {
                return false;
            }
        });
    }

    @Test
    public void aUnitThatIsRemovedLeavesItsLeaseFree() throws Exception {
        get(model.submit(tx -> {
            tx.put(Kinds.UNIT, unit("mysql/0"));
            tx.put(Kinds.UNIT, unit("mysql/1"));
            return null;
        }));
        assertTrue(claim("mysql/0"));
        remove("mysql/1");
        assertEquals("mysql/0", lease().holder());
        remove("mysql/0");
        until("nobody leads", () -> lease().holder() == null);
        assertTrue(claim("mysql/2"));
        assertEquals(2, lease().fencing());
    }

    private void remove(String unit) throws Exception {
        get(model.submit(tx -> {
            tx.remove(Kinds.UNIT, unit);
            return null;
        }));
    }

    private static Unit unit(String name) {
        return new Unit(
                name,
                "mysql",
                Life.ALIVE,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                null,
                null);
    }

    @Test
    public void aNamesakeInheritsNothing() throws Exception {
        assertTrue(claim("mysql/0"));
        get(model.submit(tx -> {
            tx.remove(Kinds.APPLICATION, "mysql");
            return null;
        }));
        until("the lease goes with the application", () -> lease() == null);
        assertEquals(
                Code.NOT_FOUND,
                assertThrows(Refused.class, () -> claim("mysql/0")).problem().code());
        deploy("mysql");
        assertTrue(claim("mysql/0"));
        get(store.delete(uuid));
        assertThrows(Refused.class, () -> store.leases(uuid));
        assertNull(store.models().stream().findAny().orElse(null));
    }
}
