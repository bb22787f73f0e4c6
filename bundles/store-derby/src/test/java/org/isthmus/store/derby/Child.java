package org.isthmus.store.derby;

import static org.isthmus.store.derby.DerbyJournalTest.row;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.isthmus.spi.Journal;

/** A JVM of its own with a journal open, to be killed. */
final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader lines;

    private Child(Process process) {
        this.process = process;
        this.lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** @param how `hold`, `try` to say what comes of opening it, or the seed of a load of appends */
    static Child start(Path folder, String how) throws IOException {
        return new Child(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        folder.toString(),
                        how)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    String line() throws IOException {
        return lines.readLine();
    }

    void await(String word) throws IOException {
        String line = lines.readLine();
        while (line != null && !line.equals(word)) {
            line = lines.readLine();
        }
        if (line == null) {
            throw new IOException("the child ended before it said " + word);
        }
    }

    /** As `kill -9`. */
    @Override
    public void close() throws Exception {
        process.destroyForcibly();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the child does not end");
        }
        lines.close();
    }

    /** Says `commit REVISION` after each append; the row of each number holds the last revision that wrote it. */
    public static void main(String[] args) throws Exception {
        Journal journal;
        try {
            journal = new DerbyJournals().open(Path.of(args[0]), true);
        } catch (IOException refused) {
            System.out.println(refused.getMessage());
            throw refused;
        }
        if (args[1].equals("try")) {
            System.out.println("open");
            journal.close();
            return;
        }
        if (args[1].equals("hold")) {
            System.out.println("holding");
            // Until it is killed: nobody writes to a child's input.
            System.in.read();
            journal.close();
            return;
        }
        Random random = new Random(Long.parseLong(args[1]));
        long at = journal.heads().isEmpty() ? 0 : journal.heads().get(0).revision();
        while (true) {
            long next = at + 1;
            List<Journal.Row> rows = new ArrayList<>();
            // Every commit writes all rows of a random half: a torn commit would show as rows of different revisions.
            int half = random.nextInt(2);
            for (int i = 0; i < 20; i++) {
                rows.add(row("h" + half + "/" + i, next, Long.toString(next)));
            }
            rows.add(row("last", next, Long.toString(next)));
            journal.append(List.of(new Journal.Batch("set", 1, at, next, rows, null)));
            at = next;
            System.out.println("commit " + at);
        }
    }
}
