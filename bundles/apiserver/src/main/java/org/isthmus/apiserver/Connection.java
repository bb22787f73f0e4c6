package org.isthmus.apiserver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.model.Key;
import org.isthmus.model.store.BothWatch;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Watch;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Caller;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.WatchHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One API connection: its login, its watchers, and the dispatch of its requests. */
final class Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);
    /** What a login that waits costs. */
    private static final long LOGIN = 8 << 10;

    private final Server server;
    private final Socket socket;
    private final long number;
    private final long opened = System.nanoTime();
    private final String origin;
    private final String modelUuid;
    private final Map<String, Watcher> watchers = new ConcurrentHashMap<>();
    private final AtomicLong watcherIds = new AtomicLong();
    /** A watcher's first waiting call is part of what a watcher costs; few clients let two wait. */
    private final Budget furtherNexts;

    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile long ponged = System.nanoTime();
    private volatile long pinged = ponged;
    private volatile long pingSent = ponged;
    private volatile Caller caller;
    private volatile Standing standing;
    /** Null until a user has logged in. */
    private volatile LastSeen lastSeen;

    private volatile boolean closed;
    /** Whether nothing is read until what it asked is answered, as before a login. */
    private volatile boolean alone;

    /** @param modelUuid null for a connection to the controller */
    Connection(Server server, Socket socket, long number, String origin, String modelUuid) {
        this.server = server;
        this.socket = socket;
        this.number = number;
        this.origin = origin;
        this.modelUuid = modelUuid;
        this.furtherNexts = new Budget(server.limits().inFlight());
    }

    long number() {
        return number;
    }

    String origin() {
        return origin;
    }

    String modelUuid() {
        return modelUuid;
    }

    Socket socket() {
        return socket;
    }

    /** Null before the login. */
    Caller caller() {
        return caller;
    }

    void caller(Caller who) {
        // While it logged in nothing else of it was heard.
        ponged = System.nanoTime();
        pinged = ponged;
        caller = who;
    }

    /** Of a user: what may end the connection from the server's side. */
    void standing(Standing at) {
        standing = at;
        at.begin();
        if (closed) {
            at.end();
        }
    }

    void lastSeen(LastSeen of) {
        lastSeen = of;
        of.now();
    }

    boolean isClosed() {
        return closed;
    }

    long openedNanos() {
        return opened;
    }

    long pongedNanos() {
        return ponged;
    }

    long pingedNanos() {
        return pinged;
    }

    long pingSentNanos() {
        return pingSent;
    }

    void ping() {
        pingSent = System.nanoTime();
        socket.ping();
    }

    void ponged() {
        ponged = System.nanoTime();
    }

    /** A message came in; on the event loop. */
    void message(byte[] text, Charge charge) {
        int underWay = inFlight.incrementAndGet();
        if (underWay == server.limits().inFlight() || caller == null) {
            alone = caller == null;
            socket.read(false);
        }
        server.threads().decide().execute(() -> handle(text, charge));
    }

    private void release(Charge charge) {
        charge.close();
        int underWay = inFlight.decrementAndGet();
        if (underWay == server.limits().inFlight() - 1 || underWay == 0 && alone) {
            alone = false;
            socket.read(true);
        }
    }

    static Refused busy() {
        return Problem.refuse(Code.TRY_AGAIN, "the controller is too busy, try again");
    }

    /** Null where it was answered already: what it would cost is known before it is read into objects. */
    private Request read(byte[] text, Charge charge) throws IOException {
        Weight weight = Weight.of(json(), text);
        // A login is light.
        long most = caller == null ? Charge.LIGHT : charge.share().heavy().most();
        boolean fits = charge.held() + weight.bytes() <= most;
        if (fits && server.costs().take(charge, weight.bytes(), charge.held())) {
            return Request.read(json(), text);
        }
        Problem problem = !fits ? new Problem(Code.QUOTA_LIMIT_EXCEEDED, "the request is too large") : busy().problem();
        socket.text(weight.request().refusal(json(), problem));
        return null;
    }

    private void handle(byte[] text, Charge charge) {
        CompletionStage<Void> answered;
        try {
            answered = answer(text, charge);
        } catch (Throwable failure) {
            answered = CompletableFuture.failedFuture(failure);
        }
        answered.whenComplete((done, failure) -> {
            release(charge);
            if (failure != null) {
                LOG.error("a request of {} could not be answered", caller, failure);
                // Whoever asked would wait for ever.
                socket.close(1011, "internal error");
            }
        });
    }

    /** Done when it costs nothing any more. */
    private CompletionStage<Void> answer(byte[] text, Charge charge) {
        Request request;
        try {
            request = read(text, charge);
        } catch (IOException garbage) {
            socket.close(1007, "not a JSON-RPC request");
            return DONE;
        }
        if (request == null) {
            return DONE;
        }
        server.counted();
        LastSeen user = lastSeen;
        if (user != null) {
            user.now();
        }
        Watcher watcher = null;
        try {
            if (caller != null
                    && request.method().equals("Next")
                    && !request.id().isEmpty()) {
                watcher = watcher(request);
            }
        } catch (Refused unknown) {
            socket.text(request.refusal(json(), unknown.problem()));
            return DONE;
        }
        if (watcher != null) {
            // A parked call costs nothing and is not counted as being worked on; so it keeps nothing that was sent with
            // it.
            Request parked = request.bare();
            watcher.next((at, keys) -> tell(parked, at, keys), (bytes, failure) -> reply(parked, bytes, failure));
            return DONE;
        }
        CompletionStage<byte[]> answer;
        try {
            answer = route(request);
        } catch (Throwable failure) {
            answer = CompletableFuture.failedFuture(failure);
        }
        Request asked = request;
        if (request.type().equals("Admin")) {
            // A login may wait long, and keeps only what it was given: a name and a password.
            asked = request.bare();
            charge.keep(LOGIN);
        }
        Request of = asked;
        return answer.handle((bytes, failure) -> {
            reply(of, bytes, failure);
            return null;
        });
    }

    private void reply(Request request, byte[] bytes, Throwable failure) {
        byte[] answer = bytes;
        if (failure != null) {
            try {
                answer = request.refusal(json(), problem(request, failure));
            } catch (RuntimeException unspeakable) {
                answer = request.refusal(json(), problem(request, unspeakable));
            }
        }
        socket.text(answer);
    }

    private Problem problem(Request request, Throwable failure) {
        Problem problem = Refused.of(failure);
        if (problem != null) {
            return problem;
        }
        LOG.error(
                "{} {}({}).{} failed, trace {}",
                caller,
                request.type(),
                request.version(),
                request.method(),
                request.trace(),
                failure);
        return new Problem(Code.NONE, "internal error, see the controller's log for trace " + request.trace());
    }

    Threads threads() {
        return server.threads();
    }

    private ObjectMapper json() {
        return server.json();
    }

    private CompletionStage<byte[]> route(Request request) {
        if (request.type().equals("Admin")) {
            if (request.version() != 3) {
                throw FacadeTable.missing("Admin", request.version(), request.method());
            }
            return switch (request.method()) {
                case "Login" -> {
                    Request of = request.bare();
                    yield server.admin().login(this, request.params()).thenApply(result -> of.answer(json(), result));
                }
                case "RedirectInfo" -> throw Problem.refuse(Code.NONE, "not redirected");
                default -> throw FacadeTable.missing("Admin", 3, request.method());
            };
        }
        Caller who = caller;
        if (who == null) {
            throw FacadeTable.missing(request.type(), request.version(), request.method());
        }
        if (request.type().equals("Pinger")) {
            return CompletableFuture.completedFuture(pinger(request));
        }
        if (request.method().equals("Stop") && !request.id().isEmpty()) {
            watcher(request);
            end(request.id());
            return CompletableFuture.completedFuture(request.answer(json(), null));
        }
        if (server.threads().decide().getQueue().size() > server.limits().queue()) {
            throw Problem.refuse(Code.TRY_AGAIN, "the controller is too busy, try again");
        }
        return dispatch(request, who);
    }

    private byte[] pinger(Request request) {
        if (request.version() != 1) {
            throw Problem.refuse(
                    Code.NOT_IMPLEMENTED, "unknown version (%d) of facade type \"Pinger\"", request.version());
        }
        switch (request.method()) {
            case "Ping":
                pinged = System.nanoTime();
                return request.answer(json(), null);
            case "Stop":
                return request.answer(json(), null);
            default:
                throw FacadeTable.missing("Pinger", 1, request.method());
        }
    }

    // --- facades

    private CompletionStage<byte[]> dispatch(Request request, Caller who) {
        Facades.Room room = server.facades().of(request.type());
        if (room == null) {
            throw Problem.refuse(Code.NOT_IMPLEMENTED, "unknown facade type \"%s\"", request.type());
        }
        offered(room, request, who);
        Documents model = server.documents(modelUuid);
        Thread here = Thread.currentThread();
        return server.context()
                .access()
                .call(engine -> on(here, () -> room.plug()
                        .call(table -> on(here, () -> {
                            FacadeTable.Target target =
                                    table.method(request.type(), request.version(), request.method());
                            // Written only for those that are to be remembered.
                            Once once = request.key().isEmpty()
                                    ? null
                                    : Once.of(
                                            table.json(),
                                            who,
                                            modelUuid,
                                            request.type() + "." + request.method(),
                                            request.params().toString(),
                                            request.key());
                            ServedCall call = new ServedCall(
                                    server.context(),
                                    this,
                                    who,
                                    model,
                                    engine,
                                    target.access(),
                                    target.mutates(),
                                    request.version(),
                                    request.params(),
                                    request.trace(),
                                    request.name(),
                                    once);
                            CompletionStage<byte[]> answer;
                            try {
                                call.check();
                                answer = once != null && target.mutates()
                                        ? once(once, table, target, call, request)
                                        : called(
                                                target,
                                                () -> encoded(
                                                        traced(
                                                                request,
                                                                () -> table.invoke(target, call, request.params())),
                                                        value -> encode(table, request, target.access(), value)));
                            } catch (Throwable failure) {
                                answer = CompletableFuture.failedFuture(failure);
                            }
                            if (!who.isAgent()
                                    && server.audit().wants(request.type(), request.method(), target.mutates())) {
                                answer = answer.whenComplete((bytes, failure) -> audited(request, who, failure));
                            }
                            return answer;
                        }))));
    }

    private CompletionStage<byte[]> called(FacadeTable.Target target, Invocation invocation) throws Throwable {
        if (!target.blocks()) {
            return invocation.run();
        }
        return CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return invocation.run();
                            } catch (Throwable failure) {
                                return CompletableFuture.<byte[]>failedFuture(failure);
                            }
                        },
                        server.threads().blocking())
                .thenCompose(answer -> answer);
    }

    private void audited(Request request, Caller who, Throwable failure) {
        server.audit()
                .called(new Audit.Done(
                        number,
                        request.number(),
                        who,
                        modelUuid,
                        request.type(),
                        request.version(),
                        request.method(),
                        request.trace(),
                        request.params(),
                        failure));
    }

    /** Whoever waited at a plug comes back on a timer's thread: work goes on where work belongs. */
    private <R> CompletionStage<R> on(Thread here, Supplier<CompletionStage<R>> work) {
        return Thread.currentThread() == here
                ? work.get()
                : CompletableFuture.supplyAsync(work, server.threads().decide()).thenCompose(stage -> stage);
    }

    private void offered(Facades.Room room, Request request, Caller who) {
        boolean there = false;
        for (FacadeTable.Offered offered : room.offered()) {
            if (offered.name().equals(request.type())) {
                there |= offers(offered.scope(), who);
            }
        }
        if (!there) {
            throw Problem.refuse(
                    Code.NOT_SUPPORTED,
                    "facade \"%s\" not supported for %s API connection",
                    request.type(),
                    who.anonymous() ? "anonymous" : modelUuid == null ? "controller" : "model");
        }
    }

    /** Whether a facade of this scope is offered to this caller here. */
    boolean offers(Facade.Scope scope, Caller who) {
        return switch (scope) {
            case ANONYMOUS -> true;
            case BOTH -> !who.anonymous();
            case MODEL -> !who.anonymous() && modelUuid != null;
            case CONTROLLER -> !who.anonymous() && modelUuid == null;
        };
    }

    private interface Invocation {
        CompletionStage<byte[]> run() throws Throwable;
    }

    private interface Work {
        Object run() throws Throwable;
    }

    private Object traced(Request request, Work work) throws Throwable {
        try (Signed here =
                new Signed(request.trace(), request.name(), server.context().uuid(), caller, modelUuid)) {
            return work.run();
        }
    }

    /** Does it, or joins who does it, or answers as it was answered. */
    private CompletionStage<byte[]> once(
            Once once, FacadeTable table, FacadeTable.Target target, ServedCall call, Request request) {
        return server.repeats()
                .once(once.key(), () -> {
                    try {
                        return encoded(
                                traced(request, () -> table.invoke(target, call, request.params())),
                                value -> text(table, value));
                    } catch (Throwable failure) {
                        return CompletableFuture.failedFuture(failure);
                    }
                })
                .thenApply(text -> request.answer(json(), new RawValue(text)));
    }

    private static String text(FacadeTable table, Object value) {
        if (value instanceof WatchHandle) {
            throw new IllegalStateException("a watcher is of one connection, and cannot be given to another");
        }
        try {
            return value == null ? "{}" : table.json().writeValueAsString(value);
        } catch (JsonProcessingException bug) {
            throw new IllegalStateException(bug);
        }
    }

    private <R> CompletionStage<R> encoded(Object result, java.util.function.Function<Object, R> encoder) {
        if (!(result instanceof CompletionStage<?> stage)) {
            return CompletableFuture.completedFuture(encoder.apply(result));
        }
        CompletableFuture<?> future = stage.toCompletableFuture();
        return future.isDone()
                ? future.thenApply(encoder)
                : future.thenApplyAsync(encoder, server.threads().decide());
    }

    private byte[] encode(FacadeTable table, Request request, Access access, Object value) {
        if (value instanceof WatchHandle handle) {
            String id = watch(handle, access);
            ObjectNode answer = JsonNodeFactory.instance.objectNode();
            answer.put("watcher-id", id);
            if (handle.initial() != null) {
                JsonNode initial = table.json().valueToTree(handle.initial());
                if (!initial.isObject()) {
                    throw new IllegalArgumentException(
                            "what a watcher tells first must be an object: " + handle.facade());
                }
                answer.setAll((ObjectNode) initial);
            }
            return request.answer(table.json(), answer);
        }
        return request.answer(table.json(), value);
    }

    // --- watchers

    String watch(WatchHandle handle, Access access) {
        if (watchers.size() >= server.limits().watchers()) {
            throw Problem.refuse(Code.QUOTA_LIMIT_EXCEEDED, "too many watchers on this connection");
        }
        Documents documents =
                handle.model() == null ? server.context().store().controller() : server.documents(handle.model());
        // What it tells first belongs to the answer that makes it; the watcher need not keep it.
        WatchHandle kept = new WatchHandle(
                handle.facade(),
                handle.model(),
                handle.interests(),
                handle.state(),
                null,
                handle.ready(),
                handle.consumer(),
                handle.onController());
        if (caller.anonymous()) {
            // Nobody is let watch who has not shown a macaroon.
            server.proven(this);
        }
        Watch watch = documents.watch(handle.interests());
        if (!handle.onController().isEmpty()) {
            watch = new BothWatch(watch, server.context().store().controller().watch(handle.onController()));
        }
        Watcher watcher = new Watcher(kept, access, watch, server.threads().decide(), furtherNexts);
        String id = Long.toString(watcherIds.incrementAndGet());
        if (handle.consumer() != null) {
            // Before anybody can end it.
            server.consumers().come(watcher, handle.model(), handle.consumer());
        }
        watchers.put(id, watcher);
        if (closed) {
            end(id);
        }
        return id;
    }

    private void end(String id) {
        Watcher watcher = watchers.remove(id);
        if (watcher == null) {
            return;
        }
        watcher.stop();
        if (watcher.handle().consumer() != null) {
            server.consumers()
                    .go(watcher, watcher.handle().model(), watcher.handle().consumer());
        }
    }

    int watcherCount() {
        return watchers.size();
    }

    private Watcher watcher(Request request) {
        Watcher watcher = watchers.get(request.id());
        if (watcher == null || !watcher.handle().facade().equals(request.type())) {
            throw Problem.refuse(Code.NOT_FOUND, "unknown watcher id");
        }
        return watcher;
    }

    private CompletionStage<byte[]> tell(Request request, Watcher watcher, Set<Key> changed) {
        Facades.Room room = server.facades().of(watcher.handle().facade());
        if (room == null) {
            throw Problem.refuse(Code.NOT_IMPLEMENTED, "unknown facade type \"%s\"", request.type());
        }
        Caller who = caller;
        Documents model = server.documents(modelUuid);
        Thread here = Thread.currentThread();
        return server.context()
                .access()
                .call(engine -> on(here, () -> room.plug()
                        .call(table -> on(here, () -> {
                            ServedCall call = new ServedCall(
                                    server.context(),
                                    this,
                                    who,
                                    model,
                                    engine,
                                    watcher.access(),
                                    false,
                                    request.version(),
                                    request.params(),
                                    request.trace(),
                                    request.name(),
                                    null);
                            try {
                                // Rights that were taken back since the watcher was made end it here.
                                call.check();
                                return encoded(
                                        traced(
                                                request,
                                                () -> table.next(
                                                        request.type(),
                                                        request.version(),
                                                        call,
                                                        watcher.handle(),
                                                        changed)),
                                        value -> value == null ? null : request.answer(table.json(), value));
                            } catch (Throwable failure) {
                                return CompletableFuture.failedFuture(failure);
                            }
                        }))));
    }

    /** The socket is gone. */
    void closed() {
        closed = true;
        Standing at = standing;
        if (at != null) {
            at.end();
        }
        for (String id : Set.copyOf(watchers.keySet())) {
            end(id);
        }
        Caller who = caller;
        if (who != null) {
            server.left(this, who);
        }
    }
}
