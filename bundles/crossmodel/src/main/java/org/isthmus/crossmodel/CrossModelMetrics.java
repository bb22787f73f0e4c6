package org.isthmus.crossmodel;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Metrics;

/** What other controllers must still hear, and how many are known: both come to nothing when all is removed. */
final class CrossModelMetrics implements Metrics {
    /** By UUID; a controller that ended is not held. */
    private final Map<String, WeakReference<ControllerContext>> controllers = new ConcurrentHashMap<>();

    void follow(ControllerContext controller) {
        WeakReference<ControllerContext> known = controllers.get(controller.uuid());
        if (known == null || known.get() != controller) {
            controllers.put(controller.uuid(), new WeakReference<>(controller));
        }
    }

    @Override
    public void report(Sink sink) {
        controllers.values().removeIf(each -> each.get() == null);
        for (WeakReference<ControllerContext> each : controllers.values()) {
            ControllerContext controller = each.get();
            if (controller != null) {
                report(sink, controller.name(), controller.store().controller().snapshot());
            }
        }
    }

    private static void report(Sink sink, String controller, Snapshot own) {
        sink.gauge(
                "isthmus_crossmodel_outbox",
                "messages that other controllers must still hear",
                own.count(Kinds.OUTGOING),
                "controller",
                controller);
        sink.gauge(
                "isthmus_crossmodel_external_controllers",
                "other controllers whose offers are used here",
                own.count(Kinds.EXTERNAL_CONTROLLER),
                "controller",
                controller);
    }
}
