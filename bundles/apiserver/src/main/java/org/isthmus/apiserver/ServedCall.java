package org.isthmus.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
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
    private final Instant now = Instant.now();

    /**
     * @param name of what is asked, as people say it
     * @param connection null for an HTTP request
     * @param model null on a controller connection
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
            String name) {
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
        Documents documents = model();
        // What waited for something else comes here on another thread, which knows nothing of this request.
        try (Signed here = new Signed(trace, name, controller.uuid(), caller, documents.id())) {
            return documents.submit(tx -> {
                rights.check(access, mutates, controllerNow(), tx.now(), caller);
                return decision.apply(tx);
            });
        }
    }

    @Override
    public String watch(WatchHandle handle) {
        if (connection == null) {
            throw Problem.refuse(Code.NOT_SUPPORTED, "no watchers on an HTTP request");
        }
        return connection.watch(handle, access);
    }
}
