package org.isthmus.relation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.charm.CharmRelation;
import org.isthmus.model.Application;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Kinds;
import org.isthmus.model.Relation;
import org.isthmus.model.Relation.Endpoint;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.RemoteApplication.RemoteEndpoint;
import org.isthmus.model.Snapshot;

/** What endpoints an application has, which of them relate, and what a relation of them is called. */
final class Endpoints {
    static final String PROVIDER = "provider";
    static final String REQUIRER = "requirer";
    static final String PEER = "peer";
    static final String CONTAINER = "container";

    /** Every application provides this one, whatever its charm says. */
    static final String JUJU_INFO = "juju-info";

    private Endpoints() {}

    /** By name, of an application of this model or of another one. */
    static Map<String, Endpoint> of(Snapshot model, String name) {
        RemoteApplication remote = model.get(Kinds.REMOTE_APPLICATION, name);
        if (remote == null || model.has(Kinds.APPLICATION, name)) {
            return of(model, model.need(Kinds.APPLICATION, name));
        }
        Map<String, Endpoint> all = new LinkedHashMap<>();
        for (RemoteEndpoint e : remote.endpoints()) {
            all.put(e.name(), new Endpoint(name, e.name(), e.role(), e.interfaceName(), "global", e.limit(), false));
        }
        return all;
    }

    /** By name; what the charm declares first, then the implicit one. */
    static Map<String, Endpoint> of(Snapshot model, Application application) {
        Map<String, Endpoint> all = new LinkedHashMap<>();
        CharmRecord charm = model.get(Kinds.CHARM, application.charmUrl());
        if (charm != null) {
            charm.charm().metadata().endpoints().forEach((name, relation) -> {
                all.put(name, declared(application.name(), name, relation));
            });
        }
        all.putIfAbsent(
                JUJU_INFO, new Endpoint(application.name(), JUJU_INFO, PROVIDER, JUJU_INFO, "global", 0, false));
        return all;
    }

    private static Endpoint declared(String application, String name, CharmRelation relation) {
        return new Endpoint(
                application,
                name,
                relation.role(),
                relation.interfaceName(),
                relation.scope() == null ? "global" : relation.scope(),
                relation.limit(),
                relation.optional());
    }

    static boolean isImplicit(Endpoint endpoint) {
        return endpoint.name().equals(JUJU_INFO) && endpoint.role().equals(PROVIDER);
    }

    /** Those that one word of an operator, `app` or `app:endpoint`, can mean. */
    static List<Endpoint> named(Snapshot model, String word) {
        int colon = word.indexOf(':');
        String name = colon < 0 ? word : word.substring(0, colon);
        Map<String, Endpoint> all = of(model, name);
        if (colon < 0) {
            return new ArrayList<>(all.values());
        }
        String endpoint = word.substring(colon + 1);
        if (endpoint.isEmpty()) {
            throw Problem.notValid("invalid endpoint \"%s\"", word);
        }
        Endpoint found = all.get(endpoint);
        if (found == null) {
            throw Problem.refuse(Code.NOT_FOUND, "application \"%s\" has no \"%s\" relation", name, endpoint);
        }
        return List.of(found);
    }

    static boolean relate(Endpoint a, Endpoint b) {
        return !a.application().equals(b.application())
                && a.interfaceName().equals(b.interfaceName())
                && (a.role().equals(PROVIDER) && b.role().equals(REQUIRER)
                        || a.role().equals(REQUIRER) && b.role().equals(PROVIDER));
    }

    static boolean isContainer(Endpoint a, Endpoint b) {
        return CONTAINER.equals(a.scope()) || CONTAINER.equals(b.scope());
    }

    /** In the order of a key: requirer, provider, peer. */
    static List<Endpoint> sorted(List<Endpoint> endpoints) {
        List<Endpoint> sorted = new ArrayList<>(endpoints);
        sorted.sort(java.util.Comparator.comparing(e -> switch (e.role()) {
            case REQUIRER -> 0;
            case PROVIDER -> 1;
            default -> 2;
        }));
        return sorted;
    }

    static String key(List<Endpoint> endpoints) {
        StringBuilder key = new StringBuilder();
        for (Endpoint endpoint : sorted(endpoints)) {
            key.append(key.isEmpty() ? "" : " ").append(endpoint);
        }
        return key.toString();
    }

    /**
     * Whether these words name this relation: each of two words an endpoint of its own; a peer relation is named by one word, or
     * by two for the same endpoint.
     */
    static boolean matches(Relation relation, List<String> words) {
        List<Endpoint> ends = relation.endpoints();
        if (relation.isPeer()) {
            return words.stream().allMatch(word -> names(word, ends.get(0)));
        }
        return words.size() == 2
                && (names(words.get(0), ends.get(0)) && names(words.get(1), ends.get(1))
                        || names(words.get(0), ends.get(1)) && names(words.get(1), ends.get(0)));
    }

    private static boolean names(String word, Endpoint endpoint) {
        return word.indexOf(':') < 0
                ? endpoint.application().equals(word)
                : endpoint.toString().equals(word);
    }
}
