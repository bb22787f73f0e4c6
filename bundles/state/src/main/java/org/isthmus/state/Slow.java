package org.isthmus.state;

import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.isthmus.api.Durations;
import org.isthmus.model.Controller;

/** From when on a decision is told of as slow: the controller's settings `query-tracing-…`, in effect at once. */
final class Slow {
    private static final Duration USUAL = Duration.ofMillis(100);

    private final Supplier<Controller> controller;
    private volatile Controller read;
    private volatile long nanos = USUAL.toNanos();

    /** @param controller the record as it is now, null while there is none */
    Slow(Supplier<Controller> controller) {
        this.controller = controller;
    }

    long nanos() {
        Controller now = controller.get();
        if (now != read) {
            nanos = now == null ? USUAL.toNanos() : of(now.settings());
            read = now;
        }
        return nanos;
    }

    private static long of(Map<String, Object> settings) {
        if ("false".equals(String.valueOf(settings.get("query-tracing-enabled")))) {
            return Long.MAX_VALUE;
        }
        Object set = settings.get("query-tracing-threshold");
        Duration threshold = set == null ? USUAL : Durations.parse(set.toString());
        return (threshold == null ? USUAL : threshold).toNanos();
    }
}
