package org.isthmus.provisioner;

import static org.junit.Assert.assertEquals;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.isthmus.api.Constraints;
import org.isthmus.api.Life;
import org.isthmus.api.PortRange;
import org.isthmus.model.Application;
import org.isthmus.model.Application.ExposedEndpoint;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.spi.CloudProvider.Firewall.Rule;
import org.junit.Test;

public final class ModelRulesTest {
    private static final int MACHINES = 6;
    private static final int APPLICATIONS = 3;

    private final ModelRules rules = new ModelRules();
    private Snapshot model = Snapshot.empty();

    /** What the cloud has been told so far. */
    private final Map<String, Set<Rule>> cloud = new HashMap<>();

    private Set<String> change(java.util.function.Consumer<Tx> decision) {
        Tx tx = Tx.on(model);
        decision.accept(tx);
        Set<Key> changed = new HashSet<>();
        tx.changes().forEach(change -> changed.add(change.key()));
        model = tx.now();
        rules.read(model, changed);
        Map<String, Set<Rule>> due = rules.due();
        cloud.putAll(due);
        rules.told();
        return due.keySet();
    }

    private static Application application(String name, Map<String, ExposedEndpoint> exposed) {
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

    private static Unit unit(String name, String machine, String principal, String endpoint, Integer port) {
        return new Unit(
                name,
                name.substring(0, name.indexOf('/')),
                Life.ALIVE,
                machine,
                principal,
                null,
                null,
                null,
                null,
                null,
                port == null ? List.of() : List.of(new Unit.UnitPort(endpoint, PortRange.parse(port + "/tcp"))),
                null,
                false,
                null,
                null,
                Instant.EPOCH);
    }

    private static void machine(Tx tx) {
        String id = new org.isthmus.application.Applications()
                .addMachine(tx, new ApplicationEngine.AddMachine(null, Constraints.NONE, null, Instant.EPOCH));
        tx.put(Kinds.MACHINE, tx.need(Kinds.MACHINE, id).withInstanceId("i-" + id));
    }

    @Test
    public void whatSaysNothingAboutPortsTouchesNothing() {
        change(tx -> {
            machine(tx);
            machine(tx);
            tx.put(Kinds.APPLICATION, application("blog", Map.of()));
            tx.put(Kinds.UNIT, unit("blog/0", "0", null, "", 80));
        });
        assertEquals(
                Set.of(),
                change(tx -> tx.put(
                        Kinds.UNIT,
                        tx.need(Kinds.UNIT, "blog/0")
                                .withWorkloadStatus(new StatusValue("active", "", Instant.EPOCH)))));
        assertEquals(Set.of("i-1"), change(tx -> tx.put(Kinds.UNIT, unit("blog/1", "1", null, "", 80))));
    }

    @Test
    public void aSubordinatesPortsAreOpenOnItsPrincipalsMachine() {
        change(tx -> {
            machine(tx);
            tx.put(Kinds.APPLICATION, application("blog", null));
            tx.put(Kinds.APPLICATION, application("nrpe", Map.of()));
            tx.put(Kinds.UNIT, unit("blog/0", "0", null, "", 80));
            tx.put(Kinds.UNIT, unit("nrpe/0", null, "blog/0", "", 5666));
        });
        Rule nrpe = new Rule(PortRange.parse("5666/tcp"), Set.of("0.0.0.0/0", "::/0"));
        assertEquals(Map.of("i-0", Set.of(nrpe)), cloud);
        change(tx -> tx.remove(Kinds.UNIT, "nrpe/0"));
        assertEquals(Map.of("i-0", Set.of()), cloud);
    }

    private static void relation(Tx tx, int number, String remote, boolean proxy, Life life, boolean suspended) {
        tx.put(
                Kinds.REMOTE_APPLICATION,
                new RemoteApplication(
                        remote,
                        proxy,
                        "offer",
                        null,
                        null,
                        "model",
                        List.of(),
                        "bob",
                        null,
                        "token",
                        0,
                        Life.ALIVE,
                        null,
                        false,
                        null,
                        Instant.EPOCH,
                        0));
        tx.put(
                Kinds.RELATION,
                new Relation(
                        number,
                        remote + ":db a0:web",
                        List.of(
                                new Relation.Endpoint(remote, "db", "requirer", "http", "global", 0, false),
                                new Relation.Endpoint("a0", "web", "provider", "http", "global", 0, false)),
                        life,
                        new StatusValue("joined", "", Instant.EPOCH),
                        suspended,
                        null,
                        null,
                        null,
                        false,
                        null,
                        Instant.EPOCH));
    }

    private static void ingress(Tx tx, int number, String... networks) {
        tx.put(
                Kinds.OFFER_CONNECTION,
                new OfferConnection(
                        "token-" + number,
                        "offer",
                        "bob",
                        "c",
                        "m",
                        "application",
                        number,
                        "hash",
                        List.of(networks),
                        0,
                        Instant.EPOCH));
    }

    private static void dials(Tx tx, int number, String unit, boolean inScope, String networks) {
        tx.put(Kinds.RELATION_UNIT, new RelationUnit(number, unit, inScope, Map.of("egress-subnets", networks), 1, ""));
    }

    private void onlyA0IsOpenTo(String... networks) {
        Set<Rule> rules =
                networks.length == 0 ? Set.of() : Set.of(new Rule(PortRange.parse("80/tcp"), Set.of(networks)));
        assertEquals(Map.of("i-0", rules, "i-1", Set.of()), cloud);
    }

    private void twoMachines() {
        change(tx -> {
            machine(tx);
            machine(tx);
            tx.put(Kinds.APPLICATION, application("a0", null));
            tx.put(Kinds.APPLICATION, application("a1", null));
            tx.put(Kinds.UNIT, unit("a0/0", "0", null, "web", 80));
            tx.put(Kinds.UNIT, unit("a1/0", "1", null, "", 80));
        });
        onlyA0IsOpenTo();
    }

    @Test
    public void anOfferedApplicationIsOpenToItsConsumersThoughItIsNotExposed() {
        twoMachines();
        change(tx -> relation(tx, 5, "remote-aa", true, Life.ALIVE, false));
        onlyA0IsOpenTo();
        assertEquals(Set.of("i-0"), change(tx -> ingress(tx, 5, "10.0.0.1/32", "10.0.0.2/32")));
        onlyA0IsOpenTo("10.0.0.1/32", "10.0.0.2/32");
        change(tx -> {
            relation(tx, 6, "remote-bb", true, Life.ALIVE, false);
            ingress(tx, 6, "10.0.9.0/24");
        });
        onlyA0IsOpenTo("10.0.0.1/32", "10.0.0.2/32", "10.0.9.0/24");
        change(tx -> relation(tx, 5, "remote-aa", true, Life.ALIVE, true));
        onlyA0IsOpenTo("10.0.9.0/24");
        change(tx -> relation(tx, 5, "remote-aa", true, Life.ALIVE, false));
        change(tx -> {
            tx.remove(Kinds.RELATION, "5");
            tx.remove(Kinds.OFFER_CONNECTION, "token-5");
        });
        onlyA0IsOpenTo("10.0.9.0/24");
        // A port of another endpoint is none of theirs.
        change(tx -> tx.put(Kinds.UNIT, unit("a0/0", "0", null, "admin", 80)));
        onlyA0IsOpenTo();
        change(tx -> tx.put(Kinds.UNIT, unit("a0/0", "0", null, "", 80)));
        onlyA0IsOpenTo("10.0.9.0/24");
        change(tx -> relation(tx, 6, "remote-bb", true, Life.DYING, false));
        onlyA0IsOpenTo();
    }

    @Test
    public void aConsumerThatProvidesIsOpenToTheUnitsOfTheOffer() {
        twoMachines();
        change(tx -> relation(tx, 5, "far", false, Life.ALIVE, false));
        assertEquals(Set.of("i-0"), change(tx -> dials(tx, 5, "far/3", true, "10.0.0.3/32, fd00::/64")));
        onlyA0IsOpenTo("10.0.0.3/32", "fd00::/64");
        // What is said by units of this model opens nothing, nor does nonsense.
        assertEquals(Set.of(), change(tx -> dials(tx, 5, "a0/0", true, "10.0.0.9/32")));
        change(tx -> dials(tx, 5, "far/4", true, "everybody, 1.2.3.4/999,"));
        onlyA0IsOpenTo("10.0.0.3/32", "fd00::/64");
        change(tx -> dials(tx, 5, "far/3", false, "10.0.0.3/32"));
        onlyA0IsOpenTo();
    }

    private void allow(String networks) {
        model = model.with(
                Kinds.MODEL,
                new ModelRecord(
                        "m",
                        "m",
                        "admin",
                        "iaas",
                        "localhost",
                        "localhost",
                        "localhost",
                        null,
                        Life.ALIVE,
                        1,
                        ModelRecord.Mode.ACTIVE,
                        false,
                        Map.of("saas-ingress-allow", networks),
                        null,
                        "3.6.9",
                        Instant.EPOCH,
                        new StatusValue("available", "", Instant.EPOCH),
                        false,
                        null));
        // As the firewaller does when the model's settings change.
        rules.readAll(model);
        cloud.putAll(rules.due());
    }

    @Test
    public void nobodyIsLetInFromWhereTheModelDoesNotAllow() {
        twoMachines();
        change(tx -> {
            relation(tx, 5, "far", false, Life.ALIVE, false);
            dials(tx, 5, "far/0", true, "10.0.0.1/32, 11.0.0.1/32");
            relation(tx, 6, "remote-bb", true, Life.ALIVE, false);
            ingress(tx, 6, "10.0.9.0/24", "198.51.100.0/24");
        });
        onlyA0IsOpenTo("10.0.0.1/32", "11.0.0.1/32", "10.0.9.0/24", "198.51.100.0/24");
        allow("10.0.0.0/8");
        onlyA0IsOpenTo("10.0.0.1/32", "10.0.9.0/24");
        allow("192.0.2.0/24");
        onlyA0IsOpenTo();
        allow("0.0.0.0/0");
        onlyA0IsOpenTo("10.0.0.1/32", "11.0.0.1/32", "10.0.9.0/24", "198.51.100.0/24");
    }

    @Test
    public void manyUnitsThatDialBecomeFewRules() {
        twoMachines();
        change(tx -> {
            relation(tx, 5, "far", false, Life.ALIVE, false);
            for (int i = 0; i < 64; i++) {
                dials(tx, 5, "far/" + i, true, "10.0.0." + i + "/32");
            }
        });
        onlyA0IsOpenTo("10.0.0.0/26");
    }

    @Test
    public void whatIsKeptUpIsWhatOneWouldReadAnew() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            change(tx -> step(tx, random));
            ModelRules fresh = new ModelRules();
            fresh.readAll(model);
            cloud.keySet().retainAll(fresh.due().keySet());
            assertEquals("seed " + seed + ", step " + i, fresh.due(), cloud);
        }
    }

    private static void step(Tx tx, Random random) {
        String application = "a" + random.nextInt(APPLICATIONS);
        String name = application + "/" + random.nextInt(4);
        Machine some = tx.get(Kinds.MACHINE, Integer.toString(random.nextInt(MACHINES)));
        int number = random.nextInt(3);
        switch (random.nextInt(11)) {
            case 8 ->
                relation(
                        tx,
                        number,
                        "r" + number,
                        number > 0,
                        random.nextInt(4) == 0 ? Life.DYING : Life.ALIVE,
                        random.nextInt(4) == 0);
            case 9 -> {
                if (number > 0) {
                    ingress(tx, number, "10.0.0." + random.nextInt(9) + "/32");
                } else {
                    dials(tx, 0, "r0/0", random.nextBoolean(), "10.0.1." + random.nextInt(9) + "/32");
                }
            }
            case 10 -> {
                tx.remove(Kinds.RELATION, Integer.toString(number));
                tx.remove(Kinds.OFFER_CONNECTION, "token-" + number);
            }
            case 0 -> machine(tx);
            case 1 -> {
                if (some != null) {
                    tx.put(Kinds.MACHINE, some.withLife(random.nextBoolean() ? Life.ALIVE : Life.DEAD));
                }
            }
            case 2 -> {
                if (some != null && tx.now().count(Kinds.UNITS_BY_MACHINE, some.id()) == 0) {
                    tx.remove(Kinds.MACHINE, some.id());
                }
            }
            case 3 ->
                tx.put(
                        Kinds.APPLICATION,
                        application(
                                application,
                                switch (random.nextInt(4)) {
                                    case 0 -> null;
                                    case 1 -> Map.of();
                                    case 2 -> Map.of("web", new ExposedEndpoint(null, List.of("10.0.0.0/8")));
                                    default -> Map.of("", new ExposedEndpoint(null, List.of()));
                                }));
            case 4, 5 -> {
                Unit known = tx.get(Kinds.UNIT, name);
                Integer port = random.nextBoolean() ? 80 + random.nextInt(3) : null;
                String endpoint = random.nextBoolean() ? "" : "web";
                if (known != null) {
                    tx.put(Kinds.UNIT, unit(name, known.machine(), known.principal(), endpoint, port));
                } else if (some != null) {
                    tx.put(Kinds.UNIT, unit(name, some.id(), null, endpoint, port));
                }
            }
            case 6 -> {
                if (tx.now().count(Kinds.UNITS_BY_PRINCIPAL, name) == 0) {
                    tx.remove(Kinds.UNIT, name);
                }
            }
            default -> {
                String beside = "s/" + name.replace('/', '-').hashCode() % 100;
                if (tx.now().has(Kinds.UNIT, name) && !tx.now().has(Kinds.UNIT, beside.replace("-", ""))) {
                    tx.put(Kinds.APPLICATION, application("s", random.nextBoolean() ? Map.of() : null));
                    tx.put(Kinds.UNIT, unit(beside.replace("-", ""), null, name, "", 5666));
                }
            }
        }
    }
}
