package org.isthmus.state;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.isthmus.spi.Journal;
import org.isthmus.spi.JournalFactory;

/**
 * A disk for journals, with a memory that a crash cannot reach and one that it drops: an append writes first and syncs then, and
 * the power may go before, between and after. It can also be full, and lie about a commit that it made.
 */
final class CrashDisk implements JournalFactory {
    private static final class SetOfRows {
        private long epoch;
        private long revision;
        private byte[] summary;
        private final Map<List<String>, Journal.Row> rows = new LinkedHashMap<>();

        private SetOfRows copy() {
            SetOfRows copy = new SetOfRows();
            copy.epoch = epoch;
            copy.revision = revision;
            copy.summary = summary;
            copy.rows.putAll(rows);
            return copy;
        }
    }

    private final Random random;
    private Map<String, SetOfRows> synced = new HashMap<>();
    private boolean exists;
    private boolean open;
    private boolean powerOff;
    /** How many appends from now the power goes; below 0: never. */
    private int powerGoesIn = -1;

    private int failures;
    private int lies;
    private String unreadable;
    private Runnable beforeAppend = () -> {};
    int appends;
    int largestAppend;

    CrashDisk(long seed) {
        random = new Random(seed);
    }

    synchronized void crashIn(int appendsFromNow) {
        powerGoesIn = appendsFromNow;
    }

    synchronized boolean isOff() {
        return powerOff;
    }

    /** After a crash: what was synced is there, nothing else. */
    synchronized void powerOn() {
        powerOff = false;
        powerGoesIn = -1;
        open = false;
    }

    synchronized void failNext(int times) {
        failures = times;
    }

    /** The next appends are made and then reported as failed. */
    synchronized void lieNext(int times) {
        lies = times;
    }

    /** A set that cannot be loaded. */
    synchronized void unreadable(String set) {
        unreadable = set;
    }

    void beforeAppend(Runnable hook) {
        beforeAppend = hook;
    }

    /** Somebody else writes behind the owner's back. */
    synchronized void raiseEpoch(String set, long epoch) {
        synced.get(set).epoch = epoch;
    }

    synchronized void damage(String set) {
        SetOfRows rows = synced.get(set);
        List<String> first = rows.rows.keySet().iterator().next();
        Journal.Row row = rows.rows.get(first);
        rows.rows.put(first, new Journal.Row(row.kind(), row.id(), row.revision(), row.schema(), new byte[] {'{'}));
    }

    @Override
    public synchronized Journal open(Path folder, boolean create) throws IOException {
        if (!exists && !create) {
            throw new NoSuchFileException(folder.toString());
        }
        if (open) {
            throw new IOException("in use");
        }
        exists = true;
        open = true;
        return new OpenJournal();
    }

    private void mustBeOn() throws IOException {
        if (powerOff) {
            throw new IOException("the power is off");
        }
    }

    private static void apply(Map<String, SetOfRows> sets, Journal.Batch batch) throws IOException {
        SetOfRows set = sets.get(batch.set());
        if (set == null ? batch.expected() != 0 : set.revision != batch.expected() || set.epoch > batch.epoch()) {
            throw new Journal.ConflictException(batch.set() + " does not stand at " + batch.expected());
        }
        set = set == null ? new SetOfRows() : set.copy();
        set.epoch = batch.epoch();
        set.revision = batch.revision();
        set.summary = batch.summary() == null ? set.summary : batch.summary();
        for (Journal.Row row : batch.rows()) {
            List<String> key = List.of(row.kind(), row.id());
            if (row.bytes() == null) {
                set.rows.remove(key);
            } else {
                set.rows.put(key, row);
            }
        }
        sets.put(batch.set(), set);
    }

    private final class OpenJournal implements Journal {
        @Override
        public List<Head> heads() throws IOException {
            synchronized (CrashDisk.this) {
                mustBeOn();
                List<Head> heads = new ArrayList<>();
                synced.forEach((name, set) -> heads.add(new Head(name, set.epoch, set.revision, set.summary)));
                return heads;
            }
        }

        @Override
        public void load(String set, RowReader reader) throws IOException {
            List<Row> rows;
            synchronized (CrashDisk.this) {
                mustBeOn();
                if (set.equals(unreadable)) {
                    throw new IOException("cannot read " + set);
                }
                rows = synced.containsKey(set)
                        ? new ArrayList<>(synced.get(set).rows.values())
                        : List.of();
            }
            for (Row row : rows) {
                reader.row(row);
            }
        }

        @Override
        public void append(List<Batch> batches) throws IOException {
            beforeAppend.run();
            synchronized (CrashDisk.this) {
                mustBeOn();
                appends++;
                largestAppend = Math.max(largestAppend, batches.size());
                if (failures > 0) {
                    failures--;
                    throw new IOException("no space left on the disk");
                }
                Map<String, SetOfRows> written = new HashMap<>(synced);
                for (Batch batch : batches) {
                    apply(written, batch);
                }
                boolean crash = powerGoesIn >= 0 && powerGoesIn-- == 0;
                if (crash && random.nextBoolean()) {
                    powerOff = true;
                    throw new IOException("the power went before the sync");
                }
                synced = written;
                if (crash) {
                    powerOff = true;
                    throw new IOException("the power went after the sync");
                }
                if (lies > 0) {
                    lies--;
                    throw new IOException("it is not known whether the last commit was saved");
                }
            }
        }

        @Override
        public void delete(Set<String> sets) throws IOException {
            synchronized (CrashDisk.this) {
                mustBeOn();
                Map<String, SetOfRows> left = new HashMap<>(synced);
                left.keySet().removeAll(sets);
                synced = left;
            }
        }

        @Override
        public void close() {
            synchronized (CrashDisk.this) {
                open = false;
            }
        }
    }
}
