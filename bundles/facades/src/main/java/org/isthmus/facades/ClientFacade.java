package org.isthmus.facades;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.StatusValue;
import org.isthmus.model.store.Logs;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.rpc.Telling;
import org.isthmus.rpc.WatchHandle;
import org.isthmus.wire.FullStatus;
import org.isthmus.wire.FullStatus.DetailedStatus;
import org.isthmus.wire.HistoryCalls;

/** Status of a model and what changes in it. */
@Facade(name = "Client", since = 6, until = 8)
final class ClientFacade {
    private static final int HISTORY_LIMIT = 10_000;
    /** In one call; each goes through the files. */
    private static final int REQUESTS = 100;
    /** Of one call: more than the history of a model has. */
    private static final int ANSWER_LIMIT = 30_000;

    @Method(access = Access.MODEL_READ)
    public FullStatus fullStatus(Call call, FullStatus.Params params) {
        return new StatusReport(call.model().snapshot(), params == null ? List.of() : params.patterns())
                .render(call.now());
    }

    @Method(access = Access.MODEL_READ)
    public WatchHandle watchAll(Call call) {
        return new WatchHandle("AllWatcher", call.model().id(), AllWatcherFacade.INTERESTS, new Telling(), null, true);
    }

    /** Reads files. */
    @Method(access = Access.MODEL_READ, blocks = true)
    public Object statusHistory(Call call, HistoryCalls.Requests params) {
        AtomicInteger left = new AtomicInteger(ANSWER_LIMIT);
        return new org.isthmus.wire.Listing<>(Items.read(
                params == null ? List.of() : Items.few(REQUESTS, params.requests()),
                request -> history(call, request, left),
                (history, error) -> new HistoryCalls.Result(
                        history == null ? new HistoryCalls.History(List.of(), null) : history, error)));
    }

    private static HistoryCalls.History history(Call call, HistoryCalls.Request request, AtomicInteger left) {
        HistoryCalls.Filter filter =
                request.filter() == null ? new HistoryCalls.Filter(0, null, null, null) : request.filter();
        int size = filter.size() > 0 ? filter.size() : request.size();
        size = size <= 0 ? HISTORY_LIMIT : Math.min(size, HISTORY_LIMIT);
        Instant from = filter.date();
        if (filter.delta() != null && filter.delta() > 0) {
            from = call.now().minusNanos(filter.delta());
        }
        Tag tag = Tag.parse(request.tag());
        String kind = Wires.orEmpty(request.historyKind());
        String type =
                switch (kind) {
                    // Both that it has, in one walk.
                    case "unit" -> null;
                    case "workload", "juju-unit", "model" -> kind;
                    case "application", "saas" -> "application";
                    case "machine", "container" -> "machine";
                    case "juju-machine", "juju-container" -> "juju-machine";
                    default ->
                        throw Problem.notValid("%s requires filtering", kind.isEmpty() ? "status history" : kind);
                };
        List<DetailedStatus> statuses = new ArrayList<>();
        for (Logs.Entry entry :
                call.controller().logs().history(call.model().id(), tag.kind() + ":" + tag.id(), type, size)) {
            StatusValue value = entry.status();
            boolean excluded = filter.exclude() != null && filter.exclude().contains(value.message());
            if (!excluded && (from == null || !value.since().isBefore(from))) {
                statuses.add(new DetailedStatus(
                        value.status(), value.message(), value.data(), value.since(), entry.type(), "", "", null));
            }
        }
        if (left.addAndGet(-statuses.size()) < 0) {
            throw Problem.refuse(
                    Code.QUOTA_LIMIT_EXCEEDED, "more than %d statuses were asked for in one call", ANSWER_LIMIT);
        }
        statuses.sort((a, b) -> b.since().compareTo(a.since()));
        return new HistoryCalls.History(statuses, null);
    }
}
