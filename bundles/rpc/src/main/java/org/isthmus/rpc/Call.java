package org.isthmus.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
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
     *
     * <p>A call that is repeated under its `request-key` because its answer was lost decides nothing again: it gets what the
     * decision answered first. So a call, or an item of it, makes one such commit for each document set; what only leads up to
     * it is a {@link #step}.
     *
     * @param decision answers null; for others give their class
     */
    <R> CompletionStage<R> submit(Function<Tx, R> decision);

    /** @param answer what the decision answers: a wire record, which is stored as JSON; it must hold no secret */
    default <R> CompletionStage<R> submit(Class<R> answer, Function<Tx, R> decision) {
        return submit(decision);
    }

    /** As {@link #submit(Function)}, to another document set, such as the controller's; the decision checks the access. */
    default <R> CompletionStage<R> submit(Documents to, Function<Tx, R> decision) {
        return to.submit(decision);
    }

    /** As {@link #submit(Function)}, for what may be done any number of times: a repetition decides it again. */
    default <R> CompletionStage<R> step(Function<Tx, R> decision) {
        return submit(decision);
    }

    /** This call as the one that does its item of this number, which is remembered by itself. */
    default Call item(int number) {
        return this;
    }

    /** Whether this call, or item, has committed to these documents before: it is repeated, and must not be refused. */
    default boolean done(Documents in) {
        return false;
    }

    /** Slow arithmetic, such as a password's hash: where it holds up nobody. Refused with "try again" when too much of it waits. */
    default <R> CompletionStage<R> slow(Supplier<R> work) {
        return CompletableFuture.completedFuture(work.get());
    }

    /** For what this call, or item, makes. A repetition gets the same again: it finds what the first attempt began. */
    default String newUuid() {
        return UUID.randomUUID().toString();
    }

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
