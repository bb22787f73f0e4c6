package org.isthmus.controller;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.isthmus.api.Tag;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Unit;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.ControllerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Presence is rebuilt as agents and consumers come back. Those that have not come a while after the start are noted as away: they died while
 * the controller was down, and status must say so.
 */
final class AbsentAgents implements Runnable {
    /** How long agents have to come back: as long as their slowest try. */
    static final int GRACE_SECONDS = 60;

    private static final Logger LOG = LoggerFactory.getLogger(AbsentAgents.class);

    private final ControllerContext controller;

    AbsentAgents(ControllerContext controller) {
        this.controller = controller;
    }

    @Override
    public void run() {
        for (String uuid : controller.store().models()) {
            controller.store().model(uuid).ifPresent(this::note);
        }
    }

    private void note(Documents model) {
        if (!absentConsumers(model.snapshot()).isEmpty()) {
            consumers(model);
        }
        if (!absent(model.snapshot()).isEmpty()) {
            agents(model);
        }
    }

    private void consumers(Documents model) {
        controller
                .offers()
                .call(offers -> model.submit(tx -> {
                    absentConsumers(tx.now()).forEach(token -> offers.present(tx, token, false, Instant.now()));
                    return null;
                }))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.warn("Absent consumers were not noted in {}", model.id(), failure);
                    }
                });
    }

    /** Tokens of relations that other models have with offers here and that nobody has followed since. */
    private static List<String> absentConsumers(Snapshot now) {
        return now.all(Kinds.OFFER_CONNECTION).stream()
                .map(OfferConnection::token)
                .filter(token -> !now.has(Kinds.CONSUMER_PRESENCE, token))
                .toList();
    }

    private void agents(Documents model) {
        controller
                .access()
                .call(access -> model.submit(tx -> {
                    List<String> absent = absent(tx.now());
                    absent.forEach(tag -> access.present(tx, tag, false, Instant.now()));
                    return absent;
                }))
                .whenComplete((absent, failure) -> {
                    // On the store's own thread, which is signed with the controller.
                    try (MDC.MDCCloseable of = MDC.putCloseable("model", model.id())) {
                        told(model, absent, failure);
                    }
                });
    }

    private static void told(Documents model, List<String> absent, Throwable failure) {
        if (failure == null) {
            LOG.warn("Not back after {} s: {}", GRACE_SECONDS, String.join(", ", absent));
        } else {
            LOG.warn("Absent agents were not noted in {}", model.id(), failure);
        }
    }

    /** Tags of agents that had started and were not seen since. */
    private static List<String> absent(Snapshot now) {
        List<String> absent = new ArrayList<>();
        for (Machine machine : now.all(Kinds.MACHINE)) {
            boolean started = machine.agentStatus() != null
                    && machine.agentStatus().status().equals("started");
            if (started && !machine.controller()) {
                add(now, Tag.machine(machine.id()).toString(), absent);
            }
        }
        for (Unit unit : now.all(Kinds.UNIT)) {
            boolean started =
                    unit.agentStatus() != null && !unit.agentStatus().status().equals("allocating");
            if (started) {
                add(now, Tag.unit(unit.name()).toString(), absent);
            }
        }
        return absent;
    }

    private static void add(Snapshot now, String tag, List<String> absent) {
        if (!now.has(Kinds.PRESENCE, tag)) {
            absent.add(tag);
        }
    }
}
