package org.isthmus.controller;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelEntry;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.model.store.Watch;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Reconciler;
import org.isthmus.spi.Plug;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs every reconciler over every model of one controller, and over the controller's own documents. */
final class ReconcilerHost implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcilerHost.class);

    private final ControllerContext controller;
    private final Rooms rooms;
    private final Executors executors;
    private final Rooms.ReconcilerListener listener = this::arrived;
    private final Map<String, Plug<Reconciler>> reconcilers = new HashMap<>();
    private final Map<String, ReconcilerLoop> loops = new HashMap<>();
    private final Watch entries;
    private boolean closed;

    ReconcilerHost(ControllerContext controller, Rooms rooms, Executors executors) {
        this.controller = controller;
        this.rooms = rooms;
        this.executors = executors;
        this.entries = controller.store().controller().watch(Set.of(Interest.in(Kinds.MODEL_ENTRY)));
    }

    void start() {
        rooms.listen(listener);
        follow();
    }

    private void follow() {
        entries.changed()
                .whenCompleteAsync(
                        (keys, failure) -> {
                            if (failure == null) {
                                sync();
                                follow();
                            }
                        },
                        executors.workers());
    }

    private void arrived(String name, Plug<Reconciler> plug) {
        synchronized (loops) {
            reconcilers.put(name, plug);
        }
        executors.workers().execute(() -> {
            sync();
            synchronized (loops) {
                loops.forEach((key, loop) -> {
                    if (key.startsWith(name + "@")) {
                        loop.again();
                    }
                });
            }
        });
    }

    /** A loop for each reconciler and each document set that it works on; none for what is gone. */
    private void sync() {
        Set<String> wanted = new HashSet<>();
        wanted.add(controller.uuid());
        for (ModelEntry entry : controller.store().controller().snapshot().all(Kinds.MODEL_ENTRY)) {
            if (!entry.state().equals("creating")) {
                wanted.add(entry.uuid());
            }
        }
        synchronized (loops) {
            if (closed) {
                return;
            }
            loops.entrySet().removeIf(loop -> {
                String set = loop.getKey().substring(loop.getKey().indexOf('@') + 1);
                if (!wanted.contains(set)) {
                    loop.getValue().close();
                    return true;
                }
                return false;
            });
            reconcilers.forEach((name, plug) -> wanted.forEach(set -> start(name, plug, set)));
        }
    }

    private void start(String name, Plug<Reconciler> plug, String set) {
        String key = name + "@" + set;
        if (loops.containsKey(key)) {
            return;
        }
        boolean onController = set.equals(controller.uuid());
        try {
            Documents documents = onController
                    ? controller.store().controller()
                    : controller.store().model(set).orElse(null);
            if (documents != null) {
                ReconcilerLoop loop = new ReconcilerLoop(name, plug, controller, documents, onController, executors);
                loops.put(key, loop);
                loop.start();
            }
        } catch (RuntimeException damaged) {
            LOG.error("{} cannot work on {}", name, set, damaged);
        }
    }

    @Override
    public void close() {
        rooms.unlisten(listener);
        entries.close();
        synchronized (loops) {
            closed = true;
            loops.values().forEach(ReconcilerLoop::close);
            loops.clear();
        }
    }
}
