package org.isthmus.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.isthmus.rpc.Invocation;

/** Runs lines and keeps what they printed. */
public final class ProgramRun {
    public final Map<String, String> env = new HashMap<>();
    public final Deque<String> answers = new ArrayDeque<>();
    public String out;
    public String err;
    public List<String> exec;
    private final Main main;
    private final Path cwd;

    public ProgramRun(Main main, Path folder) {
        this.main = main;
        this.cwd = folder;
        env.put("JUJU_DATA", folder.resolve("data").toString());
    }

    public int run(String... args) {
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        int code = main.run(new Invocation(
                List.of(args),
                cwd,
                env,
                ZoneOffset.UTC,
                Locale.ROOT,
                0,
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(stdout, true, StandardCharsets.UTF_8),
                new PrintStream(stderr, true, StandardCharsets.UTF_8),
                false,
                (text, hidden) -> answers.poll(),
                (argv, added) -> {
                    exec = argv;
                    return 0;
                }));
        out = stdout.toString(StandardCharsets.UTF_8);
        err = stderr.toString(StandardCharsets.UTF_8);
        return code;
    }
}
