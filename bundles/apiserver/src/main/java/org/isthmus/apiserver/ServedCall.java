package org.isthmus.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Caller;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.WatchHandle;

/** A call while it is served. The access engine is held, by its plug, until the call's stage completes. */
final class ServedCall implements Call {
    /** Fewer than logins may be, who wait in the same line: who changes many passwords shuts nobody out. */
    private static final int PASSWORDS = 50;

    private final ControllerContext controller;
    private final Connection connection;
    private final Caller caller;
    private final Documents model;
    private final Rights rights;
    private final Access access;
    private final boolean mutates;
    private final int version;
    private final JsonNode params;
    private final String trace;
    private final String name;
    /** Null for a call that is not to be remembered. */
    private final Once once;

    private final Instant now;

    /**
     * @param name of what is asked, as people say it
     * @param connection null for an HTTP request
     * @param model null on a controller connection
     * @param once null for a call without a key
     */
    ServedCall(
            ControllerContext controller,
            Connection connection,
            Caller caller,
            Documents model,
            AccessEngine engine,
            Access access,
            boolean mutates,
            int version,
            JsonNode params,
            String trace,
            String name,
            Once once) {
        this.controller = controller;
        this.connection = connection;
        this.caller = caller;
        this.model = model;
        this.rights = new Rights(engine);
        this.access = access;
        this.mutates = mutates;
        this.version = version;
        this.params = params;
        this.trace = trace;
        this.name = name;
        this.once = once;
        this.now = Instant.now();
    }

    private ServedCall(ServedCall whole, Once item) {
        this.controller = whole.controller;
        this.connection = whole.connection;
        this.caller = whole.caller;
        this.model = whole.model;
        this.rights = whole.rights;
        this.access = whole.access;
        this.mutates = whole.mutates;
        this.version = whole.version;
        this.params = whole.params;
        this.trace = whole.trace;
        this.name = whole.name;
        this.once = item;
        this.now = whole.now;
    }

    /** Refuses a caller who may not do this now. */
    void check() {
        rights.check(access, mutates, controllerNow(), model == null ? null : model.snapshot(), caller);
    }

    private Snapshot controllerNow() {
        return controller.store().controller().snapshot();
    }

    @Override
    public Caller caller() {
        return caller;
    }

    @Override
    public ControllerContext controller() {
        return controller;
    }

    @Override
    public Documents model() {
        if (model == null) {
            throw Problem.refuse(Code.NOT_SUPPORTED, "not supported on a controller API connection");
        }
        return model;
    }

    @Override
    public boolean onModel() {
        return model != null;
    }

    @Override
    public int version() {
        return version;
    }

    @Override
    public JsonNode params() {
        return params;
    }

    @Override
    public String trace() {
        return trace;
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public String modelAccess(Snapshot of) {
        return rights.modelAccess(controllerNow(), of, caller);
    }

    @Override
    public boolean isSuperuser() {
        return Rights.isSuperuser(controllerNow(), caller);
    }

    @Override
    public <R> CompletionStage<R> submit(Function<Tx, R> decision) {
        return commit(model(), once, null, checked(decision));
    }

    @Override
    public <R> CompletionStage<R> submit(Class<R> answer, Function<Tx, R> decision) {
        return commit(model(), once, answer, checked(decision));
    }

    @Override
    public <R> CompletionStage<R> submit(Documents to, Function<Tx, R> decision) {
        return commit(to, once, null, decision);
    }

    @Override
    public <R> CompletionStage<R> step(Function<Tx, R> decision) {
        return commit(model(), null, null, checked(decision));
    }

    private <R> Function<Tx, R> checked(Function<Tx, R> decision) {
        return tx -> {
            rights.check(access, mutates, controllerNow(), tx.now(), caller);
            return decision.apply(tx);
        };
    }

    private <R> CompletionStage<R> commit(Documents to, Once under, Class<R> answer, Function<Tx, R> decision) {
        // What waited for something else comes here on another thread, which knows nothing of this request.
        try (Signed here = new Signed(trace, name, controller.uuid(), caller, to.id())) {
            return under == null ? to.submit(decision) : under.submit(to, answer, decision);
        }
    }

    @Override
    public Call item(int number) {
        return once == null ? this : new ServedCall(this, once.item(number));
    }

    @Override
    public boolean done(Documents in) {
        return once != null && once.done(in);
    }

    @Override
    public <R> CompletionStage<R> slow(Supplier<R> work) {
        if (connection == null) {
            // An HTTP request is on a thread that may take its time.
            return Call.super.slow(work);
        }
        Threads threads = connection.threads();
        if (threads.passwords().getQueue().size() > PASSWORDS) {
            throw Problem.refuse(Code.TRY_AGAIN, "too many passwords at a time, try again");
        }
        return CompletableFuture.supplyAsync(work, threads.passwords()).thenApplyAsync(done -> done, threads.decide());
    }

    @Override
    public String newUuid() {
        return once == null ? Call.super.newUuid() : once.newUuid();
    }

    @Override
    public String watch(WatchHandle handle) {
        if (connection == null) {
            throw Problem.refuse(Code.NOT_SUPPORTED, "no watchers on an HTTP request");
        }
        return connection.watch(handle, access);
    }
}
