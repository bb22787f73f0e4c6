package org.isthmus.crossmodel;

import static org.junit.Assert.assertNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.isthmus.api.Life;
import org.isthmus.api.Refused;
import org.isthmus.model.Kinds;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.Unit;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Operators of several controllers do whatever they like in any order, over a network that loses, repeats, delays and reorders,
 * with controllers that stop and start. When it is quiet, both sides of every relation are equal; when all is removed, nothing
 * is left. Repeat a run with {@code -Disthmus.seed=N}, run more with {@code -Disthmus.rounds=N}.
 */
public final class ProtocolTest {
    private static final int STEPS = 60;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void bothSidesAgreeWhateverHappens() throws Exception {
        Long one = Long.getLong("isthmus.seed");
        int rounds = one != null ? 1 : Integer.getInteger("isthmus.rounds", 3);
        long first = one != null ? one : System.nanoTime();
        for (int i = 0; i < rounds; i++) {
            long seed = first + i;
            System.out.println("protocol, seed " + seed);
            try {
                round(seed);
            } catch (Exception | AssertionError failure) {
                throw new AssertionError("-Disthmus.seed=" + seed + ": " + failure, failure);
            }
        }
    }

    private void round(long seed) throws Exception {
        Random random = new Random(seed);
        StringBuilder log = new StringBuilder();
        try (Estate estate = new Estate(folder.newFolder().toPath(), seed, 1 + random.nextInt(3), 4)) {
            for (Estate.Place place : estate.places) {
                estate.addUnit(place, "mysql");
                estate.addUnit(place, "wordpress");
                estate.offer(place);
                estate.access(place, "grant", "consume");
            }
            for (int phase = 0; phase < 3; phase++) {
                estate.net.bad(true);
                for (int i = 0; i < STEPS; i++) {
                    try {
                        log.append(phase)
                                .append('.')
                                .append(i)
                                .append(' ')
                                .append(step(estate, random))
                                .append('\n');
                    } catch (Refused refused) {
                        log.append("  ").append(refused.getMessage()).append('\n');
                    } catch (IllegalStateException | NoSuchElementException down) {
                        log.append("  ").append(down).append('\n');
                    }
                    if (random.nextInt(3) == 0) {
                        Estate.pause(random.nextInt(15));
                    }
                }
                heal(estate);
                quiet(estate, "phase " + phase, log);
            }
            estate.net.bad(true);
            removeEverything(estate, random, log);
            estate.net.bad(false);
            quiet(estate, "removed", log);
            assertNull(log + "left", estate.left());
        }
    }

    private static void quiet(Estate estate, String when, StringBuilder log) throws Exception {
        try {
            estate.quiet(when);
        } catch (AssertionError stuck) {
            System.out.println(log);
            throw stuck;
        }
    }

    private static void heal(Estate estate) throws Exception {
        estate.net.bad(false);
        for (Party party : estate.parties) {
            party.cut(false);
            if (!party.isUp()) {
                party.start();
            }
        }
    }

    private static <T> T any(Random random, Collection<T> all) {
        if (all.isEmpty()) {
            throw new NoSuchElementException("nothing to choose from");
        }
        return new ArrayList<>(all).get(random.nextInt(all.size()));
    }

    private static String step(Estate estate, Random random) throws Exception {
        Estate.Place at = any(random, estate.places);
        Estate.Place other = any(random, estate.places);
        Party party = any(random, estate.parties);
        int what = random.nextInt(100);
        String on = at.name() + " ";
        if (what < 5 || !party.isUp() && random.nextInt(3) == 0) {
            if (party.isUp()) {
                party.stop();
                return party.name + " stops";
            }
            party.start();
            return party.name + " starts";
        }
        if (what < 10) {
            party.cut(!party.isCut());
            return party.name + " cut " + party.isCut();
        }
        if (what < 13) {
            estate.net.breakAll(party.uuid, false);
            return party.name + " loses its connections";
        }
        if (what < 30) {
            estate.agents(at);
            return on + "agents";
        }
        if (what < 40) {
            estate.consume(at, other);
            return on + "consumes " + other.name();
        }
        if (what < 52) {
            estate.relate(at, other, random.nextBoolean() ? "db" : "backup", random.nextBoolean() ? "db" : "admin");
            return on + "relates with " + other.name();
        }
        if (what < 66) {
            RelationUnit unit = any(
                    random,
                    at.now().all(Kinds.RELATION_UNIT).stream()
                            .filter(u -> u.inScope() && at.now().has(Kinds.UNIT, u.unit()))
                            .toList());
            String value = Integer.toString(random.nextInt(5));
            estate.write(at, unit.relation(), unit.unit(), value);
            return on + unit.unit() + " writes " + value + " in " + unit.relation();
        }
        if (what < 72) {
            String application = random.nextBoolean() ? "mysql" : "wordpress";
            estate.addUnit(at, application);
            return on + "adds a unit of " + application;
        }
        if (what < 75) {
            Unit unit = any(random, at.now().all(Kinds.UNIT));
            estate.removeUnit(at, unit.name());
            return on + "removes " + unit.name();
        }
        if (what < 82) {
            OfferConnection connection = any(random, at.now().all(Kinds.OFFER_CONNECTION));
            boolean suspend = random.nextBoolean();
            estate.suspend(at, connection.relation(), suspend);
            return on + "suspends " + connection.relation() + " " + suspend;
        }
        if (what < 86) {
            boolean grant = random.nextBoolean();
            estate.access(at, grant ? "grant" : "revoke", "consume");
            return on + (grant ? "grants" : "revokes");
        }
        if (what < 91) {
            Relation relation = any(random, at.now().all(Kinds.RELATION));
            boolean force = random.nextInt(4) == 0;
            estate.removeRelation(at, relation.number(), force);
            return on + "removes relation " + relation.key() + " " + relation.number();
        }
        if (what < 93) {
            RemoteApplication saas = any(
                    random,
                    at.now().all(Kinds.REMOTE_APPLICATION).stream()
                            .filter(r -> !r.proxy())
                            .toList());
            estate.removeSaas(at, saas.name(), random.nextBoolean());
            return on + "removes " + saas.name();
        }
        if (what < 95) {
            estate.removeOffer(at, random.nextBoolean());
            return on + "removes its offer";
        }
        if (what < 97) {
            estate.offer(at);
            estate.access(at, "grant", "consume");
            return on + "offers";
        }
        if (what < 99 || random.nextInt(4) != 0) {
            String application = random.nextBoolean() ? "mysql" : "wordpress";
            if (at.now().get(Kinds.APPLICATION, application) == null) {
                estate.redeploy(at, application);
                return on + "deploys " + application;
            }
            estate.removeApplication(at, application, random.nextBoolean());
            return on + "removes " + application;
        }
        estate.destroyModel(at);
        return on + "is destroyed";
    }

    private static void removeEverything(Estate estate, Random random, StringBuilder log) throws Exception {
        List<Estate.Place> places = new ArrayList<>(estate.places);
        java.util.Collections.shuffle(places, random);
        for (Estate.Place place : places) {
            if (!place.exists() || place.now().model().life() != Life.ALIVE) {
                continue;
            }
            log.append(place.name()).append(" ends\n");
            for (RemoteApplication remote : place.now().all(Kinds.REMOTE_APPLICATION)) {
                if (!remote.proxy()) {
                    estate.removeSaas(place, remote.name(), random.nextBoolean());
                }
            }
            if (place.now().count(Kinds.OFFER) > 0) {
                estate.removeOffer(place, true);
            }
        }
    }
}
