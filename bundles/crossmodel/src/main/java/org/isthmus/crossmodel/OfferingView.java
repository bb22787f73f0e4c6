package org.isthmus.crossmodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.api.Refused;
import org.isthmus.model.Admission;
import org.isthmus.model.Application;
import org.isthmus.model.ApplicationStatus;
import org.isthmus.model.Kinds;
import org.isthmus.model.Offer;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationApplication;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.wire.crossmodel.CrossModelCalls.OfferStatus;
import org.isthmus.wire.crossmodel.CrossModelCalls.RelationChange;
import org.isthmus.wire.crossmodel.CrossModelCalls.UnitChange;
import org.isthmus.wire.crossmodel.CrossModelCalls.WireStatus;

/** What an offering model shows of itself to a consumer. */
final class OfferingView {
    /** Key, in what a watcher remembers, of the application's settings version. */
    private static final String APPLICATION = "application";

    private static final String HEAD = "head";
    /** Key of why the consumer's networks are not let in any more. */
    private static final String REFUSED = "refused";

    private OfferingView() {}

    /**
     * What changed for this relation since the watcher last told; null for nothing.
     *
     * @param told unit names to versions, updated here. Empty at first: then everything is told, and {@code whole} is true
     */
    static RelationChange change(Snapshot model, OfferConnection connection, Map<String, String> told) {
        boolean whole = told.isEmpty();
        Relation relation = model.get(Kinds.RELATION, Integer.toString(connection.relation()));
        Offer offer = model.get(Kinds.OFFER, connection.offer());
        boolean over = relation == null || relation.life() != Life.ALIVE || offer == null;
        boolean suspended = relation != null && relation.suspended();
        String head = over + "/" + suspended + "/" + (relation == null ? "" : relation.suspendedReason());
        Map<String, String> now = new TreeMap<>();
        now.put(HEAD, head);
        List<UnitChange> changed = new ArrayList<>();
        Map<String, String> application = null;
        if (!over && !suspended) {
            String offered = offeredApplication(relation, model);
            application = applicationSettings(model, relation, offered, told, now);
            unitChanges(model, relation, offered, told, now, changed);
            Refused refused = Admission.of(model).refusal(connection.ingress());
            if (refused != null) {
                now.put(REFUSED, refused.getMessage());
            }
        }
        List<Integer> departed = told.keySet().stream()
                .filter(name -> name.indexOf('/') > 0 && !now.containsKey(name))
                .map(Names::numberOf)
                .sorted()
                .toList();
        boolean nothing = now.equals(told);
        told.clear();
        told.putAll(now);
        if (nothing && !whole) {
            return null;
        }
        return new RelationChange(
                connection.token(),
                null,
                null,
                null,
                model.model().epoch(),
                connection.sequence(),
                over ? "dying" : "alive",
                false,
                suspended,
                suspended ? relation.suspendedReason() : null,
                null,
                application,
                changed,
                departed,
                whole,
                now.get(REFUSED),
                null);
    }

    private static String offeredApplication(Relation relation, Snapshot model) {
        for (Relation.Endpoint endpoint : relation.endpoints()) {
            if (model.has(Kinds.APPLICATION, endpoint.application())) {
                return endpoint.application();
            }
        }
        return "";
    }

    private static Map<String, String> applicationSettings(
            Snapshot model, Relation relation, String offered, Map<String, String> told, Map<String, String> now) {
        RelationApplication settings =
                model.get(Kinds.RELATION_APPLICATION, RelationApplication.idOf(relation.number(), offered));
        if (settings == null) {
            return null;
        }
        String version = Long.toString(settings.version());
        now.put(APPLICATION, version);
        return version.equals(told.get(APPLICATION)) ? null : settings.settings();
    }

    private static void unitChanges(
            Snapshot model,
            Relation relation,
            String offered,
            Map<String, String> told,
            Map<String, String> now,
            List<UnitChange> changed) {
        for (RelationUnit unit : model.by(Kinds.RELATION_UNITS_IN_SCOPE, relation.id())) {
            if (!Names.applicationOf(unit.unit()).equals(offered)) {
                continue;
            }
            String version = Long.toString(unit.version());
            now.put(unit.unit(), version);
            if (!version.equals(told.get(unit.unit()))) {
                changed.add(new UnitChange(Names.numberOf(unit.unit()), reachable(unit.settings())));
            }
        }
    }

    /** The private address of another model's unit is no use; the one to reach it by takes its place. */
    static Map<String, String> reachable(Map<String, String> settings) {
        String ingress = settings.get("ingress-address");
        if (ingress == null || ingress.isEmpty()) {
            return settings;
        }
        Map<String, String> shown = new TreeMap<>(settings);
        shown.put("private-address", ingress);
        return shown;
    }

    /** The offered application's status; `terminated` only where the offer is gone for certain. */
    static OfferStatus status(Snapshot model, String offerUuid) {
        Offer offer = model.get(Kinds.OFFER, offerUuid);
        Application application = offer == null ? null : model.get(Kinds.APPLICATION, offer.application());
        long epoch = model.model().epoch();
        if (offer == null) {
            return new OfferStatus(
                    offerUuid, null, epoch, new WireStatus("terminated", "offer has been removed", null, null));
        }
        if (application == null) {
            return new OfferStatus(
                    offerUuid,
                    offer.name(),
                    epoch,
                    new WireStatus("terminated", "application has been removed", null, null));
        }
        StatusValue status = ApplicationStatus.of(model, application);
        return new OfferStatus(
                offerUuid,
                offer.name(),
                epoch,
                new WireStatus(
                        status.status(),
                        status.message(),
                        status.data().isEmpty() ? null : status.data(),
                        status.since()));
    }
}
