package org.isthmus.provisioner;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.model.Kinds;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.Snapshot;

/**
 * Who dials an application here from another model, by one relation: what is dialled opens its ports to that, exposed or not.
 *
 * @param application that provides, here
 * @param endpoint of it
 */
record Crossing(String application, String endpoint, Set<String> networks) {
    /** What others say of their networks goes into rules only where it looks like one. */
    private static final Pattern NETWORK = Pattern.compile("[0-9a-fA-F.:]+/[0-9]{1,3}");

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
                Set<String> networks = remote.proxy() ? published(model, number) : ofUnits(model, number, remote);
                return networks.isEmpty() ? null : new Crossing(here.application(), here.name(), networks);
            }
        }
        return null;
    }

    /** The consumer dials: it published from where, and what the model does not admit was refused. */
    private static Set<String> published(Snapshot model, String number) {
        Set<String> networks = new HashSet<>();
        for (OfferConnection connection : model.by(Kinds.CONNECTIONS_BY_RELATION, number)) {
            networks.addAll(connection.ingress());
        }
        return Set.copyOf(networks);
    }

    /** The offering side dials: its units say from where. */
    private static Set<String> ofUnits(Snapshot model, String number, RemoteApplication remote) {
        Set<String> networks = new HashSet<>();
        for (RelationUnit unit : model.by(Kinds.RELATION_UNITS_IN_SCOPE, number)) {
            if (Names.applicationOf(unit.unit()).equals(remote.name())) {
                for (String network : List.of(
                        unit.settings().getOrDefault("egress-subnets", "").split(","))) {
                    if (NETWORK.matcher(network.trim()).matches()) {
                        networks.add(network.trim());
                    }
                }
            }
        }
        return Set.copyOf(networks);
    }
}
