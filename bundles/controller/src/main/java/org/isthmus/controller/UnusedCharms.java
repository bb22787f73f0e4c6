package org.isthmus.controller;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.store.Blobs;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Store;
import org.isthmus.spi.Plug;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back the room of charms that nobody uses: their records in each model, then the archives that no model refers to. The one
 * place that knows all models and the blobs.
 */
final class UnusedCharms implements Runnable {
    /** From the start to the first look: there is more to do then. */
    static final Duration FIRST = Duration.ofMinutes(10);

    static final Duration PERIOD = Duration.ofHours(1);

    /** How long a charm may wait for its deployment: clients upload first, and people think before they deploy. */
    static final Duration PATIENCE = Duration.ofDays(1);

    private static final Logger LOG = LoggerFactory.getLogger(UnusedCharms.class);

    private final Store store;
    private final Blobs blobs;
    private final Plug<ApplicationEngine> applications;
    private final InstantSource clock;

    UnusedCharms(Store store, Blobs blobs, Plug<ApplicationEngine> applications, InstantSource clock) {
        this.store = store;
        this.blobs = blobs;
        this.applications = applications;
        this.clock = clock;
    }

    @Override
    public void run() {
        try {
            // A model that cannot be read ends this: what it refers to is not known.
            Set<String> referenced = new HashSet<>();
            for (String uuid : store.models()) {
                Optional<Documents> model = store.model(uuid);
                if (model.isPresent()) {
                    // Before anything is forgotten: who has found a charm just now has until the next look to read its
                    // archive.
                    model.get().snapshot().all(Kinds.CHARM).forEach(charm -> referenced.add(charm.sha256()));
                    forget(model.get());
                }
            }
            long free = blobs.retain(referenced);
            if (free > 0) {
                LOG.info("Removed charm archives that no model refers to: {} bytes", free);
            }
        } catch (IOException | RuntimeException failure) {
            LOG.warn("Unused charms were not removed; tried again in {}", PERIOD, failure);
        }
    }

    /** What is forgotten now is collected at the next look. */
    private void forget(Documents model) {
        Instant before = clock.instant().minus(PATIENCE);
        if (model.snapshot().all(Kinds.CHARM).stream().anyMatch(charm -> isUnused(model.snapshot(), charm, before))) {
            applications
                    .call(engine -> model.submit(tx -> {
                        engine.removeUnusedCharms(tx, before);
                        return null;
                    }))
                    .whenComplete((done, failure) -> {
                        if (failure != null) {
                            LOG.warn("Unused charms were not removed from model {}", model.id(), failure);
                        }
                    });
        }
    }

    private static boolean isUnused(Snapshot now, CharmRecord charm, Instant before) {
        return charm.created().isBefore(before) && now.count(Kinds.APPLICATIONS_BY_CHARM, charm.url()) == 0;
    }
}
