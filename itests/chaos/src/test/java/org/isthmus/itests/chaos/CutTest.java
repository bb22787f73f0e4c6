package org.isthmus.itests.chaos;

import static org.junit.Assert.assertTrue;

import java.util.Random;
import org.isthmus.itests.harness.Result;
import org.junit.ClassRule;
import org.junit.Test;

/**
 * Two controllers in two processes share a relation, over a network that is cut, breaks and swallows; both are killed, stopped
 * and started, and so are their agents, while both sides change what they say. Again and again all is let come to rest, and both
 * sides must have the same data, every hook must have heard the last of it, and nothing may be there twice. At the end all is
 * removed and nothing may be left. Repeat with {@code -Disthmus.seed=N}; {@code -Disthmus.cuts=N} events.
 */
public class CutTest {
    /** How many events; the profile of `./isthmus chaos` says more. */
    private static final int EVENTS = Integer.getInteger("isthmus.cuts", 8);

    @ClassRule
    public static final TwoSides sides = new TwoSides();

    private boolean related = true;
    private boolean suspended;

    @Test
    public void bothSidesComeTogetherAgain() {
        long seed = Long.getLong("isthmus.seed", System.nanoTime());
        sides.play(EVENTS + " events, seed " + seed + " (-Disthmus.seed)", () -> {
            Random random = new Random(seed);
            sides.share();
            disturb(random);
            sides.tell("all is removed");
            if (random.nextBoolean()) {
                sides.consumer.juju("remove-relation", "ear", "mouth").ok();
            }
            sides.consumer.juju("remove-saas", "mouth").ok();
            sides.offering.juju("remove-offer", "--force", "-y", "mouth").ok();
            sides.nothingIsShown();
        });
    }

    private void disturb(Random random) {
        int since = 0;
        for (int event = 1; event <= EVENTS; event++) {
            for (Side side : sides.both()) {
                if (side.isUp() && random.nextInt(2) == 0) {
                    sides.tell("  " + side.say());
                }
            }
            if (random.nextInt(4) == 0) {
                sides.tell("  " + operator(random));
            }
            sides.tell(event + " " + event(random));
            if (++since >= 3 + random.nextInt(5) || event == EVENTS) {
                since = 0;
                sides.heal();
                undo();
                sides.agree("event " + event);
            }
        }
    }

    private static String event(Random random) {
        Side side = random.nextBoolean() ? sides.consumer : sides.offering;
        if (!side.isUp() && random.nextInt(2) == 0) {
            side.start();
            return side.controller + " starts";
        }
        switch (random.nextInt(12)) {
            case 0, 1 -> {
                sides.network().cut();
                return "the network is cut";
            }
            case 2, 3 -> {
                sides.network().breakAll();
                return "connections break";
            }
            case 4 -> {
                sides.network().silence();
                return "the network swallows";
            }
            case 5, 6 -> {
                sides.network().mend();
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
        Side side = random.nextBoolean() ? sides.consumer : sides.offering;
        int what = random.nextInt(6);
        if (!(what < 3 ? side : what == 3 ? sides.consumer : sides.offering).isUp()) {
            return "nobody is there";
        }
        return switch (what) {
            case 0, 1 -> side.addUnit();
            case 2 -> side.removeUnit(random);
            case 3 -> {
                Result removed = sides.consumer.juju("remove-relation", "ear", "mouth");
                related &= removed.exit() != 0;
                yield Side.took(removed, "the relation is removed");
            }
            default -> {
                suspended = true;
                yield sides.offering.suspend();
            }
        };
    }

    /** What people did that no time heals. */
    private void undo() {
        if (suspended) {
            suspended = false;
            sides.tell("  " + sides.offering.resume());
        }
        if (!related) {
            related = true;
            // The one that ends has the same name.
            sides.await(
                    "both are related again",
                    () -> sides.consumer.juju("integrate", "ear", "mouth").exit() == 0);
            sides.tell("  related again");
        }
    }

    /** Whoever removes is done with it at once; the other side, when it is back, has nothing left either. */
    @Test
    public void aDeadSideHoldsNothingUp() {
        sides.play("a dead side", () -> {
            sides.share();
            sides.shareWithAnotherModel("alley");
            sides.offering.kill();
            sides.tell("the offering side is dead");
            sides.consumer.juju("remove-relation", "ear", "mouth").ok();
            sides.await("its hooks ran", sides.consumer::hearsNothing);
            sides.consumer.juju("remove-saas", "mouth").ok();
            sides.await(
                    "the SAAS is gone",
                    () -> sides.consumer.status().path("application-endpoints").isEmpty());
            sides.consumer.juju("destroy-model", "--no-prompt", "alley").ok();
            sides.tell("the consumer is done");
            assertTrue(sides.consumer.figure("isthmus_crossmodel_outbox") > 0);
            sides.offering.start();
            sides.await(
                    "the offering side is clean",
                    () -> sides.offering.connections().isEmpty());
            sides.offering.juju("remove-offer", "-y", "mouth").ok();
            sides.await("what was owed is told", () -> sides.consumer.figure("isthmus_crossmodel_outbox") == 0);

            sides.share();
            sides.consumer.kill();
            sides.tell("the consumer is dead");
            sides.await(
                    "that is seen",
                    () -> sides.offering.juju("offers").ok().out().contains("joined, lost, last seen "));
            sides.offering.juju("remove-offer", "-y", "mouth").refused("has 1 relation");
            sides.offering.juju("remove-offer", "--force", "-y", "mouth").ok();
            sides.await("its hooks ran", sides.offering::hearsNothing);
            sides.tell("the offering side is done");
            sides.consumer.start();
            sides.await(
                    "the SAAS is terminated",
                    () -> sides.consumer.saasStatus().equals("terminated") && sides.consumer.hearsNothing());
            sides.consumer.juju("remove-saas", "mouth").ok();
            sides.nothingIsShown();
            sides.await(
                    "the other controller is forgotten",
                    () -> sides.consumer.figure("isthmus_crossmodel_external_controllers") == 0);
        });
    }
}
