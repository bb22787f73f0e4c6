package org.isthmus.application;

import java.time.Instant;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.charm.Charm;
import org.isthmus.model.Application;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;

/** The charms a model knows. */
final class Charms {
    private Charms() {}

    /** One that is asked for again waits for its deployment from then on. */
    static void add(Tx tx, CharmRecord charm) {
        CharmRecord known = tx.get(Kinds.CHARM, charm.url());
        if (known == null) {
            tx.put(Kinds.CHARM, charm);
        } else if (!known.sha256().equals(charm.sha256())) {
            throw Problem.refuse(Code.ALREADY_EXISTS, "charm \"%s\" already exists", charm.url());
        } else if (known.created().isBefore(charm.created())) {
            tx.put(Kinds.CHARM, known.withCreated(charm.created()));
        }
    }

    /** Above every revision given before, and every one that is there. */
    static int nextLocalRevision(Tx tx, String name) {
        long above = 0;
        for (CharmRecord charm : tx.now().by(Kinds.CHARMS_BY_NAME, name)) {
            if (charm.url().startsWith("local:")) {
                above = Math.max(above, charm.revision() + 1L);
            }
        }
        long revision = tx.next("charm-" + name);
        while (revision < above) {
            revision = tx.next("charm-" + name);
        }
        return Math.toIntExact(revision);
    }

    static Charm of(Snapshot model, Application application) {
        return model.need(Kinds.CHARM, application.charmUrl()).charm();
    }

    static void removeUnused(Tx tx, Instant before) {
        for (CharmRecord charm : tx.now().all(Kinds.CHARM)) {
            if (charm.created().isBefore(before)) {
                removeUnused(tx, charm.url());
            }
        }
    }

    /** The charm of an application that is gone, unless it was asked for since: that deployment is about to come. */
    static void removeWith(Tx tx, Application gone) {
        CharmRecord charm = tx.get(Kinds.CHARM, gone.charmUrl());
        if (charm != null && !charm.created().isAfter(gone.created())) {
            removeUnused(tx, charm.url());
        }
    }

    private static void removeUnused(Tx tx, String url) {
        if (tx.now().count(Kinds.APPLICATIONS_BY_CHARM, url) == 0) {
            tx.remove(Kinds.CHARM, url);
        }
    }
}
