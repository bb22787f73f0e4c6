package org.isthmus.lifecycle;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Stream;
import org.isthmus.api.Life;
import org.isthmus.model.Application;
import org.isthmus.model.Force;
import org.isthmus.model.Forceable;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Offer;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.engine.OfferEngine;
import org.isthmus.model.engine.RelationEngine;

/** Lets everything that ends in one model take all the steps it can take now. */
final class Settlement {
    /** Who decides; {@code offers} and {@code access} are null for a model that shares nothing. */
    record Engines(RelationEngine relations, ApplicationEngine applications, OfferEngine offers, AccessEngine access) {}

    private Settlement() {}

    /** Whether there is anything to do; costs the same for a model of any size. */
    static boolean isDue(Snapshot model) {
        ModelRecord record = model.model();
        return record != null
                && record.mode() == ModelRecord.Mode.ACTIVE
                && (record.life() != Life.ALIVE
                        || model.count(Kinds.UNITS_ENDING, Kinds.ENDING) > 0
                        || model.count(Kinds.APPLICATIONS_ENDING, Kinds.ENDING) > 0
                        || model.count(Kinds.RELATIONS_ENDING, Kinds.ENDING) > 0
                        || model.count(Kinds.MACHINES_ENDING, Kinds.ENDING) > 0
                        || model.count(Kinds.REMOTE_APPLICATIONS_ENDING, Kinds.ENDING) > 0);
    }

    /** Whether a decision here needs the offer registry: a model without offers and SAAS never waits for it. */
    static boolean needsOffers(Snapshot model) {
        return model.count(Kinds.OFFER) + model.count(Kinds.REMOTE_APPLICATION) + model.count(Kinds.OFFER_CONNECTION)
                > 0;
    }

    /** One engine's step may let the other take one; ends because life only moves forward. True: the model is an empty shell. */
    static boolean settle(Tx tx, Engines engines, Instant now) {
        RelationEngine relations = engines.relations();
        ApplicationEngine applications = engines.applications();
        OfferEngine offers = engines.offers();
        Snapshot before;
        do {
            before = tx.now();
            if (offers != null) {
                endShared(tx, relations, offers, engines.access(), now);
            }
            relations.settle(tx, now);
            applications.settle(tx, now);
            if (offers != null) {
                offers.settle(tx, now);
            }
        } while (tx.now() != before);
        return isEmptyShell(tx.now());
    }

    /** A dying model withdraws what it offers, by force, and lets go of what it consumes; a dying application its offers. */
    private static void endShared(
            Tx tx, RelationEngine relations, OfferEngine offers, AccessEngine access, Instant now) {
        for (Application application : tx.now().listBy(Kinds.APPLICATIONS_ENDING, Kinds.ENDING)) {
            for (Offer offer : tx.now().listBy(Kinds.OFFERS_BY_APPLICATION, application.name())) {
                withdraw(tx, relations, offers, access, offer, application.force(), now);
            }
        }
        ModelRecord record = tx.now().model();
        if (record.life() == Life.ALIVE) {
            return;
        }
        for (Offer offer : new ArrayList<>(tx.now().all(Kinds.OFFER))) {
            withdraw(tx, relations, offers, access, offer, record.force(), now);
        }
        for (RemoteApplication remote : new ArrayList<>(tx.now().all(Kinds.REMOTE_APPLICATION))) {
            Force force = remote.force().or(record.force());
            if (!remote.proxy() && (remote.life() == Life.ALIVE || !force.equals(remote.force()))) {
                offers.destroySaas(tx, remote.name(), force, now);
            }
        }
    }

    private static void withdraw(
            Tx tx,
            RelationEngine relations,
            OfferEngine offers,
            AccessEngine access,
            Offer offer,
            Force force,
            Instant now) {
        for (int relation : offers.removeOffer(tx, offer.uuid(), true, now)) {
            if (tx.now().has(Kinds.RELATION, Integer.toString(relation))) {
                relations.destroyRelation(tx, relation, force, now);
            }
        }
        access.forgetOffer(tx, offer.uuid());
    }

    /** How long until something that ends is forced on; null: nothing waits for its time. */
    static Duration untilForced(Snapshot model, Instant now) {
        return Stream.of(
                        model.by(Kinds.UNITS_ENDING, Kinds.ENDING),
                        model.by(Kinds.RELATIONS_ENDING, Kinds.ENDING),
                        model.by(Kinds.MACHINES_ENDING, Kinds.ENDING))
                .<Forceable>flatMap(Collection::stream)
                .map(Forceable::force)
                .filter(force -> force.isAsked() && !force.isDue(now))
                .map(Force::at)
                .min(Comparator.naturalOrder())
                .map(at -> Duration.between(now, at))
                .orElse(null);
    }

    static boolean isEmptyShell(Snapshot model) {
        ModelRecord record = model.model();
        return record != null
                && record.life() != Life.ALIVE
                && model.count(Kinds.APPLICATION) == 0
                && model.count(Kinds.UNIT) == 0
                && model.count(Kinds.RELATION) == 0
                && model.count(Kinds.MACHINE) == 0
                && model.count(Kinds.REMOTE_APPLICATION) == 0
                // Gone only when the controller's outbox holds what the far side must still hear.
                && model.count(Kinds.REMOTE_RELATION) == 0;
    }
}
