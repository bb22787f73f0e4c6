package org.isthmus.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Tx;
import org.isthmus.model.store.Interest;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.FacadeSet;
import org.isthmus.rpc.HttpRoute;
import org.isthmus.rpc.Method;
import org.isthmus.rpc.Next;
import org.isthmus.rpc.WatchHandle;

/** A facade set with a method of every access level, watchers, uploads and downloads. */
public final class Things implements FacadeSet {
    /** What calls wait for, when a test holds them. */
    final Map<String, CompletableFuture<Void>> gates = new ConcurrentHashMap<>();

    record Name(String name, List<String> list) {}

    record Answer(String name, Integer version) {}

    /** What calls of `Next` were told with. */
    final Queue<JsonNode> toldWith = new ConcurrentLinkedQueue<>();

    /** How often `count` was begun. */
    final AtomicInteger entered = new AtomicInteger();

    private static int countUp(Tx tx) {
        ModelRecord model = tx.now().model();
        int count = model.name().equals("m") ? 1 : Integer.parseInt(model.name()) + 1;
        tx.put(Kinds.MODEL, model.withName(Integer.toString(count)));
        return count;
    }

    @Override
    public List<Object> facades() {
        return List.of(new Thing(), new OldThing(), new ThingWatcher(), new Far(), new Boss());
    }

    @Override
    public List<HttpRoute> routes() {
        return List.of(new Upload(), new Download(), new Hello());
    }

    @Facade(name = "Thing", since = 2, until = 4)
    public final class Thing {
        @Method(access = Access.AUTHENTICATED)
        public Answer authenticated(Call call, Name name) {
            return new Answer(name.name(), call.version());
        }

        @Method(access = Access.MODEL_READ)
        public Answer read(Call call, Name name) {
            return new Answer(
                    name.name() + call.modelAccess(call.model().snapshot()),
                    name.list() == null ? null : name.list().size());
        }

        @Method(access = Access.MODEL_WRITE, mutates = true)
        public CompletionStage<Answer> write(Call call, Name name) {
            CompletableFuture<Void> gate =
                    gates.getOrDefault(String.valueOf(name.name()), CompletableFuture.completedFuture(null));
            return gate.thenCompose(open -> call.submit(tx -> {
                tx.put(Kinds.MODEL, tx.now().model().withName(name.name() == null ? "x" : name.name()));
                return new Answer(name.name(), call.version());
            }));
        }

        /** Tells the thread that it was called on. */
        @Method(access = Access.AUTHENTICATED, blocks = true)
        public Answer where(Call call, Name name) {
            if (name.name() != null) {
                throw new IllegalStateException(name.name());
            }
            return new Answer(Thread.currentThread().getName(), null);
        }

        /** Counts up, answers with the name, and waits for a gate in between. */
        @Method(access = Access.MODEL_READ, mutates = true)
        public CompletionStage<Answer> count(Call call, Name name) {
            String text = String.valueOf(name.name());
            CompletableFuture<Void> gate = gates.getOrDefault(text, CompletableFuture.completedFuture(null));
            entered.incrementAndGet();
            return call.submit(Answer.class, tx -> new Answer(text, countUp(tx)))
                    .thenCompose(answer -> gate.thenApply(open -> answer));
        }

        /** An item for each name; one that is `bad` is refused before its commit, while nothing was counted. */
        @Method(access = Access.MODEL_READ, mutates = true)
        public CompletionStage<List<String>> countEach(Call call, List<String> names) {
            List<CompletableFuture<String>> all = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) {
                Call each = call.item(i);
                if (names.get(i).equals("bad")
                        && call.model().snapshot().model().name().equals("m")) {
                    all.add(CompletableFuture.completedFuture("refused"));
                } else {
                    all.add(each.submit(Integer.class, Things::countUp)
                            .thenApply(String::valueOf)
                            .toCompletableFuture());
                }
            }
            return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                    .thenApply(done -> all.stream().map(CompletableFuture::join).toList());
        }

        /** What is made has the same UUID each time. */
        @Method(access = Access.MODEL_READ, mutates = true)
        public List<String> uuids(Call call) {
            return List.of(call.newUuid(), call.item(0).newUuid(), call.item(1).newUuid());
        }

        @Method(access = Access.MODEL_ADMIN)
        public void admin(Call call) {}

        @Method(access = Access.CONTROLLER_SUPERUSER)
        public void superuser(Call call) {}

        @Method(access = Access.CONTROLLER_LOGIN)
        public void login(Call call) {}

        @Method(access = Access.CHECKED_INSIDE)
        public void checked(Call call) {}

        @Method(access = Access.MACHINE_AGENT)
        public void machine(Call call) {}

        @Method(access = Access.UNIT_AGENT)
        public void unit(Call call) {}

        @Method(access = Access.AGENT)
        public void agent(Call call) {}

        @Method(access = Access.MODEL_READ, name = "Late", since = 3)
        public JsonNode late(Call call, JsonNode params) {
            return params;
        }

        @Method(access = Access.MODEL_READ, until = 2, name = "Early")
        public Map<String, Object> early(Call call) {
            return Map.of("early", true);
        }

        @Method(access = Access.MODEL_READ)
        public Map<String, Object> big(Call call, JsonNode params) {
            return Map.of("text", "x".repeat(params.path("size").asInt()));
        }

        @Method(access = Access.MODEL_READ)
        public void bug(Call call) {
            throw new IllegalStateException("a bug");
        }

        @Method(access = Access.MODEL_READ)
        public void refuse(Call call) {
            throw new org.isthmus.api.Refused(new Problem(Code.NOT_FOUND, "", Map.of("more", List.of(1, 2))));
        }

        /** A refusal that cannot be written. */
        @Method(access = Access.MODEL_READ)
        public void unspeakable(Call call) {
            List<Integer> bad = new AbstractList<>() {
                @Override
                public Integer get(int index) {
                    throw new IllegalStateException("a bug");
                }

                @Override
                public int size() {
                    return 1;
                }
            };
            throw new org.isthmus.api.Refused(new Problem(Code.NOT_FOUND, "", Map.of("more", bad)));
        }

        @Method(access = Access.MODEL_READ)
        public WatchHandle watch(Call call) {
            return new WatchHandle(
                    "ThingWatcher",
                    call.model().id(),
                    Set.of(Interest.in(Kinds.MODEL)),
                    new int[] {0},
                    new Answer("first", null),
                    false);
        }

        @Method(access = Access.MODEL_READ)
        public WatchHandle watchAsConsumer(Call call) {
            return new WatchHandle(
                    "ThingWatcher",
                    call.model().id(),
                    Set.of(Interest.in(Kinds.MODEL)),
                    null,
                    null,
                    false,
                    "token",
                    Set.of());
        }

        @Method(access = Access.MODEL_READ)
        public Map<String, Object> watchMany(Call call) {
            return Map.of(
                    "results",
                    List.of(
                            Map.of("id", call.watch(watch(call))),
                            Map.of(
                                    "id",
                                    call.watch(new WatchHandle(
                                            "ThingWatcher",
                                            null,
                                            Set.of(Interest.in(Kinds.CONTROLLER)),
                                            new int[] {0},
                                            null,
                                            true)))));
        }
    }

    /** Version 1 of the same facade, as another class. */
    @Facade(name = "Thing", since = 1, until = 1)
    public static final class OldThing {
        @Method(access = Access.MODEL_READ)
        public Answer read(Call call) {
            return new Answer("old", call.version());
        }
    }

    @Facade(name = "ThingWatcher", since = 1, until = 1, scope = Facade.Scope.BOTH)
    public final class ThingWatcher {
        /** Tells the model's name; nothing when it is `quiet`, and fails when it is `broken`. */
        @Next
        public Object next(Call call, WatchHandle watch, Set<Key> changed) {
            toldWith.add(call.params());
            int[] count = (int[]) watch.state();
            if (watch.model() == null) {
                return new Answer("controller", ++count[0]);
            }
            String name = call.model().snapshot().model().name();
            if (name.equals("quiet")) {
                return null;
            }
            if (name.equals("broken")) {
                throw Problem.refuse(Code.NOT_VALID, "broken");
            }
            return new Answer(name, ++count[0]);
        }
    }

    @Facade(name = "Far", since = 1, until = 1, scope = Facade.Scope.ANONYMOUS)
    public static final class Far {
        @Method(access = Access.ANONYMOUS)
        public Map<String, Object> hello(Call call) {
            return Map.of("anonymous", call.caller().anonymous());
        }

        @Method(access = Access.AUTHENTICATED)
        public void known(Call call) {}
    }

    @Facade(name = "Boss", since = 1, until = 1, scope = Facade.Scope.CONTROLLER)
    public static final class Boss {
        @Method(access = Access.CONTROLLER_SUPERUSER)
        public Map<String, Object> boss(Call call) {
            return Map.of("on-model", call.onModel());
        }

        @Method(access = Access.MODEL_READ)
        public String needsModel(Call call) {
            return call.model().id();
        }
    }

    private static final class Upload implements HttpRoute {
        @Override
        public String method() {
            return "POST";
        }

        @Override
        public String pattern() {
            return "/model-{model}/things/{name}";
        }

        @Override
        public Access access() {
            return Access.MODEL_WRITE;
        }

        @Override
        public CompletionStage<HttpAnswer> handle(Call call, HttpRequest request) throws IOException {
            if (request.path().get("name").equals("unread")) {
                throw Problem.refuse(Code.BAD_REQUEST, "not wanted");
            }
            MessageDigest digest;
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (java.security.NoSuchAlgorithmException cannotHappen) {
                throw new IllegalStateException(cannotHappen);
            }
            byte[] buffer = new byte[8192];
            long size = 0;
            InputStream body = request.body();
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                digest.update(buffer, 0, n);
                size += n;
            }
            String answer =
                    "{\"size\":" + size + ",\"sha256\":\"" + HexFormat.of().formatHex(digest.digest())
                            + "\",\"name\":\"" + request.path().get("name") + "\",\"q\":\""
                            + request.query().get("q") + "\"}";
            return CompletableFuture.completedFuture(new HttpAnswer(
                    200,
                    "application/json",
                    Map.of("Juju-Curl", "local:thing-1"),
                    new ByteArrayInputStream(answer.getBytes(java.nio.charset.StandardCharsets.UTF_8))));
        }
    }

    private static final class Hello implements HttpRoute {
        @Override
        public String method() {
            return "POST";
        }

        @Override
        public String pattern() {
            return "/hello";
        }

        @Override
        public Access access() {
            return Access.ANONYMOUS;
        }

        @Override
        public CompletionStage<HttpAnswer> handle(Call call, HttpRequest request) throws IOException {
            int size = request.body().readNBytes(65 << 10).length;
            return CompletableFuture.completedFuture(new HttpAnswer(
                    200,
                    "application/json",
                    Map.of(),
                    new ByteArrayInputStream(
                            ("{\"size\":" + size + "}").getBytes(java.nio.charset.StandardCharsets.UTF_8))));
        }
    }

    private static final class Download implements HttpRoute {
        @Override
        public String method() {
            return "GET";
        }

        @Override
        public String pattern() {
            return "/model/{model}/things";
        }

        @Override
        public Access access() {
            return Access.AGENT;
        }

        @Override
        public CompletionStage<HttpAnswer> handle(Call call, HttpRequest request) {
            return CompletableFuture.completedFuture(new HttpAnswer(
                    200,
                    "application/octet-stream",
                    Map.of(),
                    new ByteArrayInputStream(
                            new byte[Integer.parseInt(request.query().get("size"))])));
        }
    }
}
