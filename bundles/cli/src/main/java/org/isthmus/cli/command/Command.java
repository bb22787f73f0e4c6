package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One command. A new object for each run; picocli fills its fields. */
abstract class Command {
    @Parameters(arity = "0..*", hidden = true)
    List<String> args = new ArrayList<>();

    @Option(
            names = {"-h", "--help"},
            description = "Show help on a command or other topic.")
    boolean help;

    @Option(names = "--debug", description = "Equivalent to --show-log --logging-config=<root>=DEBUG")
    boolean debug;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show more verbose output")
    boolean verbose;

    @Option(
            names = {"-q", "--quiet"},
            description = "Show no informational output")
    boolean quiet;

    @Option(names = "--show-log", description = "If set, write the log file to stderr")
    boolean showLog;

    @Option(names = "--logging-config", paramLabel = "CONFIG", description = "Specify log levels for modules")
    String loggingConfig;

    /** @return the exit code */
    abstract int run(Session session) throws Exception;

    /** Candidates for the word that is being typed; its predecessors are in {@link #args}. */
    List<String> complete(Session session) {
        return List.of();
    }

    /** What `--format` takes. */
    List<String> formats() {
        return List.of("json", "tabular", "yaml");
    }

    /** The only argument, or null. */
    final String optional() {
        noMoreThan(1);
        return args.isEmpty() ? null : args.get(0);
    }

    final void noMoreThan(int count) {
        if (args.size() > count) {
            List<String> quoted = new ArrayList<>();
            args.subList(count, args.size()).forEach(a -> quoted.add('"' + a + '"'));
            throw Failure.usage("unrecognized args: [%s]", String.join(" ", quoted));
        }
    }
}
