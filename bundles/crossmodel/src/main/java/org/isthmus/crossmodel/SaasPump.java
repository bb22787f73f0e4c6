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
import org.isthmus.model.Kinds;
import org.isthmus.model.Relation;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.StatusValue;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.wire.crossmodel.CrossModelCalls.WatchArg;
import org.isthmus.wire.crossmodel.CrossModelCalls.WatchArgs;

/** Keeps the status of one SAAS what the offered application's is. */
final class SaasPump extends Pump {
    private static final String WATCHER = "OfferStatusWatcher";

    /** Epoch of what this side finds out by itself. */
    private static final long OWN = -1;

    private final String saasName;
    private final Runnable onEnd;

    // What holds for the connection in use only.
    private volatile Peer session;
    private volatile String watcher;
    private volatile String watched;

    SaasPump(ControllerContext controller, Documents model, String saasName, Links links, Runnable onEnd) {
        super(controller, model, links);
        this.saasName = saasName;
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
            watched = null;
            return CompletableFuture.completedFuture(Outcome.IDLE);
        }
        Peer up = peer(saas.sourceController());
        if (up == null) {
            watched = null;
            String why = link().failure();
            return why == null
                    ? CompletableFuture.completedFuture(Outcome.IDLE)
                    : tell(
                            saas,
                            new StatusValue("error", "cannot connect to external controller: " + why, Instant.now()));
        }
        String subject = subject(saas);
        if (up == session && subject.equals(watched)) {
            return CompletableFuture.completedFuture(Outcome.IDLE);
        }
        return watch(up, saas, subject);
    }

    private static String subject(RemoteApplication saas) {
        return saas.sourceModel() + " " + saas.offer() + " " + saas.consumeVersion() + " " + saas.macaroon();
    }

    private CompletionStage<Outcome> watch(Peer up, RemoteApplication saas, String subject) {
        stop();
        session = up;
        WatchArg arg = new WatchArg(
                null,
                saas.offer(),
                "model-" + saas.sourceModel(),
                null,
                saas.epoch(),
                "model-" + model.id(),
                "controller-" + controller.uuid(),
                RelationPump.macaroons(saas.macaroon(), links.json()));
        return RelationPump.one(link().call(up, "CrossModelRelations", "WatchOfferStatus", new WatchArgs(List.of(arg))))
                .thenCompose(result -> {
                    String id = result.path("watcher-id").asText("");
                    watcher = id;
                    watched = subject;
                    return tell(saas, result.path("status")).thenApply(done -> {
                        if (!id.isEmpty()) {
                            follow(up, id, saas);
                        }
                        return done;
                    });
                })
                .exceptionallyCompose(failure -> {
                    watched = null;
                    Problem problem = Refused.of(failure);
                    if (problem == null) {
                        return CompletableFuture.failedFuture(failure);
                    }
                    String message = problem.code() == Code.UNAUTHORIZED ? Relation.REVOKED : problem.message();
                    return tell(saas, new StatusValue("error", message, Instant.now()))
                            .thenApply(done -> Outcome.RETRY);
                });
    }

    private void stop() {
        String id = watcher;
        Peer on = session;
        watcher = null;
        if (id != null && !id.isEmpty() && on != null && on.isOpen()) {
            on.call(WATCHER, id, "Stop", null);
        }
    }

    private boolean isCurrent(Peer on, String id) {
        return !isOver() && on == session && id.equals(watcher);
    }

    private void follow(Peer on, String id, RemoteApplication saas) {
        on.call(WATCHER, id, "Next", null).whenComplete((changes, failure) -> {
            if (!isCurrent(on, id)) {
                return;
            }
            if (failure != null) {
                watched = null;
                kick();
                return;
            }
            tell(saas, changes.path("changes").path(0)).whenComplete((done, problem) -> {
                if (problem == null) {
                    follow(on, id, saas);
                } else {
                    watched = null;
                    kick();
                }
            });
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

    private CompletionStage<Outcome> tell(RemoteApplication about, JsonNode said) {
        return tell(about, status(said.path("status")), said.path("epoch").asLong());
    }

    private CompletionStage<Outcome> tell(RemoteApplication about, StatusValue status) {
        return tell(about, status, OWN);
    }

    /** Of what was asked about, and of nothing that has taken its name since. */
    private CompletionStage<Outcome> tell(RemoteApplication about, StatusValue status, long epoch) {
        return local(controller
                .offers()
                .call(offers -> model.submit(tx -> {
                    RemoteApplication now = tx.get(Kinds.REMOTE_APPLICATION, saasName);
                    if (now != null && !now.proxy() && subject(now).equals(subject(about))) {
                        offers.setSaasStatus(tx, saasName, status, epoch == OWN ? now.epoch() : epoch);
                    }
                    return Outcome.IDLE;
                })));
    }
}
