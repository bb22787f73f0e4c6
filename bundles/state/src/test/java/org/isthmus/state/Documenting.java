package org.isthmus.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.isthmus.api.Life;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Sequence;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;

/** What the tests of this room share: small documents and waiting with a limit. */
final class Documenting {
    static final String CONTROLLER = "c0000000-0000-4000-8000-000000000000";
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private Documenting() {}

    static <T> T get(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw failed;
        } catch (TimeoutException late) {
            throw new AssertionError("no answer in 60 s", late);
        }
    }

    static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not in 30 s: " + what);
            }
            Thread.onSpinWait();
        }
    }

    static String uuid(int number) {
        return String.format("%08x-0000-4000-8000-000000000000", number);
    }

    static ModelRecord model(String uuid, ModelRecord.Mode mode, long epoch) {
        return new ModelRecord(
                uuid,
                "m" + uuid.substring(0, 8),
                "admin",
                "iaas",
                "localhost",
                "localhost",
                "localhost",
                null,
                Life.ALIVE,
                epoch,
                mode,
                false,
                Map.of(),
                null,
                "3.6.0",
                NOW,
                new StatusValue("available", "", NOW),
                false,
                null);
    }

    static void setModel(Tx tx, String uuid) {
        tx.put(Kinds.MODEL, model(uuid, ModelRecord.Mode.ACTIVE, 1));
    }

    static Void put(Tx tx, String name, long value) {
        tx.put(Kinds.SEQUENCE, new Sequence(name, value));
        return null;
    }

    static long value(org.isthmus.model.Snapshot snapshot, String name) {
        Sequence sequence = snapshot.get(Kinds.SEQUENCE, name);
        return sequence == null ? -1 : sequence.next();
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            });
        }
    }
}
