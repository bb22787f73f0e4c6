package org.isthmus.agentfacades;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.model.Application;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Unit;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.HttpRoute;

/** A unit fetches the archive of its application's charm. `{unit}` is the unit's tag. */
final class UnitCharmRoute implements HttpRoute {

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public String pattern() {
        return "/model/{model}/units/{unit}/charm";
    }

    @Override
    public Access access() {
        return Access.UNIT_AGENT;
    }

    @Override
    public CompletionStage<HttpAnswer> handle(Call call, HttpRequest request) throws IOException {
        String name = Callers.unit(call, request.path().get("unit"));
        Snapshot model = call.model().snapshot();
        Unit unit = model.need(Kinds.UNIT, name);
        Application application = model.need(Kinds.APPLICATION, unit.application());
        CharmRecord charm = model.need(Kinds.CHARM, application.charmUrl());
        return CompletableFuture.completedFuture(new HttpAnswer(
                200,
                "application/zip",
                Map.of(
                        "Content-Length", Long.toString(charm.size()),
                        "Juju-Curl", charm.url(),
                        "Isthmus-Sha256", charm.sha256()),
                call.controller().blobs().open(charm.sha256())));
    }
}
