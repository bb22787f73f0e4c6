package org.isthmus.crossmodel;

import java.util.Map;
import java.util.TreeMap;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.RemoteRelation;

/**
 * Where a relation is registered; it stands in the relation's record, which outlives the SAAS.
 *
 * @param controller null for the same one
 * @param confirmed the far side answered a registration: it knows the relation, or it is gone there
 * @param gone the far side said that it is gone
 */
record Target(String controller, String model, String offer, boolean confirmed, boolean gone) {
    private static final String WHERE = "target";
    private static final String CONFIRMED = "confirmed";
    private static final String GONE = "gone";
    private static final String SAME = "-";

    static Target of(RemoteApplication saas, boolean confirmed) {
        String controller = saas.sourceController();
        return new Target(
                controller == null || controller.isEmpty() ? null : controller,
                saas.sourceModel(),
                saas.offer(),
                confirmed,
                false);
    }

    /** Null where nothing was ever sent. */
    static Target of(RemoteRelation record) {
        String where = record.published().get(WHERE);
        if (where == null) {
            return null;
        }
        String[] words = where.split(" ", 3);
        return new Target(
                words[0].equals(SAME) ? null : words[0],
                words[1],
                words.length > 2 ? words[2] : "",
                record.published().containsKey(CONFIRMED),
                record.published().containsKey(GONE));
    }

    Target over() {
        return new Target(controller, model, offer, confirmed, true);
    }

    RemoteRelation in(RemoteRelation record) {
        Map<String, String> entries = new TreeMap<>();
        entries.put(WHERE, (controller == null ? SAME : controller) + " " + model + " " + offer);
        if (confirmed) {
            entries.put(CONFIRMED, "yes");
        }
        if (gone) {
            entries.put(GONE, "yes");
        }
        return record.withPublished(entries);
    }
}
