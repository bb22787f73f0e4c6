package org.isthmus.itests.chaos;

import static org.junit.Assert.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.isthmus.itests.harness.Distribution;
import org.isthmus.itests.harness.Wait;
import org.isthmus.model.Kind;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Store;
import org.isthmus.state.JournaledStores;
import org.isthmus.store.derby.DerbyJournals;
import org.junit.rules.ExternalResource;
import org.junit.rules.RuleChain;
import org.junit.rules.TestRule;
import org.junit.runner.Description;
import org.junit.runners.model.Statement;

/** Two controllers in two processes with a network in between: a rule. What the models share is made and removed by tests. */
final class TwoSides implements TestRule {
    /** Redialling waits up to a minute after long silence, and a hook needs its time. */
    static final Duration CONVERGE = Duration.ofSeconds(150);

    private static final List<Kind<?>> SHARED = List.of(
            Kinds.REMOTE_APPLICATION,
            Kinds.REMOTE_RELATION,
            Kinds.OFFER,
            Kinds.OFFER_CONNECTION,
            Kinds.OFFER_USER,
            Kinds.OFFER_GRANT,
            Kinds.RELATION,
            Kinds.RELATION_UNIT,
            Kinds.RELATION_APPLICATION);

    final Side consumer = new Side(new Distribution("cut-north"), "north", "street", "ear");
    final Side offering = new Side(new Distribution("cut-south"), "south", "hall", "mouth");
    private TcpRelay network;
    private boolean failed;
    private final List<String> story = new ArrayList<>();
    private long begun;

    @Override
    public Statement apply(Statement tests, Description description) {
        ExternalResource prepared = new ExternalResource() {
            @Override
            protected void before() throws Throwable {
                offering.prepare("provides");
                consumer.prepare("requires");
                network = new TcpRelay(offering.api());
            }

            @Override
            protected void after() {
                network.close();
                if (!failed) {
                    nothingIsStored();
                }
            }
        };
        return RuleChain.outerRule(offering.isthmus)
                .around(consumer.isthmus)
                .around(prepared)
                .apply(tests, description);
    }

    TcpRelay network() {
        return network;
    }

    List<Side> both() {
        return List.of(consumer, offering);
    }

    /** What a test does, told as it goes; when it fails, the story is shown and the folders stay. */
    interface Play {
        void go() throws Exception;
    }

    void play(String title, Play play) {
        story.clear();
        begun = System.nanoTime();
        System.out.println(title);
        try {
            play.go();
        } catch (Exception | AssertionError failure) {
            failed = true;
            both().forEach(side -> side.isthmus.keep());
            throw new AssertionError(title + "\n" + String.join("\n", story), failure);
        }
    }

    void tell(String line) {
        String timed = String.format(
                "%4d s  %s", Duration.ofNanos(System.nanoTime() - begun).toSeconds(), line);
        story.add(timed);
        System.out.println(timed);
    }

    void await(String what, java.util.concurrent.Callable<Boolean> condition) {
        Wait.until(what, CONVERGE, condition, this::shown);
    }

    /** Offers, consumes through the network and relates. */
    void share() throws Exception {
        offering.juju("offer", "mouth:talk").ok();
        consume(consumer.model);
        consumer.juju("integrate", "ear", "mouth").ok();
        agree("at first");
        assertEquals(1, consumer.figure("isthmus_crossmodel_external_controllers"));
    }

    /** With an application without units, beside the one that talks. */
    void shareWithAnotherModel(String model) throws Exception {
        consumer.addModel(model, "quiet");
        consume(model);
        consumer.juju("integrate", "-m", model, "quiet:talk", "mouth").ok();
        await("two models use the offer", () -> offering.connections().size() == 2);
    }

    /** As the command does, but with the network in between. */
    private void consume(String model) throws Exception {
        JsonNode details = offering.call(
                        null,
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
        JsonNode consumed = consumer.call(model, "Application", "Consume", Map.of("args", List.of(arg)));
        if (consumed.path("results").path(0).hasNonNull("error")) {
            throw new AssertionError(consumed.toString());
        }
    }

    void heal() {
        network.mend();
        for (Side side : both()) {
            if (!side.isUp()) {
                side.start();
            }
        }
        tell("  healed");
    }

    /** Waits until both sides are equal, and stay so. */
    void agree(String when) {
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
                () -> wrong[0] + "\n" + shown());
        tell("  agreed");
    }

    private String shown() {
        StringBuilder shown = new StringBuilder();
        for (Side side : both()) {
            shown.append(side.juju("status", "--relations")).append('\n');
            shown.append(side.juju("offers")).append('\n');
            shown.append(side.isthmus.logTail(40)).append('\n');
        }
        return shown.toString();
    }

    void nothingIsShown() {
        await(
                "nothing is shown any more",
                () -> consumer.status().path("application-endpoints").isEmpty()
                        && offering.json("offers").isEmpty()
                        && consumer.figure("isthmus_crossmodel_outbox") == 0
                        && both().stream().allMatch(Side::hearsNothing));
        tell("nothing is shown");
    }

    /** In the stores themselves, once their containers are down. */
    private void nothingIsStored() {
        for (Side side : both()) {
            side.stop();
            DerbyJournals journals = new DerbyJournals();
            try (Store opened = new JournaledStores().open(side.uuid(), side.store(), false, journals)) {
                Snapshot own = opened.controller().snapshot();
                assertEquals(side.controller + " outbox", List.of(), List.copyOf(own.all(Kinds.OUTGOING)));
                for (String uuid : opened.models()) {
                    Documents model = opened.model(uuid).orElseThrow();
                    for (Kind<?> kind : SHARED) {
                        assertEquals(
                                side.controller,
                                List.of(),
                                List.copyOf(model.snapshot().all(kind)));
                    }
                }
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            } finally {
                journals.close();
            }
            side.start();
        }
    }
}
