package org.isthmus.facades;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.charm.Charm;
import org.isthmus.charm.CharmArchive;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Controller;
import org.isthmus.model.Kinds;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.store.Blobs.Blob;
import org.isthmus.rpc.Call;
import org.isthmus.spi.CharmSource;
import org.isthmus.spi.CharmSource.Found;

/** How archives become charms that a model knows: parsed first, then a synced blob, then the record that names it. */
final class CharmDepot {
    /** The largest archive that is taken in, in bytes. */
    static final long LIMIT = 512L * 1024 * 1024;

    private static final String STORE_PATH = "charm-store-path";

    private final Executor fetching;

    /** @param fetching for work that waits for third parties */
    CharmDepot(Executor fetching) {
        this.fetching = fetching;
    }

    /** An archive that is parsed and lies among the blobs. */
    record Stored(Charm charm, Blob blob) {}

    /** Takes in an archive. Refuses what is no charm, and says why; then nothing stays. */
    Stored store(Call call, InputStream archive) throws IOException {
        Path file = Files.createTempFile("charm-", ".zip");
        try {
            try (InputStream limited = new Limited(archive)) {
                Files.copy(limited, file, StandardCopyOption.REPLACE_EXISTING);
            }
            Charm charm = CharmArchive.read(file);
            try (InputStream content = Files.newInputStream(file)) {
                return new Stored(charm, call.controller().blobs().put(content, LIMIT));
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Fails at the first byte above the limit, whoever announced what. */
    private static final class Limited extends FilterInputStream {
        private long left = LIMIT;

        private Limited(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            count(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            count(Math.max(count, 0));
            return count;
        }

        private void count(int bytes) {
            left -= bytes;
            if (left < 0) {
                throw Problem.refuse(
                        Code.QUOTA_LIMIT_EXCEEDED, "charm archive is larger than %d MiB", LIMIT / 1024 / 1024);
            }
        }
    }

    /** Makes a local charm of it, under the next revision that is free. Stage of its URL. */
    CompletionStage<String> addLocal(Call call, Stored stored, int wanted) {
        String name = stored.charm().metadata().name();
        return call.controller()
                .applications()
                .call(engine -> call.submit(String.class, tx -> {
                    int next = engine.nextLocalRevision(tx, name);
                    int revision = Math.max(next, wanted);
                    while (tx.get(Kinds.CHARM, "local:" + name + "-" + revision) != null) {
                        revision++;
                    }
                    CharmRecord record = record(call, stored, "local:" + name + "-" + revision, revision, "local");
                    engine.addCharm(tx, record);
                    return record.url();
                }));
    }

    private static CharmRecord record(Call call, Stored stored, String url, int revision, String source) {
        return new CharmRecord(
                url,
                stored.charm().metadata().name(),
                revision,
                source,
                stored.blob().sha256(),
                stored.blob().size(),
                stored.charm(),
                call.now());
    }

    /** The URL of a revision from a source. */
    static String url(Found found) {
        return found.source().equals("charm-hub")
                ? "ch:amd64/" + found.name() + "-" + found.revision()
                : "local:" + found.name() + "-" + found.revision();
    }

    /** Where a charm of this name is; the first source that knows it wins. Refuses when none does. */
    CompletionStage<Found> find(Call call, String name, String channel, int revision) {
        return withSource(call, name, channel, revision, (source, found) -> found);
    }

    /**
     * A charm and where it was found.
     *
     * @param stored whether its archive was put among the blobs for this; else the model knew the charm, when it was asked
     */
    record Obtained(CharmRecord record, Found found, boolean stored) {}

    /** The charm's record, its archive among the blobs; the model need not know it yet. */
    CompletionStage<Obtained> fetch(Call call, String name, String channel, int revision) {
        return withSource(call, name, channel, revision, (source, found) -> {
            CharmRecord known = call.model().snapshot().get(Kinds.CHARM, url(found));
            if (known != null) {
                return new Obtained(known, found, false);
            }
            try (InputStream archive = source.open(found)) {
                return new Obtained(
                        record(call, store(call, archive), url(found), found.revision(), found.source()), found, true);
            }
        });
    }

    /** The record of this charm in the connection's model; fetched, stored and added if it is not there yet. */
    CompletionStage<Obtained> obtain(Call call, String name, String channel, int revision) {
        return fetch(call, name, channel, revision)
                .thenCompose(obtained -> call.controller()
                        .applications()
                        .call(engine -> call.step(tx -> add(engine, tx, obtained, call.now()))))
                .thenCompose(added -> added != null
                        ? CompletableFuture.completedFuture(added)
                        : obtain(call, name, channel, revision));
    }

    /**
     * Null for one that the model knew when it was fetched and has forgotten since: its archive may be gone as well, and only what
     * was stored for this may be named.
     */
    private static Obtained add(ApplicationEngine engine, Tx tx, Obtained obtained, Instant now) {
        // Two that fetched the same revision at once: the first one's record stays.
        CharmRecord known = tx.get(Kinds.CHARM, obtained.record().url());
        if (known == null && !obtained.stored()) {
            return null;
        }
        engine.addCharm(tx, known == null ? obtained.record() : known.withCreated(now));
        return new Obtained(tx.need(Kinds.CHARM, obtained.record().url()), obtained.found(), obtained.stored());
    }

    private interface Use<R> {
        R of(CharmSource source, Found found) throws IOException;
    }

    private <R> CompletionStage<R> withSource(Call call, String name, String channel, int revision, Use<R> use) {
        List<String> folders = folders(call);
        return call.controller()
                .charmSources()
                .call(sources -> CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                for (CharmSource source : sources) {
                                    Optional<Found> found = source.find(name, channel, revision, folders);
                                    if (found.isPresent()) {
                                        return use.of(source, found.get());
                                    }
                                }
                            } catch (IOException unreadable) {
                                throw new UncheckedIOException(unreadable);
                            }
                            throw Problem.refuse(
                                    Code.NOT_FOUND,
                                    revision >= 0
                                            ? "charm \"%s\" with revision %d not found"
                                            : "charm \"%s\" not found",
                                    name,
                                    revision);
                        },
                        fetching));
    }

    private static List<String> folders(Call call) {
        Controller controller =
                call.controller().store().controller().snapshot().controller();
        Object path = controller == null ? null : controller.settings().get(STORE_PATH);
        if (path instanceof List<?> list) {
            return list.stream().map(String::valueOf).toList();
        }
        return path == null || path.toString().isBlank()
                ? List.of()
                : Arrays.stream(path.toString().split("[:,]"))
                        .map(String::strip)
                        .filter(f -> !f.isEmpty())
                        .toList();
    }
}
