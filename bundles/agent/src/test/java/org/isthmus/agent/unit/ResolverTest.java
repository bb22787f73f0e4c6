package org.isthmus.agent.unit;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.isthmus.wire.agent.UnitRemoteState;
import org.isthmus.wire.agent.UnitRemoteState.RelationState;
import org.junit.Test;

/** The order of hooks (reference: hook sequence per relation, order of a unit's life). */
public class ResolverTest {
    private static final Signals FOLLOWER = new Signals(false, true, false, true, "b1");

    private static UnitRemoteState remote(String life, String config, RelationState... relations) {
        return new UnitRemoteState(
                "wp/0",
                "wp",
                life,
                "alive",
                null,
                "0",
                "local:wp-0",
                "hash",
                config,
                null,
                null,
                0,
                "127.0.0.2",
                "127.0.0.2",
                null,
                true,
                300,
                null,
                List.of(relations),
                false);
    }

    private static RelationState relation(int id, boolean peer, String life, Map<String, Long> members) {
        return new RelationState(
                id,
                "k" + id,
                peer ? "cluster" : "db",
                peer,
                true,
                life,
                false,
                peer ? "wp" : "sql",
                "m",
                false,
                members,
                0);
    }

    /** Runs until there is nothing to do; answers what ran. */
    private static LocalState settle(LocalState from, UnitRemoteState remote, Signals signals, List<String> ran) {
        LocalState local = from;
        for (int step = 0; step < 1000; step++) {
            local = Resolver.absorb(local, remote, signals);
            Operation operation = Resolver.next(local, remote, signals);
            if (operation instanceof Operation.Wait) {
                return local;
            }
            if (operation instanceof Operation.Die) {
                ran.add("die");
                return local;
            }
            local = done(local, remote, operation, ran);
        }
        fail("does not come to rest: " + ran);
        return local;
    }

    private static LocalState done(LocalState local, UnitRemoteState remote, Operation operation, List<String> ran) {
        if (operation instanceof Operation.SwapCharm swap) {
            ran.add("charm");
            return local.after(HookInfo.of(HookInfo.SWAP_CHARM, swap.url()));
        }
        if (operation instanceof Operation.Run run) {
            ran.add(run.hook().name()
                    + (run.hook().remoteUnit() == null ? "" : " " + run.hook().remoteUnit()));
            return local.after(run.hook()).withPending(null);
        }
        if (operation instanceof Operation.Skip skip) {
            return local.after(skip.hook()).withPending(null);
        }
        if (operation instanceof Operation.Drop drop) {
            return local.after(drop.hook()).withPending(null);
        }
        if (operation instanceof Operation.EnterScope enter) {
            RelationState there = remote.relations().stream()
                    .filter(r -> r.id() == enter.relation())
                    .findFirst()
                    .orElseThrow();
            ran.add("enter " + enter.relation());
            return local.withRelation(
                    there.id(),
                    new LocalRelation(
                            there.endpoint(),
                            there.remoteApplication(),
                            there.peer(),
                            there.hooks(),
                            false,
                            null,
                            null,
                            0));
        }
        if (operation instanceof Operation.LeaveScope leave) {
            ran.add("leave " + leave.relation());
            return local.withoutRelation(leave.relation());
        }
        throw new AssertionError(operation);
    }

    @Test
    public void installsInJujusOrder() {
        List<String> ran = new ArrayList<>();
        settle(
                LocalState.fresh(),
                remote(
                        "alive",
                        "c1",
                        relation(0, true, "alive", Map.of()),
                        relation(3, false, "alive", Map.of("sql/0", 4L))),
                FOLLOWER,
                ran);
        assertEquals(
                List.of(
                        "charm",
                        "install",
                        "enter 3",
                        "enter 0",
                        "db-relation-created",
                        "cluster-relation-created",
                        "leader-settings-changed",
                        "config-changed",
                        "start",
                        "db-relation-joined sql/0",
                        "db-relation-changed sql/0"),
                ran);
    }

    @Test
    public void tearsDownDepartedBrokenStopRemove() {
        RelationState db = relation(3, false, "alive", Map.of("sql/0", 4L, "sql/1", 1L));
        RelationState peers = relation(0, true, "alive", Map.of("wp/1", 1L));
        LocalState up = settle(LocalState.fresh(), remote("alive", "c1", peers, db), FOLLOWER, new ArrayList<>());
        List<String> ran = new ArrayList<>();
        settle(up, remote("dying", "c1", peers, db), FOLLOWER, ran);
        assertEquals(
                List.of(
                        "db-relation-departed sql/0",
                        "db-relation-departed sql/1",
                        "db-relation-broken",
                        "cluster-relation-departed wp/1",
                        "leave 0",
                        "stop",
                        "remove",
                        "die"),
                ran);
    }

    @Test
    public void upgradeRunsUpgradeThenConfigChanged() {
        UnitRemoteState before = remote("alive", "c1");
        LocalState up = settle(LocalState.fresh(), before, FOLLOWER, new ArrayList<>());
        UnitRemoteState next = new UnitRemoteState(
                "wp/0",
                "wp",
                "alive",
                "alive",
                null,
                "0",
                "local:wp-1",
                "hash",
                "c1",
                null,
                null,
                0,
                null,
                null,
                null,
                true,
                300,
                null,
                List.of(),
                false);
        List<String> ran = new ArrayList<>();
        settle(up, next, FOLLOWER, ran);
        assertEquals(List.of("charm", "upgrade-charm", "config-changed"), ran);
    }

    @Test
    public void neverInstalledDiesAtOnceAndPrincipalsWaitForSubordinates() {
        List<String> ran = new ArrayList<>();
        settle(LocalState.fresh(), remote("dying", "c1"), FOLLOWER, ran);
        assertEquals(List.of("die"), ran);
        UnitRemoteState withSubordinate = new UnitRemoteState(
                "wp/0",
                "wp",
                "dying",
                "alive",
                null,
                "0",
                "local:wp-0",
                "hash",
                "c1",
                null,
                null,
                1,
                null,
                null,
                null,
                true,
                300,
                null,
                List.of(),
                false);
        ran.clear();
        settle(LocalState.fresh(), withSubordinate, FOLLOWER, ran);
        assertEquals(List.of(), ran);
    }

    @Test
    public void failedHookWaitsForRetryOrOperator() {
        LocalState up = settle(LocalState.fresh(), remote("alive", "c1"), FOLLOWER, new ArrayList<>());
        HookInfo hook = HookInfo.of("config-changed", "c2");
        LocalState failed = up.withPending(new Pending(hook, Pending.FAILED, 1, null));
        UnitRemoteState model = remote("alive", "c2");
        assertTrue(Resolver.next(failed, model, new Signals(false, false, true, true, "b1")) instanceof Operation.Wait);
        assertEquals(
                new Operation.Run(hook), Resolver.next(failed, model, new Signals(false, true, false, true, "b1")));
        UnitRemoteState skip = new UnitRemoteState(
                "wp/0",
                "wp",
                "alive",
                "alive",
                null,
                "0",
                "local:wp-0",
                "hash",
                "c2",
                "no-hooks",
                null,
                0,
                null,
                null,
                null,
                true,
                300,
                null,
                List.of(),
                false);
        assertEquals(
                new Operation.Skip(hook), Resolver.next(failed, skip, new Signals(false, false, false, true, "b1")));
        // A dying unit does not step over its failed hook either.
        assertTrue(
                Resolver.next(failed, remote("dying", "c2"), new Signals(false, false, false, true, "b1"))
                        instanceof Operation.Wait);
    }

    @Test
    public void hooksOfARelationThatWasForcedAwayAreDropped() {
        RelationState there = relation(1, false, "alive", Map.of("sql/0", 1L));
        UnitRemoteState with = remote("alive", "c1", there);
        UnitRemoteState without = remote("alive", "c1");
        LocalState up = settle(LocalState.fresh(), with, FOLLOWER, new ArrayList<>());
        HookInfo hook = HookInfo.of("departed", 1, up.relations().get(1), "sql/0", "sql/0", 0);
        for (String state : List.of(Pending.FAILED, Pending.RUNNING)) {
            LocalState stuck = up.withPending(new Pending(hook, state, 1, null));
            assertTrue(
                    Resolver.next(stuck, with, new Signals(false, true, false, true, "b1")) instanceof Operation.Run);
            LocalState absorbed = Resolver.absorb(stuck, without, FOLLOWER);
            assertEquals(new Operation.Drop(hook), Resolver.next(absorbed, without, FOLLOWER));
            List<String> ran = new ArrayList<>();
            LocalState after = settle(absorbed.after(hook).withPending(null), without, FOLLOWER, ran);
            assertEquals(List.of(), ran);
            assertEquals(Map.of(), after.relations());
        }
    }

    @Test
    public void aDropThatWasRefusedWaitsForItsTimeOrTheOperator() {
        HookInfo hook = new HookInfo("relation-departed", 1, "db", "sql", "sql/0", "sql/0", 0, null);
        LocalState stuck = LocalState.fresh().withPending(new Pending(hook, Pending.FAILED, 1, null));
        UnitRemoteState without = remote("alive", "c1");
        assertEquals(
                new Operation.Wait(), Resolver.next(stuck, without, new Signals(false, false, false, false, "b1")));
        assertEquals(
                new Operation.Drop(hook), Resolver.next(stuck, without, new Signals(false, false, false, true, "b1")));
    }

    @Test
    public void aDeadUnitDiesWhateverIsInTheWorks() {
        HookInfo hook = new HookInfo("relation-departed", 1, "db", "sql", "sql/0", "sql/0", 0, null);
        for (String step : List.of(Pending.RUNNING, Pending.FAILED, Pending.COMMITTING)) {
            LocalState stuck = LocalState.fresh().withPending(new Pending(hook, step, 1, null));
            assertEquals(new Operation.Die(), Resolver.next(stuck, remote("dead", "c1"), FOLLOWER));
        }
    }

    @Test
    public void implicitSideHasNoHooks() {
        RelationState info = new RelationState(
                7,
                "sub:info wp:juju-info",
                "juju-info",
                false,
                false,
                "alive",
                false,
                "sub",
                "m",
                false,
                Map.of("sub/0", 1L),
                0);
        List<String> ran = new ArrayList<>();
        LocalState up = settle(LocalState.fresh(), remote("alive", "c", info), FOLLOWER, ran);
        assertFalse(ran.toString(), ran.stream().anyMatch(h -> h.startsWith("juju-info")));
        assertTrue(ran.contains("enter 7"));
        ran.clear();
        settle(up, remote("dying", "c", info), FOLLOWER, ran);
        assertEquals(List.of("leave 7", "stop", "remove", "die"), ran);
    }

    @Test
    public void leaderDoesNotHearOfItsOwnPeerSettings() {
        Signals leads = new Signals(true, true, false, true, "b1");
        RelationState peers = new RelationState(
                0, "wp:cluster", "cluster", true, true, "alive", false, "wp", "m", false, Map.of(), 0);
        LocalState up = settle(LocalState.fresh(), remote("alive", "c", peers), leads, new ArrayList<>());
        RelationState written =
                new RelationState(0, "wp:cluster", "cluster", true, true, "alive", false, "wp", "m", true, Map.of(), 1);
        List<String> ran = new ArrayList<>();
        LocalState wrote = up.withOwnSettings(Map.of(0, 1L));
        settle(wrote, remote("alive", "c", peers), leads, ran);
        settle(wrote, remote("alive", "c", written), leads, ran);
        assertEquals(List.of(), ran);
        // The others do hear of it.
        LocalState follower = settle(LocalState.fresh(), remote("alive", "c", peers), FOLLOWER, new ArrayList<>());
        settle(follower, remote("alive", "c", written), FOLLOWER, ran);
        assertEquals(List.of("cluster-relation-changed"), ran);
    }

    @Test
    public void whatThePreviousLeaderWroteLastIsHeardByTheNext() {
        RelationState before = new RelationState(
                0, "wp:cluster", "cluster", true, true, "alive", false, "wp", "m", false, Map.of(), 0);
        LocalState up = settle(LocalState.fresh(), remote("alive", "c", before), FOLLOWER, new ArrayList<>());
        RelationState written =
                new RelationState(0, "wp:cluster", "cluster", true, true, "alive", false, "wp", "m", true, Map.of(), 1);
        List<String> ran = new ArrayList<>();
        settle(up, remote("alive", "c", written), new Signals(true, true, false, true, "b1"), ran);
        assertEquals(List.of("leader-elected", "cluster-relation-changed"), ran);
    }

    /** A bag that units write in turn, as each comes to lead; each of them sees the model late. */
    @Test
    public void noWordOfAnotherLeaderIsLost() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("ResolverTest seed " + seed);
        Random random = new Random(seed);
        for (int run = 0; run < 2000; run++) {
            new Reign(new Random(random.nextLong()), seed + ", run " + run).last();
        }
    }

    private static final class Reign {
        private final Random random;
        private final String seed;
        private final LocalState[] units = new LocalState[3];
        private final long[] seen = new long[3];
        private final long[] heard = new long[3];
        /** Who wrote which version of the bag. */
        private final List<Integer> writers = new ArrayList<>(List.of(-1));

        /** It does not know its own last words, or those of another came before them. */
        private final boolean[] mayHearItself = new boolean[3];

        private int leader;

        Reign(Random random, String seed) {
            this.random = random;
            this.seed = seed;
            java.util.Arrays.fill(units, LocalState.fresh());
        }

        void last() {
            for (int step = 0; step < 150; step++) {
                if (random.nextInt(12) == 0) {
                    leader = random.nextInt(units.length);
                }
                int unit = random.nextInt(units.length);
                seen[unit] += random.nextInt((int) (writers.size() - seen[unit]));
                step(unit, random.nextInt(3) == 0);
            }
            for (int unit = 0; unit < units.length; unit++) {
                seen[unit] = writers.size() - 1;
                int steps = 0;
                while (step(unit, false)) {
                    assertTrue("does not come to rest, seed " + seed, steps++ < 100);
                }
                int foreign = writers.size() - 1;
                while (foreign > 0 && writers.get(foreign) == unit) {
                    foreign--;
                }
                assertTrue(
                        "unit " + unit + " heard of " + heard[unit] + " of " + writers + ", seed " + seed,
                        heard[unit] >= foreign);
            }
        }

        /** @param writes if it leads and a hook runs now; false: there was nothing to do */
        private boolean step(int unit, boolean writes) {
            RelationState peers = new RelationState(
                    0, "wp:cluster", "cluster", true, true, "alive", false, "wp", "m", true, Map.of(), seen[unit]);
            UnitRemoteState remote = remote("alive", "c", peers);
            Signals signals = new Signals(unit == leader, true, false, true, "b1");
            LocalState local = Resolver.absorb(units[unit], remote, signals);
            Operation operation = Resolver.next(local, remote, signals);
            if (operation instanceof Operation.Wait) {
                units[unit] = local;
                return false;
            }
            local = done(local, remote, operation, new ArrayList<>());
            if (operation instanceof Operation.Run run) {
                if (run.hook().kind().equals("relation-changed")) {
                    assertTrue(
                            "told of its own words, seed " + seed,
                            isNews(unit, run.hook().version()));
                    heard[unit] = run.hook().version();
                }
                if (writes && unit == leader) {
                    writers.add(unit);
                    // The answer may be lost, and is empty when it is asked for again.
                    boolean answered = random.nextInt(8) > 0;
                    LocalState told = answered ? local.withOwnSettings(Map.of(0, writers.size() - 1L)) : local;
                    mayHearItself[unit] |= told == local;
                    local = told;
                }
            }
            units[unit] = local;
            return true;
        }

        private boolean isNews(int unit, long version) {
            return mayHearItself[unit]
                    || writers.subList((int) heard[unit] + 1, (int) version + 1).stream()
                            .anyMatch(writer -> writer != unit);
        }
    }

    @Test
    public void aHostThatWasStartedAnewStartsItsCharms() {
        UnitRemoteState model = remote("alive", "c");
        LocalState up = settle(LocalState.fresh(), model, FOLLOWER, new ArrayList<>());
        List<String> ran = new ArrayList<>();
        Signals anew = new Signals(false, true, false, true, "b2");
        LocalState again = settle(up, model, anew, ran);
        assertEquals(List.of("start"), ran);
        settle(again, model, anew, ran);
        settle(again, model, new Signals(false, true, false, true, null), ran);
        assertEquals(List.of("start"), ran);
        // A start that the power cut off is run once, for the new boot.
        ran.clear();
        settle(up.withPending(new Pending(HookInfo.of("start", "b1"), Pending.RUNNING, 0, null)), model, anew, ran);
        assertEquals(List.of("start"), ran);
        // One that ended before, and was only not committed, was the old boot's.
        ran.clear();
        settle(up.after(HookInfo.of("start", "b1")), model, anew, ran);
        assertEquals(List.of("start"), ran);
        // Agents of older versions did not note it.
        ran.clear();
        assertEquals("b2", settle(up.withBoot(null), model, anew, ran).boot());
        settle(up, remote("dying", "c"), anew, ran);
        assertEquals(List.of("stop", "remove", "die"), ran);
    }

    /** Random models that change between any two hooks: the rules of the sequence hold all the same. */
    @Test
    public void orderHoldsForAnyHistory() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("ResolverTest seed " + seed);
        Random random = new Random(seed);
        for (int run = 0; run < 2000; run++) {
            history(new Random(random.nextLong()), seed + ", run " + run);
        }
    }

    private static void history(Random random, String seed) {
        World world = new World(random);
        Watch watch = new Watch(seed, random);
        boolean died = false;
        for (int step = 0; step < 120 && !died; step++) {
            if (random.nextInt(3) == 0) {
                world.change();
            }
            died = watch.step(world);
        }
        if (!died && random.nextInt(10) == 0) {
            world.life = "dead";
            assertTrue("a dead unit does not die, seed " + seed, watch.step(world));
            return;
        }
        // At last everything goes, and the agent must come to its end.
        world.life = "dying";
        for (int step = 0; step < 400 && !died; step++) {
            died = watch.step(world);
        }
        assertTrue("never died, seed " + seed, died);
        assertEquals("seed " + seed, LocalState.fresh().relations(), watch.local.relations());
    }

    /** A model that changes at random. */
    private static final class World {
        private final Random random;
        private final TreeMap<Integer, RelationState> relations = new TreeMap<>();
        private String life = "alive";
        private String config = "c0";
        private boolean leader;
        private int nextRelation = 1;
        private final Map<String, Long> versions = new HashMap<>();

        World(Random random) {
            this.random = random;
            relations.put(0, relation(0, true, "alive", Map.of()));
        }

        void change() {
            switch (random.nextInt(10)) {
                case 0 -> {
                    int id = nextRelation++;
                    relations.put(id, relation(id, false, "alive", Map.of()));
                }
                case 1 -> config = "c" + random.nextInt(4);
                case 2 -> leader = random.nextBoolean();
                case 3 -> {
                    if (random.nextInt(20) == 0) {
                        life = "dying";
                    }
                }
                default -> {
                    int id = random.nextInt(nextRelation);
                    RelationState at = relations.get(id);
                    if (at != null) {
                        change(id, at);
                    }
                }
            }
        }

        private void change(int id, RelationState at) {
            Map<String, Long> members = new HashMap<>(at.members());
            String life = at.life();
            boolean suspended = at.suspended();
            long version = at.applicationVersion();
            String unit = (at.peer() ? "wp/" : "sql/") + (1 + random.nextInt(3));
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> members.put(unit, versions.merge(id + unit, 1L, Long::sum));
                case 3 -> members.remove(unit);
                case 4 -> version++;
                case 5 -> suspended = !at.peer() && random.nextBoolean();
                case 6 -> life = at.peer() ? life : "dying";
                default -> {
                    if (!at.peer()) {
                        // Forced away.
                        relations.remove(id);
                        return;
                    }
                }
            }
            relations.put(
                    id,
                    new RelationState(
                            id,
                            at.key(),
                            at.endpoint(),
                            at.peer(),
                            true,
                            life,
                            suspended,
                            at.remoteApplication(),
                            at.remoteModel(),
                            at.inScope(),
                            members,
                            version));
        }

        UnitRemoteState state() {
            return remote(life, config, relations.values().toArray(RelationState[]::new));
        }
    }

    /** Checks each step against the rules. */
    private static final class Watch {
        private final String seed;
        private LocalState local = LocalState.fresh();
        private final Set<String> unitHooks = new HashSet<>();
        private final Map<Integer, Set<String>> joined = new HashMap<>();
        private final Set<Integer> created = new HashSet<>();
        private String owed;
        private final Map<String, Long> seen = new HashMap<>();
        private final Random random;
        private boolean dropRefused;

        Watch(String seed, Random random) {
            this.seed = seed;
            this.random = random;
        }

        boolean step(World world) {
            UnitRemoteState remote = world.state();
            boolean retryDue = random.nextInt(4) > 0;
            Signals signals = new Signals(world.leader, retryDue, false, !dropRefused || retryDue, "b1");
            local = Resolver.absorb(local, remote, signals);
            Operation operation = Resolver.next(local, remote, signals);
            assertEquals("pure", operation, Resolver.next(local, remote, signals));
            if (operation instanceof Operation.Wait) {
                return false;
            }
            if (operation instanceof Operation.Die) {
                rule(
                        "dead before stop and remove",
                        remote.life().equals("dead") || !unitHooks.contains("install") || unitHooks.contains("remove"));
                return true;
            }
            if (operation instanceof Operation.Drop drop) {
                rule("dropped again at once", !dropRefused || retryDue);
                dropRefused = random.nextInt(3) == 0;
                if (dropRefused) {
                    fails(drop.hook(), Pending.FAILED);
                    return false;
                }
            }
            if (operation instanceof Operation.Run run) {
                if (random.nextInt(6) == 0) {
                    fails(run.hook(), random.nextBoolean() ? Pending.FAILED : Pending.RUNNING);
                    return false;
                }
                check(run.hook(), remote);
            }
            if (operation instanceof Operation.LeaveScope leave) {
                rule(
                        "left with members",
                        joined.getOrDefault(leave.relation(), Set.of()).isEmpty());
                created.remove(leave.relation());
            }
            local = done(local, remote, operation, new ArrayList<>());
            return false;
        }

        private void fails(HookInfo hook, String step) {
            local = local.withPending(new Pending(hook, step, 1, null));
        }

        private void check(HookInfo hook, UnitRemoteState remote) {
            if (hook.relation() == null) {
                check(hook);
                return;
            }
            int id = hook.relation();
            Set<String> members = joined.computeIfAbsent(id, any -> new HashSet<>());
            String key = id + "#" + hook.remoteUnit();
            if (owed != null && owed.startsWith(id + "#")) {
                rule(
                        "joined is followed by changed of the same unit, not by " + hook.name(),
                        hook.kind().equals("relation-changed") && key.equals(owed));
            }
            owed = null;
            switch (hook.kind()) {
                case "relation-created" -> {
                    rule("created twice", created.add(id));
                    rule("created before install", unitHooks.contains("install"));
                }
                case "relation-joined" -> {
                    rule("joined before created", created.contains(id));
                    rule("joined before start", unitHooks.contains("start"));
                    rule("joined twice", members.add(hook.remoteUnit()));
                    owed = key;
                }
                case "relation-changed" -> {
                    rule("changed before created", created.contains(id));
                    if (hook.remoteUnit() != null) {
                        rule("changed before joined", members.contains(hook.remoteUnit()));
                        Long before = seen.put(key, hook.version());
                        rule("older settings after newer", before == null || before <= hook.version());
                    }
                }
                case "relation-departed" -> {
                    rule("departed without joined", members.remove(hook.remoteUnit()));
                    seen.remove(key);
                    rule("no departing unit", hook.departing() != null);
                }
                case "relation-broken" -> {
                    rule("broken with members", members.isEmpty());
                    rule("broken of a peer relation", id != 0);
                    rule("broken but never created", created.remove(id));
                }
                default -> fail(hook.kind());
            }
        }

        private void check(HookInfo hook) {
            if (!Set.of("config-changed", "leader-elected", "leader-settings-changed")
                    .contains(hook.kind())) {
                rule("twice: " + hook.kind(), unitHooks.add(hook.kind()));
            }
            switch (hook.kind()) {
                case "install" -> {}
                case "start" -> rule("start before config-changed", unitHooks.contains("config-changed"));
                case "config-changed" -> unitHooks.add("config-changed");
                case "stop" -> rule("stop with relations", local.relations().isEmpty());
                case "remove" -> rule("remove before stop", unitHooks.contains("stop"));
                default -> rule("before install: " + hook.kind(), unitHooks.contains("install"));
            }
            if (!hook.kind().equals("remove")) {
                rule(hook.kind() + " after stop", hook.kind().equals("stop") || !unitHooks.contains("stop"));
            }
        }

        private void rule(String broken, boolean holds) {
            if (!holds) {
                fail(broken + ", seed " + seed);
            }
        }
    }
}
