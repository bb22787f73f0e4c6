package org.isthmus.crossmodel;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.isthmus.spi.Journal;
import org.isthmus.spi.JournalFactory;

/** What was appended here is there after a restart. */
final class MemoryDisk implements JournalFactory {
    private static final class Rows {
        private Journal.Head head;
        private final Map<List<String>, Journal.Row> rows = new LinkedHashMap<>();
    }

    private final Map<String, Rows> sets = new HashMap<>();
    private boolean exists;

    @Override
    public synchronized Journal open(Path folder, boolean create) throws IOException {
        if (!create && !exists) {
            throw new NoSuchFileException(folder.toString());
        }
        exists = true;
        return new Open();
    }

    private final class Open implements Journal {
        @Override
        public List<Head> heads() {
            synchronized (MemoryDisk.this) {
                return sets.values().stream().map(s -> s.head).toList();
            }
        }

        @Override
        public void load(String set, RowReader reader) throws IOException {
            List<Row> rows;
            synchronized (MemoryDisk.this) {
                rows = new ArrayList<>(sets.get(set).rows.values());
            }
            for (Row row : rows) {
                reader.row(row);
            }
        }

        @Override
        public void append(List<Batch> batches) throws IOException {
            synchronized (MemoryDisk.this) {
                for (Batch batch : batches) {
                    Rows at = sets.get(batch.set());
                    if ((at == null ? 0 : at.head.revision()) != batch.expected()) {
                        throw new ConflictException("set " + batch.set() + " is elsewhere");
                    }
                }
                for (Batch batch : batches) {
                    Rows at = sets.computeIfAbsent(batch.set(), k -> new Rows());
                    byte[] summary = batch.summary() != null || at.head == null ? batch.summary() : at.head.summary();
                    at.head = new Head(batch.set(), batch.epoch(), batch.revision(), summary);
                    for (Row row : batch.rows()) {
                        List<String> key = List.of(row.kind(), row.id());
                        if (row.bytes() == null) {
                            at.rows.remove(key);
                        } else {
                            at.rows.put(key, row);
                        }
                    }
                }
            }
        }

        @Override
        public void delete(Set<String> gone) {
            synchronized (MemoryDisk.this) {
                sets.keySet().removeAll(gone);
            }
        }

        @Override
        public void close() {}
    }
}
