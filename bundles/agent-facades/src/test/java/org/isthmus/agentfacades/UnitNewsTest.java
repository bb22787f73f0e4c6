package org.isthmus.agentfacades;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.isthmus.api.Constraints;
import org.isthmus.api.Life;
import org.isthmus.model.Application;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationApplication;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;
import org.isthmus.wire.agent.UnitRemoteState;
import org.isthmus.wire.agent.UnitRemoteStateResult;
import org.junit.Test;

public final class UnitNewsTest {
    private static final int RELATIONS = 5;

    private final Watched watched = new Watched();
    private Snapshot model = Snapshot.empty();
    private Set<Key> changed = Set.of();

    private void change(Consumer<Tx> decision) {
        Tx tx = Tx.on(model);
        decision.accept(tx);
        model = tx.now();
        changed = new HashSet<>();
        tx.changes().forEach(change -> changed.add(change.key()));
    }

    private UnitNews watch() {
        Map<String, Object> memory = new HashMap<>();
        memory.put(Watched.SUBJECT, "db/0");
        memory.put(Watched.RELATIONS, UnitView.relations(model, "db"));
        return new UnitNews(memory, watched, List.of("127.0.0.1:17070"));
    }

    private void begin() {
        change(tx -> {
            tx.put(
                    Kinds.MODEL,
                    new ModelRecord(
                            "u",
                            "m",
                            "admin",
                            "iaas",
                            "c",
                            "localhost",
                            "r",
                            null,
                            Life.ALIVE,
                            1,
                            ModelRecord.Mode.ACTIVE,
                            false,
                            Map.of(),
                            Constraints.NONE,
                            "3.6.9",
                            Instant.EPOCH,
                            null,
                            false,
                            null));
            tx.put(
                    Kinds.APPLICATION,
                    new Application(
                            "db",
                            "local:db-0",
                            null,
                            Life.ALIVE,
                            false,
                            false,
                            Map.of(),
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
                            Instant.EPOCH));
            tx.put(
                    Kinds.UNIT,
                    new Unit(
                            "db/0",
                            "db",
                            Life.ALIVE,
                            "0",
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            List.of(),
                            null,
                            false,
                            null,
                            null,
                            Instant.EPOCH));
            for (int number = 0; number < RELATIONS; number++) {
                tx.put(Kinds.RELATION, relation(number, Life.ALIVE));
            }
        });
    }

    private static Relation relation(int number, Life life) {
        Relation.Endpoint own = new Relation.Endpoint("db", "server", "provider", "sql", "global", 0, false);
        Relation.Endpoint other = new Relation.Endpoint("app" + number, "db", "requirer", "sql", "global", 0, false);
        return new Relation(
                number,
                "app" + number + ":db db:server",
                List.of(own, other),
                life,
                null,
                false,
                null,
                null,
                List.of(),
                false,
                null,
                Instant.EPOCH);
    }

    private static RelationUnit member(int number, int unit, long version, boolean inScope) {
        return new RelationUnit(number, "app" + number + "/" + unit, inScope, Map.of(), version, "");
    }

    @Test
    public void oneRelationIsToldWhereOneChanged() {
        begin();
        UnitNews news = watch();
        assertEquals(RELATIONS, news.whole(model).state().relations().size());
        change(tx -> tx.put(Kinds.RELATION_UNIT, member(3, 0, 1, true)));
        UnitRemoteStateResult told = news.since(model, changed);
        assertTrue(told.partial());
        assertEquals(1, told.state().relations().size());
        assertEquals(Map.of("app3/0", 1L), told.state().relations().get(0).members());
        assertNull("it knows", news.since(model, changed));
    }

    @Test
    public void theOtherSidesModelIsToldWhereItIsAnother() {
        begin();
        change(tx -> {
            for (RemoteApplication each : List.of(elsewhere("app1", false, "m1"), elsewhere("app2", true, "m2"))) {
                tx.put(Kinds.REMOTE_APPLICATION, each);
            }
        });
        assertEquals(
                List.of("u", "m1", "m2", "u", "u"),
                watch().whole(model).state().relations().stream()
                        .sorted(Comparator.comparing(UnitRemoteState.RelationState::id))
                        .map(UnitRemoteState.RelationState::remoteModel)
                        .toList());
    }

    private static RemoteApplication elsewhere(String name, boolean proxy, String sourceModel) {
        return new RemoteApplication(
                name,
                proxy,
                null,
                null,
                null,
                sourceModel,
                List.of(),
                "admin",
                null,
                null,
                0,
                Life.ALIVE,
                null,
                false,
                null,
                Instant.EPOCH,
                0);
    }

    @Test
    public void whatIsTheSameToTheAgentIsNotTold() {
        begin();
        UnitNews news = watch();
        news.whole(model);
        change(tx -> tx.put(
                Kinds.UNIT,
                tx.need(Kinds.UNIT, "db/0")
                        .withWorkloadStatus(new org.isthmus.model.StatusValue("active", "", Instant.EPOCH))));
        assertNull(news.since(model, changed));
        change(tx -> tx.put(Kinds.UNIT, tx.need(Kinds.UNIT, "db/0").withResolved("retry-hooks")));
        assertEquals("retry-hooks", news.since(model, changed).state().resolved());
    }

    @Test
    public void aRelationThatCameOrWentWantsAnotherWatch() {
        begin();
        UnitNews news = watch();
        news.whole(model);
        change(tx -> tx.remove(Kinds.RELATION, "2"));
        UnitRemoteStateResult told = news.since(model, changed);
        assertEquals(List.of(2), told.gone());
        assertTrue(told.state().rewatch());
        assertFalse(watch().whole(model).state().rewatch());
    }

    @Test
    public void whatWasToldAddsUpToTheWhole() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        begin();
        UnitNews news = watch();
        UnitRemoteState known = news.whole(model).state();
        for (int step = 0; step < 3000; step++) {
            change(tx -> step(tx, random));
            UnitRemoteStateResult told = news.since(model, changed);
            known = told == null ? known : told.onto(known);
            if (known.rewatch()) {
                news = watch();
                known = news.whole(model).state();
            }
            assertEquals("seed " + seed + ", step " + step, watch().whole(model).state(), known);
        }
    }

    private static void step(Tx tx, Random random) {
        int number = random.nextInt(RELATIONS);
        long version = random.nextInt(3);
        boolean there = tx.now().has(Kinds.RELATION, Integer.toString(number));
        switch (random.nextInt(7)) {
            case 0 -> {
                if (there) {
                    tx.remove(Kinds.RELATION, Integer.toString(number));
                } else {
                    tx.put(Kinds.RELATION, relation(number, Life.ALIVE));
                }
            }
            case 1 -> {
                if (there) {
                    tx.put(Kinds.RELATION, relation(number, random.nextBoolean() ? Life.ALIVE : Life.DYING));
                }
            }
            case 2 ->
                tx.put(Kinds.RELATION_APPLICATION, new RelationApplication(number, "app" + number, Map.of(), version));
            case 3 ->
                tx.put(Kinds.UNIT, tx.need(Kinds.UNIT, "db/0").withResolved(random.nextBoolean() ? "no-hooks" : null));
            default -> tx.put(Kinds.RELATION_UNIT, member(number, random.nextInt(3), version, random.nextInt(3) > 0));
        }
    }
}
