package org.isthmus.application;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.fail;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.isthmus.api.Code;
import org.isthmus.api.Constraints;
import org.isthmus.api.Life;
import org.isthmus.api.Refused;
import org.isthmus.charm.Charm;
import org.isthmus.charm.CharmManifest;
import org.isthmus.charm.CharmMetadata;
import org.isthmus.charm.CharmOption;
import org.isthmus.charm.CharmRelation;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.ApplicationEngine.AddUnits;
import org.isthmus.model.engine.ApplicationEngine.Deploy;
import org.isthmus.model.engine.ApplicationEngine.Placement;

/** A model with two charms, and requests to it: all or nothing. */
final class Stage {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final String UUID = "6f1c0d3e-9a77-4f60-8a52-0123456789ab";

    final Applications engine = new Applications();
    Snapshot now = Snapshot.empty();

    Stage() {
        Tx tx = Tx.on(now);
        tx.put(
                Kinds.MODEL,
                new ModelRecord(
                        UUID,
                        "prod",
                        "admin",
                        "iaas",
                        "localhost",
                        "localhost",
                        null,
                        null,
                        Life.ALIVE,
                        0,
                        ModelRecord.Mode.ACTIVE,
                        false,
                        Map.of(),
                        Constraints.parse("mem=2G cores=1"),
                        "3.6.9",
                        NOW,
                        new StatusValue("available", "", NOW),
                        false,
                        null));
        engine.addCharm(tx, charm("mysql", false, "22.04/stable"));
        engine.addCharm(tx, charm("old", false, "20.04/stable"));
        engine.addCharm(tx, charm("logging", true, "22.04/stable"));
        now = now.applied(tx.changes());
    }

    static CharmRecord charm(String name, boolean subordinate, String channel) {
        CharmMetadata metadata = new CharmMetadata(
                name,
                "",
                "",
                subordinate,
                Map.of("db", new CharmRelation("db", "provider", "mysql", "global", 0, false)),
                subordinate
                        ? Map.of("info", new CharmRelation("info", "requirer", "juju-info", "container", 0, false))
                        : null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        Map<String, CharmOption> options = Map.of(
                "size", new CharmOption("size", "int", "", 3L),
                "rate", new CharmOption("rate", "float", "", null),
                "debug", new CharmOption("debug", "boolean", "", false),
                "title", new CharmOption("title", "string", "", "hello"));
        CharmManifest manifest =
                new CharmManifest(List.of(new CharmManifest.CharmBase("ubuntu", channel, List.of("amd64"))));
        return new CharmRecord(
                "local:" + name + "-0",
                name,
                0,
                "local",
                "sha-" + name,
                1,
                new Charm(metadata, options, null, manifest, 0, ""),
                NOW);
    }

    void does(Consumer<Tx> decision) {
        asks(tx -> {
            decision.accept(tx);
            return null;
        });
    }

    <R> R asks(Function<Tx, R> decision) {
        Tx tx = Tx.on(now);
        R answer = decision.apply(tx);
        now = now.applied(tx.changes());
        return answer;
    }

    void refuses(String message, Consumer<Tx> decision) {
        refuses(null, message, decision);
    }

    void refuses(Code code, String message, Consumer<Tx> decision) {
        try {
            decision.accept(Tx.on(now));
        } catch (Refused refused) {
            assertEquals(message, refused.getMessage());
            if (code != null) {
                assertEquals(code, refused.problem().code());
            }
            return;
        }
        fail("not refused: " + message);
    }

    static Deploy of(String name, String charm, int units) {
        return new Deploy(
                name,
                "local:" + charm + "-0",
                null,
                units,
                Map.of(),
                Constraints.NONE,
                List.of(),
                Map.of(),
                false,
                "token",
                NOW);
    }

    static Deploy with(Deploy d, Map<String, Object> config) {
        return new Deploy(d.name(), d.charmUrl(), null, d.units(), config, null, null, null, d.trust(), d.token(), NOW);
    }

    static AddUnits units(String application, int count, Placement... placement) {
        return new AddUnits(application, count, List.of(placement), NOW);
    }

    static StatusValue status(String word, String message) {
        return new StatusValue(word, message, NOW);
    }
}
