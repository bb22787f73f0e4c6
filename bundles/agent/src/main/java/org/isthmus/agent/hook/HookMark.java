package org.isthmus.agent.hook;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.isthmus.agent.DurableFile;

/**
 * What is on disk of the hook that runs, so that an agent which comes after this one can end it: it will be run again, and never
 * twice at once. The context's name is written before the process is there, its pid once it is known.
 */
public final class HookMark {
    private static final String CONTEXT = "JUJU_CONTEXT_ID";
    private static final String NOT_STARTED = "-";

    private final Path file;

    public HookMark(Path file) {
        this.file = file;
    }

    /** What is remembered need not outlive the machine's end: after it there is no such process. */
    void starts(String context) throws IOException {
        put(NOT_STARTED + " " + context);
    }

    void runs(ProcessHandle process) throws IOException {
        put(process.pid() + " " + startOf(process));
    }

    void ended() throws IOException {
        Files.deleteIfExists(file);
    }

    private void put(String line) throws IOException {
        DurableFile.put(file, (line + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Ends a hook that an agent which is gone left running. */
    public void killLeftOver() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        String[] words = Files.readString(file).trim().split(" ", 2);
        if (words.length == 2 && words[0].equals(NOT_STARTED)) {
            // The agent ended while it started the process: it is known by its environment alone, and so are its
            // children.
            ofContext(words[1]).forEach(HookMark::kill);
        } else if (words.length == 2) {
            // A pid is given again; the time of its start tells.
            ProcessHandle.of(Long.parseLong(words[0]))
                    .filter(process -> startOf(process).equals(words[1]))
                    .ifPresent(HookMark::kill);
        }
        ended();
    }

    private static String startOf(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("");
    }

    private static List<ProcessHandle> ofContext(String context) {
        String mark = "\0" + CONTEXT + "=" + context + "\0";
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(process -> environment(process).contains(mark)).toList();
        }
    }

    private static String environment(ProcessHandle process) {
        try {
            return "\0"
                    + Files.readString(
                            Path.of("/proc", Long.toString(process.pid()), "environ"), StandardCharsets.ISO_8859_1);
        } catch (IOException goneOrNotOurs) {
            return "";
        }
    }

    static void kill(ProcessHandle process) {
        List<ProcessHandle> family = process.descendants().toList();
        process.destroyForcibly();
        family.forEach(ProcessHandle::destroyForcibly);
    }
}
