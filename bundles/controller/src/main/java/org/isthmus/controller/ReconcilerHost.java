package org.isthmus.controller;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
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
    /** By document set, then by reconciler. */
    private final Map<String, Map<String, ReconcilerLoop>> loops = new HashMap<>();
    /** Document sets that could not be worked on when they should: looked at again whenever another is. */
    private final Set<String> late = new HashSet<>();

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
                                keys.forEach(key -> sync(key.id()));
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
            List<ReconcilerLoop> known = new ArrayList<>();
            synchronized (loops) {
                loops.values().forEach(of -> {
                    if (of.containsKey(name)) {
                        known.add(of.get(name));
                    }
                });
            }
            sync(controller.uuid());
            for (ModelEntry entry : controller.store().controller().snapshot().all(Kinds.MODEL_ENTRY)) {
                sync(entry.uuid());
            }
            known.forEach(ReconcilerLoop::start);
        });
    }

    /** A loop for each reconciler on this document set; none when it is gone. Costs the same for any number of models. */
    private void sync(String set) {
        synchronized (loops) {
            if (closed) {
                return;
            }
            settle(set);
            Set.copyOf(late).forEach(this::settle);
        }
    }

    private void settle(String set) {
        late.remove(set);
        if (isWanted(set)) {
            Map<String, ReconcilerLoop> of = loops.computeIfAbsent(set, any -> new HashMap<>());
            reconcilers.forEach((name, plug) -> {
                if (!of.containsKey(name)) {
                    start(name, plug, set, of);
                }
            });
        } else {
            Map<String, ReconcilerLoop> leaving = loops.remove(set);
            if (leaving != null) {
                leaving.values().forEach(ReconcilerLoop::close);
            }
        }
    }

    private boolean isWanted(String set) {
        ModelEntry entry = controller.store().controller().snapshot().get(Kinds.MODEL_ENTRY, set);
        return set.equals(controller.uuid()) || entry != null && !entry.state().equals("creating");
    }

    private void start(String name, Plug<Reconciler> plug, String set, Map<String, ReconcilerLoop> of) {
        boolean onController = set.equals(controller.uuid());
        try {
            Documents documents = onController
                    ? controller.store().controller()
                    : controller.store().model(set).orElse(null);
            if (documents == null) {
                late.add(set);
                return;
            }
            ReconcilerLoop loop = new ReconcilerLoop(name, plug, controller, documents, onController, executors);
            of.put(name, loop);
            loop.start();
        } catch (RuntimeException damaged) {
            late.add(set);
            LOG.error("{} cannot work on {}", name, set, damaged);
        }
    }

    @Override
    public void close() {
        rooms.unlisten(listener);
        entries.close();
        synchronized (loops) {
            closed = true;
            loops.values().forEach(of -> of.values().forEach(ReconcilerLoop::close));
            loops.clear();
        }
    }
}
