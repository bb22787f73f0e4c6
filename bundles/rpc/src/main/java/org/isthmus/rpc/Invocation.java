package org.isthmus.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One run of `juju`. Everything that a program would take from its process is in here: many runs of different callers share one
 * JVM.
 *
 * @param args without the program's name
 * @param cwd relative paths start here
 * @param env `JUJU_*`, `HOME`, `USER`, `NO_COLOR` and the like
 * @param columns width of the terminal; 0 where there is none
 * @param stdin null where there is none; asked only by commands that read it
 * @param tty whether {@code out} is a terminal
 * @param prompt null where nobody can be asked
 * @param exec null where no program can be given the terminal
 */
public record Invocation(
        List<String> args,
        Path cwd,
        Map<String, String> env,
        ZoneId zone,
        Locale locale,
        int columns,
        InputStream stdin,
        PrintStream out,
        PrintStream err,
        boolean tty,
        Prompt prompt,
        Exec exec) {
    public Invocation {
        args = List.copyOf(args);
        env = Map.copyOf(env);
    }

    /** Asks the person at the terminal. */
    public interface Prompt {
        /**
         * @param hidden do not show what is typed
         * @return the line without its end; null at end of input
         */
        String ask(String text, boolean hidden) throws IOException;
    }

    /** Gives the terminal to another program. */
    public interface Exec {
        /**
         * @param env added to the caller's own
         * @return the exit code of this run; the launcher replaces itself, so its caller sees the program's own
         */
        int exec(List<String> argv, Map<String, String> env) throws IOException;
    }
}
