package org.isthmus.facades;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.Annotation;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Errors.WireError;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.wire.Entities;
import org.isthmus.wire.ErrorResults;
import org.isthmus.wire.Listing;

/** Notes on things of a model, kept for graphical clients. */
@Facade(name = "Annotations", since = 2, until = 2)
final class AnnotationsFacade {

    /** An error is always an object here, empty where there is none, as clients read it. */
    record Found(String entity, Map<String, String> annotations, WireError error) {}

    record Change(String entity, Map<String, String> annotations) {}

    record Changes(List<Change> annotations) {
        Changes {
            annotations = annotations == null ? List.of() : annotations;
        }
    }

    private static void needThing(Snapshot model, Tag tag) {
        boolean there =
                switch (tag.kind()) {
                    case "model" ->
                        model.model() != null && model.model().uuid().equals(tag.id());
                    case "application" -> model.has(Kinds.APPLICATION, tag.id());
                    case "unit" -> model.has(Kinds.UNIT, tag.id());
                    case "machine" -> model.has(Kinds.MACHINE, tag.id());
                    case "charm" -> model.has(Kinds.CHARM, tag.id());
                    default -> false;
                };
        if (!there) {
            throw Problem.notFound(tag.kind(), tag.id());
        }
    }

    @Method(access = Access.MODEL_READ)
    public Listing<Found> get(Call call, Entities params) {
        Snapshot model = call.model().snapshot();
        return new Listing<>(params.entities().stream()
                .map(e -> {
                    try {
                        needThing(model, Tag.parse(e.tag()));
                        Annotation at = model.get(Kinds.ANNOTATION, e.tag());
                        return new Found(e.tag(), at == null ? Map.of() : new TreeMap<>(at.values()), null);
                    } catch (org.isthmus.api.Refused refused) {
                        return new Found(e.tag(), Map.of(), Items.error(refused));
                    }
                })
                .toList());
    }

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<ErrorResults> set(Call call, Changes params) {
        return Items.errors(call, params.annotations(), (each, change) -> {
            Tag tag = Tag.parse(change.entity());
            return call.controller()
                    .models()
                    .call(engine -> each.submit(tx -> {
                        needThing(tx.now(), tag);
                        engine.annotate(
                                tx, change.entity(), change.annotations() == null ? Map.of() : change.annotations());
                        return null;
                    }));
        });
    }
}
