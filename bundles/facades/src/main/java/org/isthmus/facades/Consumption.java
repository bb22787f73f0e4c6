package org.isthmus.facades;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Life;
import org.isthmus.api.OfferUrl;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.Relation;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.RemoteApplication.RemoteEndpoint;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.OfferEngine;
import org.isthmus.model.engine.RelationEngine;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Json;
import org.isthmus.wire.ErrorResults;
import org.isthmus.wire.OfferCalls;
import org.isthmus.wire.OfferCalls.ConsumeArg;
import org.isthmus.wire.OfferCalls.DestroyConsumedItem;
import org.isthmus.wire.OfferCalls.SuspendArg;

/** The part of Application that consumes offers, and that suspends relations with consumers. */
final class Consumption {
    private final ObjectMapper json = Json.newMapper();

    CompletionStage<ErrorResults> consume(Call call, List<ConsumeArg> args) {
        Features.needCrossModel(call);
        // Its last step, which may be done again, comes after what is remembered: no item is over before it is through.
        return Items.<ConsumeArg, Void, ErrorResults.ErrorResult>each(
                        call,
                        args == null ? List.of() : args,
                        this::consume,
                        (done, error) -> new ErrorResults.ErrorResult(error))
                .thenApply(ErrorResults::new);
    }

    private CompletionStage<Void> consume(Call call, ConsumeArg item) {
        OfferUrl url = OfferUrl.parse(item.offerUrl());
        OfferCalls.ExternalController external = item.externalController();
        String source = external == null ? null : Tag.idOf("controller", external.controllerTag());
        boolean other = source != null && !source.equals(call.controller().uuid());
        if (other && (external.addrs() == null || external.addrs().isEmpty())) {
            throw Problem.notValid("controller \"%s\" has no addresses", external.controllerAlias());
        }
        String name = Wires.empty(item.applicationAlias()) == null ? item.offerName() : item.applicationAlias();
        OfferUrl stored = other
                ? url.withController(url.controller() == null ? external.controllerAlias() : url.controller())
                : url.withController(null);
        OfferEngine.Consume consume = new OfferEngine.Consume(
                name,
                item.offerUuid(),
                stored.withoutEndpoint().toString(),
                other ? source : null,
                Tag.idOf("model", item.sourceModelTag()),
                endpoints(item),
                call.caller().user(),
                item.macaroon() == null ? null : item.macaroon().toString(),
                call.now());
        Way way = new Way(other ? external : null, source);
        return call.controller()
                .offers()
                .call(offers -> call.controller().relations().call(relations -> way.found(call, offers)
                        .thenCompose(known -> call.submit(tx -> {
                            endTerminated(tx, relations, name, call);
                            offers.consume(tx, consume);
                            return null;
                        }))
                        .thenCompose(consumed -> way.taken(call, offers))));
    }

    /** What takes the name of a SAAS whose offer is gone has no part in its relations. */
    private static void endTerminated(Tx tx, RelationEngine relations, String name, Call call) {
        RemoteApplication existing = tx.get(Kinds.REMOTE_APPLICATION, name);
        if (existing == null || existing.proxy() || !existing.status().status().equals("terminated")) {
            return;
        }
        for (Relation relation : tx.now().listBy(Kinds.RELATIONS_BY_APPLICATION, name)) {
            if (relation.life() == Life.ALIVE) {
                relations.destroyRelation(tx, relation.number(), Force.NONE, call.now());
            }
        }
    }

    private static List<RemoteEndpoint> endpoints(ConsumeArg item) {
        return item.endpoints() == null
                ? List.of()
                : item.endpoints().stream()
                        .map(e -> new RemoteEndpoint(e.name(), e.role(), e.interfaceName(), e.limit()))
                        .toList();
    }

    CompletionStage<ErrorResults> destroy(Call call, List<DestroyConsumedItem> items) {
        return Items.errors(call, items == null ? List.of() : items, Consumption::destroy);
    }

    private static CompletionStage<Void> destroy(Call call, DestroyConsumedItem item) {
        String name = Tag.idOf("application", item.applicationTag());
        Force force = Wires.force(Boolean.TRUE.equals(item.force()), item.maxWait(), call);
        return call.controller().offers().call(offers -> call.controller()
                .relations()
                .call(relations -> call.submit(tx -> {
                    if (!tx.now().has(Kinds.REMOTE_APPLICATION, name)) {
                        throw Problem.refuse(Code.NOT_FOUND, "saas application \"%s\" not found", name);
                    }
                    for (Relation relation : tx.now().listBy(Kinds.RELATIONS_BY_APPLICATION, name)) {
                        relations.destroyRelation(tx, relation.number(), force, call.now());
                    }
                    offers.destroySaas(tx, name, force, call.now());
                    return null;
                })));
    }

    CompletionStage<ErrorResults> suspend(Call call, List<SuspendArg> args) {
        return Items.errors(call, args == null ? List.of() : args, Consumption::suspend);
    }

    private static CompletionStage<Void> suspend(Call call, SuspendArg item) {
        return call.controller().access().call(access -> call.controller()
                .relations()
                .call(relations -> call.submit(tx -> {
                    suspend(tx, item, relations, access, call);
                    return null;
                })));
    }

    private static void suspend(Tx tx, SuspendArg item, RelationEngine relations, AccessEngine access, Call call) {
        String number = Integer.toString(item.relationId());
        Relation relation = tx.get(Kinds.RELATION, number);
        if (relation == null) {
            throw Problem.refuse(Code.NOT_FOUND, "relation %s not found", number);
        }
        OfferConnection connection = tx.now().by(Kinds.CONNECTIONS_BY_RELATION, number).stream()
                .findFirst()
                .orElse(null);
        if (connection == null) {
            throw Problem.refuse(
                    Code.NONE,
                    "cannot set suspend status for \"%s\" which is not associated with an offer",
                    relation.key());
        }
        if (!item.suspended()
                && !new OfferFinder(call, access, connection.user()).may(tx.now(), connection.offer(), "consume")) {
            throw Problem.denied();
        }
        relations.setSuspended(tx, item.relationId(), item.suspended(), item.message(), "admin", call.now());
    }
}
