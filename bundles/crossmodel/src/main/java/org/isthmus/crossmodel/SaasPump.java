package org.isthmus.crossmodel;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.client.ApiConnection;
import org.isthmus.model.Kinds;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.StatusValue;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.wire.crossmodel.CrossModelCalls.WatchArg;
import org.isthmus.wire.crossmodel.CrossModelCalls.WatchArgs;

/** Keeps the status of one SAAS what the offered application's is. */
final class SaasPump extends Pump {
    private final ControllerContext controller;
    private final Documents model;
    private final String saasName;
    private final Links links;
    private final Runnable onEnd;

    private ApiConnection session;
    private String watched;

    SaasPump(ControllerContext controller, Documents model, String saasName, Links links, Runnable onEnd) {
        super(links.threads());
        this.controller = controller;
        this.model = model;
        this.saasName = saasName;
        this.links = links;
        this.onEnd = onEnd;
    }

    @Override
    String name() {
        return "SAAS " + saasName + " of model " + model.id();
    }

    @Override
    void ended() {
        onEnd.run();
    }

    @Override
    CompletionStage<Outcome> step() {
        RemoteApplication saas = model.snapshot().get(Kinds.REMOTE_APPLICATION, saasName);
        if (saas == null || saas.proxy()) {
            return CompletableFuture.completedFuture(Outcome.OVER);
        }
        if (saas.status().status().equals("terminated")) {
            return CompletableFuture.completedFuture(Outcome.IDLE);
        }
        Link link = links.to(controller, saas.sourceController());
        ApiConnection up = link.connection(kicker());
        if (up == null) {
            String why = link.failure();
            return why == null
                    ? CompletableFuture.completedFuture(Outcome.IDLE)
                    : tell(new StatusValue("error", "cannot connect to external controller: " + why, Instant.now()));
        }
        String subject = saas.offer() + saas.macaroon();
        if (up == session && subject.equals(watched)) {
            return CompletableFuture.completedFuture(Outcome.IDLE);
        }
        return watch(up, saas, subject);
    }

    private CompletionStage<Outcome> watch(ApiConnection up, RemoteApplication saas, String subject) {
        WatchArg arg = new WatchArg(
                null,
                saas.offer(),
                "model-" + saas.sourceModel(),
                null,
                0,
                "model-" + model.id(),
                "controller-" + controller.uuid(),
                RelationPump.macaroons(saas.macaroon(), links.json()));
        return RelationPump.one(
                        up.call("CrossModelRelations", "WatchOfferStatus", new WatchArgs(List.of(arg))), "results")
                .thenCompose(result -> {
                    session = up;
                    watched = subject;
                    String watcher = result.path("watcher-id").asText("");
                    if (!watcher.isEmpty()) {
                        follow(up, watcher);
                    }
                    return tell(status(result.path("status")));
                })
                .exceptionallyCompose(failure -> {
                    Problem problem = Refused.of(failure);
                    if (problem == null) {
                        return CompletableFuture.completedFuture(Outcome.RETRY);
                    }
                    String message =
                            problem.code() == Code.UNAUTHORIZED ? "offer permission revoked" : problem.message();
                    return tell(new StatusValue("error", message, Instant.now()))
                            .thenApply(done -> Outcome.RETRY);
                });
    }

    private void follow(ApiConnection on, String watcher) {
        on.call("OfferStatusWatcher", 1, watcher, "Next", null).whenComplete((changes, failure) -> {
            if (on != session) {
                return;
            }
            if (failure != null) {
                session = null;
                kick();
                return;
            }
            tell(status(changes.path("changes").path(0).path("status")))
                    .whenComplete((done, problem) -> follow(on, watcher));
        });
    }

    private static StatusValue status(JsonNode node) {
        String since = node.path("since").asText("");
        return new StatusValue(
                node.path("status").asText("unknown"),
                node.path("info").asText(""),
                Map.of(),
                since.isEmpty() ? Instant.now() : Instant.parse(since));
    }

    private CompletionStage<Outcome> tell(StatusValue status) {
        return controller
                .offers()
                .call(offers -> model.submit(tx -> {
                    offers.setSaasStatus(tx, saasName, status);
                    return Outcome.IDLE;
                }));
    }
}
