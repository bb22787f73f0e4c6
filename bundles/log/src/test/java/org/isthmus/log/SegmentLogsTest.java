package org.isthmus.log;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.isthmus.model.StatusValue;
import org.isthmus.model.store.Logs.Entry;
import org.isthmus.model.store.Logs.Line;
import org.isthmus.model.store.Logs.Page;
import org.isthmus.model.store.Logs.Reader;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class SegmentLogsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private Path folder() {
        return temporary.getRoot().toPath().resolve("logs");
    }

    private static Line line(String model, String message) {
        return new Line(NOW, model, "unit-mysql-0", "INFO", "unit", "", List.of("a"), message);
    }

    private static List<String> messages(List<Line> lines) {
        return lines.stream().map(Line::message).collect(Collectors.toList());
    }

    private static List<Line> tail(SegmentLogs logs, String model, int limit, Predicate<Line> filter) {
        List<Line> all = new ArrayList<>();
        try (Reader reader = logs.read(model, limit, false, filter)) {
            Page page;
            do {
                page = reader.next();
                all.addAll(page.lines());
            } while (!page.end());
        }
        return all;
    }

    @Test
    public void theTailIsWhatWasWrittenLastOldestFirst() throws Exception {
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            for (int i = 0; i < 10; i++) {
                logs.append(line("m1", "line\n" + i));
                logs.append(line("m2", "other " + i));
            }
            assertEquals(List.of("line\n8", "line\n9"), messages(tail(logs, "m1", 2, l -> true)));
            assertEquals(List.of("line\n3"), messages(tail(logs, "m1", 5, l -> l.message()
                    .endsWith("3"))));
            assertEquals(line("m1", "line\n9"), tail(logs, "m1", 1, l -> true).get(0));
        }
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            logs.append(line("m1", "after"));
            assertEquals(List.of("line\n9", "after"), messages(tail(logs, "m1", 2, l -> true)));
            assertEquals(10, tail(logs, "m2", 100, l -> true).size());
            logs.forget("m2");
            assertEquals(0, tail(logs, "m2", 100, l -> true).size());
            assertFalse(Files.exists(folder().resolve("m2")));
        }
    }

    @Test
    public void aTornLastLineIsDropped() throws Exception {
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            logs.append(line("m1", "whole"));
        }
        Path file = folder().resolve("m1/debug/0000000001.log");
        Files.write(file, "{\"time\":\"2026-".getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            assertEquals(List.of("whole"), messages(tail(logs, "m1", 9, l -> true)));
            logs.append(line("m1", "next"));
            assertEquals(List.of("whole", "next"), messages(tail(logs, "m1", 9, l -> true)));
        }
    }

    /** Whatever the file is cut to: all lines that are whole are there, and new ones follow them. */
    @Test
    public void cutAnywhere() throws Exception {
        long seed = Long.getLong("isthmus.seed", System.nanoTime());
        System.out.println("cutAnywhere: -Disthmus.seed=" + seed);
        Random random = new Random(seed);
        Segments all = new Segments(folder(), 10_000, 3);
        List<String> expected = new ArrayList<>();
        for (int round = 0; round < 30; round++) {
            String text = "line " + round + "x".repeat(random.nextInt(50));
            all.append(text.getBytes(StandardCharsets.UTF_8));
            expected.add(text);
            all.close();
            Path file = folder().resolve("0000000001.log");
            byte[] bytes = Files.readAllBytes(file);
            int cut = random.nextInt(text.length() + 2);
            Files.write(file, Arrays.copyOf(bytes, bytes.length - cut));
            if (cut > 0) {
                expected.remove(expected.size() - 1);
            }
            all = new Segments(folder(), 10_000, 3);
            List<String> found = new ArrayList<>();
            Segments.backwards(all.extent(), (at, line) -> {
                found.add(0, new String(line, StandardCharsets.UTF_8));
                return true;
            });
            assertEquals(expected, found);
        }
    }

    @Test
    public void theOldestSegmentsGo() throws Exception {
        Segments segments = new Segments(folder(), 100, 3);
        for (int i = 0; i < 1000; i++) {
            segments.append(("line " + i).getBytes(StandardCharsets.UTF_8));
        }
        List<String> found = new ArrayList<>();
        Segments.backwards(segments.extent(), (at, line) -> found.add(new String(line, StandardCharsets.UTF_8)));
        segments.close();
        assertEquals("line 999", found.get(0));
        assertTrue("about 3 × 100 bytes: " + found.size(), found.size() > 20 && found.size() < 34);
        try (var files = Files.list(folder())) {
            assertEquals(3, files.count());
        }
    }

    /** Hears what there is on a thread of its own, whenever it is told that there is more. */
    private static final class Listener implements AutoCloseable {
        final Queue<String> heard = new ConcurrentLinkedQueue<>();
        private final ExecutorService thread = Executors.newSingleThreadExecutor();
        private final Reader reader;

        Listener(SegmentLogs logs, int past, Predicate<Line> filter) {
            reader = logs.read("m1", past, true, filter);
            soon();
        }

        private void soon() {
            thread.execute(this::hear);
        }

        private void hear() {
            Page page = reader.next();
            heard.addAll(messages(page.lines()));
            if (page.end()) {
                reader.whenMore(this::soon);
            } else {
                soon();
            }
        }

        void await(int count) throws Exception {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (heard.size() < count) {
                assertTrue("heard " + heard.size() + " of " + count, System.nanoTime() < end);
                // The queue of its thread goes round once.
                thread.submit(() -> {}).get();
            }
        }

        @Override
        public void close() throws Exception {
            reader.close();
            thread.submit(() -> {}).get();
            thread.shutdown();
        }
    }

    @Test
    public void readersGetNewLinesInOrderUntilTheyLeave() throws Exception {
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            logs.append(line("m1", "before"));
            Reader broken = logs.read("m1", 0, true, l -> true);
            broken.whenMore(() -> {
                throw new IllegalStateException("a bad neighbour");
            });
            Listener listener = new Listener(logs, 0, l -> !l.message().contains("secret"));
            listener.thread.submit(() -> {}).get();
            logs.append(line("m1", "one"));
            logs.append(line("m2", "elsewhere"));
            logs.append(line("m1", "secret"));
            logs.append(line("m1", "two"));
            listener.await(2);
            listener.close();
            logs.append(line("m1", "three"));
            assertEquals(List.of("one", "two"), List.copyOf(listener.heard));
        }
    }

    /** The past and the present of a chatty model: nothing twice, nothing missing, nothing out of turn. */
    @Test
    public void whoFollowsAmongManyWritersHearsEachLineOnceInOrder() throws Exception {
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            int each = 3000;
            List<Thread> writers = IntStream.range(0, 4)
                    .mapToObj(t -> new Thread(() -> {
                        for (int i = 0; i < each; i++) {
                            logs.append(line("m1", t + " " + i + "x".repeat(i % 300)));
                        }
                    }))
                    .collect(Collectors.toList());
            writers.forEach(Thread::start);
            List<Listener> all = new ArrayList<>();
            for (int n = 0; n < 5; n++) {
                all.add(new Listener(logs, n == 0 ? Integer.MAX_VALUE : 1_000_000, l -> true));
            }
            for (Thread writer : writers) {
                writer.join(60_000);
            }
            List<String> written = messages(tail(logs, "m1", 1_000_000, l -> true));
            assertEquals(4 * each, written.size());
            for (Listener listener : all) {
                listener.await(written.size());
                listener.close();
                assertEquals(written, List.copyOf(listener.heard));
            }
        }
    }

    /** Who is told has a lock of its own, and leaves under it: neither waits for the other. */
    @Test(timeout = 60_000)
    public void aReaderMayLeaveUnderItsOwnLockWhileLinesCome() throws Exception {
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            Object lock = new Object();
            CountDownLatch told = new CountDownLatch(1);
            CountDownLatch locked = new CountDownLatch(1);
            Reader reader = logs.read("m1", 0, true, l -> true);
            reader.whenMore(() -> {
                told.countDown();
                try {
                    locked.await();
                } catch (InterruptedException ended) {
                    throw new IllegalStateException(ended);
                }
                synchronized (lock) {
                    lock.notifyAll();
                }
            });
            Thread writer = new Thread(() -> logs.append(line("m1", "one")));
            writer.start();
            told.await();
            synchronized (lock) {
                locked.countDown();
                reader.close();
                logs.append(line("m1", "two"));
            }
            writer.join();
        }
    }

    /** A reader that sleeps keeps nothing in memory, and misses only what the log itself let go of, which it is told. */
    @Test
    public void whoIsTooSlowIsToldOfTheGap() throws Exception {
        String text = "x".repeat(10_000);
        int inAll = 3 * SegmentLogs.LINE_SEGMENTS * SegmentLogs.LINE_SEGMENT_BYTES / text.length();
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            Reader reader = logs.read("m1", 0, true, l -> true);
            logs.append(line("m1", "0 " + text));
            Page first = reader.next();
            assertEquals(1, first.lines().size());
            assertTrue(first.end() && !first.gap());
            for (int i = 1; i < inAll / 4; i++) {
                logs.append(line("m1", i + " " + text));
            }
            int at = 1;
            Page page;
            do {
                page = reader.next();
                assertFalse("nothing was lost: the log holds it all", page.gap());
                for (Line line : page.lines()) {
                    assertTrue(line.message().startsWith(at++ + " "));
                }
            } while (!page.end());
            assertEquals(inAll / 4, at);
            for (int i = at; i < inAll; i++) {
                logs.append(line("m1", i + " " + text));
            }
            page = reader.next();
            assertTrue("some went before they were read", page.gap());
            at = Integer.parseInt(page.lines().get(0).message().split(" ")[0]);
            assertTrue(at > inAll / 4);
            while (true) {
                for (Line line : page.lines()) {
                    assertTrue(line.message().startsWith(at++ + " "));
                }
                if (page.end()) {
                    break;
                }
                page = reader.next();
                assertFalse(page.gap());
            }
            assertEquals(inAll, at);
        }
    }

    /** The end of what was there when the reader came is the end for who does not follow, though lines go on. */
    @Test
    public void whoDoesNotFollowComesToAnEnd() throws Exception {
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            for (int i = 0; i < 10_000; i++) {
                logs.append(line("m1", "old " + i));
            }
            Reader reader = logs.read("m1", Integer.MAX_VALUE, false, l -> true);
            int read = 0;
            Page page;
            do {
                logs.append(line("m1", "new"));
                page = reader.next();
                read += page.lines().size();
            } while (!page.end());
            assertEquals(10_000, read);
        }
    }

    /** A torn line is no line, for who waits at it neither. */
    @Test
    public void whoWaitsAtATornLineGetsTheNext() throws Exception {
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            logs.append(line("m1", "whole"));
        }
        Path file = folder().resolve("m1/debug/0000000001.log");
        Files.write(file, "{\"time\":\"2026-".getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            Reader reader = logs.read("m1", 9, true, l -> true);
            assertEquals(List.of("whole"), messages(reader.next().lines()));
            AtomicInteger told = new AtomicInteger();
            reader.whenMore(told::incrementAndGet);
            assertEquals("there is nothing more", 0, told.get());
            logs.append(line("m1", "next"));
            logs.append(line("m1", "and next"));
            assertEquals("once", 1, told.get());
            assertEquals(List.of("next", "and next"), messages(reader.next().lines()));
        }
    }

    @Test
    public void historyIsNewestFirst() throws Exception {
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            for (int i = 0; i < 5; i++) {
                logs.history("m1", "unit:mysql/0", "workload", new StatusValue("active", "n" + i, NOW.plusSeconds(i)));
                logs.history("m1", "unit:mysql/0", "juju-unit", new StatusValue("idle", "", NOW));
                logs.history("m1", "unit:mysql/1", "workload", new StatusValue("waiting", "", NOW));
            }
            List<Entry> found = logs.history("m1", "unit:mysql/0", "workload", 2);
            assertEquals(
                    List.of("n4", "n3"),
                    found.stream().map(e -> e.status().message()).collect(Collectors.toList()));
            assertEquals(NOW.plusSeconds(4), found.get(0).status().since());
            assertEquals(
                    "five of the one, and one idle",
                    6,
                    logs.history("m1", "unit:mysql/0", null, 99).size());
        }
    }

    /** As `update-status` does every few minutes. */
    @Test
    public void ofAStatusThatIsSetAgainAndAgainTheHistoryHasTheNewest() throws Exception {
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            String[] said = {"up", "up", "down", "up", "up", "up"};
            for (int i = 0; i < said.length; i++) {
                logs.history("m1", "unit:mysql/0", "workload", new StatusValue("active", said[i], NOW.plusSeconds(i)));
                logs.history("m1", "unit:mysql/0", "juju-unit", new StatusValue("idle", "", NOW.plusSeconds(i)));
                logs.history("m1", "unit:mysql/1", "workload", new StatusValue("active", "up", NOW));
            }
            List<Entry> found = logs.history("m1", "unit:mysql/0", "workload", 3);
            assertEquals(
                    List.of("up", "down", "up"),
                    found.stream().map(e -> e.status().message()).collect(Collectors.toList()));
            assertEquals(
                    List.of(NOW.plusSeconds(5), NOW.plusSeconds(2), NOW.plusSeconds(1)),
                    found.stream().map(e -> e.status().since()).collect(Collectors.toList()));
            assertEquals(4, logs.history("m1", "unit:mysql/0", null, 99).size());
        }
    }

    @Test
    public void whatIsMissingIsFilledInAndWhatIsTooLongIsCut() throws Exception {
        String endless = "\ud83c\udf0a".repeat(1_000_000);
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            logs.append(new Line(null, "m1", "unit-mysql-0", null, null, null, null, null));
            Line bare = tail(logs, "m1", 1, l -> true).get(0);
            assertTrue(bare.time() != null && bare.message().isEmpty());
            assertEquals("INFO", bare.level());
            List<String> labels = IntStream.range(0, 100).mapToObj(n -> endless).collect(Collectors.toList());
            logs.append(new Line(NOW, "m1", endless, endless, endless, endless, labels, "x" + endless));
            Line cut = tail(logs, "m1", 1, l -> true).get(0);
            assertEquals(Measure.LABELS, cut.labels().size());
            assertEquals(Measure.MESSAGE, cut.message().length());
            assertTrue("cut between characters", cut.message().endsWith("\udf0a…"));
            logs.history(
                    "m1", "unit:mysql/0", "workload", new StatusValue("active", endless, Map.of("why", endless), NOW));
            Entry entry = logs.history("m1", "unit:mysql/0", null, 1).get(0);
            assertEquals(Measure.MESSAGE + 1, entry.status().message().length());
            assertEquals(Map.of(), entry.status().data());
        }
        long line = Files.size(folder().resolve("m1/debug/0000000001.log"));
        assertTrue("bytes of a line: " + line, line < SegmentLogs.LINE_SEGMENT_BYTES);
        long entry = Files.size(folder().resolve("m1/history/0000000001.log"));
        assertTrue("bytes of an entry: " + entry, entry < SegmentLogs.HISTORY_SEGMENT_BYTES);
    }

    /** They were written before lines were measured; whoever reads must not fall over them. */
    @Test
    public void aLineWithoutATimeIsDamaged() throws Exception {
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            logs.append(line("m1", "whole"));
        }
        Path file = folder().resolve("m1/debug/0000000001.log");
        Files.write(
                file,
                "{\"level\":\"INFO\",\"message\":\"x\"}\n".getBytes(StandardCharsets.UTF_8),
                StandardOpenOption.APPEND);
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            logs.append(line("m1", "next"));
            assertEquals(List.of("whole", "next"), messages(tail(logs, "m1", 9, l -> true)));
        }
    }

    @Test
    public void ofAModelThatIsGoneNothingIsKeptUntilItBeginsAnew() throws Exception {
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            logs.append(line("m1", "before"));
            logs.forget("m1");
            logs.append(line("m1", "an agent's last word"));
            logs.history("m1", "unit:mysql/0", "workload", new StatusValue("active", "", NOW));
            assertFalse(Files.exists(folder().resolve("m1")));
            assertEquals(List.of(), tail(logs, "m1", 9, l -> true));
            // It comes back from another controller.
            logs.begin("m1");
            logs.append(line("m1", "again"));
            logs.begin("m1");
            assertEquals(List.of("again"), messages(tail(logs, "m1", 9, l -> true)));
        }
    }

    @Test
    public void moreModelsThanOpenFiles() throws Exception {
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            int models = SegmentLogs.MAX_OPEN * 2;
            for (int round = 0; round < 2; round++) {
                for (int m = 0; m < models; m++) {
                    logs.append(line("model-" + m, "round " + round));
                }
            }
            for (int m = 0; m < models; m++) {
                assertEquals(2, tail(logs, "model-" + m, 9, l -> true).size());
            }
        }
    }

    @Test
    public void anInterruptedWriterClosesNothing() throws Exception {
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            List<Thread> threads = IntStream.range(0, 4)
                    .mapToObj(t -> new Thread(() -> {
                        for (int i = 0; i < 100; i++) {
                            Thread.currentThread().interrupt();
                            logs.append(line("m1", t + " " + i));
                        }
                    }))
                    .collect(Collectors.toList());
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join(30_000);
            }
            assertEquals(400, tail(logs, "m1", 1000, l -> true).size());
        }
    }

    @Test
    public void namesStayInTheFolder() throws IOException {
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            for (String name : new String[] {"", "..", "a/b", null}) {
                assertThrows(IllegalArgumentException.class, () -> logs.append(line(name, "x")));
            }
        }
    }
}
