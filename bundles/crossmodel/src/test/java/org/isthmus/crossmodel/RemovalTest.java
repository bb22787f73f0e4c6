package org.isthmus.crossmodel;

import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.isthmus.api.Refused;
import org.isthmus.model.Kinds;
import org.isthmus.model.Relation;
import org.isthmus.model.Snapshot;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Every way to end what two models share, at either side, in both orders, with the other side there, away for a while, or never
 * there together with this one: each side is done with its own part at once, and in the end nothing is left on either.
 */
public final class RemovalTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    /** What is done at a side, and what must be gone from it without any help. */
    private enum Act {
        RELATION,
        RELATION_FORCED,
        SAAS,
        SAAS_FORCED,
        APPLICATION,
        OFFER,
        MODEL,
        /** The other side's act must do for both. */
        NONE;

        static final List<Act> CONSUMER =
                List.of(RELATION, RELATION_FORCED, SAAS, SAAS_FORCED, APPLICATION, MODEL, NONE);
        static final List<Act> OFFERING = List.of(RELATION, RELATION_FORCED, OFFER, APPLICATION, MODEL, NONE);
    }

    /** Two models that share a relation, and what is done at each. */
    private record Pair(Estate.Place offering, Estate.Place consumer, Act atOffering, Act atConsumer) {
        @Override
        public String toString() {
            return atOffering + " at the offering side, " + atConsumer + " at the consumer";
        }
    }

    private List<Pair> pairs(Estate estate) throws Exception {
        List<Pair> pairs = new ArrayList<>();
        for (Act offering : Act.OFFERING) {
            for (Act consumer : Act.CONSUMER) {
                int at = pairs.size() * 2;
                pairs.add(new Pair(estate.places.get(at), estate.places.get(at + 1), offering, consumer));
            }
        }
        for (Pair pair : pairs) {
            estate.addUnit(pair.offering(), "mysql");
            estate.addUnit(pair.consumer(), "wordpress");
            estate.offer(pair.offering());
            estate.access(pair.offering(), "grant", "consume");
            estate.consume(pair.consumer(), pair.offering());
            estate.relate(pair.consumer(), pair.offering(), "db", "db");
        }
        estate.quiet("related");
        for (Pair pair : pairs) {
            assertTrue(pair.offering().now().count(Kinds.OFFER_CONNECTION) == 1);
        }
        return pairs;
    }

    private static void act(Estate estate, Estate.Place at, Act act, boolean consumer) throws Exception {
        switch (act) {
            case RELATION, RELATION_FORCED -> {
                for (Relation relation : at.now().all(Kinds.RELATION)) {
                    estate.removeRelation(at, relation.number(), act == Act.RELATION_FORCED);
                }
            }
            case SAAS, SAAS_FORCED ->
                at.now().all(Kinds.REMOTE_APPLICATION).forEach(saas -> {
                    try {
                        estate.removeSaas(at, saas.name(), act == Act.SAAS_FORCED);
                    } catch (Exception failure) {
                        throw new AssertionError(failure);
                    }
                });
            case OFFER -> estate.removeOffer(at, true);
            case APPLICATION -> {
                if (!consumer) {
                    // In use: the offer must go first, or nothing does.
                    estate.removeOffer(at, true);
                }
                estate.removeApplication(at, consumer ? "wordpress" : "mysql", false);
            }
            case MODEL -> estate.destroyModel(at);
            case NONE -> {
                return;
            }
        }
    }

    /** What the act must have ended here, whoever else is there to hear of it. */
    private static String done(Estate.Place at, Act act, boolean consumer) {
        if (act == Act.NONE) {
            return null;
        }
        Snapshot now = at.now();
        boolean related = now.count(Kinds.RELATION) > 0
                || now.count(Kinds.OFFER_CONNECTION) > 0
                || now.count(Kinds.REMOTE_RELATION) > 0
                || !consumer && now.count(Kinds.REMOTE_APPLICATION) > 0;
        boolean there =
                switch (act) {
                    case RELATION, RELATION_FORCED -> false;
                    case SAAS, SAAS_FORCED -> now.count(Kinds.REMOTE_APPLICATION) > 0;
                    case APPLICATION -> now.has(Kinds.APPLICATION, consumer ? "wordpress" : "mysql");
                    case OFFER -> now.count(Kinds.OFFER) > 0;
                    case MODEL -> at.exists();
                    case NONE -> false;
                };
        return related || there
                ? at.name() + ": " + now.all(Kinds.RELATION) + now.all(Kinds.OFFER_CONNECTION)
                        + now.all(Kinds.REMOTE_APPLICATION) + now.all(Kinds.REMOTE_RELATION) + now.model()
                : null;
    }

    private static void act(Estate estate, List<Pair> pairs, boolean consumer) throws Exception {
        for (Pair pair : pairs) {
            Estate.Place at = consumer ? pair.consumer() : pair.offering();
            try {
                act(estate, at, consumer ? pair.atConsumer() : pair.atOffering(), consumer);
            } catch (Refused gone) {
                assertTrue(pair + ": " + gone, gone.getMessage().contains("not found") || !at.exists());
            }
        }
        estate.await((consumer ? "consumers" : "offering sides") + " are done", () -> {
            for (Pair pair : pairs) {
                Estate.Place at = consumer ? pair.consumer() : pair.offering();
                String wrong = done(at, consumer ? pair.atConsumer() : pair.atOffering(), consumer);
                if (wrong != null) {
                    return pair + ": " + wrong;
                }
            }
            return null;
        });
    }

    /** What no act was meant to end. */
    private static void rest(Estate estate, List<Pair> pairs) throws Exception {
        estate.quiet("both acted");
        for (Pair pair : pairs) {
            Snapshot offering = pair.offering().now();
            // Also where the offer stays.
            assertTrue(
                    pair + ": " + offering.all(Kinds.OFFER_GRANT),
                    offering.count(Kinds.OFFER_GRANT) <= offering.count(Kinds.OFFER_CONNECTION));
            if (pair.consumer().now().count(Kinds.REMOTE_APPLICATION) > 0) {
                act(estate, pair.consumer(), Act.SAAS, true);
            }
            if (pair.offering().now().count(Kinds.OFFER) > 0) {
                act(estate, pair.offering(), Act.OFFER, false);
            }
        }
        estate.await("nothing is left", estate::left);
    }

    private Estate estate() throws Exception {
        return new Estate(folder.newFolder().toPath(), 1, 2, 2 * Act.CONSUMER.size() * Act.OFFERING.size());
    }

    @Test
    public void everybodyIsThere() throws Exception {
        for (boolean consumerFirst : new boolean[] {true, false}) {
            try (Estate estate = estate()) {
                List<Pair> pairs = pairs(estate);
                act(estate, pairs, consumerFirst);
                act(estate, pairs, !consumerFirst);
                rest(estate, pairs);
            }
        }
    }

    @Test
    public void theOtherSideIsAwayAndComesBack() throws Exception {
        for (boolean consumerFirst : new boolean[] {true, false}) {
            try (Estate estate = estate()) {
                List<Pair> pairs = pairs(estate);
                Party away = estate.parties.get(consumerFirst ? 0 : 1);
                away.stop();
                act(estate, pairs, consumerFirst);
                away.start();
                act(estate, pairs, !consumerFirst);
                rest(estate, pairs);
            }
        }
    }

    @Test
    public void eachActsWhileTheOtherIsAway() throws Exception {
        for (boolean consumerFirst : new boolean[] {true, false}) {
            try (Estate estate = estate()) {
                List<Pair> pairs = pairs(estate);
                Party first = estate.parties.get(consumerFirst ? 1 : 0);
                Party second = estate.parties.get(consumerFirst ? 0 : 1);
                second.stop();
                act(estate, pairs, consumerFirst);
                first.stop();
                second.start();
                act(estate, pairs, !consumerFirst);
                first.start();
                rest(estate, pairs);
            }
        }
    }
}
