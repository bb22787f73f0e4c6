package org.isthmus.itests.benchmark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.isthmus.model.Kinds;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.Tx;
import org.isthmus.model.store.Documents;

/** Commits in a second of the whole state room over Derby, beside Derby alone and beside the disk alone. */
final class Commits implements Figure {
    /** Bytes of one after-image: a unit's settings in a relation. */
    static final int IMAGE = 250;

    private static final int ROUNDS = 7;
    private static final long ROUND = Duration.ofMillis(1500).toNanos();
    private static final int MODELS = 200;
    private static final int FILE = 1 << 20;

    @Override
    public void measure(Report report) throws Exception {
        Path folder = Folders.fresh("floors");
        try (Site site = new Site("commits");
                RawDerby derby = new RawDerby(folder, 64, 64);
                FileChannel file = disk(folder.resolve("disk"))) {
            // The first log file of a database grows; those after it are laid out before they are used. Both must be
            // past that.
            derby.rate(64, ROUND);
            List<Documents> models = new ArrayList<>();
            for (int i = 0; i < MODELS; i++) {
                models.add(site.newModel("m" + i));
            }
            rate(models, 64, ROUND);
            for (int writers : new int[] {1, 64}) {
                for (int count : new int[] {1, MODELS}) {
                    List<Documents> some = models.subList(0, count);
                    rate(some, writers, ROUND);
                    derby.rate(writers, ROUND / 2);
                    Rounds[] all = Rounds.inTurns(
                            ROUNDS,
                            () -> rate(some, writers, ROUND),
                            () -> derby.rate(writers, ROUND),
                            () -> syncs(file, ROUND / 3));
                    String name = "commits, " + writers + " writer" + (writers == 1 ? "" : "s") + ", " + count
                            + " model" + (count == 1 ? "" : "s");
                    report.compare(name, "%.0f/s", 1, all[0], "raw Derby, as many writers", all[1]);
                    report.compare(name, "%.0f/s", 1, all[0], "bare synced write, one writer", all[2]);
                }
            }
            List<Documents> one = models.subList(0, 1);
            // From here on as many answers are remembered as ever are: each commit drops one.
            rate(one, 64, ROUND, true);
            for (int writers : new int[] {1, 64}) {
                Rounds[] all = Rounds.inTurns(
                        ROUNDS, () -> rate(one, writers, ROUND, true), () -> rate(one, writers, ROUND, false));
                report.compare(
                        "commits under a key, " + writers + " writer" + (writers == 1 ? "" : "s"),
                        "%.0f/s",
                        1,
                        all[0],
                        "without a key",
                        all[1]);
            }
        } finally {
            Folders.delete(folder);
        }
    }

    /** Each writer has one commit on its way at any time, and takes the models in turn. */
    private static double rate(List<Documents> models, int writers, long nanos) throws Exception {
        return rate(models, writers, nanos, false);
    }

    private static double rate(List<Documents> models, int writers, long nanos, boolean keyed) throws Exception {
        AtomicLong commits = new AtomicLong();
        long begin = System.nanoTime();
        long end = begin + nanos;
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            CompletableFuture<Void> mine = new CompletableFuture<>();
            done.add(mine);
            next(models, i, i, end, commits, mine, keyed);
        }
        Site.get(CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)));
        return commits.get() * 1e9 / (System.nanoTime() - begin);
    }

    private static void next(
            List<Documents> models,
            int writer,
            int step,
            long end,
            AtomicLong commits,
            CompletableFuture<Void> done,
            boolean keyed) {
        if (System.nanoTime() >= end) {
            done.complete(null);
            return;
        }
        Function<Tx, String> decision = tx -> {
            tx.put(Kinds.RELATION_UNIT, new RelationUnit(writer, "unit/" + writer, true, settings(step), step, ""));
            return "";
        };
        Documents to = models.get(step % models.size());
        // As long as the real ones: the method and 43 characters of its digest.
        (keyed ? to.submitOnce("Application.AddUnits/" + UUID.randomUUID() + "-seven", decision) : to.submit(decision))
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        done.completeExceptionally(failure);
                        return;
                    }
                    commits.incrementAndGet();
                    next(models, writer, step + 1, end, commits, done, keyed);
                });
    }

    private static Map<String, String> settings(int step) {
        return Map.of(
                "ingress-address",
                "127.0.0.1",
                "private-address",
                "127.0.0.1",
                "egress-subnets",
                "127.0.0.1/32",
                "text",
                step + "-" + "x".repeat(60));
    }

    /** Writes over a file that has its blocks already, each write on the disk when it returns: how Derby writes its log too. */
    private static double syncs(FileChannel file, long nanos) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(IMAGE);
        long begin = System.nanoTime();
        int count = 0;
        while (System.nanoTime() - begin < nanos) {
            bytes.clear();
            file.write(bytes, (long) count * IMAGE % (FILE - IMAGE));
            count++;
        }
        return count * 1e9 / (System.nanoTime() - begin);
    }

    private static FileChannel disk(Path file) throws IOException {
        Files.write(file, new byte[FILE]);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.DSYNC);
        channel.force(true);
        return channel;
    }
}
