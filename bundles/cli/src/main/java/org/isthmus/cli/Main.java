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
import org.isthmus.rpc.Commands;
import org.isthmus.rpc.Invocation;

/** `juju`. One object serves any number of runs; it keeps connections to controllers warm between them until it is closed. */
public final class Main implements Commands, AutoCloseable {
    private final Program program;

    public Main(Doors doors) {
        this.program = new Program(doors);
    }

    @Override
    public int run(Invocation invocation) {
        return program.run(invocation);
    }

    @Override
    public List<String> names() {
        return program.names();
    }

    @Override
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
