package org.isthmus.facades;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.StatusValue;
import org.isthmus.model.store.Logs;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.rpc.WatchHandle;
import org.isthmus.wire.FullStatus;
import org.isthmus.wire.FullStatus.DetailedStatus;
import org.isthmus.wire.HistoryCalls;

/** Status of a model and what changes in it. */
@Facade(name = "Client", since = 6, until = 8)
final class ClientFacade {
    private static final int HISTORY_LIMIT = 10_000;

    @Method(access = Access.MODEL_READ)
    public FullStatus fullStatus(Call call, FullStatus.Params params) {
        return new StatusReport(call.model().snapshot(), params == null ? List.of() : params.patterns())
                .render(call.now());
    }

    @Method(access = Access.MODEL_READ)
    public WatchHandle watchAll(Call call) {
        return new WatchHandle(
                "AllWatcher", call.model().id(), AllWatcherFacade.INTERESTS, new HashMap<>(), null, true);
    }

    @Method(access = Access.MODEL_READ)
    public Object statusHistory(Call call, HistoryCalls.Requests params) {
        return new org.isthmus.wire.Listing<>(Items.read(
                params == null ? List.of() : params.requests(),
                request -> history(call, request),
                (history, error) -> new HistoryCalls.Result(
                        history == null ? new HistoryCalls.History(List.of(), null) : history, error)));
    }

    private static HistoryCalls.History history(Call call, HistoryCalls.Request request) {
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
        List<String> types =
                switch (kind) {
                    case "unit" -> List.of("workload", "juju-unit");
                    case "workload" -> List.of("workload");
                    case "juju-unit" -> List.of("juju-unit");
                    case "application", "saas" -> List.of("application");
                    case "machine", "container" -> List.of("machine");
                    case "juju-machine", "juju-container" -> List.of("juju-machine");
                    case "model" -> List.of("model");
                    default ->
                        throw Problem.notValid("%s requires filtering", kind.isEmpty() ? "status history" : kind);
                };
        List<DetailedStatus> statuses = new ArrayList<>();
        for (String type : types) {
            for (Logs.Entry entry :
                    call.controller().logs().history(call.model().id(), tag.kind() + ":" + tag.id(), type, size)) {
                StatusValue value = entry.status();
                boolean excluded = filter.exclude() != null && filter.exclude().contains(value.message());
                if (!excluded && (from == null || !value.since().isBefore(from))) {
                    statuses.add(new DetailedStatus(
                            value.status(), value.message(), value.data(), value.since(), type, "", "", null));
                }
            }
        }
        statuses.sort((a, b) -> b.since().compareTo(a.since()));
        return new HistoryCalls.History(
                statuses.size() > size ? new ArrayList<>(statuses.subList(0, size)) : statuses, null);
    }
}
