package org.isthmus.controller;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.isthmus.api.Code;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.api.Product;
import org.isthmus.api.Refused;
import org.isthmus.rpc.ControllerHost;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All controllers of this container: each has a slot; foundations that come and go are told to every slot. */
final class Host implements ControllerHost, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Host.class);
    private static final String CONTROLLERS = "controllers";
    private static final long START_LIMIT_SECONDS = 60;
    private static final long TURN_LIMIT_SECONDS = 10;

    private final Path base;
    private final ApiPorts ports;
    private final Rooms rooms;
    private final Executors executors;
    private final ControllerConfigurations configurations;
    private final Map<String, ControllerSlot> slots = new LinkedHashMap<>();
    /** What is being removed; guarded by the slots. */
    private final Map<String, Status> leaving = new LinkedHashMap<>();

    private volatile Foundations foundations = Foundations.NONE;
    private volatile Runnable removed = () -> {};
    private boolean closed;

    Host(Path base, ApiPorts ports, Rooms rooms, Executors executors, ControllerConfigurations configurations) {
        this.base = base;
        this.ports = ports;
        this.rooms = rooms;
        this.executors = executors;
        this.configurations = configurations;
    }

    /** @param then after a controller and its store are gone */
    void onRemoved(Runnable then) {
        removed = then;
    }

    /** Removes what a process that was killed left of controllers that it made or removed. */
    void sweep() {
        executors
                .operations()
                .execute(() -> Unfinished.sweep(
                        base.resolve(CONTROLLERS), () -> configurations.known().keySet()));
    }

    /** What there is for controllers to stand on from now on; told to them by {@link #leave} and {@link #offer}. */
    void standOn(Foundations now) {
        foundations = now;
    }

    /** Who stands on this factory stops or pauses, before this returns. */
    void leave(Object factory, Departure means) {
        for (ControllerSlot slot : slots()) {
            slot.leave(factory, means);
        }
    }

    /** Who can go on, does. */
    void offer() {
        slots().forEach(this::offer);
    }

    private void offer(ControllerSlot slot) {
        executors.workers().execute(() -> {
            slot.offer();
            changed();
        });
    }

    private List<ControllerSlot> slots() {
        synchronized (slots) {
            return new ArrayList<>(slots.values());
        }
    }

    /** What a room that leaves means for controllers. */
    enum Departure {
        PAUSE,
        STOP
    }

    Foundations foundations() {
        return foundations;
    }

    /** A configuration came: only submits the start. */
    void configured(String uuid, String name, String folder, String bind) {
        ControllerSlot slot =
                new ControllerSlot(uuid, name, base.resolve(folder), bind, rooms, executors, this, this::foundations);
        synchronized (slots) {
            if (closed) {
                return;
            }
            slots.put(uuid, slot);
            slots.notifyAll();
        }
        offer(slot);
    }

    void unconfigured(String uuid) {
        ControllerSlot slot;
        synchronized (slots) {
            slot = slots.remove(uuid);
            slots.notifyAll();
        }
        if (slot != null) {
            slot.end();
        }
    }

    /** @param expected UUIDs, without dashes, of the controllers that configuration files name */
    CompletionStage<Void> settled(Set<String> expected) {
        return CompletableFuture.runAsync(() -> awaitSettled(expected), executors.operations());
    }

    private void awaitSettled(Set<String> expected) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_LIMIT_SECONDS);
        try {
            synchronized (slots) {
                while (!isSettled(expected)) {
                    long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                    if (closed) {
                        throw Problem.refuse(Code.STOPPED, "the room of this container's controllers leaves");
                    }
                    if (left <= 0) {
                        return;
                    }
                    slots.wait(Math.min(left, 1000));
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isSettled(Set<String> expected) {
        Set<String> waiting = new HashSet<>(expected);
        slots.forEach((uuid, slot) -> {
            String state = slot.status().state();
            if (state.equals("running") || state.startsWith("failed")) {
                waiting.remove(uuid.replace("-", ""));
            }
        });
        return waiting.isEmpty();
    }

    /** A slot's state changed. */
    void changed() {
        synchronized (slots) {
            slots.notifyAll();
        }
    }

    List<RunningController> running() {
        List<RunningController> running = new ArrayList<>();
        synchronized (slots) {
            slots.values().forEach(slot -> {
                RunningController now = slot.runningNow();
                if (now != null) {
                    running.add(now);
                }
            });
        }
        return running;
    }

    @Override
    public List<Status> controllers() {
        Map<String, Status> all = new LinkedHashMap<>();
        configurations.known().forEach((uuid, name) -> all.put(uuid, new Status(uuid, name, "waiting for its room")));
        synchronized (slots) {
            slots.forEach((uuid, slot) -> all.put(uuid, slot.status()));
            all.putAll(leaving);
        }
        return List.copyOf(all.values());
    }

    @Override
    public CompletionStage<Bootstrapped> bootstrap(Bootstrap request, Consumer<String> progress) {
        return CompletableFuture.supplyAsync(() -> bootstrapNow(request, progress), executors.operations());
    }

    private Bootstrapped bootstrapNow(Bootstrap request, Consumer<String> progress) {
        if (!Names.isModel(request.name())) {
            throw Problem.notValid("\"%s\" is not a valid controller name", request.name());
        }
        if (controllers().stream().anyMatch(c -> c.name().equals(request.name()))) {
            throw Problem.refuse(Code.ALREADY_EXISTS, "controller \"%s\" already exists", request.name());
        }
        Foundations on = foundations();
        if (on.missing() != null) {
            throw Problem.refuse(Code.TRY_AGAIN, "this container is not ready: it waits for %s", on.missing());
        }
        String uuid = UUID.randomUUID().toString();
        String folder = CONTROLLERS + "/" + uuid;
        String bind = "127.0.0.1";
        try (Unfinished making = Unfinished.mark(base.resolve(folder))) {
            Map<String, String> models =
                    new Bootstrapper(rooms, on, ports, bind).make(request, uuid, base.resolve(folder), progress);
            progress.accept("Starting the controller");
            configurations.write(uuid, settings(uuid, request.name(), folder, bind));
            making.finished();
            RunningController running = awaitRunning(uuid);
            return new Bootstrapped(
                    uuid, request.name(), running.apiAddresses(), running.caCert(), models, Product.AGENT_VERSION);
        } catch (IOException | RuntimeException failure) {
            undo(uuid, base.resolve(folder));
            Problem problem = Refused.of(failure);
            if (problem != null) {
                throw new Refused(problem);
            }
            LOG.error("Bootstrap of {} failed", request.name(), failure);
            throw Problem.refuse(Code.NONE, "bootstrap failed: %s", failure.getMessage());
        }
    }

    private static Dictionary<String, Object> settings(String uuid, String name, String folder, String bind) {
        Dictionary<String, Object> settings = new Hashtable<>();
        settings.put("uuid", uuid);
        settings.put("name", name);
        settings.put("folder", folder);
        settings.put("bind", bind);
        return settings;
    }

    private void undo(String uuid, Path folder) {
        try {
            configurations.delete(uuid);
            unconfigured(uuid);
            Bootstrapper.deleteTree(folder);
        } catch (IOException | RuntimeException failure) {
            LOG.warn("Cannot remove what a failed bootstrap left in {}", folder, failure);
        }
    }

    private RunningController awaitRunning(String uuid) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_LIMIT_SECONDS);
        try {
            ControllerSlot slot;
            synchronized (slots) {
                while ((slot = slots.get(uuid)) == null) {
                    long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                    if (left <= 0) {
                        throw new IOException(
                                "its configuration was not taken up within " + START_LIMIT_SECONDS + " s");
                    }
                    slots.wait(left);
                }
            }
            return slot.ready().get(START_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        } catch (ExecutionException failure) {
            Problem problem = Refused.of(failure);
            if (problem != null) {
                throw new Refused(problem);
            }
            throw new IOException(failure.getCause());
        } catch (TimeoutException late) {
            throw new IOException("it did not start within " + START_LIMIT_SECONDS + " s", late);
        }
    }

    @Override
    public CompletionStage<Void> remove(String uuid, boolean force, Consumer<String> progress) {
        synchronized (slots) {
            // Nothing is known here any more, but the controllers are: they come back with this room.
            if (closed) {
                return CompletableFuture.failedFuture(Problem.refuse(
                        Code.TRY_AGAIN, "the room of this container's controllers is being replaced, try again"));
            }
            if (!slots.containsKey(uuid) && !configurations.known().containsKey(uuid)) {
                return CompletableFuture.failedFuture(Problem.notFound("controller", uuid));
            }
        }
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        ControllerSlot slot = awaitTurn(uuid);
                        new Remover(rooms, executors).remove(slot, force, progress);
                        takeDown(slot);
                        removed.run();
                    } catch (IOException failure) {
                        throw Problem.refuse(Code.NONE, "cannot remove controller: %s", failure.getMessage());
                    }
                },
                executors.operations());
    }

    /** Until its folder is gone it is listed, and its name is taken. */
    private void takeDown(ControllerSlot slot) throws IOException {
        String uuid = slot.uuid();
        synchronized (slots) {
            leaving.put(uuid, new Status(uuid, slot.status().name(), "stopping"));
        }
        try (Unfinished removing = Unfinished.mark(slot.folder())) {
            forget(uuid, removing);
            unconfigured(uuid);
            Bootstrapper.deleteTree(slot.folder());
        } finally {
            synchronized (slots) {
                leaving.remove(uuid);
            }
        }
    }

    private void forget(String uuid, Unfinished removing) throws IOException {
        try {
            configurations.delete(uuid);
        } catch (IOException | RuntimeException stays) {
            removing.finished();
            throw stays;
        }
    }

    /** One that is only starting, or whose rooms are being replaced, is given the time that requests have. */
    private ControllerSlot awaitTurn(String uuid) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TURN_LIMIT_SECONDS);
        try {
            synchronized (slots) {
                while (true) {
                    ControllerSlot slot = slots.get(uuid);
                    String state = slot == null ? "" : slot.status().state();
                    long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                    if (state.equals("running") || state.startsWith("failed") || left <= 0 || closed) {
                        if (slot == null) {
                            throw Problem.refuse(Code.TRY_AGAIN, "the controller is not taken up yet, try again");
                        }
                        return slot;
                    }
                    slots.wait(Math.min(left, 100));
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    @Override
    public void close() {
        List<ControllerSlot> all;
        synchronized (slots) {
            closed = true;
            slots.notifyAll();
            all = new ArrayList<>(slots.values());
            slots.clear();
        }
        all.forEach(ControllerSlot::end);
    }
}
