package org.isthmus.apiserver;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.isthmus.model.StatusValue;
import org.isthmus.model.store.Logs;

/** Lines in a list. */
final class FakeLogs implements Logs {
    final List<Line> lines = new CopyOnWriteArrayList<>();
    final List<Follower> followers = new CopyOnWriteArrayList<>();

    record Follower(String model, Predicate<Line> filter, Consumer<Line> consumer) {}

    @Override
    public synchronized void append(Line line) {
        lines.add(line);
        for (Follower each : followers) {
            if (each.model().equals(line.model()) && each.filter().test(line)) {
                each.consumer().accept(line);
            }
        }
    }

    @Override
    public List<Line> tail(String model, int limit, Predicate<Line> filter) {
        List<Line> all = new ArrayList<>();
        for (Line line : lines) {
            if (line.model().equals(model) && filter.test(line)) {
                all.add(line);
            }
        }
        return all.subList(Math.max(0, all.size() - limit), all.size());
    }

    @Override
    public synchronized AutoCloseable follow(String model, int past, Predicate<Line> filter, Consumer<Line> consumer) {
        tail(model, past, filter).forEach(consumer);
        Follower follower = new Follower(model, filter, consumer);
        followers.add(follower);
        return () -> followers.remove(follower);
    }

    @Override
    public void history(String model, String entity, String type, StatusValue status) {}

    @Override
    public List<Entry> history(String model, String entity, String type, int limit) {
        return List.of();
    }

    @Override
    public void forget(String model) {}
}
