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
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.isthmus.model.StatusValue;
import org.isthmus.model.store.Logs.Entry;
import org.isthmus.model.store.Logs.Line;
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

    @Test
    public void theTailIsWhatWasWrittenLastOldestFirst() throws Exception {
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            for (int i = 0; i < 10; i++) {
                logs.append(line("m1", "line\n" + i));
                logs.append(line("m2", "other " + i));
            }
            assertEquals(List.of("line\n8", "line\n9"), messages(logs.tail("m1", 2, l -> true)));
            assertEquals(List.of("line\n3"), messages(logs.tail("m1", 5, l -> l.message()
                    .endsWith("3"))));
            assertEquals(line("m1", "line\n9"), logs.tail("m1", 1, l -> true).get(0));
        }
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            logs.append(line("m1", "after"));
            assertEquals(List.of("line\n9", "after"), messages(logs.tail("m1", 2, l -> true)));
            assertEquals(10, logs.tail("m2", 100, l -> true).size());
            logs.forget("m2");
            assertEquals(0, logs.tail("m2", 100, l -> true).size());
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
            assertEquals(List.of("whole"), messages(logs.tail("m1", 9, l -> true)));
            logs.append(line("m1", "next"));
            assertEquals(List.of("whole", "next"), messages(logs.tail("m1", 9, l -> true)));
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
            Segments.backwards(all.extent(), line -> {
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
        Segments.backwards(segments.extent(), line -> found.add(new String(line, StandardCharsets.UTF_8)));
        segments.close();
        assertEquals("line 999", found.get(0));
        assertTrue("about 3 × 100 bytes: " + found.size(), found.size() > 20 && found.size() < 34);
        try (var files = Files.list(folder())) {
            assertEquals(3, files.count());
        }
    }

    @Test
    public void followersHearNewLinesInOrderUntilTheyStop() throws Exception {
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            logs.append(line("m1", "before"));
            List<String> heard = new ArrayList<>();
            AutoCloseable follow =
                    logs.follow("m1", 0, l -> !l.message().contains("secret"), l -> heard.add(l.message()));
            logs.follow("m1", 0, l -> true, l -> {
                throw new IllegalStateException("a bad neighbour");
            });
            logs.append(line("m1", "one"));
            logs.append(line("m2", "elsewhere"));
            logs.append(line("m1", "secret"));
            logs.append(line("m1", "two"));
            follow.close();
            logs.append(line("m1", "three"));
            assertEquals(List.of("one", "two"), heard);
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
                            logs.append(line("m1", t + " " + i));
                        }
                    }))
                    .collect(Collectors.toList());
            writers.forEach(Thread::start);
            List<List<String>> all = new ArrayList<>();
            for (int n = 0; n < 5; n++) {
                List<String> heard = new ArrayList<>();
                all.add(heard);
                logs.follow("m1", 1_000_000, l -> true, l -> heard.add(l.message()));
            }
            for (Thread writer : writers) {
                writer.join(60_000);
            }
            List<String> written = messages(logs.tail("m1", 1_000_000, l -> true));
            assertEquals(4 * each, written.size());
            for (List<String> heard : all) {
                assertEquals(written, heard);
            }
        }
    }

    /** Who listens has a lock of its own, and closes under it: neither waits for the other. */
    @Test(timeout = 60_000)
    public void aFollowerMayLeaveUnderItsOwnLockWhileLinesCome() throws Exception {
        try (SegmentLogs logs = SegmentLogs.open(folder())) {
            Object lock = new Object();
            CountDownLatch told = new CountDownLatch(1);
            CountDownLatch locked = new CountDownLatch(1);
            AutoCloseable follow = logs.follow("m1", 0, l -> true, l -> {
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
                follow.close();
                logs.append(line("m1", "two"));
            }
            writer.join();
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
            assertEquals(10, logs.history("m1", "unit:mysql/0", null, 99).size());
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
                assertEquals(2, logs.tail("model-" + m, 9, l -> true).size());
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
            assertEquals(400, logs.tail("m1", 1000, l -> true).size());
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
