package org.isthmus.relation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.Application;
import org.isthmus.model.Kinds;
import org.isthmus.model.Relation;
import org.isthmus.model.Relation.Endpoint;
import org.isthmus.model.Snapshot;

/** Which relation an operator means by two words (reference: §4.1). */
final class Inference {
    private Inference() {}

    /** The one pair of endpoints that these words can mean; an implicit endpoint only where nothing else fits. */
    static List<Endpoint> pair(Snapshot model, List<String> words) {
        if (words.size() != 2) {
            throw Problem.notValid("cannot relate %d endpoints", words.size());
        }
        List<List<Endpoint>> candidates = new ArrayList<>();
        List<Endpoint> seconds = Endpoints.named(model, words.get(1));
        for (Endpoint first : Endpoints.named(model, words.get(0))) {
            for (Endpoint second : seconds) {
                if (Endpoints.relate(first, second) && containerFits(model, first, second)) {
                    candidates.add(List.of(first, second));
                }
            }
        }
        if (candidates.isEmpty()) {
            throw Problem.refuse(Code.NONE, "no relations found");
        }
        if (candidates.size() == 1) {
            return candidates.get(0);
        }
        List<List<Endpoint>> explicit = candidates.stream()
                .filter(pair -> pair.stream().noneMatch(Endpoints::isImplicit))
                .toList();
        if (explicit.size() == 1) {
            return explicit.get(0);
        }
        throw ambiguous(words, candidates.stream().map(Endpoints::key).toList());
    }

    /** An existing relation by one or two words. */
    static Relation existing(Snapshot model, List<String> words) {
        if (words.isEmpty() || words.size() > 2) {
            throw Problem.notValid("cannot relate %d endpoints", words.size());
        }
        for (String word : words) {
            int colon = word.indexOf(':');
            String name = colon < 0 ? word : word.substring(0, colon);
            if (!isRemote(model, name)) {
                model.need(Kinds.APPLICATION, name);
            }
        }
        String first = words.get(0);
        int colon = first.indexOf(':');
        List<Relation> found = new ArrayList<>();
        for (Relation relation :
                model.by(Kinds.RELATIONS_BY_APPLICATION, colon < 0 ? first : first.substring(0, colon))) {
            if (Endpoints.matches(relation, words)) {
                found.add(relation);
            }
        }
        if (found.isEmpty()) {
            throw Problem.notFound("relation", String.join(" ", words));
        }
        if (found.size() == 1) {
            return found.get(0);
        }
        List<Relation> explicit = found.stream()
                .filter(relation -> relation.endpoints().stream().noneMatch(Endpoints::isImplicit))
                .toList();
        if (explicit.size() == 1) {
            return explicit.get(0);
        }
        throw ambiguous(words, found.stream().map(Relation::key).toList());
    }

    private static RuntimeException ambiguous(List<String> words, List<String> keys) {
        return Problem.refuse(
                Code.NONE,
                "ambiguous relation: \"%s\" could refer to %s",
                String.join(" ", words),
                keys.stream().sorted().map(key -> "\"" + key + "\"").collect(Collectors.joining("; ")));
    }

    /** A relation within a machine makes sense only if one side lives beside the other. */
    private static boolean containerFits(Snapshot model, Endpoint first, Endpoint second) {
        return !Endpoints.isContainer(first, second)
                || isRemote(model, first.application())
                || isRemote(model, second.application())
                || isSubordinate(model, first.application())
                || isSubordinate(model, second.application());
    }

    /** An application of another model: a SAAS, or a consumer's stand-in. */
    static boolean isRemote(Snapshot model, String name) {
        return !model.has(Kinds.APPLICATION, name) && model.has(Kinds.REMOTE_APPLICATION, name);
    }

    static boolean isSubordinate(Snapshot model, String name) {
        Application application = model.get(Kinds.APPLICATION, name);
        return application != null && application.subordinate();
    }
}
