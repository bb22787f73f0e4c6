package org.isthmus.state;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Names;
import org.isthmus.model.Change;
import org.isthmus.model.Kinds;
import org.isthmus.model.Lease;
import org.isthmus.model.Snapshot;
import org.isthmus.model.store.Leases;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases of one model: who holds what is in its documents, until when is here. A lease that this clock has not seen before,
 * after a start or an import, has one full term.
 */
final class LeaseClock implements Leases, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseClock.class);
    /** Expiry is at most this late, so that a model with many leases is not looked through all the time. */
    private static final Duration GRAIN = Duration.ofSeconds(1);

    private static final class Term {
        private final String holder;
        private final long fencing;
        private Instant until;
        /** Its end is on its way through the writer; a renewal has to go that way too. */
        private boolean ending;
        /** It ends because its unit is gone, which nobody can renew it for. */
        private boolean orphaned;

        private Term(String holder, long fencing, Instant until) {
            this.holder = holder;
            this.fencing = fencing;
            this.until = until;
        }
    }

    private final DocumentSet documents;
    private final InstantSource clock;
    private final Alarm alarm;
    private final Map<String, Term> terms = new HashMap<>();
    private Runnable cancel;
    private boolean closed;

    LeaseClock(DocumentSet documents, InstantSource clock, Alarm alarm) {
        this.documents = documents;
        this.clock = clock;
        this.alarm = alarm;
    }

    void start(Snapshot snapshot) {
        for (Lease lease : snapshot.all(Kinds.LEASE)) {
            seen(lease);
        }
    }

    @Override
    public CompletionStage<Boolean> claim(String application, String unit) {
        Instant until = clock.instant().plus(TERM);
        Term term;
        synchronized (this) {
            term = terms.get(application);
            if (term != null && !term.ending) {
                if (!term.holder.equals(unit)) {
                    return CompletableFuture.completedFuture(false);
                }
                term.until = until;
                return CompletableFuture.completedFuture(true);
            }
        }
        return documents.<Boolean>submit(tx -> {
            tx.need(Kinds.APPLICATION, application);
            Lease lease = tx.get(Kinds.LEASE, application);
            if (lease != null && lease.holder() != null) {
                if (term == null || !lease.holder().equals(unit) || lease.fencing() != term.fencing) {
                    return lease.holder().equals(unit);
                }
                // Its end is right behind this: with the next number it passes by, and the holder has a new term.
                if (!term.orphaned) {
                    tx.put(Kinds.LEASE, new Lease(application, unit, lease.fencing() + 1));
                }
                return !term.orphaned;
            }
            long fencing = lease == null ? 1 : lease.fencing() + 1;
            tx.put(Kinds.LEASE, new Lease(application, unit, fencing));
            return true;
        });
    }

    @Override
    public CompletionStage<Void> release(String application, String unit) {
        return documents.submit(tx -> {
            Lease lease = tx.get(Kinds.LEASE, application);
            if (lease != null && unit.equals(lease.holder())) {
                tx.put(Kinds.LEASE, lease.withHolder(null));
            }
            return null;
        });
    }

    /** Called after each commit, before it is answered. */
    void published(Collection<Change> changes) {
        for (Change change : changes) {
            if (change.key().kind().equals(Kinds.LEASE)) {
                if (change.after() instanceof Lease lease) {
                    seen(lease);
                } else {
                    forget(change.key().id());
                }
            } else if (change.key().kind().equals(Kinds.APPLICATION) && change.after() == null) {
                removeWith(change.key().id());
            } else if (change.key().kind().equals(Kinds.UNIT) && change.after() == null) {
                endWith(change.key().id());
            }
        }
    }

    private synchronized void forget(String application) {
        terms.remove(application);
    }

    private synchronized void seen(Lease lease) {
        if (closed) {
            return;
        }
        if (lease.holder() == null) {
            terms.remove(lease.application());
            return;
        }
        Term known = terms.get(lease.application());
        if (known == null || known.fencing != lease.fencing() || !Objects.equals(known.holder, lease.holder())) {
            terms.put(
                    lease.application(),
                    new Term(lease.holder(), lease.fencing(), clock.instant().plus(TERM)));
        }
        if (cancel == null) {
            cancel = alarm.in(TERM, this::look);
        }
    }

    /** A namesake of a removed application inherits nothing. */
    private void removeWith(String application) {
        if (!documents.snapshot().has(Kinds.LEASE, application)) {
            return;
        }
        documents
                .submit(tx -> {
                    if (!tx.now().has(Kinds.APPLICATION, application)) {
                        tx.remove(Kinds.LEASE, application);
                    }
                    return null;
                })
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.warn("The lease of {}, which is gone, stays: {}", application, failure.getMessage());
                    }
                });
    }

    /** What a unit leads that is gone from the model is free: nothing it still does is taken. */
    private void endWith(String unit) {
        String application = Names.applicationOf(unit);
        Term term;
        synchronized (this) {
            term = terms.get(application);
            if (closed || term == null || !term.holder.equals(unit)) {
                return;
            }
            term.orphaned = true;
            if (term.ending) {
                return;
            }
            term.ending = true;
        }
        end(application, term);
    }

    private void look() {
        List<Map.Entry<String, Term>> over = new ArrayList<>();
        synchronized (this) {
            cancel = null;
            if (closed) {
                return;
            }
            Instant now = clock.instant();
            Instant next = null;
            for (Map.Entry<String, Term> entry : terms.entrySet()) {
                Term term = entry.getValue();
                if (term.ending) {
                    continue;
                }
                if (!term.until.isAfter(now)) {
                    term.ending = true;
                    over.add(Map.entry(entry.getKey(), term));
                } else if (next == null || term.until.isBefore(next)) {
                    next = term.until;
                }
            }
            if (next != null) {
                schedule(Duration.between(now, next));
            }
        }
        for (Map.Entry<String, Term> entry : over) {
            end(entry.getKey(), entry.getValue());
        }
    }

    private void schedule(Duration delay) {
        if (cancel == null && !closed) {
            cancel = alarm.in(delay.compareTo(GRAIN) < 0 ? GRAIN : delay, this::look);
        }
    }

    private void end(String application, Term term) {
        documents
                .submit(tx -> {
                    Lease lease = tx.get(Kinds.LEASE, application);
                    if (lease != null && lease.fencing() == term.fencing && term.holder.equals(lease.holder())) {
                        tx.put(Kinds.LEASE, lease.withHolder(null));
                    }
                    return null;
                })
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        return;
                    }
                    LOG.warn("The lease of {} cannot end now: {}", application, failure.getMessage());
                    synchronized (this) {
                        // Still held, for what that is worth; tried again after a while.
                        term.ending = false;
                        term.until = clock.instant().plus(TERM.dividedBy(4));
                        schedule(TERM.dividedBy(4));
                    }
                });
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (cancel != null) {
            cancel.run();
            cancel = null;
        }
        terms.clear();
    }
}
