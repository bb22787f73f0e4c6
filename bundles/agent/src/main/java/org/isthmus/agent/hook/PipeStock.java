package org.isthmus.agent.hook;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Pipes for the hooks to come. Making some takes a process, and 2 ms that no hook shall wait for. For one thread at a time. */
final class PipeStock {
    /** Made by one process. */
    private static final int PAIRS = 8;

    private final Path folder;
    private final Deque<Integer> ready = new ArrayDeque<>();
    private Process making;

    /** @param folder made if it is not there; nothing else may be in it */
    PipeStock(Path folder) {
        this.folder = folder;
    }

    OutputPipes take() throws IOException, InterruptedException {
        if (ready.isEmpty() && making != null) {
            gather();
        }
        OutputPipes pipes = open();
        if (pipes == null) {
            // Nothing was made in advance, or it went with the machine's folder.
            make();
            String complaint = gather();
            pipes = open();
            if (pipes == null) {
                throw new IOException("cannot make pipes for a hook's output: " + complaint);
            }
        }
        return pipes;
    }

    /** Begins to make more where there are none left, and does not wait. */
    void fill() {
        if (ready.isEmpty() && making == null) {
            try {
                make();
            } catch (IOException untilTheyAreNeeded) {
                making = null;
            }
        }
    }

    private void make() throws IOException {
        Files.createDirectories(folder);
        List<String> words = new ArrayList<>(List.of("mkfifo", "-m", "600"));
        for (int pair = 0; pair < PAIRS; pair++) {
            for (Path name : List.of(out(pair), err(pair))) {
                // Of an agent that is gone.
                Files.deleteIfExists(name);
                words.add(name.toString());
            }
        }
        making = new ProcessBuilder(words).redirectErrorStream(true).start();
        making.getOutputStream().close();
    }

    /** Waits for those that are being made; what their maker said. */
    private String gather() throws IOException, InterruptedException {
        Process maker = making;
        making = null;
        String said = new String(maker.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int code = maker.waitFor();
        for (int pair = 0; pair < PAIRS; pair++) {
            ready.add(pair);
        }
        return said.isEmpty() ? "exit code " + code : said;
    }

    /** The next pair that is there, null for none. */
    private OutputPipes open() throws IOException {
        while (!ready.isEmpty()) {
            int pair = ready.remove();
            if (isPipe(out(pair)) && isPipe(err(pair))) {
                return new OutputPipes(out(pair), err(pair));
            }
        }
        return null;
    }

    private Path out(int pair) {
        return folder.resolve(pair + ".out");
    }

    private Path err(int pair) {
        return folder.resolve(pair + ".err");
    }

    private static boolean isPipe(Path name) {
        try {
            return Files.readAttributes(name, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isOther();
        } catch (IOException gone) {
            return false;
        }
    }
}
