package org.isthmus.apiserver;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.isthmus.model.StatusValue;
import org.isthmus.model.store.Logs;

/** Lines in a list. */
final class FakeLogs implements Logs {
    final List<Line> lines = new CopyOnWriteArrayList<>();
    final List<Reader> readers = new CopyOnWriteArrayList<>();
    private final List<Runnable> waiting = new ArrayList<>();

    @Override
    public void append(Line line) {
        List<Runnable> wakes;
        synchronized (this) {
            lines.add(line);
            wakes = List.copyOf(waiting);
            waiting.clear();
        }
        wakes.forEach(Runnable::run);
    }

    @Override
    public Reader read(String model, int past, boolean follow, Predicate<Line> filter) {
        List<Line> all = matching(lines, model, filter);
        ListReader reader = new ListReader(model, filter);
        reader.next = all.subList(Math.max(0, all.size() - past), all.size());
        readers.add(reader);
        return reader;
    }

    private static List<Line> matching(List<Line> lines, String model, Predicate<Line> filter) {
        return lines.stream()
                .filter(line -> line.model().equals(model) && filter.test(line))
                .toList();
    }

    private final class ListReader implements Reader {
        private final String model;
        private final Predicate<Line> filter;
        private List<Line> next;
        private int seen = lines.size();

        ListReader(String model, Predicate<Line> filter) {
            this.model = model;
            this.filter = filter;
        }

        @Override
        public Page next() {
            synchronized (FakeLogs.this) {
                List<Line> page = new ArrayList<>(next);
                next = List.of();
                page.addAll(matching(lines.subList(seen, lines.size()), model, filter));
                seen = lines.size();
                return new Page(page, true, false);
            }
        }

        @Override
        public void whenMore(Runnable wake) {
            synchronized (FakeLogs.this) {
                if (seen == lines.size()) {
                    waiting.add(wake);
                    return;
                }
            }
            wake.run();
        }

        @Override
        public void close() {
            readers.remove(this);
        }
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
