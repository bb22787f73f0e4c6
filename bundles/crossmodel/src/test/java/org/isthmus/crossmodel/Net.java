package org.isthmus.crossmodel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.Key;
import org.isthmus.model.store.BothWatch;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Watch;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Json;
import org.isthmus.rpc.WatchHandle;

/**
 * A network between controllers that keeps no promise but one: what is lost breaks the connection, as with TCP. Requests and
 * answers are late and overtake each other; some are carried out twice, some after their connection broke.
 */
final class Net implements AutoCloseable {
    final Map<String, Party> parties = new ConcurrentHashMap<>();
    final ObjectMapper json = Json.newMapper();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(3);
    private final List<Wire> wires = new ArrayList<>();
    private final Random random;
    private volatile boolean bad;

    Net(long seed) {
        random = new Random(seed);
    }

    void bad(boolean is) {
        bad = is;
    }

    private synchronized int chance(int of) {
        return random.nextInt(of);
    }

    private void later(Runnable task) {
        timer.schedule(task, bad ? chance(12) : 0, TimeUnit.MILLISECONDS);
    }

    Dial dial(String home) {
        return new Dial() {
            @Override
            public CompletionStage<Peer> dial(ControllerContext from, String target) {
                String at = target == null ? home : target;
                CompletableFuture<Peer> dialled = new CompletableFuture<>();
                later(() -> {
                    Party party = parties.get(at);
                    if (party == null
                            || !party.isUp()
                            || party.isCut() && !at.equals(home)
                            || parties.get(home).isCut() && !at.equals(home)) {
                        dialled.completeExceptionally(new IOException("connection refused"));
                    } else {
                        Wire wire = new Wire(home, at, party);
                        synchronized (wires) {
                            wires.add(wire);
                        }
                        dialled.complete(wire);
                    }
                });
                return dialled;
            }

            @Override
            public void close() {}
        };
    }

    /** Breaks every connection of this controller; with `remote` only those with others. */
    void breakAll(String uuid, boolean remote) {
        List<Wire> all;
        synchronized (wires) {
            all = new ArrayList<>(wires);
        }
        for (Wire wire : all) {
            if ((wire.home.equals(uuid) || wire.at.equals(uuid)) && !(remote && wire.home.equals(wire.at))) {
                wire.end(new IOException("cut"));
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private final class Wire implements Peer {
        private final String home;
        private final String at;
        private final Party party;
        private final CompletableFuture<Throwable> closed = new CompletableFuture<>();
        private final Map<String, WatchHandle> handles = new ConcurrentHashMap<>();
        private final Map<String, Watch> watches = new ConcurrentHashMap<>();
        private final Set<String> told = ConcurrentHashMap.newKeySet();
        private final AtomicInteger ids = new AtomicInteger();
        private final Set<CompletableFuture<JsonNode>> pending = ConcurrentHashMap.newKeySet();

        Wire(String home, String at, Party party) {
            this.home = home;
            this.at = at;
            this.party = party;
        }

        @Override
        public CompletionStage<JsonNode> call(String facade, String id, String method, Object params) {
            CompletableFuture<JsonNode> answer = new CompletableFuture<>();
            pending.add(answer);
            if (closed.isDone()) {
                answer.completeExceptionally(new IOException("closed"));
                return answer;
            }
            JsonNode sent = json.valueToTree(params);
            later(() -> {
                if (bad && chance(40) == 0) {
                    end(new IOException("request lost"));
                    return;
                }
                // Carried out even where the connection broke meanwhile.
                CompletionStage<JsonNode> done = serve(facade, id, method, sent);
                if (bad && id.isEmpty() && chance(10) == 0) {
                    later(() -> serve(facade, id, method, sent));
                }
                done.whenComplete((value, failure) -> later(() -> {
                    pending.remove(answer);
                    if (bad && chance(40) == 0) {
                        end(new IOException("answer lost"));
                        answer.completeExceptionally(new IOException("answer lost"));
                    } else if (failure != null) {
                        answer.completeExceptionally(closed.isDone() ? new IOException("closed") : failure);
                    } else if (closed.isDone()) {
                        answer.completeExceptionally(new IOException("closed"));
                    } else {
                        answer.complete(value);
                    }
                }));
            });
            return answer;
        }

        private CompletionStage<JsonNode> serve(String facade, String id, String method, JsonNode params) {
            try {
                if (!party.isUp()) {
                    return CompletableFuture.failedFuture(new IOException("down"));
                }
                if (method.equals("Stop")) {
                    stop(id);
                    return CompletableFuture.completedFuture(json.createObjectNode());
                }
                if (method.equals("Next")) {
                    return next(id);
                }
                return party.serve(null, null, facade, method, params, this::watch)
                        .thenApply(value -> json.<JsonNode>valueToTree(value));
            } catch (RuntimeException refused) {
                return CompletableFuture.failedFuture(refused);
            }
        }

        private String watch(WatchHandle handle) {
            String id = Integer.toString(ids.incrementAndGet());
            Documents documents = party.store().model(handle.model()).orElseThrow();
            handles.put(id, handle);
            Watch watch = documents.watch(handle.interests());
            watches.put(
                    id,
                    handle.onController().isEmpty()
                            ? watch
                            : new BothWatch(watch, party.store().controller().watch(handle.onController())));
            if (closed.isDone()) {
                stop(id);
            }
            return id;
        }

        private void stop(String id) {
            handles.remove(id);
            Watch watch = watches.remove(id);
            if (watch != null) {
                watch.close();
            }
        }

        private CompletionStage<JsonNode> next(String id) {
            WatchHandle handle = handles.get(id);
            Watch watch = watches.get(id);
            if (handle == null || watch == null) {
                return CompletableFuture.failedFuture(Problem.refuse(Code.NOT_FOUND, "unknown watcher id"));
            }
            return told.add(id) ? tell(id, handle, Set.of()) : parked(id, handle, watch);
        }

        private CompletionStage<JsonNode> parked(String id, WatchHandle handle, Watch watch) {
            return watch.changed().thenComposeAsync(keys -> tell(id, handle, keys), timer);
        }

        private CompletionStage<JsonNode> tell(String id, WatchHandle handle, Set<Key> keys) {
            return party.tell(handle, keys).thenCompose(value -> {
                Watch watch = watches.get(id);
                if (value != null) {
                    return CompletableFuture.completedFuture(json.<JsonNode>valueToTree(value));
                }
                return watch == null
                        ? CompletableFuture.failedFuture(Problem.refuse(Code.STOPPED, "stopped"))
                        : parked(id, handle, watch);
            });
        }

        void end(Throwable why) {
            if (!closed.complete(why)) {
                return;
            }
            synchronized (wires) {
                wires.remove(this);
            }
            watches.keySet().forEach(this::stop);
            for (CompletableFuture<JsonNode> each : pending) {
                each.completeExceptionally(new IOException("closed: " + why.getMessage()));
            }
        }

        @Override
        public boolean isOpen() {
            return !closed.isDone();
        }

        @Override
        public CompletionStage<Throwable> closed() {
            return closed.minimalCompletionStage();
        }

        @Override
        public void close() {
            end(new IOException("closed by this side"));
        }
    }
}
