package org.isthmus.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.model.Change;
import org.isthmus.model.Codec;
import org.isthmus.model.Controller;
import org.isthmus.model.Summary;
import org.isthmus.model.Tx;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Leases;
import org.isthmus.model.store.Store;
import org.isthmus.spi.Journal;
import org.isthmus.spi.JournalFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store of one controller over a journal. */
final class JournaledStore implements Store {
    private static final Logger LOG = LoggerFactory.getLogger(JournaledStore.class);
    private static final long CLOSE_SECONDS = 30;

    private final FolderLock lock;
    private final Journal journal;
    private final Workers workers;
    private final InstantSource clock;
    private final Alarm alarm;
    private final Metrics metrics = new Metrics();
    private final Slow slow = new Slow(this::record);
    private final Appender appender;
    private final DocumentSet controller;
    private final Map<String, Slot> slots = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private JournaledStore(
            String uuid, FolderLock lock, Journal journal, Workers workers, InstantSource clock, Alarm alarm)
            throws IOException {
        this.lock = lock;
        this.journal = journal;
        this.workers = workers;
        this.clock = clock;
        this.alarm = alarm;
        this.appender = new Appender(shortName(uuid), journal, uuid, workers, metrics);
        Map<String, Journal.Head> heads = new HashMap<>();
        for (Journal.Head head : journal.heads()) {
            heads.put(head.set(), head);
        }
        Journal.Head own = heads.remove(uuid);
        this.controller = own == null
                ? DocumentSet.fresh(uuid, appender, workers, metrics, slow, (set, summary, changes) -> {})
                : DocumentSet.load(
                        uuid, journal, own.revision(), appender, workers, metrics, slow, (set, summary, changes) -> {});
        for (Journal.Head head : heads.values()) {
            slots.put(head.set(), Slot.present(summary(head), head.revision()));
        }
        appender.start();
    }

    /** Null while the controller's own set is being made. */
    private Controller record() {
        DocumentSet own = controller;
        return own == null ? null : own.snapshot().controller();
    }

    private static Summary summary(Journal.Head head) throws IOException {
        try {
            return head.summary() == null ? null : Codec.decodeSummary(head.summary());
        } catch (IOException damaged) {
            throw new IOException(
                    "cannot read the summary row of set " + head.set() + ": " + damaged.getMessage(), damaged);
        }
    }

    static JournaledStore open(String uuid, Path folder, boolean create, JournalFactory journals) throws IOException {
        return open(uuid, folder, create, journals, null, null);
    }

    /** @param clock and alarm of the leases; null for the real ones */
    static JournaledStore open(
            String uuid, Path folder, boolean create, JournalFactory journals, InstantSource clock, Alarm alarm)
            throws IOException {
        FolderLock lock = FolderLock.take(folder, create);
        Journal journal = null;
        Workers workers = null;
        try {
            journal = journals.open(folder.resolve("journal"), create);
            if (!create && journal.heads().stream().noneMatch(head -> head.set().equals(uuid))) {
                throw new NoSuchFileException(
                        folder.toString(), null, "the store has no documents of controller " + uuid);
            }
            workers = new Workers(uuid, shortName(uuid));
            return new JournaledStore(
                    uuid,
                    lock,
                    journal,
                    workers,
                    clock == null ? workers.clock() : clock,
                    alarm == null ? workers.alarm() : alarm);
        } catch (IOException | RuntimeException | Error failure) {
            if (workers != null) {
                workers.close();
            }
            if (journal != null) {
                journal.close();
            }
            lock.close();
            throw failure;
        }
    }

    private static String shortName(String uuid) {
        return uuid.length() > 8 ? uuid.substring(0, 8) : uuid;
    }

    @Override
    public Documents controller() {
        return controller;
    }

    @Override
    public Optional<Documents> model(String uuid) {
        Slot slot = slots.get(uuid);
        return slot == null ? Optional.empty() : Optional.ofNullable(documents(uuid, slot));
    }

    private DocumentSet documents(String uuid, Slot slot) {
        try {
            return slot.documents(() -> load(uuid, slot));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure.getMessage(), failure);
        }
    }

    private DocumentSet load(String uuid, Slot slot) throws IOException {
        if (closed) {
            throw new IOException("the store is closed");
        }
        DocumentSet set =
                DocumentSet.load(uuid, journal, slot.revision(), appender, workers, metrics, slow, listener(slot));
        watchLeases(slot, set);
        return set;
    }

    private DocumentSet.Listener listener(Slot slot) {
        return (set, summary, changes) -> published(slot, summary, changes);
    }

    private static void published(Slot slot, Summary summary, List<Change> changes) {
        slot.summary(summary);
        LeaseClock leases = slot.leases();
        if (leases != null) {
            leases.published(changes);
        }
    }

    private void watchLeases(Slot slot, DocumentSet set) {
        LeaseClock leases = new LeaseClock(set, clock, alarm);
        slot.leases(leases);
        leases.start(set.snapshot());
    }

    @Override
    public CompletionStage<Documents> create(String uuid, Consumer<Tx> first) {
        Slot slot = Slot.making();
        if (closed) {
            return CompletableFuture.failedFuture(stopped());
        }
        if (uuid.equals(controller.id()) || slots.putIfAbsent(uuid, slot) != null) {
            return CompletableFuture.failedFuture(
                    Problem.refuse(Code.ALREADY_EXISTS, "model \"%s\" already exists", uuid));
        }
        DocumentSet set = DocumentSet.fresh(uuid, appender, workers, metrics, slow, listener(slot));
        watchLeases(slot, set);
        return set.make(tx -> {
                    first.accept(tx);
                    return null;
                })
                .handle((done, failure) -> {
                    if (failure != null) {
                        slots.remove(uuid, slot);
                        slot.leases().close();
                        set.shut(notFound(uuid));
                        throw failure instanceof Refused refused
                                ? refused
                                : new java.util.concurrent.CompletionException(failure);
                    }
                    slot.made(set);
                    return set;
                });
    }

    private static Refused notFound(String uuid) {
        return Problem.refuse(Code.MODEL_NOT_FOUND, "model \"%s\" not found", uuid);
    }

    private static Refused stopped() {
        return Problem.refuse(Code.STOPPED, "the store is closed");
    }

    @Override
    public CompletionStage<Void> delete(String uuid) {
        Slot slot = slots.get(uuid);
        DocumentSet loaded;
        synchronized (this) {
            if (slot == null || !slot.isPresent()) {
                return CompletableFuture.failedFuture(notFound(uuid));
            }
            slot.removing(true);
            loaded = slot.loaded();
        }
        CompletionStage<Void> quiet =
                loaded == null ? CompletableFuture.completedFuture(null) : loaded.shut(notFound(uuid));
        return quiet.thenCompose(idle -> appender.remove(Set.of(uuid))).whenComplete((done, failure) -> {
            if (failure != null) {
                if (loaded != null) {
                    loaded.reopen();
                }
                slot.removing(false);
                return;
            }
            slots.remove(uuid, slot);
            if (loaded != null) {
                slot.leases().close();
                loaded.stopWatches();
            }
        });
    }

    @Override
    public Set<String> models() {
        Set<String> present = new LinkedHashSet<>();
        slots.forEach((uuid, slot) -> {
            if (slot.isPresent()) {
                present.add(uuid);
            }
        });
        return present;
    }

    @Override
    public Collection<Summary> summaries() {
        List<Summary> summaries = new ArrayList<>();
        for (Slot slot : slots.values()) {
            Summary summary = slot.summary();
            if (slot.isPresent() && summary != null) {
                summaries.add(summary);
            }
        }
        return summaries;
    }

    @Override
    public Optional<Summary> summary(String uuid) {
        Slot slot = slots.get(uuid);
        return slot == null || !slot.isPresent() ? Optional.empty() : Optional.ofNullable(slot.summary());
    }

    @Override
    public Leases leases(String uuid) {
        Slot slot = slots.get(uuid);
        if (slot == null || documents(uuid, slot) == null) {
            throw notFound(uuid);
        }
        return slot.leases();
    }

    @Override
    public Map<String, Long> metrics() {
        Map<String, Long> values = metrics.values();
        values.put("state.readonly", appender.readOnly() == null ? 0L : 1L);
        return values;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        List<DocumentSet> sets = new ArrayList<>();
        sets.add(controller);
        for (Slot slot : slots.values()) {
            LeaseClock leases = slot.leases();
            if (leases != null) {
                leases.close();
            }
            DocumentSet loaded = slot.loaded();
            if (loaded != null) {
                sets.add(loaded);
            }
        }
        List<CompletableFuture<Void>> busy = new ArrayList<>();
        sets.forEach(set -> busy.add(set.shut(stopped()).toCompletableFuture()));
        await(CompletableFuture.allOf(busy.toArray(CompletableFuture[]::new)));
        appender.close();
        sets.forEach(DocumentSet::stopWatches);
        try {
            journal.close();
        } catch (IOException failure) {
            LOG.error("The journal did not close cleanly", failure);
        }
        workers.close();
        try {
            lock.close();
        } catch (IOException failure) {
            LOG.warn("The lock of the store cannot be given back", failure);
        }
    }

    private static void await(CompletableFuture<Void> idle) {
        boolean interrupted = false;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
        while (!idle.isDone()) {
            try {
                idle.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException later) {
                interrupted = true;
            } catch (TimeoutException late) {
                LOG.error("Requests are still under way after {} s; closing without them", CLOSE_SECONDS);
                break;
            } catch (ExecutionException cannotHappen) {
                LOG.error("close", cannotHappen);
                break;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
