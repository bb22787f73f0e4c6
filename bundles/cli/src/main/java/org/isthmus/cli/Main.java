package org.isthmus.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.isthmus.cli.command.Program;

/**
 * `juju`. One object serves any number of runs, also at the same time; it keeps connections to controllers warm between them
 * until it is closed. Interrupting the thread of a run ends it with exit code 130.
 */
public final class Main implements AutoCloseable {
    private final Program program;

    public Main(Doors doors) {
        this.program = new Program(doors);
    }

    /** @return the exit code: 0, 1 for an error, 2 for a wrong line, 130 for a cancelled run */
    public int run(Invocation invocation) {
        return program.run(invocation);
    }

    /** Names of all commands, aliases among them. */
    public List<String> commands() {
        return program.names();
    }

    /**
     * What may complete the last word.
     *
     * @param words the line without `juju`; its last word may be empty
     */
    public List<String> complete(List<String> words, Map<String, String> env) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Invocation asked = new Invocation(
                List.of(),
                Path.of("/"),
                env,
                ZoneOffset.UTC,
                Locale.ROOT,
                0,
                null,
                nowhere,
                nowhere,
                false,
                null,
                null);
        return program.complete(asked, words);
    }

    @Override
    public void close() {
        program.close();
    }
}
