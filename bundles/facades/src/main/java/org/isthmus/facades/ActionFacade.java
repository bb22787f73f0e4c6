package org.isthmus.facades;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.Application;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Errors.WireError;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.wire.CharmCalls;
import org.isthmus.wire.Entities;
import org.isthmus.wire.Listing;

/** What charms can do on demand. Actions are listed; running them is refused, and says so. */
@Facade(name = "Action", since = 7, until = 7)
final class ActionFacade {
    record ApplicationActions(String applicationTag, Map<String, CharmCalls.Action> actions, WireError error) {}

    record Operations(List<Object> results, boolean truncated) {}

    record Result(WireError error) {}

    @Method(access = Access.MODEL_READ)
    public Listing<ApplicationActions> applicationsCharmsActions(Call call, Entities params) {
        Snapshot model = call.model().snapshot();
        return new Listing<>(params.entities().stream()
                .map(e -> {
                    try {
                        Application application = model.need(Kinds.APPLICATION, Tag.idOf("application", e.tag()));
                        CharmRecord charm = model.need(Kinds.CHARM, application.charmUrl());
                        return new ApplicationActions(e.tag(), CharmsFacade.actions(charm.charm()), null);
                    } catch (org.isthmus.api.Refused refused) {
                        return new ApplicationActions(e.tag(), null, Items.error(refused));
                    }
                })
                .toList());
    }

    @Method(access = Access.MODEL_READ)
    public Operations listOperations(Call call, JsonNode params) {
        return new Operations(List.of(), false);
    }

    @Method(access = Access.MODEL_READ)
    public Operations operations(Call call, Entities params) {
        return new Operations(
                params.entities().stream()
                        .<Object>map(e -> new Result(Items.error(Problem.notFound("operation", e.tag()))))
                        .toList(),
                false);
    }

    @Method(access = Access.MODEL_READ)
    public Listing<Result> actions(Call call, Entities params) {
        return new Listing<>(params.entities().stream()
                .map(e -> new Result(Items.error(Problem.notFound("action", e.tag()))))
                .toList());
    }

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public Object enqueueOperation(Call call, JsonNode params) {
        throw Problem.refuse(Code.NOT_SUPPORTED, "running actions is not supported by this controller yet");
    }

    @Method(access = Access.MODEL_ADMIN, mutates = true)
    public Object run(Call call, JsonNode params) {
        throw Problem.refuse(Code.NOT_SUPPORTED, "running commands is not supported by this controller yet");
    }
}
