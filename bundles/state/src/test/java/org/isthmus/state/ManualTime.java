package org.isthmus.state;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A clock that goes when it is told to, and rings what is due. */
final class ManualTime implements InstantSource, Alarm {
    private record Ring(Instant at, Runnable task) {}

    private final List<Ring> rings = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public synchronized Instant instant() {
        return now;
    }

    @Override
    public synchronized Runnable in(Duration delay, Runnable task) {
        Ring ring = new Ring(now.plus(delay), task);
        rings.add(ring);
        return () -> {
            synchronized (this) {
                rings.remove(ring);
            }
        };
    }

    synchronized int waiting() {
        return rings.size();
    }

    void pass(Duration time) {
        Instant end = instant().plus(time);
        while (true) {
            Ring next;
            synchronized (this) {
                next = rings.stream()
                        .filter(r -> !r.at.isAfter(end))
                        .min(Comparator.comparing(Ring::at))
                        .orElse(null);
                if (next == null) {
                    now = end;
                    return;
                }
                rings.remove(next);
                now = next.at.isAfter(now) ? next.at : now;
            }
            next.task.run();
        }
    }
}
