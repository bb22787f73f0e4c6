package org.isthmus.provisioner;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.isthmus.api.Life;
import org.isthmus.model.Admission;
import org.isthmus.model.Kinds;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.Relation;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.Snapshot;

/**
 * Who dials an application here from another model, by one relation: what is dialled opens its ports to that, exposed or not.
 *
 * @param application that provides, here
 * @param endpoint of it
 */
record Crossing(String application, String endpoint, Set<String> networks) {
    /** Null where nobody dials by this relation. */
    static Crossing of(Snapshot model, String number) {
        Relation relation = model.get(Kinds.RELATION, number);
        if (relation == null || relation.life() != Life.ALIVE || relation.suspended() || relation.isPeer()) {
            return null;
        }
        for (Relation.Endpoint far : relation.endpoints()) {
            RemoteApplication remote = model.get(Kinds.REMOTE_APPLICATION, far.application());
            Relation.Endpoint here = relation.counterpartOf(far.application());
            if (remote != null && here.role().equals("provider")) {
                // A consumer published from where it dials; units of an offering side say so themselves.
                List<String> said =
                        remote.proxy() ? published(model, number) : Admission.said(model, number, remote.name());
                // What was let in once is let in no more when the setting is another.
                Set<String> networks = Set.copyOf(Admission.of(model).admitted(said));
                return networks.isEmpty() ? null : new Crossing(here.application(), here.name(), networks);
            }
        }
        return null;
    }

    private static List<String> published(Snapshot model, String number) {
        List<String> networks = new ArrayList<>();
        for (OfferConnection connection : model.by(Kinds.CONNECTIONS_BY_RELATION, number)) {
            networks.addAll(connection.ingress());
        }
        return networks;
    }
}
