package org.isthmus.itests.chaos;

import static org.junit.Assert.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.isthmus.itests.harness.Distribution;
import org.isthmus.itests.harness.Wait;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Store;
import org.isthmus.state.JournaledStores;
import org.isthmus.store.derby.DerbyJournals;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.RuleChain;

/**
 * Two controllers in two processes share a relation, over a network that is cut, breaks and swallows; both are killed, stopped
 * and started, and so are their agents, while both sides change what they say. Again and again all is let come to rest, and both
 * sides must have the same data, every hook must have heard the last of it, and nothing may be there twice. At the end all is
 * removed and nothing may be left. Repeat with {@code -Disthmus.seed=N}; {@code -Disthmus.cuts=N} events.
 */
public class CutTest {
    /** How many events; the profile of `./isthmus chaos` says more. */
    private static final int EVENTS = Integer.getInteger("isthmus.cuts", 8);

    /** Redialling waits up to a minute after long silence, and a hook needs its time. */
    private static final Duration CONVERGE = Duration.ofSeconds(150);

    private static final Distribution NORTH = new Distribution("cut-north");
    private static final Distribution SOUTH = new Distribution("cut-south");

    @ClassRule
    public static final RuleChain BOTH = RuleChain.outerRule(SOUTH).around(NORTH);

    private final Side consumer = new Side(NORTH, "north", "street", "ear");
    private final Side offering = new Side(SOUTH, "south", "hall", "mouth");
    private final List<String> story = new ArrayList<>();
    private TcpRelay network;
    private final long begun = System.nanoTime();
    private boolean related = true;
    private boolean suspended;

    @Test
    public void bothSidesComeTogetherAgain() throws Exception {
        long seed = Long.getLong("isthmus.seed", System.nanoTime());
        System.out.println("seed " + seed + " (-Disthmus.seed), " + EVENTS + " events");
        try {
            play(new Random(seed));
        } catch (Exception | AssertionError failure) {
            NORTH.keep();
            SOUTH.keep();
            throw new AssertionError("-Disthmus.seed=" + seed + "\n" + String.join("\n", story), failure);
        }
    }

    private void play(Random random) throws Exception {
        offering.prepare("provides");
        offering.juju("offer", "mouth:talk").ok();
        consumer.prepare("requires");
        network = new TcpRelay(offering.api());
        consume();
        consumer.juju("integrate", "ear", "mouth").ok();
        agree("at first");
        assertEquals(1, consumer.figure("isthmus_crossmodel_external_controllers"));
        int since = 0;
        for (int event = 1; event <= EVENTS; event++) {
            for (Side side : List.of(consumer, offering)) {
                if (side.isUp() && random.nextInt(2) == 0) {
                    tell("  " + side.say());
                }
            }
            if (random.nextInt(4) == 0) {
                tell("  " + operator(random));
            }
            tell(event + " " + event(random));
            if (++since >= 3 + random.nextInt(5) || event == EVENTS) {
                since = 0;
                heal();
                agree("event " + event);
            }
        }
        tell("all is removed");
        removeAll(random);
        tell("nothing is shown");
        nothingIsLeft();
        tell("nothing is left");
        network.close();
    }

    private void tell(String line) {
        String timed = String.format(
                "%4d s  %s", Duration.ofNanos(System.nanoTime() - begun).toSeconds(), line);
        story.add(timed);
        System.out.println(timed);
    }

    /** As the command does, but with the network in between. */
    private void consume() throws Exception {
        JsonNode details = offering.call(
                        false,
                        "ApplicationOffers",
                        "GetConsumeDetails",
                        Map.of(
                                "offer-urls",
                                Map.of("offer-urls", List.of("admin/hall.mouth"), "bakery-version", 3),
                                "user-tag",
                                "user-admin"))
                .path("results")
                .path(0);
        ObjectNode arg = details.path("offer").deepCopy();
        arg.remove(List.of("users", "connections", "charm-url", "application-name"));
        arg.put("offer-url", "south:admin/hall.mouth");
        arg.put("application-alias", "mouth");
        arg.set("macaroon", details.path("macaroon"));
        ObjectNode external = details.path("external-controller").deepCopy();
        external.put("controller-alias", "south");
        external.putArray("addrs").add(network.address());
        arg.set("external-controller", external);
        JsonNode consumed = consumer.call(true, "Application", "Consume", Map.of("args", List.of(arg)));
        if (consumed.path("results").path(0).hasNonNull("error")) {
            throw new AssertionError(consumed.toString());
        }
    }

    private String event(Random random) {
        Side side = random.nextBoolean() ? consumer : offering;
        if (!side.isUp() && random.nextInt(2) == 0) {
            side.start();
            return side.controller + " starts";
        }
        switch (random.nextInt(12)) {
            case 0, 1 -> {
                network.cut();
                return "the network is cut";
            }
            case 2, 3 -> {
                network.breakAll();
                return "connections break";
            }
            case 4 -> {
                network.silence();
                return "the network swallows";
            }
            case 5, 6 -> {
                network.mend();
                return "the network is mended";
            }
            case 7, 8 -> {
                return side.killAgent() ? "an agent of " + side.controller + " is killed" : "no agent to kill";
            }
            case 9 -> {
                if (side.isUp()) {
                    side.stop();
                    return side.controller + " stops";
                }
            }
            default -> {
                if (side.isUp()) {
                    side.kill();
                    return side.controller + " is killed";
                }
            }
        }
        side.start();
        return side.controller + " starts";
    }

    /** What people do meanwhile, as far as it is taken. */
    private String operator(Random random) {
        Side side = random.nextBoolean() ? consumer : offering;
        int what = random.nextInt(6);
        if (!(what < 3 ? side : what == 3 ? consumer : offering).isUp()) {
            return "nobody is there";
        }
        return switch (what) {
            case 0, 1 -> side.addUnit();
            case 2 -> side.removeUnit(random);
            case 3 -> {
                related = false;
                yield Side.took(consumer.juju("remove-relation", "ear", "mouth"), "the relation is removed");
            }
            default -> {
                suspended = true;
                yield offering.suspend();
            }
        };
    }

    private void heal() {
        network.mend();
        for (Side side : List.of(consumer, offering)) {
            if (!side.isUp()) {
                side.start();
            }
        }
        tell("  healed");
        if (suspended) {
            suspended = false;
            tell("  " + offering.resume());
        }
        if (!related) {
            related = true;
            // The one that ends has the same name.
            Wait.until(
                    "both are related again",
                    CONVERGE,
                    () -> consumer.juju("integrate", "ear", "mouth").exit() == 0,
                    () -> consumer.juju("integrate", "ear", "mouth") + "\n" + consumer.juju("status", "--relations"));
            tell("  related again");
        }
    }

    /** Waits until both sides are equal, and stay so. */
    private void agree(String when) {
        String[] wrong = {"not looked"};
        int[] held = {0};
        Wait.until(
                when + ": both sides agree",
                CONVERGE,
                () -> {
                    wrong[0] = Agreement.wrong(consumer, offering);
                    held[0] = wrong[0] == null ? held[0] + 1 : 0;
                    return held[0] == 2;
                },
                () -> wrong[0]
                        + "\n" + consumer.juju("status", "--relations") + "\n" + offering.juju("status", "--relations")
                        + "\n" + NORTH.logTail(40) + "\n" + SOUTH.logTail(40));
        tell("  agreed");
    }

    private void removeAll(Random random) {
        if (random.nextBoolean()) {
            consumer.juju("remove-relation", "ear", "mouth").ok();
        }
        consumer.juju("remove-saas", "mouth").ok();
        offering.juju("remove-offer", "--force", "-y", "mouth").ok();
        Wait.until(
                "nothing is shown any more",
                CONVERGE,
                () -> consumer.status().path("application-endpoints").isEmpty()
                        && offering.json("offers").isEmpty()
                        && consumer.figure("isthmus_crossmodel_outbox") == 0
                        && consumer.figure("isthmus_crossmodel_external_controllers") == 0
                        && consumer.units().stream()
                                .allMatch(unit -> consumer.heard(unit).isEmpty())
                        && offering.units().stream()
                                .allMatch(unit -> offering.heard(unit).isEmpty()),
                () -> consumer.juju("status", "--relations") + "\n" + offering.juju("status", "--relations"));
    }

    /** In the stores themselves, once their containers are down. */
    private void nothingIsLeft() throws IOException {
        for (Side side : List.of(consumer, offering)) {
            side.stop();
            Path store = side.isthmus
                    .base()
                    .resolve("controllers")
                    .resolve(side.uuid())
                    .resolve("store");
            DerbyJournals journals = new DerbyJournals();
            try (Store opened = new JournaledStores().open(side.uuid(), store, false, journals)) {
                Snapshot own = opened.controller().snapshot();
                assertEquals(side.controller + " outbox", List.of(), List.copyOf(own.all(Kinds.OUTGOING)));
                for (String uuid : opened.models()) {
                    Documents model = opened.model(uuid).orElseThrow();
                    for (var kind : List.of(
                            Kinds.REMOTE_APPLICATION,
                            Kinds.REMOTE_RELATION,
                            Kinds.OFFER,
                            Kinds.OFFER_CONNECTION,
                            Kinds.OFFER_USER,
                            Kinds.OFFER_GRANT,
                            Kinds.RELATION,
                            Kinds.RELATION_UNIT,
                            Kinds.RELATION_APPLICATION)) {
                        assertEquals(
                                side.controller,
                                List.of(),
                                List.copyOf(model.snapshot().all(kind)));
                    }
                }
            } finally {
                journals.close();
            }
            side.start();
        }
    }
}
