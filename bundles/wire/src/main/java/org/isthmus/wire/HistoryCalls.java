package org.isthmus.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.isthmus.rpc.Errors.WireError;

/** Parameters and results of Client.StatusHistory. */
public interface HistoryCalls {
    record Requests(List<Request> requests) {
        public Requests {
            requests = requests == null ? List.of() : requests;
        }
    }

    /** @param historyKind `unit` (both), `workload`, `juju-unit`, `machine`, `juju-machine`, `application`, … */
    record Request(@JsonProperty("historyKind") String historyKind, int size, Filter filter, String tag) {}

    /** @param delta in nanoseconds */
    record Filter(int size, Instant date, Long delta, List<String> exclude) {}

    record History(List<FullStatus.DetailedStatus> statuses, WireError error) {}

    record Result(History history, WireError error) {}
}
