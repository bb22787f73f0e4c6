package org.isthmus.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.store.Documents;

/** One request at a facade: who asks, where, and all that the facade may use to answer. */
public interface Call {
    Caller caller();

    /** Everything of this controller. */
    ControllerContext controller();

    /** The documents of the connection's model; refuses on a controller connection. */
    Documents model();

    /** True on a connection to `/model/UUID/api`. */
    boolean onModel();

    /** The version of the facade that was asked for. */
    int version();

    /** The request's raw parameters. */
    JsonNode params();

    /** From command to hook. */
    String trace();

    /** When the request came in: the `now` of its decision. */
    Instant now();

    /** What the caller may do on this snapshot of a model: `read`, `write`, `admin`, or empty. Superusers have `admin`. */
    String modelAccess(Snapshot model);

    /** Whether the caller is a superuser of the controller. */
    boolean isSuperuser();

    /**
     * Submits to the connection's model, after checking again, on the head, the access that the method declares: rights that
     * were revoked since the request was taken in do not commit.
     */
    <R> CompletionStage<R> submit(Function<Tx, R> decision);

    /**
     * Starts a watcher beside the answer, for bulk calls whose items carry watcher ids of their own. A method that starts one
     * watcher returns its {@link WatchHandle} instead.
     *
     * @return the watcher id to put into the answer
     */
    default String watch(WatchHandle handle) {
        throw new UnsupportedOperationException("no watchers on this call");
    }
}
